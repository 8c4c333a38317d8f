/**
 * What a scheduler must do, as functions of one: the real one passes them all, and a sabotaged one must fail those
 * that are meant to catch it. Times are seconds since the run began; faults begin at T.
 */
import { expect } from "vitest";
import { SCHEDULER_DEFAULTS, type SchedulerPolicy } from "../../../src/algorithms/scheduling/policy.ts";
import type { Topology } from "../../../src/algorithms/scheduling/messages.ts";
import { seconds, instantAt } from "../../../src/base/units.ts";
import { Country, type CountrySpec, type GatewaySpec, type Path, type SchedulerLike, type Weather } from "./country.ts";

export type Build = (policy: SchedulerPolicy, topology: Topology) => SchedulerLike;

const T = 600;
const POLICY = SCHEDULER_DEFAULTS;

/** Seven groups of four gateways, two of 2G/3G and two of Wi-Fi each; people double from the first to the last. */
const gatewaysOf = (groups: readonly (readonly [string, string, number, number])[]): GatewaySpec[] =>
  groups.flatMap(([region, carrier, people, home]) =>
    [0.6, 1, 0.8, 1.2].map((part, index) => ({
      region,
      carrier,
      home,
      people: Math.round(people * part),
      loss: index < 2 ? 0.014 : 0.008,
    })),
  );

const HAINAN = [0, 1, 2, 3];
const FAULTY = 16;
const MAINLAND: CountrySpec = {
  capacity: 3_000_000,
  gateways: gatewaysOf([
    ["hainan", "mobile", 120_000, 2],
    ["hunan", "mobile", 200_000, 0],
    ["hubei", "mobile", 200_000, 1],
    ["guangxi", "mobile", 150_000, 2],
    ["chongqing", "unicom", 66_667, 0],
    ["sichuan", "unicom", 100_000, 1],
  ]),
};

const during = (from: number, until: number, at: number): boolean => at >= from && at < until;
const isHainanToShenzhen = ({ entry, endpoint }: Path): boolean =>
  entry.region === "hainan" && endpoint.centre === "shenzhen" && endpoint.line === "mobile";

const live = (build: Build, weather: Weather, until: number, spec = MAINLAND, seed = "1"): Country =>
  new Country(spec, (topology) => build(POLICY, topology), weather, seed).run(until);

const nothing = (country: Country): void => {
  expect(country.log.map(({ at, effect }) => ({ at, ...effect }))).toEqual([]);
};

const alerts = (country: Country): string[] =>
  country.of("alert").map(({ at, effect }) => `${String(at)} ${effect.what}: ${effect.who}`);

/** Servers never hold more than policy allows (or than they held from the start). */
const keepsCapacity = (country: Country, spec = MAINLAND): void => {
  const most = country.topology.servers.map((_, server) =>
    Math.max(POLICY.fullAt * spec.capacity, country.start[server]!),
  );
  expect(country.peak.filter((peak, server) => peak > most[server]! + 1)).toEqual([]);
};

export const staysQuietInPeace = (build: Build, hours = 3): void => {
  nothing(live(build, {}, hours * 3_600));
};

export const namesAGatewayAndMovesNobody = (build: Build): Country => {
  const country = live(
    build,
    {
      // One gateway from 1.4 to 9 %, and a carrier's cut-over that costs its whole family 0.3 points.
      loss: ({ gateway, entry }, at) =>
        !during(T, T + 900, at) ? 0 : gateway === FAULTY ? 0.076 : entry.region === "chongqing" ? 0.003 : 0,
    },
    T + 1_500,
  );
  expect(country.of("dispatch")).toEqual([]);
  const [first] = country.of("alert");
  expect(first?.effect.what).toBe("access fault");
  expect(first?.effect.who).toBe(country.topology.gateways[FAULTY]!.name);
  expect(first?.effect.ip).toContain(country.topology.gateways[FAULTY]!.ips[0]!);
  expect(first!.at - T).toBeLessThanOrEqual(180);
  const over = country.of("all-clear").at(-1)!;
  expect(over.effect.who).toBe(first!.effect.who);
  expect(over.at - (T + 900)).toBeLessThanOrEqual(300);
  return country;
};

export const seesARegionalAccessFault = (build: Build): Country => {
  const country = live(
    build,
    { loss: ({ entry }, at) => (at >= T && entry.region === "chongqing" ? 0.03 : 0) },
    T + 600,
  );
  expect(country.of("dispatch")).toEqual([]);
  expect(country.of("alert").map(({ effect }) => [effect.what, effect.who])).toEqual([
    ["regional access fault", "chongqing/unicom"],
  ]);
  return country;
};

/** One gateway far worse than a region that is a little worse for long: it is never taken for a route fault. */
export const tellsAnOutlierFromItsRegion = (build: Build): Country => {
  const country = live(
    build,
    {
      loss: ({ gateway, entry }, at) => (at < T || entry.region !== "chongqing" ? 0 : gateway === FAULTY ? 0.1 : 0.01),
    },
    T + 3_000,
  );
  expect(country.of("dispatch")).toEqual([]);
  const named = country.of("alert").map(({ effect }) => effect.who);
  expect(named).toContain(country.topology.gateways[FAULTY]!.name);
  expect(named).toContain("chongqing/unicom");
  return country;
};

export const movesAroundABadRouteOnce = (build: Build): Country => {
  const end = T + 1_500;
  const country = live(
    build,
    { loss: (path, at) => (during(T, end, at) && isHainanToShenzhen(path) ? 0.26 : 0) },
    end + 4_500,
  );
  const away = country.moves().filter(({ effect }) => !effect.restores);
  expect(away.map(({ effect }) => effect.gateway).sort()).toEqual(HAINAN);
  for (const { at, effect } of away) {
    expect(at - T).toBeLessThanOrEqual(90);
    expect(country.topology.endpoints[effect.routes[0]!.endpoint]!.centre).not.toBe("shenzhen");
    expect(effect.why.join("\n")).toContain("loss at most");
  }
  const lossOf = (from: number, until: number): number => {
    const felt = country.felt.filter(({ at, gateway }) => HAINAN.includes(gateway) && during(from, until, at));
    return felt.reduce((sum, { loss }) => sum + loss, 0) / felt.length;
  };
  expect(lossOf(T, T + 30)).toBeGreaterThan(0.25);
  expect(lossOf(T + 300, end)).toBeLessThan(0.03);
  // Back, with patience, and for good: every row at home, one move each way.
  const back = country.moves().filter(({ effect }) => effect.restores);
  expect(back.map(({ effect }) => effect.gateway).sort()).toEqual(HAINAN);
  for (const { at } of back) expect(at - end).toBeGreaterThanOrEqual(300);
  for (const gateway of HAINAN)
    expect(country.share(gateway, country.topology.gateways[gateway]!.candidates[0]!)).toBe(1);
  keepsCapacity(country);
  return country;
};

export const goesToAnotherPortOfTheSameServer = (build: Build): Country => {
  const country = live(
    build,
    { blackhole: ({ entry, endpoint }, at) => at >= T && entry.region === "hainan" && endpoint.port === 8080 },
    T + 900,
  );
  const moves = country.moves();
  expect(moves.map(({ effect }) => effect.gateway).sort()).toEqual(HAINAN);
  for (const { at, effect } of moves) {
    const from = country.topology.endpoints[country.topology.gateways[effect.gateway]!.candidates[0]!]!;
    const to = country.topology.endpoints[effect.routes[0]!.endpoint]!;
    expect([to.server, to.port]).toEqual([from.server, 443]);
    expect(at - T).toBeLessThanOrEqual(120);
  }
  return country;
};

export const leavesADeadServer = (build: Build): Country => {
  const country = live(build, { down: (server, at) => server === 0 && during(T, T + 600, at) }, T + 1_800);
  const [alert] = country.of("alert");
  expect([alert?.effect.what, alert?.effect.who]).toEqual(["server fault", country.topology.servers[0]!.name]);
  const away = country.moves().filter(({ effect }) => !effect.restores);
  expect(away.length).toBeGreaterThan(0);
  for (const { at, effect } of away) {
    expect(at - T).toBeLessThanOrEqual(60);
    expect(country.topology.endpoints[effect.routes[0]!.endpoint]!.server).not.toBe(0);
  }
  expect(country.moves().filter(({ effect }) => effect.restores)).toHaveLength(away.length);
  keepsCapacity(country);
  return country;
};

export const leavesALineThatIsBadForEverybody = (build: Build): Country => {
  const isIt = ({ endpoint }: Path): boolean => endpoint.centre === "shenzhen" && endpoint.line === "mobile";
  const country = live(build, { loss: (path, at) => (at >= T && isIt(path) ? 0.12 : 0) }, T + 600);
  expect(country.of("alert").map(({ effect }) => [effect.what, effect.who])).toEqual([
    ["line fault", "shenzhen/mobile"],
  ]);
  // Hainan and Guangxi live there: one move each, none within the bad line.
  expect(country.moves()).toHaveLength(8);
  for (const { effect } of country.moves())
    expect(country.topology.endpoints[effect.routes[0]!.endpoint]!.centre).not.toBe("shenzhen");
  keepsCapacity(country);
  return country;
};

/** One carrier's users lose packets wherever they go: nobody is moved, and no line of ours is blamed. */
export const tellsACarrierFromItsLines = (build: Build): Country => {
  const spec: CountrySpec = {
    capacity: 3_000_000,
    gateways: gatewaysOf([
      ["hainan", "mobile", 120_000, 0],
      ["hunan", "mobile", 200_000, 0],
      ["hubei", "mobile", 200_000, 0],
      ["guangxi", "mobile", 150_000, 0],
      ["sichuan", "unicom", 100_000, 1],
    ]),
  };
  const country = live(
    build,
    { loss: ({ entry }, at) => (at >= T && entry.carrier === "mobile" ? 0.05 : 0) },
    T + 900,
    spec,
  );
  expect(country.of("alert").map(({ effect }) => [effect.what, effect.who])).toEqual([
    ["carrier access fault", "mobile"],
  ]);
  expect(country.moves()).toEqual([]);
  return country;
};

/** Nobody on the line reports at all: what is heard is the failures that ride on later successes elsewhere. */
export const hearsASilentLine = (build: Build): Country => {
  const isIt = ({ endpoint }: Path): boolean => endpoint.centre === "shenzhen" && endpoint.line === "mobile";
  const country = live(build, { blackhole: (path, at) => at >= T && isIt(path) }, T + 600);
  const moved = country.moves().map(({ effect }) => effect.gateway);
  expect([...new Set(moved)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
  for (const { at } of country.moves()) expect(at - T).toBeLessThanOrEqual(180);
  return country;
};

export const failsOpenOnSilence = (build: Build): void => {
  const country = live(build, { tamper: (report, at) => (at >= T ? undefined : report) }, T + 400);
  expect(country.of("dispatch")).toEqual([]);
  expect(country.of("alert")).toEqual([]);
  expect(country.of("fail-open")).toHaveLength(1);
  expect(country.of("fail-open")[0]!.at - T).toBeLessThanOrEqual(200);
};

export const failsOpenOnAThinFeed = (build: Build): void => {
  const thin = (count: number): number => Math.floor(count / 20);
  const country = live(
    build,
    {
      // What is left speaks of a bad route.
      loss: (path, at) => (at >= T && isHainanToShenzhen(path) ? 0.26 : 0),
      tamper: (report, at) =>
        at < T
          ? report
          : {
              ...report,
              sessions: thin(report.sessions),
              degraded: thin(report.degraded),
              probes: 4 * thin(report.sessions),
              unanswered: thin(report.degraded),
              connects: 0,
              connectFailures: 0,
            },
    },
    T + 300,
  );
  expect(country.of("fail-open")).toHaveLength(1);
  expect(country.of("dispatch")).toEqual([]);
};

export const failsOpenOnNonsense = (build: Build): void => {
  const country = live(
    build,
    { tamper: (report, at) => (during(T, T + 120, at) ? { ...report, unanswered: report.probes + 3 } : report) },
    T + 600,
  );
  expect(country.of("dispatch")).toEqual([]);
  expect(country.of("alert")).toEqual([]);
  expect(country.of("fail-open")).toHaveLength(1);
  expect(country.of("feed-trusted")).toHaveLength(1);
};

export const doesNotBelieveThatEverythingIsBad = (build: Build): void => {
  const country = live(build, { loss: (_, at) => (during(T, T + 300, at) ? 0.2 : 0) }, T + 900);
  expect(alerts(country)).toEqual([]);
  expect(country.of("dispatch")).toEqual([]);
  expect(country.of("fail-open")).toHaveLength(1);
};

/** Half of all reports of the bad route's users come a minute late; a third is lost. */
export const livesWithLateAndLostReports = (build: Build): Country => {
  const country = live(
    build,
    {
      loss: (path, at) => (at >= T && isHainanToShenzhen(path) ? 0.26 : 0),
      tamper: (report, at) => (Math.floor(at / 10) % 3 === report.gateway % 3 ? undefined : report),
    },
    T + 400,
  );
  expect(
    country
      .moves()
      .map(({ effect }) => effect.gateway)
      .sort(),
  ).toEqual(HAINAN);
  for (const { at } of country.moves()) expect(at - T).toBeLessThanOrEqual(150);
  return country;
};

export const holdsStillWhilePaused = (build: Build): void => {
  const until = T + 300;
  const country = live(
    build,
    {
      loss: (path, at) => (at >= T && isHainanToShenzhen(path) ? 0.26 : 0),
      operators: [{ at: T - 60, input: { kind: "pause", until: instantAt(seconds(until)) } }],
    },
    T + 420,
  );
  expect(
    country
      .moves()
      .map(({ effect }) => effect.gateway)
      .sort(),
  ).toEqual(HAINAN);
  for (const { at } of country.of("dispatch")) expect(at).toBeGreaterThanOrEqual(until);
};

export const obeysOperators = (build: Build): Country => {
  const country = live(
    build,
    {
      operators: [
        { at: T, input: { kind: "operator-move", gateway: 8, centre: "north" } },
        { at: T, input: { kind: "operator-server", server: 0, withdrawn: true } },
        { at: T + 300, input: { kind: "operator-server", server: 0, withdrawn: false } },
      ],
    },
    T + 1_500,
  );
  expect(country.of("alert")).toEqual([]);
  const best = country.topology.endpoints.findIndex(
    ({ centre }, index) => centre === "north" && country.share(8, index) === 1,
  );
  expect(best).toBeGreaterThanOrEqual(0);
  const lived = country.topology.gateways.flatMap(({ candidates }, gateway) =>
    country.topology.endpoints[candidates[0]!]!.server === 0 ? [gateway] : [],
  );
  const away = country.moves().filter(({ effect }) => effect.gateway !== 8 && !effect.restores);
  expect(away.map(({ effect }) => effect.gateway).sort((a, b) => a - b)).toEqual(lived);
  for (const gateway of lived)
    expect(country.share(gateway, country.topology.gateways[gateway]!.candidates[0]!)).toBe(1);
  return country;
};

/** The other centres have no room for all of Hainan. */
export const saysWhenThereIsNoRoom = (build: Build): Country => {
  const spec = { ...MAINLAND, capacity: 470_000 };
  const country = live(build, { loss: (path, at) => (at >= T && isHainanToShenzhen(path) ? 0.26 : 0) }, T + 900, spec);
  expect(country.of("alert").map(({ effect }) => effect.what)).toContain("capacity");
  keepsCapacity(country, spec);
  return country;
};

/** One large cell, servers that tell their load two steps late: shares only grow, and no server overfills. */
export const shiftsWithoutRinging = (build: Build): Country => {
  const spec: CountrySpec = {
    capacity: 2_500_000,
    gateways: gatewaysOf([
      ["guangdong", "mobile", 900_000, 2],
      ["hunan", "mobile", 150_000, 0],
      ["hubei", "mobile", 150_000, 1],
    ]),
  };
  const country = live(
    build,
    {
      loss: ({ entry, endpoint }, at) =>
        at >= T && entry.region === "guangdong" && endpoint.centre === "shenzhen" ? 0.2 : 0,
      loadDelay: 12,
    },
    T + 2_400,
    spec,
  );
  for (const gateway of HAINAN) {
    const steps = country.of("dispatch").filter(({ effect }) => effect.gateway === gateway);
    expect(steps.filter(({ effect }) => effect.move)).toHaveLength(1);
    const shares = steps.map(({ effect }) => effect.routes[0]!.share);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(shares.at(-1)).toBe(1);
  }
  expect(country.of("dispatch").length).toBeGreaterThan(4);
  keepsCapacity(country, spec);
  return country;
};

/** A slightly better alternate does not cause a move. */
export const doesNotChaseSmallDifferences = (build: Build): void => {
  const country = live(
    build,
    { loss: ({ entry, endpoint }) => (entry.region === "hainan" && endpoint.centre === "shenzhen" ? 0.006 : 0) },
    3_600,
  );
  nothing(country);
};

/** Groups of three carriers in one region, which live in one centre, and of others elsewhere. */
const THREE_CARRIERS: CountrySpec = {
  capacity: 3_000_000,
  gateways: gatewaysOf([
    ["hainan", "mobile", 200_000, 2],
    ["hainan", "unicom", 80_000, 2],
    ["hainan", "telecom", 60_000, 2],
    ["hunan", "mobile", 200_000, 0],
    ["hubei", "unicom", 200_000, 1],
    ["sichuan", "telecom", 200_000, 1],
  ]),
};

/** A region's way to one centre is a little worse for all carriers: it is never called the access of any of them. */
export const tellsASmallRouteFaultFromAccess = (build: Build, loss: number, seed: string): Country => {
  const country = live(
    build,
    {
      loss: ({ entry, endpoint }, at) =>
        during(T, T + 1_500, at) && entry.region === "hainan" && endpoint.centre === "shenzhen" ? loss : 0,
    },
    T + 1_800,
    THREE_CARRIERS,
    seed,
  );
  const named = new Set(country.of("alert").map(({ effect }) => effect.what));
  expect([...named]).toEqual(["route fault"]);
  return country;
};

/** The access of one carrier in a region is a little worse: it is not called a route, whatever its neighbours do. */
export const tellsSmallAccessFaultFromARoute = (build: Build, loss: number, seed: string): Country => {
  const country = live(
    build,
    { loss: ({ entry }, at) => (at >= T && entry.region === "hainan" && entry.carrier === "mobile" ? loss : 0) },
    T + 1_500,
    THREE_CARRIERS,
    seed,
  );
  expect(new Set(country.of("alert").map(({ effect }) => effect.who))).toEqual(new Set(["hainan/mobile"]));
  expect(country.of("dispatch")).toEqual([]);
  return country;
};

/** A carrier that is dead in the whole country is one fault, and over when it is heard again. */
export const claimsASilentCarrierOnce = (build: Build): Country => {
  // Groups of four gateways, of one carrier and the other in turn.
  const isUnicom = (gateway: number): boolean => Math.floor(gateway / 4) % 2 === 1;
  const country = live(
    build,
    { tamper: (report, at) => (during(T, T + 900, at) && isUnicom(report.gateway) ? undefined : report) },
    T + 1_800,
    {
      capacity: 3_000_000,
      gateways: gatewaysOf(
        ["hainan", "hunan", "hubei", "sichuan", "guangxi"].flatMap((region): [string, string, number, number][] => [
          [region, "mobile", 200_000, 0],
          [region, "unicom", 100_000, 1],
        ]),
      ),
    },
  );
  const told = (kind: "alert" | "all-clear"): string[] =>
    country.of(kind).map(({ effect }) => `${effect.what}: ${effect.who}`);
  expect(told("alert")).toEqual(["carrier access fault: unicom"]);
  expect(told("all-clear")).toEqual(["carrier access fault: unicom"]);
  expect(country.of("dispatch")).toEqual([]);
  return country;
};

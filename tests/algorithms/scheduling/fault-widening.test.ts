/**
 * A route fault whose gateways do not all show it at once, and what is heard of places to go: told by hand, round by round,
 * of one region and carrier that lives in Shenzhen.
 */
import { describe, expect, it } from "vitest";
import type { SchedulerEffect } from "../../../src/algorithms/scheduling/messages.ts";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { seconds, instantAt } from "../../../src/base/units.ts";
import { layOut } from "./country.ts";

/** Four gateways; the first lives in Shenzhen, the others where it is said. */
const layOutFrom = (home: number) =>
  layOut({
    capacity: 3_000_000,
    gateways: [2, home, home, home].map((centre) => ({
      region: "hainan",
      carrier: "mobile",
      people: 100_000,
      loss: 0.01,
      home: centre,
    })),
  });
const TOGETHER = layOutFrom(2);
const { endpoints } = TOGETHER;
const isShenzhen = (endpoint: number): boolean => endpoints[endpoint]!.centre === "shenzhen";

/** What is heard of a path in a round. */
interface Told {
  readonly sessions: number;
  readonly bad: number;
  readonly connects?: number;
}
type Story = (gateway: number, endpoint: number, round: number, isRouted: boolean) => Told | undefined;

const BEGINS = 60;
/** Users and, of every other place, explorers, all as ever. */
const asEver: Story = (_gateway, _endpoint, _round, isRouted) =>
  isRouted ? { sessions: 2_000, bad: 100 } : { sessions: 40, bad: 2 };
/** The same where this share of sessions is bad. */
const worse =
  (share: number): Story =>
  (...path) => {
    const { sessions } = asEver(...path)!;
    return { sessions, bad: Math.round(share * sessions) };
  };

type Logged = SchedulerEffect & { readonly round: number };

/** Runs this many rounds; users are where the table says from the next round on. */
const live = (rounds: number, story: Story, topology = TOGETHER) => {
  const scheduler = new Scheduler(SCHEDULER_DEFAULTS, topology);
  const best = topology.gateways.map(({ candidates }) => candidates[0]!);
  const log: Logged[] = [];
  for (let round = 1; round <= rounds; round++) {
    const now = instantAt(seconds(10 * round));
    topology.servers.forEach(({ connections }, server) =>
      scheduler.handle({ kind: "load", server, connections: 100_000, capacity: connections, up: true }, now),
    );
    for (const gateway of topology.gateways.keys())
      for (const endpoint of endpoints.keys()) {
        const told = story(gateway, endpoint, round, best[gateway] === endpoint);
        if (told === undefined) continue;
        const { sessions, bad: degraded, connects = 0 } = told;
        const counts = { sessions, degraded, probes: 4 * sessions, unanswered: degraded, connects, connectFailures: 0 };
        scheduler.handle({ kind: "quality", gateway, endpoint, ...counts }, now);
      }
    for (const effect of scheduler.handle({ kind: "wake" }, now)) {
      log.push({ ...effect, round });
      if (effect.kind === "dispatch") best[effect.gateway] = effect.routes[0]!.endpoint;
    }
  }
  const movesOf = (gateway: number) =>
    log.flatMap((one) =>
      one.kind === "dispatch" && one.gateway === gateway && one.move
        ? [{ round: one.round, to: one.routes[0]!.endpoint }]
        : [],
    );
  const alerts = log.flatMap((one) => (one.kind === "alert" ? [`${String(one.round)} ${one.what}: ${one.who}`] : []));
  return { best, movesOf, alerts };
};

describe("a gateway whose siblings are led around a bad way", () => {
  const SHOWS = BEGINS + 30;
  /** The last one tells once a minute, and five minutes longer of the time before. */
  const late: Story = (gateway, endpoint, round, isRouted) => {
    const path = [gateway, endpoint, round, isRouted] as const;
    if (gateway < 3) return (round >= BEGINS && isShenzhen(endpoint) ? worse(0.4) : asEver)(...path);
    if (round % 6 > 0) return undefined;
    const { sessions, bad } = (round >= SHOWS && isShenzhen(endpoint) ? worse(0.4) : asEver)(...path)!;
    return { sessions: 6 * sessions, bad: 6 * bad };
  };

  it("and that shows the same later is taken along by their fault, in the round in which it does", () => {
    const { movesOf, alerts, best } = live(BEGINS + 60, late);
    for (const gateway of [0, 1, 2]) expect(movesOf(gateway)).toHaveLength(1);
    expect(movesOf(3).map(({ round }) => round)).toEqual([SHOWS]);
    for (const endpoint of best) expect(isShenzhen(endpoint)).toBe(false);
    expect(alerts.at(-1)).toBe(`${String(SHOWS)} route fault: hainan/mobile to shenzhen`);
    expect(alerts.map((line) => line.split(" ").slice(1).join(" "))).toEqual(
      alerts.map(() => "route fault: hainan/mobile to shenzhen"),
    );
  });

  it("but that is as bad to every centre is judged by itself, and stays", () => {
    const sick: Story = (...path) => {
      const told = late(...path);
      const [gateway, , round] = path;
      return told !== undefined && gateway === 3 && round >= SHOWS
        ? { ...told, bad: Math.round(0.4 * told.sessions) }
        : told;
    };
    const { movesOf, alerts } = live(BEGINS + 60, sick);
    expect(movesOf(3)).toEqual([]);
    expect(alerts.at(-1)).toContain(`access fault: ${TOGETHER.gateways[3]!.name}`);
  });

  it("but that is only a little worse is not of their fault", () => {
    const slight: Story = (...path) => {
      const told = late(...path);
      const [gateway, endpoint, round] = path;
      if (told === undefined || gateway < 3 || !isShenzhen(endpoint)) return told;
      return { ...told, bad: Math.round((round >= SHOWS ? 0.1 : 0.05) * told.sessions) };
    };
    const { alerts } = live(BEGINS + 60, slight);
    expect(alerts.filter((line) => line.includes("hainan/mobile"))).toHaveLength(1);
  });
});

describe("a place to go to", () => {
  it("is not proved to lose less by who connects there", () => {
    const [first] = TOGETHER.gateways[0]!.candidates;
    // All of Shenzhen is bad; of what is next door only connects are heard since, and they succeed.
    const story: Story = (gateway, endpoint, round, isRouted) => {
      const path = [gateway, endpoint, round, isRouted] as const;
      if (gateway > 0)
        return !isRouted ? undefined : round < BEGINS ? asEver(...path) : { sessions: 0, bad: 0, connects: 2_000 };
      if (!isShenzhen(endpoint)) return asEver(...path);
      if (endpoint !== first) return undefined;
      return (round >= BEGINS ? worse(0.9) : asEver)(...path);
    };
    const { movesOf } = live(BEGINS + 60, story);
    expect(movesOf(0).length).toBeGreaterThan(0);
    for (const { to } of movesOf(0)) expect(isShenzhen(to)).toBe(false);
  });

  it("that turns out to be as bad is left at once, though it was never measured before", () => {
    // Siblings, who live elsewhere, explore the server next door and find it good; for the first gateway it is not.
    const story: Story = (gateway, endpoint, round, isRouted) => {
      const path = [gateway, endpoint, round, isRouted] as const;
      if (gateway > 0 || !isShenzhen(endpoint)) return asEver(...path);
      return !isRouted ? undefined : (round >= BEGINS ? worse(0.9) : asEver)(...path);
    };
    const { movesOf, alerts } = live(BEGINS + 60, story, layOutFrom(1));
    const [first, second, ...more] = movesOf(0);
    expect([first, second].map((move) => isShenzhen(move!.to))).toEqual([true, false]);
    expect(second!.round - first!.round).toBeLessThanOrEqual(3);
    expect(more).toEqual([]);
    expect(alerts.at(-1)).toContain("to shenzhen/mobile");
  });
});

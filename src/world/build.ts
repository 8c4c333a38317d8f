/**
 * Scenario → World: carriers' gateways, centres, paths, people, and the clock that runs them. Everything is
 * wired here and nowhere else.
 */
import type { Machine } from "../base/machine.ts";
import { inMs, inSeconds } from "../base/units.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "../algorithms/scheduling/messages.ts";
import { Calendar } from "../engine/calendar.ts";
import { BUCKET, type Clock } from "../engine/clock.ts";
import { Company } from "../engine/company.ts";
import { Trace } from "../engine/trace.ts";
import type { Scenario, WorldModel } from "../scenario/scenario.ts";
import { assign } from "./assignment.ts";
import { buildFleet, type Endpoint, type Fleet } from "./fleet/centre.ts";
import { Homes } from "./fleet/homes.ts";
import { Desks, doorOf } from "./fleet/server.ts";
import { Meter } from "./meter.ts";
import { Places } from "./places.ts";
import { buildGateways, type Gateway } from "./network/gateway.ts";
import { distanceKm } from "./network/geography.ts";
import { type Legs, Paths } from "./network/path.ts";
import { Crowd } from "./population/crowd.ts";
import { loginTransport } from "./population/conversation.ts";
import { type LoginNotes, Logins } from "./population/logins.ts";
import { settle } from "./population/placement.ts";
import { buildPopulation, type Cell, type Population } from "./population/population.ts";
import { Sessions } from "./population/sessions.ts";
import { Rest } from "./population/rest.ts";
import { Telemetry } from "./population/telemetry.ts";
import { Refuge } from "./refuge.ts";
import { DemandSeam } from "./seams/demand.ts";
import { SchedulingSeam, tableOf } from "./seams/scheduling.ts";
import { Sweeps } from "./sweeps.ts";
import { Weather } from "./weather/weather.ts";

const BUCKET_MS = inMs(BUCKET);

export interface World {
  readonly clock: Clock;
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly population: Population;
  readonly crowd: Crowd;
  readonly desks: Desks;
  readonly sessions: Sessions;
  readonly homes: Homes;
  readonly meter: Meter;
  readonly sweeps: Sweeps;
  readonly seam: SchedulingSeam;
  readonly places: Places;
  readonly weather: Weather;
  readonly refuge: Refuge;
  readonly demand: DemandSeam;
  /** What happened to those who were followed. */
  readonly trace: Trace | undefined;
  /** Runs one bucket, and returns how many events there were in all threads. */
  readonly advance: () => number;
}

export interface BuildOptions {
  readonly seed: string;
  /** People to follow one by one: a cell's name, such as `cq-unicom-3g-2/3g`, and the index in it. */
  readonly watch: readonly { readonly cell: string; readonly index: number }[];
  readonly notes: LoginNotes;
  readonly scheduler: (topology: Topology) => Machine<SchedulerInput, SchedulerEffect>;
  readonly clock: Clock;
  /** The threads of this run; alone when there is one. */
  readonly company?: Company;
  /** What connections of logins come to, shared with other threads; worked out by this one when there is none. */
  readonly outcomes?: SharedArrayBuffer | undefined;
}

export const buildWorld = (scenario: Scenario, options: BuildOptions): World => {
  const { seed, watch, notes, scheduler, clock, company = new Company() } = options;
  const { world: model } = scenario;
  const gateways = buildGateways(model);
  const fleet = buildFleet(model);
  const population = buildPopulation(model, gateways, scenario.run.peopleARow, company);
  const legs = legsOf(model, gateways, fleet.endpoints);
  const paths = new Paths(
    population.cells.length,
    fleet.endpoints.length,
    model.clients.heartbeat.timeout / 1_000,
    (cell, endpoint) => legs(population.cells[cell]!, endpoint),
  );
  const crowd = new Crowd({
    company,
    population,
    paths,
    endpoints: fleet.endpoints,
    gateways: gateways.length,
    spreads: model.clients.reconnect.policy === "directed",
  });
  const desks = new Desks(fleet.servers, BUCKET_MS, doorOf(model), company);
  const telemetry = new Telemetry(crowd, {
    seed,
    gateways: gateways.length,
    probesABeat: model.telemetry.probesABeat,
    batchRounds: Math.max(1, Math.round(model.telemetry.batch / model.scheduler.round)),
    lateMs: model.telemetry.late / 1_000,
    lost: model.telemetry.lost,
    explore: model.scheduler.explore,
    roundMs: model.scheduler.round / 1_000,
  });
  const calendar = new Calendar({
    capacity: scenario.run.heartbeats === "each" ? population.rowsHere : Math.ceil(population.rowsHere / 8),
    horizonMs: model.clients.heartbeat.longest / 1_000 + 60_000,
    bucketMs: BUCKET_MS,
  });
  const logins = new Logins(crowd, desks, notes, {
    seed,
    transport: loginTransport(options.outcomes),
    racing: model.clients.racing,
    reconnect: model.clients.reconnect,
    timeoutMs: model.clients.loginTimeout / 1_000,
  });
  const trace = traceOf(population, watch);
  const life = { seed, heartbeat: model.clients.heartbeat, stayMs: model.clients.stay / 1_000 };
  const rest = scenario.run.heartbeats === "each" ? undefined : new Rest(crowd, calendar, life);
  const sessions = new Sessions(
    { crowd, calendar, desks, logins, rest, trace },
    { ...life, pauseMs: model.clients.pause / 1_000 },
  );
  const topology = topologyOf(gateways, fleet, population, legs, model);
  topology.gateways.forEach(({ candidates }, gateway) =>
    crowd.setTable(gateway, tableOf([{ endpoint: candidates[0]!, share: 1 }], candidates)),
  );
  const sweeps = new Sweeps({ seed, company, crowd, calendar, desks, logins, rest });
  const homes = new Homes({
    centres: Object.keys(model.centres),
    gateways: topology.gateways.map(({ people, candidates }) => ({
      people,
      centre: fleet.endpoints[candidates[0]!]!.centre,
    })),
    messagesASecond: model.clients.messagesAnHour / 3_600,
    lagS: inSeconds(model.state.lag),
  });
  const seam = new SchedulingSeam({
    scheduler: scheduler(topology),
    gateways,
    fleet,
    crowd,
    desks,
    telemetry,
    sweeps,
    clock,
    homes,
    handoverASecond: model.state.handover,
  });
  const meter = new Meter(crowd, {
    seed,
    probesABeat: model.telemetry.probesABeat,
    messagesAnHour: model.clients.messagesAnHour,
    packetsAMessage: model.clients.packetsAMessage,
  });
  const demand = new DemandSeam(model, { fleet, desks, crowd });
  const refuge = new Refuge({ scenario, fleet, crowd, desks, clock, homes, seam });
  const places = new Places({ gateways, fleet, crowd });
  const weather = new Weather({
    scenario,
    gateways,
    fleet,
    places,
    crowd,
    desks,
    telemetry,
    sweeps,
    seam,
    refuge,
    beforeChange: (pair) => {
      meter.meterBeforeChange(pair, clock.now / 1_000);
      telemetry.collect(pair, clock.now / 1_000);
    },
  });
  weather.applyBaseline();
  company.apart(() => settle(scenario, seed, { crowd, calendar, desks, fleet, rest }));
  const happened = company.tally(new Float64Array(1));
  const advance = (): number => {
    rest?.rouse();
    happened.values[0] = 0;
    company.apart(() => happened.add(0, calendar.drain(sessions)));
    desks.turn();
    return happened.values[0];
  };
  const people = { population, crowd, desks, homes, sessions, meter, sweeps };
  const steering = { seam, places, weather, refuge, demand };
  return { clock, gateways, fleet, ...people, ...steering, trace, advance };
};

const traceOf = (population: Population, watch: BuildOptions["watch"]): Trace | undefined => {
  if (watch.length === 0) return undefined;
  const trace = new Trace();
  for (const { cell, index } of watch)
    trace.choose(
      population.cells.findIndex(({ name }) => name === cell),
      index,
    );
  return trace;
};

/** The legs of every path in peace. */
const legsOf = (
  model: WorldModel,
  gateways: readonly Gateway[],
  endpoints: readonly Endpoint[],
): ((cell: Pick<Cell, "gateway" | "access" | "carrier" | "region">, endpoint: number) => Legs) => {
  const thousands = new Map<string, number>();
  for (const [name, { at }] of Object.entries(model.regions))
    for (const [centre, { at: there }] of Object.entries(model.centres))
      thousands.set(`${name}/${centre}`, distanceKm(at, there) / 1_000);
  return (cell, endpoint) => {
    const { centre, line } = endpoints[endpoint]!;
    const region = model.regions[cell.region]!;
    const access = model.access[cell.access]!;
    const gateway = gateways[cell.gateway]!;
    const far = thousands.get(`${cell.region}/${centre}`)!;
    const { route, peering } = model;
    const lineModel = model.centres[centre]!.lines[line]!;
    const crosses = line !== cell.carrier;
    const delay =
      access.delay + gateway.delay + region.delay + route.delay + route.delayPer1000Km * far + lineModel.delay;
    const passes =
      (1 - access.loss) *
      (1 - gateway.loss) *
      (1 - region.loss) *
      (1 - route.loss) *
      (1 - route.lossPer1000Km * far) *
      (1 - lineModel.loss);
    return {
      rttMs: (delay + (crosses ? peering.delay : 0)) / 1_000,
      passes: Math.max(0, passes) * (crosses ? 1 - peering.loss : 1),
    };
  };
};

/** What the scheduler is told of the world: what operators write into its configuration. */
const topologyOf = (
  gateways: readonly Gateway[],
  fleet: Fleet,
  population: Population,
  legs: ReturnType<typeof legsOf>,
  { access: accesses, centres, clients }: WorldModel,
): Topology => {
  const people = new Float64Array(gateways.length);
  for (const cell of population.cells) people[cell.gateway]! += cell.people;
  const accessOf = (family: string): string =>
    Object.keys(accesses).find((name) => accesses[name]!.gateways === family)!;
  const candidates = assign({
    gateways,
    people,
    fleet,
    rttMs: (gateway, endpoint) => {
      const { region, carrier, family } = gateways[gateway]!;
      return legs({ gateway, region, carrier, access: accessOf(family) }, endpoint).rttMs;
    },
    shares: Object.fromEntries(Object.entries(centres).map(([name, { share }]) => [name, share])),
    namesAll: clients.reconnect.policy === "directed",
  });
  return {
    gateways: gateways.map(({ name, ips, region, carrier }, gateway) => ({
      name,
      ips,
      region,
      carrier,
      people: people[gateway]!,
      candidates: candidates[gateway]!,
    })),
    endpoints: fleet.endpoints,
    servers: fleet.servers,
  };
};

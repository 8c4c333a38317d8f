/**
 * Scenario → World: carriers' gateways, centres, paths, people, and the clock that runs them. Everything is
 * wired here and nowhere else.
 */
import type { Machine } from "../base/machine.ts";
import { inMs, inSeconds } from "../base/units.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "../algorithms/scheduling/messages.ts";
import { Calendar } from "../engine/calendar.ts";
import { BUCKET, type Clock } from "../engine/clock.ts";
import { ThreadGroup } from "../engine/thread-group.ts";
import { Trace } from "../engine/trace.ts";
import type { Scenario, WorldModel } from "../scenario/scenario.ts";
import { buildFleet, type Fleet } from "./fleet/centre.ts";
import { Homes } from "./fleet/homes.ts";
import { Desks, doorOf } from "./fleet/server.ts";
import { Links } from "./links.ts";
import { Meter } from "./meter.ts";
import { Places } from "./places.ts";
import { buildGateways, type Gateway } from "./network/gateway.ts";
import { Paths } from "./network/path.ts";
import { Crowd } from "./population/crowd.ts";
import { loginTransport } from "./population/conversation.ts";
import { type LoginNotes, Logins } from "./population/logins.ts";
import { Parked } from "./population/parked.ts";
import { settle } from "./population/placement.ts";
import { buildPopulation, type Population } from "./population/population.ts";
import { Sessions } from "./population/sessions.ts";
import { Telemetry } from "./population/telemetry.ts";
import { Refuge } from "./refuge.ts";
import { DemandSeam } from "./seams/demand.ts";
import { SchedulingSeam, tableOf } from "./seams/scheduling.ts";
import { Sweeps } from "./sweeps.ts";
import { type LegsOf, legsOf, topologyOf } from "./topology.ts";
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
  readonly threads?: ThreadGroup;
  /** What connections of logins come to, shared with other threads; worked out by this one when there is none. */
  readonly outcomes?: SharedArrayBuffer | undefined;
}

export const buildWorld = (scenario: Scenario, options: BuildOptions): World => {
  const ground = groundOf(scenario, options);
  const { threads, gateways, fleet, population } = ground;
  const crowd = crowdOf(ground);
  const people = peopleOf(ground, crowd, options);
  const control = controlOf(ground, crowd, people, options);
  const places = new Places({ gateways, fleet, crowd });
  const weather = weatherOf(ground, crowd, people, { ...control, places });
  weather.applyBaseline();
  threads.runParallel(() => settle(scenario, ground.seed, { crowd, fleet, ...people }));
  const { desks, sessions, sweeps, trace } = people;
  const { homes, meter, seam, refuge, demand } = control;
  return {
    clock: options.clock,
    gateways,
    fleet,
    population,
    crowd,
    desks,
    sessions,
    sweeps,
    homes,
    meter,
    seam,
    places,
    weather,
    refuge,
    demand,
    trace,
    advance: advanceOf(threads, people),
  };
};

/** What every later step of building needs: the scenario and its networks, machines and people. */
interface Ground {
  readonly scenario: Scenario;
  readonly model: WorldModel;
  readonly seed: string;
  readonly threads: ThreadGroup;
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly population: Population;
  readonly legs: LegsOf;
}

const groundOf = (scenario: Scenario, { seed, threads = new ThreadGroup() }: BuildOptions): Ground => {
  const { world: model } = scenario;
  const gateways = buildGateways(model);
  const fleet = buildFleet(model);
  const population = buildPopulation(model, gateways, scenario.run.peopleARow, threads);
  const legs = legsOf(model, gateways, fleet.endpoints);
  return { scenario, model, seed, threads, gateways, fleet, population, legs };
};

const crowdOf = ({ model, threads, gateways, fleet, population, legs }: Ground): Crowd => {
  const { endpoints } = fleet;
  const shape = { cells: population.cells.length, endpoints: endpoints.length };
  const { heartbeat, reconnect } = model.clients;
  const links = new Links(threads, shape);
  const paths = new Paths({
    ...shape,
    beatTimeoutMs: heartbeat.timeout / 1_000,
    legs: (cell, endpoint) => legs(population.cells[cell]!, endpoint),
    links: links.now,
  });
  const spreads = reconnect.policy === "directed";
  return new Crowd({ threads, population, paths, links, endpoints, gateways: gateways.length, spreads });
};

/** What handles the events of people. */
interface People {
  readonly desks: Desks;
  readonly calendar: Calendar;
  readonly parked: Parked | undefined;
  readonly sessions: Sessions;
  readonly sweeps: Sweeps;
  readonly trace: Trace | undefined;
}

const peopleOf = (
  { scenario, model, seed, threads, fleet, population }: Ground,
  crowd: Crowd,
  { notes, outcomes, watch }: BuildOptions,
): People => {
  const { clients } = model;
  const isEachBeat = scenario.run.heartbeats === "each";
  const desks = new Desks(fleet.servers, BUCKET_MS, doorOf(model), threads);
  const calendar = new Calendar({
    capacity: isEachBeat ? population.rowsHere : Math.ceil(population.rowsHere / 8),
    horizonMs: clients.heartbeat.longest / 1_000 + 60_000,
    bucketMs: BUCKET_MS,
  });
  const logins = new Logins(crowd, desks, notes, {
    seed,
    transport: loginTransport(outcomes),
    racing: clients.racing,
    reconnect: clients.reconnect,
    timeoutMs: clients.loginTimeout / 1_000,
  });
  const trace = traceOf(population, watch);
  const life = { seed, heartbeat: clients.heartbeat, stayMs: clients.stay / 1_000 };
  const parked = isEachBeat ? undefined : new Parked(crowd, calendar, life);
  const sessions = new Sessions(
    { crowd, calendar, desks, logins, parked, trace },
    { ...life, pauseMs: clients.pause / 1_000 },
  );
  const sweeps = new Sweeps({ seed, threads, crowd, calendar, desks, logins, parked });
  return { desks, calendar, parked, sessions, sweeps, trace };
};

/** What measures people and steers them. */
interface Control {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly meter: Meter;
  readonly homes: Homes;
  readonly seam: SchedulingSeam;
  readonly demand: DemandSeam;
  readonly refuge: Refuge;
}

const controlOf = (
  ground: Ground,
  crowd: Crowd,
  { desks, sweeps }: People,
  { scheduler, clock }: BuildOptions,
): Control => {
  const { scenario, model, gateways, fleet } = ground;
  const topology = topologyOf(ground);
  topology.gateways.forEach(({ candidates }, gateway) =>
    crowd.setTable(gateway, tableOf([{ endpoint: candidates[0]!, share: 1 }], candidates)),
  );
  const telemetry = telemetryOf(ground, crowd);
  const homes = homesOf(ground, topology);
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
  const refuge = new Refuge({ scenario, fleet, crowd, desks, clock, homes, seam });
  const demand = new DemandSeam(model, { fleet, desks, crowd });
  return { clock, telemetry, meter: meterOf(ground, crowd), homes, seam, demand, refuge };
};

const telemetryOf = ({ model, seed, gateways }: Ground, crowd: Crowd): Telemetry => {
  const { telemetry, scheduler } = model;
  return new Telemetry(crowd, {
    seed,
    gateways: gateways.length,
    probesABeat: telemetry.probesABeat,
    batchRounds: Math.max(1, Math.round(telemetry.batch / scheduler.round)),
    lateMs: telemetry.late / 1_000,
    lost: telemetry.lost,
    explore: scheduler.explore,
    roundMs: scheduler.round / 1_000,
  });
};

const meterOf = ({ model: { clients, telemetry }, seed }: Ground, crowd: Crowd): Meter =>
  new Meter(crowd, {
    seed,
    probesABeat: telemetry.probesABeat,
    messagesAnHour: clients.messagesAnHour,
    packetsAMessage: clients.packetsAMessage,
  });

const homesOf = ({ model, fleet }: Ground, { gateways }: Topology): Homes =>
  new Homes({
    centres: Object.keys(model.centres),
    gateways: gateways.map(({ people, candidates }) => ({
      people,
      centre: fleet.endpoints[candidates[0]!]!.centre,
    })),
    messagesASecond: model.clients.messagesAnHour / 3_600,
    lagS: inSeconds(model.state.lag),
  });

const weatherOf = (
  { scenario, gateways, fleet }: Ground,
  crowd: Crowd,
  { desks, sweeps }: People,
  { clock, telemetry, meter, seam, refuge, places }: Control & { readonly places: Places },
): Weather =>
  new Weather({
    scenario,
    gateways,
    fleet,
    crowd,
    desks,
    telemetry,
    sweeps,
    seam,
    refuge,
    places,
    beforeChange: (link) => {
      meter.meterBeforeChange(link, clock.now / 1_000);
      telemetry.collect(link, clock.now / 1_000);
    },
  });

/**
 * Returns what runs a bucket of people: parked clients get their next event, clients act, then login queues serve. It returns
 * the number of events in all threads.
 */
const advanceOf = (threads: ThreadGroup, { parked, calendar, sessions, desks }: People): (() => number) => {
  const happened = threads.totals(new Float64Array(1));
  return () => {
    parked?.schedule();
    happened.values[0] = 0;
    threads.runParallel(() => happened.add(0, calendar.drain(sessions)));
    desks.turn();
    return happened.values[0];
  };
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

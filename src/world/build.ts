/** Scenario → World: gateways, centres, paths, people and their control, wired here and nowhere else. */
import type { Machine } from "../base/machine.ts";
import { inMs, inSeconds, seconds, START } from "../base/units.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "../algorithms/scheduling/messages.ts";
import { Calendar } from "../engine/calendar.ts";
import { BUCKET, type Clock } from "../engine/clock.ts";
import { ThreadGroup } from "../engine/thread-group.ts";
import type { Trace } from "../engine/trace.ts";
import type { Scenario, WorldModel } from "../scenario/scenario.ts";
import { buildFleet, type Fleet } from "./fleet/centre.ts";
import { Homes, type HomesPlan } from "./fleet/homes.ts";
import { LoginQueues, loginAdmissionOf } from "./fleet/login-queues.ts";
import { Links } from "./links.ts";
import { Meter } from "./meter.ts";
import { Places } from "./places.ts";
import { buildGateways, type Gateway } from "./network/gateway.ts";
import { Paths } from "./network/path.ts";
import { Crowd } from "./population/crowd.ts";
import { loginTransport } from "./population/conversation.ts";
import { type LoginNotes, Logins } from "./population/logins.ts";
import { Newcomers } from "./population/newcomers.ts";
import { Parked } from "./population/parked.ts";
import { settle } from "./population/placement.ts";
import { buildPopulation, type Population, REST_FROM } from "./population/population.ts";
import { Rest } from "./population/rest.ts";
import { Sessions } from "./population/sessions.ts";
import { Stays } from "./population/stays.ts";
import { Telemetry } from "./population/telemetry.ts";
import { ThrownOff } from "./population/thrown-off.ts";
import { CentreFailover } from "./centre-failover.ts";
import { DemandSeam } from "./seams/demand.ts";
import { SchedulingSeam, tableOf } from "./seams/scheduling.ts";
import { BulkUpdates } from "./bulk-updates.ts";
import { meterPlan, telemetryPlan } from "./plans.ts";
import { RowMates } from "./row-mates.ts";
import { type LegsOf, legsOf, topologyOf } from "./topology.ts";
import { traceOf, type Watch, watchedCells } from "./watch.ts";
import { Weather } from "./weather/weather.ts";

const BUCKET_MS = inMs(BUCKET);
/** How often the streams of row mates follow the people online; these change by little in so short a time. Chosen. */
const MATES_EVERY = seconds(10);

/** All parts of the simulated world of people. */
export interface World {
  /** Simulated time and its actions. */
  readonly clock: Clock;
  /** Carriers' gateways, by index. */
  readonly gateways: readonly Gateway[];
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** Who the clients are. */
  readonly population: Population;
  /** What all clients share: links, paths, the dispatch table. */
  readonly crowd: Crowd;
  /** Login queues and connections of all servers. */
  readonly loginQueues: LoginQueues;
  /** Handles the events of clients. */
  readonly sessions: Sessions;
  /** Home centres of people's state. */
  readonly homes: Homes;
  /** Counts packets. */
  readonly meter: Meter;
  /** Changes many clients at once. */
  readonly bulkUpdates: BulkUpdates;
  /** Who is offline because of which fault. */
  readonly thrownOff: ThrownOff;
  /** Between clients and the scheduler. */
  readonly seam: SchedulingSeam;
  /** Resolves `where`. */
  readonly places: Places;
  /** Applies faults and interventions. */
  readonly weather: Weather;
  /** Where people of lost servers go. */
  readonly centreFailover: CentreFailover;
  /** Between clients and the tiers of centres. */
  readonly demand: DemandSeam;
  /** Events of the people who are followed; undefined if there are none. */
  readonly trace: Trace | undefined;
  /** Runs one bucket, and returns the number of events in all threads. */
  readonly advance: () => number;
}

/** What a world needs that its scenario does not say. */
export interface BuildOptions {
  /** Seeds all draws. */
  readonly seed: string;
  /** People to follow one by one: a cell's name, such as `cq-unicom-3g-2/3g`, and the index in it. */
  readonly watch: Watch;
  /** Receives what happens to logins. */
  readonly notes: LoginNotes;
  /** Makes the scheduler under test. */
  readonly scheduler: (topology: Topology) => Machine<SchedulerInput, SchedulerEffect>;
  /** Runs the world. */
  readonly clock: Clock;
  /** The threads of this run; by default there is one. */
  readonly threads?: ThreadGroup;
  /** Memory of login outcomes that threads share; by default this thread computes its own. */
  readonly outcomes?: SharedArrayBuffer | undefined;
  /** Rows of a cell from which its people may rest, if each is one person. */
  readonly restFrom?: number;
}

/** Builds the world of a scenario and places its people. */
export const buildWorld = (scenario: Scenario, options: BuildOptions): World => {
  const context = contextOf(scenario, options);
  const { threads, gateways, fleet, population } = context;
  const crowd = crowdOf(context);
  const people = peopleOf(context, crowd, options);
  const control = controlOf(context, crowd, people, options);
  const places = new Places({ gateways, fleet, crowd });
  const { loginQueues, sessions, stays, bulkUpdates, thrownOff, trace } = people;
  const rowMates = new RowMates({ crowd, stays, others: loginQueues.others, bucketMs: BUCKET_MS });
  const weather = weatherOf(context, crowd, people, { ...control, places, rowMates });
  weather.applyBaseline();
  threads.runParallel(() => settle(scenario, context.seed, { crowd, fleet, ...people }));
  options.clock.every(MATES_EVERY, START, () => rowMates.refresh());
  const { homes, meter, seam, centreFailover, demand } = control;
  return {
    clock: options.clock,
    gateways,
    fleet,
    population,
    crowd,
    loginQueues,
    sessions,
    bulkUpdates,
    thrownOff,
    homes,
    meter,
    seam,
    places,
    weather,
    centreFailover,
    demand,
    trace,
    advance: advanceOf(threads, people),
  };
};

/** What all later steps of building need: the scenario and its networks, machines and people. */
interface BuildContext {
  readonly scenario: Scenario;
  readonly model: WorldModel;
  readonly seed: string;
  readonly threads: ThreadGroup;
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly population: Population;
  readonly legs: LegsOf;
}

const contextOf = (
  scenario: Scenario,
  { seed, threads = new ThreadGroup(), restFrom = REST_FROM }: BuildOptions,
): BuildContext => {
  const { world: model } = scenario;
  const gateways = buildGateways(model);
  const fleet = buildFleet(model);
  const population = buildPopulation(model, gateways, scenario.run.peopleARow, {
    index: threads.index,
    size: threads.size,
    restFrom,
  });
  const legs = legsOf(model, gateways, fleet.endpoints);
  return { scenario, model, seed, threads, gateways, fleet, population, legs };
};

const crowdOf = ({ model, threads, gateways, fleet, population, legs }: BuildContext): Crowd => {
  const { endpoints } = fleet;
  const shape = { cells: population.cells.length, endpoints: endpoints.length };
  const { heartbeat, reconnect } = model.clients;
  const links = new Links(threads, shape);
  const paths = new Paths({
    ...shape,
    beatTimeoutMs: heartbeat.timeout / 1_000,
    legs: (cell, endpoint) => legs(population.cells[cell]!, endpoint),
    key: model,
    links: links.now,
  });
  const spreads = reconnect.policy === "directed";
  return new Crowd({ threads, population, paths, links, endpoints, gateways: gateways.length, spreads });
};

/** What handles the events of people. */
interface People {
  readonly loginQueues: LoginQueues;
  readonly calendar: Calendar;
  readonly parked: Parked | undefined;
  readonly rest: Rest | undefined;
  readonly sessions: Sessions;
  readonly stays: Stays;
  readonly bulkUpdates: BulkUpdates;
  readonly thrownOff: ThrownOff;
  readonly trace: Trace | undefined;
}

const peopleOf = (
  { scenario, model, seed, threads, fleet, population }: BuildContext,
  crowd: Crowd,
  { notes, outcomes, watch }: BuildOptions,
): People => {
  const { clients } = model;
  const isEachBeat = scenario.run.heartbeats === "each";
  const loginQueues = new LoginQueues(fleet.servers, BUCKET_MS, {
    admission: loginAdmissionOf(model),
    threads,
    seed,
    peopleARow: population.people / population.rows,
  });
  const calendar = new Calendar({
    capacity: isEachBeat ? population.rowsHere : Math.ceil(population.rowsHere / 8),
    horizonMs: clients.heartbeat.longest / 1_000 + 60_000,
    bucketMs: BUCKET_MS,
  });
  const logins = new Logins(crowd, loginQueues, notes, {
    seed,
    transport: loginTransport(outcomes),
    racing: clients.racing,
    reconnect: clients.reconnect,
    timeoutMs: clients.loginTimeout / 1_000,
  });
  const trace = traceOf(population, watch);
  const { heartbeat } = clients;
  const stays = new Stays(clients.stay / 1_000, crowd.loginSurge);
  const parked = isEachBeat ? undefined : new Parked(crowd, calendar, { seed, heartbeat, stays });
  const thrownOff = new ThrownOff(threads, crowd);
  const rest =
    parked &&
    new Rest(
      {
        crowd,
        calendar,
        loginQueues,
        fallbacks: logins.fallbacks,
        parked,
        newcomers: new Newcomers(population.cells.length, heartbeat),
        stays,
      },
      { seed, pauseMs: clients.pause / 1_000, watched: watchedCells(population, watch) },
    );
  const shared = { crowd, calendar, loginQueues, logins, stays, thrownOff, parked, rest };
  const sessions = new Sessions({ ...shared, trace }, { seed, heartbeat, pauseMs: clients.pause / 1_000 });
  const bulkUpdates = new BulkUpdates({ seed, threads, ...shared });
  return { loginQueues, calendar, parked, rest, sessions, stays, bulkUpdates, thrownOff, trace };
};

/** What measures people and steers them. */
interface Control {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly meter: Meter;
  readonly homes: Homes;
  readonly seam: SchedulingSeam;
  readonly demand: DemandSeam;
  readonly centreFailover: CentreFailover;
}

const controlOf = (
  context: BuildContext,
  crowd: Crowd,
  { loginQueues, bulkUpdates }: People,
  { scheduler, clock }: BuildOptions,
): Control => {
  const { scenario, model, gateways, fleet } = context;
  const topology = topologyOf(context);
  topology.gateways.forEach(({ candidates }, gateway) =>
    crowd.setTable(gateway, tableOf([{ endpoint: candidates[0]!, share: 1 }], candidates)),
  );
  const telemetry = new Telemetry(crowd, telemetryPlan(model, context.seed, gateways.length));
  const homes = new Homes(homesPlan(model, fleet, topology));
  const seam = new SchedulingSeam({
    scheduler: scheduler(topology),
    gateways,
    fleet,
    crowd,
    loginQueues,
    telemetry,
    bulkUpdates,
    clock,
    homes,
    handoverASecond: model.state.handover,
  });
  const centreFailover = new CentreFailover({ scenario, fleet, crowd, loginQueues, clock, homes, seam });
  const demand = new DemandSeam(model, { fleet, loginQueues, crowd });
  return {
    clock,
    telemetry,
    meter: new Meter(crowd, meterPlan(model, context.seed)),
    homes,
    seam,
    demand,
    centreFailover,
  };
};

/** Returns where people's state begins, and how it follows them. */
const homesPlan = (model: WorldModel, fleet: Fleet, { gateways }: Topology): HomesPlan => ({
  centres: Object.keys(model.centres),
  gateways: gateways.map(({ people, candidates }) => ({ people, centre: fleet.endpoints[candidates[0]!]!.centre })),
  messagesASecond: model.clients.messagesAnHour / 3_600,
  lagS: inSeconds(model.state.lag),
});

/** What faults and interventions find beside people. */
type Surroundings = Control & Readonly<{ places: Places; rowMates: RowMates }>;

const weatherOf = (
  { scenario, gateways, fleet }: BuildContext,
  crowd: Crowd,
  { loginQueues, bulkUpdates, thrownOff }: People,
  { clock, telemetry, meter, seam, centreFailover, places, rowMates }: Surroundings,
): Weather =>
  new Weather({
    scenario,
    clock,
    gateways,
    fleet,
    crowd,
    loginQueues,
    telemetry,
    bulkUpdates,
    thrownOff,
    rowMates,
    seam,
    centreFailover,
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
const advanceOf = (threads: ThreadGroup, { parked, rest, calendar, sessions, loginQueues }: People): (() => number) => {
  const happened = threads.totals(new Float64Array(1));
  return () => {
    parked?.schedule();
    happened.values[0] = 0;
    threads.runParallel(() => {
      happened.add(0, rest?.step(sessions.digest) ?? 0);
      happened.add(0, calendar.drain(sessions));
    });
    loginQueues.endBucket();
    return happened.values[0];
  };
};

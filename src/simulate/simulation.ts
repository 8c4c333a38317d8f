/**
 * One run: a scenario's world from the first bucket to the last, with its weather, its scheduler's rounds and
 * its book, boiled down to plain values. A pure function of scenario, replication and whether there are faults.
 */
import { Scheduler } from "../algorithms/scheduling/scheduler.ts";
import { assert } from "../base/assert.ts";
import { Digest } from "../base/digest.ts";
import type { Machine } from "../base/machine.ts";
import { after, type Instant, inMs, inSeconds, minutes, seconds, START } from "../base/units.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "../algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../algorithms/scheduling/policy.ts";
import type { Figure, Scenario } from "../scenario/scenario.ts";
import { Company } from "../engine/company.ts";
import { hasBehind, isAboutPush, isAboutServices } from "../scenario/where.ts";
import { buildWorld, type World } from "../world/build.ts";
import { GUARD, type Guard } from "../world/services/tiers.ts";
import { MACHINES, type PushMachines } from "../world/push/push.ts";
import { centreLines, leavingLines } from "./people/centres.ts";
import { seriesOf } from "./people/charts.ts";
import type { Book } from "./book.ts";
import { figureSample, figuresOf, isAboutPeople } from "./figures.ts";
import type { Decision, TimelineEvent } from "./findings.ts";
import { Deliveries } from "./push/book.ts";
import { Incidents } from "./people/incidents.ts";
import { Invariants } from "./invariants.ts";
import { SUCCESS_LIMIT_MS } from "./people/limits.ts";
import { Load } from "./services/book.ts";
import { Observer } from "./people/observer.ts";
import type { FigureSample, Replication, ReplicationRequest } from "./replication.ts";

/** What runs inside; another one only to show that a sabotaged scheduler or guard is caught. */
export interface Parts {
  readonly scheduler: (policy: SchedulerPolicy, topology: Topology) => Machine<SchedulerInput, SchedulerEffect>;
  /** At the door of each machine behind the access servers. */
  readonly guard?: Guard;
  /** Of push. */
  readonly machines?: PushMachines;
}

/** What a run has in common with others. */
export interface Shared {
  /** The threads that live through it together; alone by default. */
  readonly company?: Company;
  /** From `outcomesMemory`. */
  readonly outcomes?: SharedArrayBuffer | undefined;
}

const REAL: Parts = { scheduler: (policy, topology) => new Scheduler(policy, topology) };

const SECOND = seconds(1);
const MINUTE = minutes(1);

/**
 * Runs one replication. Throws only when the simulator breaks a rule of its own. In a company of threads that all run the
 * same each gets the same result, and the one that it would get alone; services, push and people followed want one that is alone.
 */
export const simulate = (
  scenario: Scenario,
  request: ReplicationRequest,
  parts: Parts = REAL,
  { company = new Company(), outcomes }: Shared = {},
): Replication => {
  const isWhole = company.size === 1 || (!hasBehind(scenario.world) && request.watch === undefined);
  assert(isWhole, () => `${String(company.size)} threads for services, push or people followed`);
  const observer = new Observer(scenario);
  const load = new Load(scenario);
  const deliveries = new Deliveries(scenario);
  const world = buildWorld(scenario, {
    seed: `${scenario.seed}#${String(request.replication)}`,
    watch: request.watch ?? [],
    notes: observer,
    scheduler: (topology) => parts.scheduler(scenario.world.scheduler, topology),
    serviceNotes: load,
    guard: parts.guard ?? GUARD,
    pushNotes: deliveries,
    machines: parts.machines ?? MACHINES,
    company,
    outcomes,
  });
  observer.watch(world);
  const incidents = new Incidents(world, scenario);
  const timeline: TimelineEvent[] = [];
  const invariants = new Invariants(world);
  planRounds(scenario, world, incidents);
  planBook(scenario, world, observer, invariants);
  planWeather(scenario, request, world, incidents, timeline);

  let events = 0;
  world.clock.run(scenario.run.duration as number as Instant, (startMs) => {
    events += world.drain();
    if (world.services !== undefined) load.sample(world.services, (startMs * 1_000) as Instant);
    if (startMs % 10_000 === 0) request.onProgress?.(startMs / 1_000, events);
  });
  world.sessions.noteUnfinished(inMs(scenario.run.duration), SUCCESS_LIMIT_MS);
  observer.end(company);

  const book: Book = {
    scenario,
    world,
    ledger: observer.ledger,
    incidents,
    decisions: world.seam.decisions,
    load,
    deliveries,
  };
  const digest = new Digest();
  for (const [high, low] of company.gather(Float64Array.from(world.sessions.digest.words))) digest.sum([high!, low!]);
  for (const { at, kind, what, who } of book.decisions)
    digest.addText(`${kind} ${what} ${who}`, Math.round(at * 1_000) | 0);
  return {
    replication: request.replication,
    digest: digest.hex,
    events,
    population: { online: world.population.people, rows: world.population.rows },
    figures: Object.fromEntries(
      figuresOf(scenario).map((figure): [string, FigureSample] => [figure.text, figureSample(figure, book)]),
    ),
    series: chartsOf(book, request),
    regionLoss: isAboutPeople(scenario) ? regionLoss(book) : {},
    invariants: invariants.results(),
    timeline,
    traces: (world.trace?.lines ?? []).map(({ at, cell, index, what }) => ({
      at: inSeconds(at),
      cell: world.population.cells[cell]!.name,
      index,
      what,
    })),
    decisions: book.decisions.map(({ at, kind, what, who, ip, why }): Decision => ({
      at,
      by: "scheduler",
      kind,
      what,
      who,
      ip,
      why,
    })),
  };
};

/** Those of services and push first, of people last. */
const chartsOf = ({ scenario, world, ledger, load, deliveries }: Book, { interventions }: ReplicationRequest) => [
  ...load.series(),
  ...deliveries.series(),
  ...(interventions ? leavingLines(scenario, ledger) : []),
  ...centreLines(scenario, ledger),
  ...(isAboutPeople(scenario)
    ? seriesOf(
        scenario,
        ledger,
        world.gateways.map(({ name }) => name),
      )
    : []),
];

/** The scheduler hears and speaks once a round. */
const planRounds = (
  { world: { scheduler }, faults, interventions }: Scenario,
  world: World,
  incidents: Incidents,
): void => {
  world.clock.every(scheduler.round, after(START, scheduler.round), () => {
    world.seam.exchange(world.clock.now);
    incidents.look(inSeconds(world.clock.now));
  });
  if (
    faults.some(({ effects }) => effects.down !== undefined) ||
    interventions.some(({ action }) => action.kind === "evacuate")
  )
    world.clock.every(SECOND, after(START, SECOND), () => {
      incidents.lookClosely(inSeconds(world.clock.now));
    });
};

const planBook = (scenario: Scenario, world: World, observer: Observer, invariants: Invariants): void => {
  const edges = new Set(Object.values(scenario.windows).flatMap(({ from, to }) => [from, to]));
  for (const edge of [...edges].sort((a, b) => a - b))
    world.clock.at(edge, () => {
      world.meter.meterAll(inMs(edge));
      observer.edge(inMs(edge));
    });
  world.clock.every(SECOND, after(START, SECOND), () => {
    world.demand.second();
  });
  world.clock.every(MINUTE, after(START, MINUTE), () => {
    world.meter.meterAll(inMs(world.clock.now));
    observer.standings((world.clock.now - MINUTE) as Instant, world.demand.minute(inMs(world.clock.now)));
    observer.minute((world.clock.now - MINUTE) as Instant);
    invariants.check();
  });
};

const planWeather = (
  { faults, interventions }: Scenario,
  request: ReplicationRequest,
  world: World,
  incidents: Incidents,
  timeline: TimelineEvent[],
): void => {
  const { clock, weather } = world;
  const tell = (what: string, who: string): void => {
    timeline.push({ at: inSeconds(clock.now), what, who });
  };
  const end = (id: string): void => {
    const fault = faults.find((one) => one.id === id)!;
    if (isAboutServices(fault.where)) world.mishaps?.end(fault);
    else if (isAboutPush(fault.where)) world.push?.troubles.end(fault);
    else weather.end(fault);
    incidents.end(id, inSeconds(clock.now));
    tell(`fault ${id} ends`, placeOf(fault.where));
  };
  const begun = new Set<string>();
  if (request.interventions)
    for (const intervention of interventions)
      clock.at(intervention.at, () => {
        tell(
          `intervention ${intervention.id}`,
          "where" in intervention.action ? placeOf(intervention.action.where) : "scheduler",
        );
        weather.perform(intervention, inMs(clock.now));
        incidents.perform(intervention, inSeconds(clock.now));
        for (const { id, until } of faults)
          if (
            until !== undefined &&
            "intervention" in until &&
            until.intervention === intervention.id &&
            begun.delete(id)
          )
            end(id);
      });
  if (!request.faults) return;
  for (const fault of faults) {
    clock.at(fault.at, () => {
      begun.add(fault.id);
      if (isAboutServices(fault.where)) world.mishaps?.begin(fault);
      else if (isAboutPush(fault.where)) world.push?.troubles.begin(fault);
      else {
        incidents.begin(fault, inSeconds(clock.now));
        weather.begin(fault);
      }
      tell(`fault ${fault.id} begins`, placeOf(fault.where));
    });
    if (fault.until !== undefined && "at" in fault.until)
      clock.at(fault.until.at, () => {
        if (begun.delete(fault.id)) end(fault.id);
      });
  }
};

/** E.g. `cq-unicom-3g-2`, or `chongqing unicom 2g, 3g`. */
const placeOf = (where: object): string => {
  const words = Object.values(where as Record<string, unknown>).map((values) =>
    Array.isArray(values) ? values.join(", ") : String(values),
  );
  return words.length === 0 ? "everything" : words.join(" ");
};

/** Percent lost by region in its worst window with a fault on; over the whole run where there is none. */
const regionLoss = (book: Book): Record<string, number | null> => {
  const { faults, windows } = book.scenario;
  const during = Object.entries(windows).filter(
    ([name, { from, to }]) => name !== "run" && faults.some(({ at }) => at < to && from >= at),
  );
  const worst: Record<string, number | null> = {};
  for (const window of during.length === 0 ? ["run"] : during.map(([name]) => name)) {
    const figure: Figure = { text: "", metric: "loss", stat: "mean", labels: [], window, by: "region", unit: "%" };
    for (const [region, loss] of Object.entries(figureSample(figure, book).groups ?? {}))
      if (loss !== null) worst[region] = Math.max(worst[region] ?? 0, loss);
  }
  return worst;
};

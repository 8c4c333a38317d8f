/**
 * One run: a scenario's world from the first bucket to the last, with its weather, its scheduler's rounds and
 * its book, boiled down to plain values. A pure function of scenario, replication and whether there are faults.
 */
import { Scheduler } from "../algorithms/scheduling/scheduler.ts";
import type { Machine } from "../base/machine.ts";
import { after, type Instant, inMs, inSeconds, minutes, seconds, START } from "../base/units.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "../algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../algorithms/scheduling/policy.ts";
import type { Figure, Scenario } from "../scenario/scenario.ts";
import { HELD, LINK } from "../world/link.ts";
import { isAboutServices } from "../scenario/where.ts";
import { buildWorld, type World } from "../world/build.ts";
import type { Services } from "../world/fleet/services.ts";
import { GUARD, type Guard } from "../world/fleet/tiers.ts";
import { seriesOf } from "./charts.ts";
import type { Book } from "./book.ts";
import { figureSample, figuresOf } from "./figures.ts";
import type { Decision, InvariantResult, TimelineEvent } from "./findings.ts";
import { Incidents } from "./incidents.ts";
import { SUCCESS_LIMIT_MS } from "./limits.ts";
import { Load } from "./load.ts";
import { Observer } from "./observer.ts";
import type { FigureSample, Replication, ReplicationRequest } from "./replication.ts";

/** What runs inside; another one only to show that a sabotaged scheduler or guard is caught. */
export interface Parts {
  readonly scheduler: (policy: SchedulerPolicy, topology: Topology) => Machine<SchedulerInput, SchedulerEffect>;
  /** At the door of each machine behind the access servers. */
  readonly guard?: Guard;
}

const REAL: Parts = { scheduler: (policy, topology) => new Scheduler(policy, topology) };

const SECOND = seconds(1);
const MINUTE = minutes(1);

/** Runs one replication. Throws only when the simulator breaks a rule of its own. */
export const simulate = (scenario: Scenario, request: ReplicationRequest, parts: Parts = REAL): Replication => {
  const observer = new Observer(scenario);
  const load = new Load(scenario);
  const world = buildWorld(scenario, {
    seed: `${scenario.seed}#${String(request.replication)}`,
    watch: request.watch ?? [],
    notes: observer,
    scheduler: (topology) => parts.scheduler(scenario.world.scheduler, topology),
    serviceNotes: load,
    guard: parts.guard ?? GUARD,
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
  observer.end();

  const book: Book = { scenario, world, ledger: observer.ledger, incidents, decisions: world.seam.decisions, load };
  const { digest } = world.sessions;
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
    series: [
      ...load.series(),
      ...seriesOf(
        scenario,
        observer.ledger,
        world.gateways.map(({ name }) => name),
      ),
    ],
    regionLoss: regionLoss(book),
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

const total = (column: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < column.length; at++) sum += column[at]!;
  return sum;
};

const totalAt = (column: Float64Array, places: readonly number[]): number => {
  let sum = 0;
  for (const place of places) sum += column[place]!;
  return sum;
};

/** What must be true in every world at all times. */
class Invariants {
  readonly #world: World;
  readonly #broken = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Cheap enough for every minute. */
  check(): void {
    const { crowd, desks, meter, population, fleet, homes } = this.#world;
    const [online, connecting, away] = [total(crowd.online), total(crowd.connecting), total(crowd.away)];
    this.#expect(
      "clients conserved",
      online + connecting + away === population.people,
      () =>
        `${String(online)} online + ${String(connecting)} connecting + ${String(away)} away ≠ ${String(population.people)}`,
    );
    let [held, least] = [0, 0];
    for (const pair of crowd.inUse) {
      const people = crowd.links[pair * LINK + HELD]!;
      held += people;
      least = Math.min(least, people);
    }
    this.#expect(
      "everybody at home somewhere",
      homes.all() === population.people,
      () => `${String(homes.all())} people have a home, of ${String(population.people)}`,
    );
    this.#expect(
      "connections are people online",
      held === online,
      () => `${String(held)} connections held by ${String(online)} people`,
    );
    this.#expect(
      "connections are people online",
      least >= 0,
      () => `somebody left a path that nobody was on: ${String(least)} people on it`,
    );
    const [sent, delivered, lost] = [meter.sent, meter.delivered, meter.lost].map((column) =>
      totalAt(column, crowd.inUse),
    ) as [number, number, number];
    this.#expect(
      "packets conserved",
      sent === delivered + lost,
      () => `${String(sent)} sent ≠ ${String(delivered)} delivered + ${String(lost)} lost`,
    );
    if (this.#world.services !== undefined) this.#checkServices(this.#world.services);
    fleet.servers.forEach(({ name, connections }, server) => {
      this.#expect(
        "connections within capacity",
        desks.held[server]! <= connections,
        () => `${name} holds ${String(desks.held[server])} connections of ${String(connections)}`,
      );
      this.#expect(
        "served within capacity",
        desks.served[server]! <= desks.capacity[server]! + 1,
        () => `${name} served ${String(desks.served[server])} of ${String(desks.capacity[server])}`,
      );
    });
  }

  /** Of the machines behind the access servers. */
  #checkServices({ tiers }: Services): void {
    for (const { model, machines, unitsMost } of tiers)
      for (const { name, station } of machines) {
        this.#expect(
          "cores within capacity",
          station.busy >= 0 && station.busy <= model.cores,
          () => `${name} computes on ${String(station.busy)} of ${String(model.cores)} cores`,
        );
        this.#expect(
          "units within memory",
          station.units >= station.busy && station.units <= unitsMost,
          () =>
            `${name} has ${String(station.units)} units, room for ${String(unitsMost)}, ${String(station.busy)} busy`,
        );
      }
  }

  /** With a last count of everybody, one by one. */
  results(): readonly InvariantResult[] {
    const { crowd, sweeps } = this.#world;
    this.check();
    const found = sweeps.census();
    // A client in the queue of a bucket that is over is logged in when the next one begins.
    this.#expect(
      "everybody counted",
      found.online === total(crowd.online) && found.away === total(crowd.away),
      () =>
        `counted ${JSON.stringify(found)}, booked ${String(total(crowd.online))} online and ${String(total(crowd.away))} away`,
    );
    return [
      "clients conserved",
      "connections are people online",
      "connections within capacity",
      "everybody at home somewhere",
      "everybody counted",
      "packets conserved",
      "served within capacity",
      ...(this.#world.services === undefined ? [] : ["cores within capacity", "units within memory"]),
    ].map((name) => {
      const why = this.#broken.get(name);
      return why === undefined ? { name, held: true } : { name, held: false, why };
    });
  }

  #expect(name: string, holds: boolean, why: () => string): void {
    if (!holds && !this.#broken.has(name)) this.#broken.set(name, why());
  }
}

/** The system of people in a run: their world, the scheduler's rounds, their book, and their faults. */
import type { SchedulerEffect, SchedulerInput, Topology } from "../../algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../../algorithms/scheduling/policy.ts";
import { Scheduler } from "../../algorithms/scheduling/scheduler.ts";
import type { Digest } from "../../base/digest.ts";
import type { Machine } from "../../base/machine.ts";
import { after, type Instant, inMs, inSeconds, minutes, seconds, START } from "../../base/units.ts";
import { reportedSections } from "../../scenario/asked.ts";
import { bothOf, type Figure, type LabelMatch, only } from "../../scenario/figure-parts.ts";
import { metricOf } from "../../scenario/metrics.ts";
import type { PeopleFault } from "../../scenario/people/faults.ts";
import { PEOPLE } from "../../scenario/people/section.ts";
import type { Intervention, Scenario } from "../../scenario/scenario.ts";
import { buildWorld, type World } from "../../world/build.ts";
import type { Decision, InvariantResult } from "../findings.ts";
import type { RegionFigure, Replication, SeriesSample } from "../replication.ts";
import type { Extreme } from "../samples.ts";
import type { RunContext, Running, System } from "../system.ts";
import type { Book } from "./book.ts";
import { centreLines, leavingLines } from "./centres.ts";
import { seriesOf } from "./charts.ts";
import { gatewaysOf, readFigure } from "./figures.ts";
import { Incidents } from "./incidents.ts";
import { PeopleInvariants } from "./invariants.ts";
import { Observer } from "./observer.ts";

/** Makes the scheduler of a run. */
export type SchedulerFactory = (
  policy: SchedulerPolicy,
  topology: Topology,
) => Machine<SchedulerInput, SchedulerEffect>;

/** Effects of faults that may take people offline. */
const TAKING_OFFLINE = ["loss", "delay", "block", "cutOver", "natTimeout", "down"];

const SECOND = seconds(1);
const MINUTE = minutes(1);

/** Returns the system of people with the given scheduler; tests pass a sabotaged one to show that it is caught. */
export const people = (
  scheduler: SchedulerFactory = (policy, topology) => new Scheduler(policy, topology),
): System => ({
  section: PEOPLE,
  start: (scenario, context) => new People(scenario, context, scheduler),
});

class People implements Running {
  readonly #scenario: Scenario;
  readonly #context: RunContext;
  readonly #observer: Observer;
  readonly #world: World;
  readonly #incidents: Incidents;
  readonly #invariants: PeopleInvariants;

  constructor(scenario: Scenario, context: RunContext, scheduler: SchedulerFactory) {
    this.#scenario = scenario;
    this.#context = context;
    this.#observer = new Observer(scenario);
    const { request, seed, clock, threads, outcomes } = context;
    this.#world = buildWorld(scenario, {
      seed,
      watch: request.watch ?? [],
      notes: this.#observer,
      scheduler: (topology) => scheduler(scenario.world.scheduler, topology),
      clock,
      threads,
      outcomes,
    });
    this.#observer.watch(this.#world);
    this.#incidents = new Incidents(this.#world, scenario);
    this.#invariants = new PeopleInvariants(this.#world);
    this.#planRounds();
    this.#planBook();
  }

  advance(): number {
    return this.#world.advance();
  }

  begin(fault: PeopleFault): void {
    this.#incidents.begin(fault, inSeconds(this.#context.clock.now));
    this.#world.weather.begin(fault);
  }

  end(fault: PeopleFault): void {
    this.#world.weather.end(fault);
    this.#incidents.end(fault.id, inSeconds(this.#context.clock.now));
  }

  perform(intervention: Intervention): void {
    const { now } = this.#context.clock;
    this.#world.weather.perform(intervention, inMs(now));
    this.#incidents.perform(intervention, inSeconds(now));
  }

  check(isLast: boolean): readonly InvariantResult[] {
    return this.#invariants.check(isLast);
  }

  finish(): void {
    this.#world.sessions.noteUnfinished(inMs(this.#scenario.run.duration));
    this.#observer.end(this.#context.threads);
  }

  /** Adds the digests of all threads' people, and the decisions, which are the same in all threads. */
  addTo(digest: Digest): void {
    const { sessions, seam } = this.#world;
    for (const [high, low] of this.#context.threads.allGather(Float64Array.from(sessions.digest.words)))
      digest.sum([high!, low!]);
    for (const { at, kind, what, who } of seam.decisions)
      digest.addText(`${kind} ${what} ${who}`, Math.round(at * 1_000) | 0);
  }

  read(figure: Figure, labels: readonly LabelMatch[]): Extreme {
    return readFigure(figure, labels, this.#book);
  }

  groups(figure: Figure): readonly string[] | undefined {
    return figure.by === "gateway" ? gatewaysOf(figure.labels, this.#book) : undefined;
  }

  lines(): readonly SeriesSample[] {
    const { ledger } = this.#observer;
    const gateways = this.#world.gateways.map(({ name }) => name);
    return [
      ...(this.#context.request.interventions ? leavingLines(this.#scenario, ledger) : []),
      ...centreLines(this.#scenario, ledger),
      ...(this.#isReported ? seriesOf(this.#scenario, ledger, gateways) : []),
    ];
  }

  extras(): Pick<Replication, "population" | "regionLoss" | "regionFigures" | "decisions" | "traces"> {
    const { population, seam, trace } = this.#world;
    return {
      population: { online: population.people, rows: population.rows },
      regionLoss: this.#isReported ? this.#regionLoss() : {},
      ...this.#regionFigures(),
      decisions: seam.decisions.map(({ at, kind, what, who, ip, why, cause }): Decision => ({
        at,
        by: "scheduler",
        kind,
        what,
        who,
        ip,
        why,
        ...(cause === undefined ? {} : { cause }),
      })),
      traces: (trace?.lines ?? []).map(({ at, cell, index, what }) => ({
        at: inSeconds(at),
        cell: population.cells[cell]!.name,
        index,
        what,
      })),
    };
  }

  /** True if the run reports on people. */
  get #isReported(): boolean {
    return reportedSections(this.#scenario).some((section) => section === PEOPLE);
  }

  get #book(): Book {
    return {
      scenario: this.#scenario,
      world: this.#world,
      ledger: this.#observer.ledger,
      incidents: this.#incidents,
      decisions: this.#world.seam.decisions,
    };
  }

  /** Puts the scheduler's rounds on the clock, and the checks of incidents. */
  #planRounds(): void {
    const { clock } = this.#context;
    const { world, faults, interventions } = this.#scenario;
    const { round } = world.scheduler;
    clock.every(round, after(START, round), () => {
      this.#world.seam.endRound(clock.now);
      this.#incidents.checkRound(inSeconds(clock.now));
    });
    if (
      faults.some(({ effects }) => TAKING_OFFLINE.some((effect) => effect in effects)) ||
      interventions.some(({ action }) => action.kind === "evacuate")
    )
      clock.every(SECOND, after(START, SECOND), () => {
        this.#incidents.checkRecovery(inSeconds(clock.now));
      });
  }

  /** Puts the book's minutes and the edges of windows on the clock. */
  #planBook(): void {
    const { clock } = this.#context;
    const { meter, demand } = this.#world;
    // Packets are metered at the same times with and without halves of windows: their draws depend on it.
    const edges = new Set(
      Object.values(this.#scenario.windows).flatMap(({ from, to, isHalf }) =>
        [from, to].filter((edge) => isHalf !== true || edge % MINUTE === 0),
      ),
    );
    for (const edge of [...edges].sort((a, b) => a - b))
      clock.at(edge, () => {
        meter.meterAll(inMs(edge));
        this.#observer.edge(inMs(edge));
      });
    clock.every(SECOND, after(START, SECOND), () => {
      demand.endSecond();
    });
    clock.every(MINUTE, after(START, MINUTE), () => {
      meter.meterAll(inMs(clock.now));
      this.#observer.standings((clock.now - MINUTE) as Instant, demand.endMinute(inMs(clock.now)));
      this.#observer.minute((clock.now - MINUTE) as Instant);
    });
  }

  /** Returns the judged shares and times that can be told by region, for everybody there. */
  #regionFigures(): Pick<Replication, "regionFigures"> {
    const { expect, thresholds, world } = this.#scenario;
    const figures = new Map<string, RegionFigure>();
    for (const { figure: judged } of this.#isReported ? [...expect, ...thresholds] : []) {
      const { metric, stat, window, unit } = judged;
      const { labels = [], dimension } = metricOf(metric) ?? {};
      const both = bothOf({ metric, stat, window });
      if (!labels.includes("region") || !["share", "time"].includes(dimension ?? "") || figures.has(both.figure))
        continue;
      const everybody: Figure = { ...judged, labels: [], by: undefined };
      const values = Object.keys(world.regions).map(
        (region) => [region, this.read(everybody, [only("region", region)]).value] as const,
      );
      figures.set(both.figure, { ...both, unit, values: Object.fromEntries(values) });
    }
    return figures.size === 0 ? {} : { regionFigures: [...figures.values()] };
  }

  /** Returns the loss of each region in percent: the worst window that begins during or after a fault, else the whole run. */
  #regionLoss(): Record<string, number | null> {
    const { faults, windows, world } = this.#scenario;
    const during = Object.entries(windows).filter(
      ([name, { from, to }]) => name !== "run" && faults.some(({ at }) => at < to && from >= at),
    );
    const worst: Record<string, number | null> = {};
    for (const window of during.length === 0 ? ["run"] : during.map(([name]) => name)) {
      const figure: Figure = { text: "", metric: "loss", stat: "mean", labels: [], window, by: undefined, unit: "%" };
      for (const region of Object.keys(world.regions)) {
        const { value } = this.read(figure, [only("region", region)]);
        if (value !== null) worst[region] = Math.max(worst[region] ?? 0, value);
      }
    }
    return worst;
  }
}

/**
 * Runs one replication: a scenario's world from the first bucket to the last, with its faults and interventions. The result
 * is a pure function of the scenario and the request.
 */
import { assert } from "../base/assert.ts";
import { Digest } from "../base/digest.ts";
import { after, type Instant, inSeconds, minutes, START } from "../base/units.ts";
import { BUCKET, Clock } from "../engine/clock.ts";
import { ThreadGroup } from "../engine/thread-group.ts";
import { figuresOf } from "../scenario/asked.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import { withHalves } from "../scenario/halves.ts";
import { runsOnThreads, sectionOf } from "../scenario/known.ts";
import type { Fault, Intervention, Scenario } from "../scenario/scenario.ts";
import { figureSample } from "./figures.ts";
import type { TimelineEvent } from "./findings.ts";
import type { Replication, ReplicationRequest } from "./replication.ts";
import type { Running, System } from "./system.ts";
import { SYSTEMS } from "./systems.ts";

/** Options of a run; the defaults run it on the calling thread. */
export interface SimulateOptions {
  /** Systems that replace those of the same section; used by tests to show that a sabotaged part is caught. */
  readonly replacing?: readonly System[];
  /** The threads that run it together; one thread by default. */
  readonly threads?: ThreadGroup;
  /** Memory from `outcomesMemory`; undefined for memory of its own. */
  readonly outcomes?: SharedArrayBuffer | undefined;
}

/** The running systems of a world, in order, each by its system. */
export type RunningSystems = ReadonlyMap<System, Running>;

const MINUTE = minutes(1);

/**
 * Runs one replication. All threads of a group call it together and return the same result, which is also that of a single
 * thread. Throws if an assertion of the simulator fails, or for several threads if the scenario or the request needs a
 * single one.
 */
export const simulate = (
  given: Scenario,
  request: ReplicationRequest,
  { replacing = [], threads = new ThreadGroup(), outcomes }: SimulateOptions = {},
): Replication => {
  const { scenario, figures } = withHalves(given);
  assert(
    threads.size === 1 || (runsOnThreads(scenario) && request.watch === undefined),
    () => `${String(threads.size)} threads for a run that one thread runs alone`,
  );
  const clock = new Clock(BUCKET);
  const seed = `${scenario.seed}#${String(request.replication)}`;
  const running: RunningSystems = new Map(
    SYSTEMS.filter(({ section }) => section.isIn(scenario.world))
      .map((system) => replacing.find(({ section }) => section === system.section) ?? system)
      .map((system) => [system, system.start(scenario, { request, seed, clock, threads, outcomes })]),
  );
  clock.every(MINUTE, after(START, MINUTE), () => {
    for (const one of running.values()) one.check(false);
  });
  const timeline = planStory(scenario, request, clock, running);
  const events = runBuckets(scenario, request, clock, running);
  for (const one of running.values()) one.finish?.();
  return resultOf(scenario, request, running, { timeline, events, figures: [...figuresOf(given), ...figures] });
};

/** Runs all buckets in the order of a bucket that it shows; returns the number of events. */
const runBuckets = (
  { run }: Scenario,
  { onProgress }: ReplicationRequest,
  clock: Clock,
  running: RunningSystems,
): number => {
  let events = 0;
  // 1. The clock runs all actions that are due: faults and interventions, scheduler rounds, minutes of the books.
  clock.run(run.duration as number as Instant, (startMs) => {
    // 2. Each system runs the bucket, people first: clients act, then login queues serve, then the servers behind.
    const end = after(clock.now, BUCKET);
    for (const system of running.values()) events += system.advance(clock.now, end);
    // 3. Progress.
    if (startMs % 10_000 === 0) onProgress?.(startMs / 1_000, events);
  });
  return events;
};

/** Puts faults and interventions on the clock; returns the timeline, which is filled during the run. */
const planStory = (
  { faults, interventions }: Scenario,
  request: ReplicationRequest,
  clock: Clock,
  running: RunningSystems,
): readonly TimelineEvent[] => {
  const timeline: TimelineEvent[] = [];
  const record = (kind: TimelineEvent["kind"], id: string, where: object | undefined): void => {
    const who = where === undefined ? "scheduler" : placeOf(where);
    timeline.push({ at: inSeconds(clock.now), kind, id, what: WORDS[kind](id), who });
  };
  const ownerOf = (fault: Fault): Running => [...running].find(([{ section }]) => section === sectionOf(fault))![1];
  const begun = new Set<Fault>();
  const begin = (fault: Fault): void => {
    begun.add(fault);
    ownerOf(fault).begin(fault);
    record("fault-begins", fault.id, fault.where);
  };
  const end = (fault: Fault): void => {
    if (!begun.delete(fault)) return;
    ownerOf(fault).end(fault);
    record("fault-ends", fault.id, fault.where);
  };
  const perform = (intervention: Intervention): void => {
    const { id, action } = intervention;
    record("intervention", id, "where" in action ? action.where : undefined);
    for (const [{ section }, one] of running) if (section.actions.includes(action.kind)) one.perform?.(intervention);
    for (const fault of faults)
      if (fault.until !== undefined && "intervention" in fault.until && fault.until.intervention === id) end(fault);
  };
  if (request.interventions)
    for (const intervention of interventions) clock.at(intervention.at, () => perform(intervention));
  if (request.faults)
    for (const fault of faults) {
      clock.at(fault.at, () => begin(fault));
      const { until } = fault;
      if (until !== undefined && "at" in until) clock.at(until.at, () => end(fault));
    }
  return timeline;
};

/** The timeline's texts, by kind of event. */
const WORDS: Readonly<Record<TimelineEvent["kind"], (id: string) => string>> = {
  "fault-begins": (id) => `fault ${id} begins`,
  "fault-ends": (id) => `fault ${id} ends`,
  intervention: (id) => `intervention ${id}`,
};

/** Returns the names that a `where` selects: `cq-unicom-3g-2`, or `chongqing unicom 2g, 3g`. */
const placeOf = (where: object): string => {
  const words = Object.values(where as Record<string, unknown>).map((values) =>
    Array.isArray(values) ? values.join(", ") : String(values),
  );
  return words.length === 0 ? "everything" : words.join(" ");
};

const resultOf = (
  scenario: Scenario,
  request: ReplicationRequest,
  running: RunningSystems,
  {
    timeline,
    events,
    figures: asked,
  }: { readonly timeline: readonly TimelineEvent[]; readonly events: number; readonly figures: readonly Figure[] },
): Replication => {
  const digest = new Digest();
  const all = [...running.values()];
  for (const one of all) one.addTo(digest);
  const figures = asked.map((figure) => [figure.text, figureSample(figure, scenario, running)] as const);
  // Lines of systems that only some worlds have are drawn first.
  const series = [...all.slice(1), ...all.slice(0, 1)].flatMap((one) => one.lines());
  return {
    replication: request.replication,
    digest: digest.hex,
    events,
    population: { online: 0, rows: 0 },
    figures: Object.fromEntries(figures),
    series,
    regionLoss: {},
    invariants: all.flatMap((one) => one.check(true)),
    timeline,
    decisions: [],
    traces: [],
    ...(Object.assign({}, ...all.map((one) => one.extras?.() ?? {})) as Partial<Replication>),
  };
};

/**
 * A system is the simulation of one section of a scenario. It owns its part of the world, its book and its figures;
 * `systems.ts` lists all systems, and `simulation.ts` runs them together.
 */
import type { Digest } from "../base/digest.ts";
import type { Instant } from "../base/units.ts";
import type { Clock } from "../engine/clock.ts";
import type { ThreadGroup } from "../engine/thread-group.ts";
import type { Figure, LabelMatch } from "../scenario/figure-parts.ts";
import type { Fault, Intervention, Scenario } from "../scenario/scenario.ts";
import type { Section } from "../scenario/section.ts";
import type { InvariantResult } from "./findings.ts";
import type { Replication, ReplicationRequest, SeriesSample } from "./replication.ts";
import type { Extreme } from "./samples.ts";

/** A kind of system, which can be started for a scenario. */
export interface System {
  readonly section: Section;
  /** Builds its part of the world and puts its rounds on the clock. Called only if the scenario has its section. */
  start(scenario: Scenario, context: RunContext): Running;
}

/** Everything that the systems of one run share. */
export interface RunContext {
  readonly request: ReplicationRequest;
  /** The seed of all random draws of the run. */
  readonly seed: string;
  readonly clock: Clock;
  /** The threads that run it together. */
  readonly threads: ThreadGroup;
  /** Outcomes of connections from `outcomesMemory`, shared with other runs of the process. */
  readonly outcomes: SharedArrayBuffer | undefined;
}

/** A system in one run. It gets the faults and interventions of its own section only. */
export interface Running {
  /** Runs one bucket, from `start` up to `end`; returns the number of events in all threads. */
  advance(start: Instant, end: Instant): number;
  /** Applies a fault. */
  begin(fault: Fault): void;
  /** Removes a fault. */
  end(fault: Fault): void;
  /** Carries out an intervention. */
  perform?(intervention: Intervention): void;
  /** Checks every invariant, more thoroughly in the last check; returns all results so far. */
  check(isLast: boolean): readonly InvariantResult[];
  /** Completes the book after the last bucket. */
  finish?(): void;
  /** Adds all its events to the digest of the run. */
  addTo(digest: Digest): void;
  /** Returns a figure of this system, with the name of the fullest resource if it is about load. */
  read(figure: Figure, labels: readonly LabelMatch[]): Extreme;
  /** Returns the groups of a figure with `by=`; undefined for all values of that label. */
  groups?(figure: Figure): readonly string[] | undefined;
  /** Returns the chart lines. */
  lines(): readonly SeriesSample[];
  /** Returns the parts of a replication that only this system has. */
  extras?(): Partial<Pick<Replication, "population" | "regionLoss" | "regionFigures" | "decisions" | "traces">>;
}

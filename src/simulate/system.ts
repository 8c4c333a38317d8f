/**
 * A system: what a section does once it runs. It owns its part of the world, its book and its figures; `systems.ts` lists
 * all of them, and `simulation.ts` runs them side by side.
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

export interface System {
  readonly section: Section;
  /** Builds its part of the world and puts its own rounds on the clock. Called only if the world has it. */
  start(scenario: Scenario, context: RunContext): Running;
}

/** What all systems of one run share. */
export interface RunContext {
  readonly request: ReplicationRequest;
  /** Names all draws of the run. */
  readonly seed: string;
  readonly clock: Clock;
  /** The threads that run it together; alone where there is one. */
  readonly threads: ThreadGroup;
  /** From `outcomesMemory`: what connections come to, shared with other runs of the process. */
  readonly outcomes: SharedArrayBuffer | undefined;
}

/** A system in one run. Faults and interventions are only handed to the system of their section. */
export interface Running {
  /** Runs one bucket, from `start` up to `end`; returns the number of events in all threads. */
  advance(start: Instant, end: Instant): number;
  begin(fault: Fault): void;
  end(fault: Fault): void;
  perform?(intervention: Intervention): void;
  /** Checks every invariant, and returns what is known of each by now. The last check may be a thorough one. */
  check(isLast: boolean): readonly InvariantResult[];
  /** Closes the book after the last bucket. */
  finish?(): void;
  /** Adds all that happened to the digest of the run. */
  addTo(digest: Digest): void;
  /** Returns a figure of this system: its value, and what binds where it is about how full things are. */
  read(figure: Figure, labels: readonly LabelMatch[]): Extreme;
  /** Returns the values of a label among what the figure is about; undefined for all that the world has. */
  groups?(figure: Figure): readonly string[] | undefined;
  /** Returns the lines over time that charts are drawn from. */
  lines(): readonly SeriesSample[];
  /** Returns what only this system adds to a replication. */
  extras?(): Partial<Pick<Replication, "population" | "regionLoss" | "decisions" | "traces">>;
}

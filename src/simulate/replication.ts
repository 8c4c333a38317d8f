/**
 * The result of one replication: plain values that can be sent between threads. A study turns many of
 * them into intervals and verdicts.
 */
import type { FigureParts } from "../scenario/figure-parts.ts";
import type { Scale } from "../scenario/metric.ts";
import type { Decision, InvariantResult, TimelineEvent, TraceEvent } from "./findings.ts";
import type { Measured } from "./samples.ts";

/** A figure of one replication; `value` is null without data. */
export interface FigureSample extends Measured {
  /** The fullest resource, such as `shanghai logic`; only of figures about load. */
  readonly binds?: string;
  /** The value of each group; only of figures with `by=`. */
  readonly groups?: Readonly<Record<string, Measured>>;
}

/** A chart that several lines are drawn in. */
export interface Chart extends Scale {
  /** File name without ending, e.g. `loss`; unique in a run. */
  readonly name: string;
  readonly title: string;
}

/** One line over simulated time, sampled at the same instants in every replication. */
export interface SeriesSample {
  readonly chart: Chart;
  /** The canonical text of `parts`. */
  readonly figure: string;
  readonly parts: FigureParts;
  readonly title: string;
  readonly unit: string;
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
}

/** Everything that one replication found. */
export interface Replication {
  readonly replication: number;
  readonly digest: string;
  readonly events: number;
  readonly population: { readonly online: number; readonly rows: number };
  /** All of `figuresOf(scenario)`, by the figure's canonical text. */
  readonly figures: Readonly<Record<string, FigureSample>>;
  readonly series: readonly SeriesSample[];
  /** Mean loss by region in its worst window, percent; for the map. */
  readonly regionLoss: Readonly<Record<string, number | null>>;
  /** The judged figures that can be told by region, for everybody there, in the order of the scenario; for the map. */
  readonly regionFigures?: readonly RegionFigure[];
  readonly invariants: readonly InvariantResult[];
  readonly timeline: readonly TimelineEvent[];
  readonly decisions: readonly Decision[];
  /** Events of the clients that were watched, in order of time. */
  readonly traces: readonly TraceEvent[];
}

/** A figure by region. */
export interface RegionFigure {
  readonly figure: string;
  readonly parts: FigureParts;
  readonly unit: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** What to run. */
export interface ReplicationRequest {
  readonly replication: number;
  /** False in the twin, which drops all faults. */
  readonly faults: boolean;
  /** False in the twin, which drops all interventions. */
  readonly interventions: boolean;
  /** Clients to trace one by one: a cell's name, such as `cq-unicom-3g-2/3g`, and the index in it. */
  readonly watch?: readonly { readonly cell: string; readonly index: number }[];
  /** Called every ten simulated seconds with the simulated seconds done and the events so far; must not throw. */
  readonly onProgress?: (simulatedSeconds: number, events: number) => void;
}

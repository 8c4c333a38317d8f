/**
 * The resolved scenario: every unit parsed, every name resolved, every default filled in, so that no other floor parses
 * again. Times are microseconds (`Duration`, `Instant`), shares and losses are fractions in [0, 1], people and connections
 * are whole numbers.
 */
import type { Duration, Instant } from "../base/units.ts";
import type { z } from "zod";
import type { CamelKey, Model } from "./fields.ts";
import type { Figure } from "./figure-parts.ts";
import type { FORMS } from "./forms.ts";
import type { ActionKind, FaultOf, Shape, Target } from "./section.ts";

type Listed = (typeof FORMS)[number];

/** The intersection of all members of a union. */
export type IntersectionOf<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void
  ? All
  : never;
type WorldOf<S> = S extends { readonly shape: infer F extends Shape } ? Model<z.ZodObject<F>> : never;
type FaultIn<S> = S extends { readonly targets: Readonly<Record<string, Target>> } ? FaultOf<S> : never;
type ActionOf<K> = K extends ActionKind<infer A> ? A : never;
type ActionIn<S> = S extends { readonly interventions: infer I } ? ActionOf<I[keyof I]> : never;

/** The world: the keys of all sections, in camelCase. */
export type WorldModel = {
  readonly [K in keyof IntersectionOf<WorldOf<Listed>> as CamelKey<K & string>]: IntersectionOf<WorldOf<Listed>>[K];
};

/** A fault of any section; `sectionOf` returns the section. */
export type Fault = FaultIn<Listed>;

/** One action of operators. */
export interface Intervention {
  /** Unique among faults and interventions. */
  readonly id: string;
  /** When it takes effect. */
  readonly at: Instant;
  /** What is done. */
  readonly action: ActionIn<Listed>;
}

/** A scenario. */
export interface Scenario {
  /** Short name; reports are kept in a folder of this name. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** The file, as the user named it. */
  readonly file: string;
  /** Descriptions of the sources, by key. */
  readonly sources: Readonly<Record<string, string>>;
  /** Names all random draws. */
  readonly seed: string;
  /** Length, size and number of runs. */
  readonly run: RunPlan;
  /** The simulated world. */
  readonly world: WorldModel;
  /** What goes wrong, in the file's order. */
  readonly faults: readonly Fault[];
  /** What operators do, in the file's order. */
  readonly interventions: readonly Intervention[];
  /** Windows by name, including `run` (from warm-up to the end). */
  readonly windows: Readonly<Record<string, Window>>;
  /** Published values. */
  readonly expect: readonly Expectation[];
  /** Requirements. */
  readonly thresholds: readonly Threshold[];
  /** One row per parameter. */
  readonly assumptions: readonly Assumption[];
  /** What the command changed of the file; absent if nothing. */
  readonly changes?: readonly Changed[];
  /** Hex digest of the resolved scenario without `file` and `changes`. */
  readonly fingerprint: string;
}

/** Length, size and number of runs. */
export interface RunPlan {
  /** Simulated time. */
  readonly duration: Duration;
  /** Start of the window `run`. */
  readonly warmup: Duration;
  /** People per row on average: 1000 for `1/1000`, 1 for `1`. */
  readonly peopleARow: number;
  /** Number of runs with different draws. */
  readonly replications: number;
  /** Highest number of them, if more may run until every judged row is decided. */
  readonly replicationsMost?: number;
  /** `foretold` counts heartbeats without consequences as a rate, `each` simulates every one. */
  readonly heartbeats: "foretold" | "each";
}

/** A part of the run. */
export interface Window {
  /** Present if it is half of another window, cut to see a drift (halves.ts). */
  readonly isHalf?: true;
  /** When it begins. */
  readonly from: Instant;
  /** When it ends. */
  readonly to: Instant;
}

/** A published value: a miss means that the model is wrong. */
export interface Expectation {
  /** The judged figure. */
  readonly figure: Figure;
  /** Lowest and highest value, inclusive, in the figure's unit (percent as percent, seconds). */
  readonly between: readonly [number, number];
  /** Key of the source. */
  readonly source: string;
  /** Whether parameters determine the figure, or the simulation produces it. */
  readonly kind: "by-construction" | "as-it-comes";
  /** Paths of the parameters that determine it; empty for `as-it-comes`. */
  readonly fixedBy: readonly string[];
  /** The published value as text, e.g. "3–4 %". */
  readonly published: string;
}

/** A requirement: a miss means that the design is not good enough. */
export interface Threshold {
  /** The judged figure. */
  readonly figure: Figure;
  /** Present if the limits apply to the paired difference from the run without faults. */
  readonly of?: "difference";
  /** Lowest allowed value in the figure's unit. */
  readonly min: number | undefined;
  /** Highest allowed value in the figure's unit. */
  readonly max: number | undefined;
  /** The limits as text, e.g. "≤ 300 s". */
  readonly limit: string;
  /** Present if the limits hold only while the design fails. */
  readonly shows?: "failure";
  /** True for per-second peaks, queue waits and maxima: they do not scale and are judged at 1:1 only. */
  readonly onlyFullScale: boolean;
  /** True if the scenario says that it is judged at 1:1 only, so that a run at another scale does without it. */
  readonly isJudgedAtFullScaleOnly: boolean;
}

/** A parameter that a command changed; for faults or interventions that were left out, their list. */
export interface Changed {
  /** Dotted path, as `--set` takes it. */
  readonly parameter: string;
  /** Value of the run, as written; "left out" for a list. */
  readonly value: string;
  /** Value of the file, as written; "not set" without one, ids for a list. */
  readonly before: string;
}

/** A parameter and the source of its value. */
export interface Assumption {
  /** Dotted path, as `--set` takes it. */
  readonly parameter: string;
  /** Value as written in the file. */
  readonly value: string;
  /** Kind of source. */
  readonly provenance: "measured" | "published" | "assumed" | "calibrated";
  /** Source in full, with its key and a note. */
  readonly source: string;
}

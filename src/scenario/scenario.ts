/**
 * A scenario after the door: every unit parsed, every name resolved, every default filled in, so that
 * nothing below parses again. Times are microseconds (`Duration`, `Instant`), shares and losses are
 * fractions in [0, 1], people and connections are whole numbers.
 */
import type { Duration, Instant } from "../base/units.ts";
import type { z } from "zod";
import type { CamelKey, Model } from "./fields.ts";
import type { Figure } from "./figure-parts.ts";
import type { ActionKind, FaultOf, Shape, Target } from "./section.ts";
import type { SECTIONS } from "./sections.ts";

type Listed = (typeof SECTIONS)[number];

type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void ? All : never;
type WorldOf<S> = S extends { readonly shape: infer F extends Shape } ? Model<z.ZodObject<F>> : never;
type FaultIn<S> = S extends { readonly targets: Readonly<Record<string, Target>> } ? FaultOf<S> : never;
type ActionOf<K> = K extends ActionKind<infer A> ? A : never;
type ActionIn<S> = S extends { readonly interventions: infer I } ? ActionOf<I[keyof I]> : never;

/** What all sections of the file describe, by the names of the program. */
export type WorldModel = {
  readonly [K in keyof Both<WorldOf<Listed>> as CamelKey<K & string>]: Both<WorldOf<Listed>>[K];
};

/** A fault of any section. `sectionOf` tells which. */
export type Fault = FaultIn<Listed>;

export interface Intervention {
  readonly id: string;
  readonly at: Instant;
  readonly action: ActionIn<Listed>;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The file it was read from, as the user named it. */
  readonly file: string;
  /** Source key → what it is. */
  readonly sources: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly run: RunPlan;
  readonly world: WorldModel;
  readonly faults: readonly Fault[];
  readonly interventions: readonly Intervention[];
  /** By name. `run` (warmup to the end) is always there. */
  readonly windows: Readonly<Record<string, Window>>;
  readonly expect: readonly Expectation[];
  readonly thresholds: readonly Threshold[];
  readonly assumptions: readonly Assumption[];
  /** Hex digest of the resolved scenario without `file`: same input, same fingerprint. */
  readonly fingerprint: string;
}

export interface RunPlan {
  readonly duration: Duration;
  readonly warmup: Duration;
  /** How many people a row stands for on average: 1000 for `1/1000`, 1 for `1`. */
  readonly peopleARow: number;
  readonly replications: number;
  /** Whether beats that change nothing are counted as a rate, or each is lived. */
  readonly heartbeats: "foretold" | "each";
}

export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

export interface Expectation {
  readonly figure: Figure;
  /** Inclusive, in the figure's unit (percent as percent, seconds). */
  readonly between: readonly [number, number];
  readonly source: string;
  readonly kind: "by-construction" | "as-it-comes";
  readonly fixedBy: readonly string[];
  /** As the file wrote it, e.g. "3–4 %". */
  readonly published: string;
}

export interface Threshold {
  readonly figure: Figure;
  /** Judged is the paired difference to the run without faults, not the value. */
  readonly of?: "difference";
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** E.g. "≤ 300 s". */
  readonly limit: string;
  /** It is green only while something fails. */
  readonly shows?: "failure";
  /** True for per-second peaks, queue waits and maxima: they do not survive scaling and are judged at 1:1 only. */
  readonly onlyFullScale: boolean;
}

export interface Assumption {
  readonly parameter: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "calibrated";
  readonly source: string;
}

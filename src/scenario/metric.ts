/** What a metric is: a name, the stats that can be asked of it, and by which labels. */
import type { NameKind } from "./where.ts";

export interface Metric {
  readonly name: string;
  /** What kind of quantity: share, time, count or rate. */
  readonly dimension: "share" | "time" | "count" | "rate";
  readonly labels: readonly Label[];
  readonly meaning: string;
  readonly stats: readonly Stat[];
}

/** Whatever a scenario names can be asked for, but for what is only done. */
export type Label = Exclude<NameKind, "intervention" | "machine" | "window" | "host" | "shard" | "broker" | "records">;

export interface Stat {
  readonly name: string;
  readonly unit: "%" | "s" | "" | "/s" | "/h";
  /** Per-second peaks, queue waits and maxima do not survive scaling: judged at 1:1 only. */
  readonly onlyFullScale: boolean;
}

/** The stats of these names, all in one unit. */
export const stats = (unit: Stat["unit"], names: readonly string[], onlyFullScale = false): readonly Stat[] =>
  names.map((name) => ({ name, unit, onlyFullScale }));

/** Compares what two versions have used for the same work: pairs of runs, the ratio of each pair, and the range of the ratios. */
import { median } from "simple-statistics";
import { aligned, printed } from "../row.ts";

/** What a process has used. */
export interface Usage {
  /** Seconds of processor time, user and system. */
  readonly cpu: number;
  /** The most memory at any time, in MiB. */
  readonly memory: number;
}

/** One run of a work. */
export interface Run extends Usage {
  /** Seconds from start to end. */
  readonly wall: number;
  /** By scenario; empty if the work simulates nothing. */
  readonly digests: Readonly<Record<string, string>>;
}

export type Side = "base" | "head";

/** One run of each side, next to each other in time. */
export type Pair = Readonly<Record<Side, Run>>;

const UNITS = { cpu: "s", wall: "s", memory: "MiB" } as const;

/** One figure of a work on both sides: medians, and base / head of each pair. */
export interface Comparison {
  readonly work: string;
  readonly figure: keyof typeof UNITS;
  readonly unit: (typeof UNITS)[keyof typeof UNITS];
  readonly base: number;
  readonly head: number;
  /** The median of the ratios: above 1, head uses less. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** Returns who runs first and second in each pair: the order alternates, as a machine that slows down favours the first. */
export const orders = (pairs: number): readonly (readonly [Side, Side])[] =>
  Array.from({ length: pairs }, (_, pair) => (pair % 2 === 0 ? ["base", "head"] : ["head", "base"]));

/** Compares every figure of a work. */
export const compare = (work: string, pairs: readonly Pair[]): readonly Comparison[] =>
  (Object.keys(UNITS) as (keyof typeof UNITS)[]).map((figure) => {
    const of = (side: Side): number => median(pairs.map((pair) => pair[side][figure]));
    const ratios = pairs.map(({ base, head }) => base[figure] / head[figure]);
    const range = { ratio: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
    return { work, figure, unit: UNITS[figure], base: of("base"), head: of("head"), ...range };
  });

/** Returns the scenarios whose digest is not one and the same in all runs of both sides. */
export const differing = (pairs: readonly Pair[]): readonly string[] => {
  const runs = pairs.flatMap(({ base, head }) => [base.digests, head.digests]);
  const names = [...new Set(runs.flatMap((digests) => Object.keys(digests)))];
  return names.filter((name) => new Set(runs.map((digests) => digests[name])).size > 1);
};

const HEADER = ["work", "figure", "base", "head", "unit", "base/head", "least", "most"];

/** Prints the comparisons as a table, one figure a line. */
export const printComparisons = (comparisons: readonly Comparison[]): string => {
  const lines = comparisons.map(({ work, figure, unit, base, head, ratio, least, most }) => [
    ...[work, figure, printed(base), printed(head), unit],
    ...[ratio, least, most].map(printed),
  ]);
  return aligned([HEADER, ...lines], [2, 3, 5, 6, 7]);
};

/** Compares what two versions have needed for the same work: pairs of runs, the ratio of each pair, and the range of the ratios. */
import { median } from "simple-statistics";
import { aligned, printed } from "../row.ts";

/** One number that a run has given; a name and a unit stand for the same figure in all runs. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** One run of a work. */
export interface Run {
  readonly figures: readonly Figure[];
  /** By scenario; empty if the work prints none. */
  readonly digests: Readonly<Record<string, string>>;
  /** What a reader of the figures has to know: failed tests, peers that are not installed. */
  readonly notes: readonly string[];
}

export type Side = "base" | "head";
export const SIDES: readonly Side[] = ["base", "head"];

/** One run of each side, next to each other in time. */
export type Pair = Readonly<Record<Side, Run>>;

/** One figure of a work on both sides: medians, and base / head of each pair. */
export interface Comparison {
  readonly work: string;
  readonly figure: string;
  readonly unit: string;
  readonly base: number;
  readonly head: number;
  /** The median of the ratios: above 1, head has less. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** Returns who runs first and second in each pair: the order alternates, as a machine that slows down favours the first. */
export const orders = (pairs: number): readonly (readonly [Side, Side])[] =>
  Array.from({ length: pairs }, (_, pair) => (pair % 2 === 0 ? ["base", "head"] : ["head", "base"]));

const valueIn = ({ figures }: Run, { name, unit }: Figure): number | undefined =>
  figures.find((figure) => figure.name === name && figure.unit === unit)?.value;

/** Returns the figures of all runs, each once, and the sides that lack it in some run. */
const figuresOf = (
  pairs: readonly Pair[],
): readonly { readonly figure: Figure; readonly lacking: readonly Side[] }[] => {
  const all = pairs.flatMap(({ base, head }) => [...base.figures, ...head.figures]);
  const first = (figure: Figure): Figure =>
    all.find(({ name, unit }) => name === figure.name && unit === figure.unit) ?? figure;
  return [...new Set(all.map(first))].map((figure) => ({
    figure,
    lacking: SIDES.filter((side) => pairs.some((pair) => valueIn(pair[side], figure) === undefined)),
  }));
};

/** Compares every figure of a work that all its runs have. */
export const compare = (work: string, pairs: readonly Pair[]): readonly Comparison[] =>
  figuresOf(pairs)
    .filter(({ lacking }) => lacking.length === 0)
    .map(({ figure }) => {
      const [base, head] = SIDES.map((side) => pairs.map((pair) => valueIn(pair[side], figure)!)) as [
        number[],
        number[],
      ];
      const ratios = base.map((value, pair) => value / head[pair]!);
      const range = { ratio: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
      return { work, figure: figure.name, unit: figure.unit, base: median(base), head: median(head), ...range };
    });

/** Returns a sentence for each figure that cannot be compared, as a side lacks it. */
export const missing = (pairs: readonly Pair[]): readonly string[] =>
  figuresOf(pairs)
    .filter(({ lacking }) => lacking.length > 0)
    .map(({ figure, lacking }) => `${figure.name} (${figure.unit}) is left out, as ${lacking.join(" and ")} lacks it`);

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

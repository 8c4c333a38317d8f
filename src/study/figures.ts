/** Turns one value per replication into one figure of the document: its interval, its twin's, and the difference. */
import { type Figure, partsOf } from "../scenario/figure-parts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Replication } from "../simulate/replication.ts";
import { boundsOf, oneEvent } from "./bounds.ts";
import type { FigureResult, Interval } from "./document.ts";
import { intervalOf, pairedDifference } from "./intervals.ts";
import type { Pair } from "./replications.ts";

type Pick = (replication: Replication) => number | null;

const valuesOf = (replications: readonly (Replication | undefined)[], pick: Pick): readonly number[] =>
  replications.flatMap((one) => {
    const value = one === undefined ? null : pick(one);
    return value === null ? [] : [value];
  });

/** Returns a figure over all replications; undefined without data. With `by=` it is the largest group. */
export const figureResult = (figure: Figure, scenario: Scenario, pairs: readonly Pair[]): FigureResult | undefined => {
  const parts = partsOf(figure);
  if (figure.by === undefined) {
    const result = resultOf(figure, scenario, pairs, pickFigure(figure));
    return result === undefined ? undefined : { ...result, parts };
  }
  const groups: Record<string, Interval> = {};
  let largest: { readonly name: string; readonly value: number } | undefined;
  for (const name of groupNames(figure, pairs)) {
    const interval = resultOf(figure, scenario, pairs, pickGroup(figure, name));
    if (interval === undefined) continue;
    groups[name] = { value: interval.value, ci95: interval.ci95 };
    if (largest === undefined || interval.value > largest.value) largest = { name, value: interval.value };
  }
  if (largest === undefined) return undefined;
  return { ...resultOf(figure, scenario, pairs, pickGroup(figure, largest.name))!, groups, parts };
};

const pickFigure =
  (figure: Figure): Pick =>
  ({ figures }) =>
    figures[figure.text]?.value ?? null;

const pickGroup =
  (figure: Figure, name: string): Pick =>
  ({ figures }) =>
    figures[figure.text]?.groups?.[name] ?? null;

const groupNames = (figure: Figure, pairs: readonly Pair[]): readonly string[] =>
  [...new Set(pairs.flatMap(({ run }) => Object.keys(run.figures[figure.text]?.groups ?? {})))].sort();

const resultOf = (figure: Figure, scenario: Scenario, pairs: readonly Pair[], pick: Pick): FigureResult | undefined => {
  const bounds = boundsOf(figure, scenario);
  const values = valuesOf(
    pairs.map(({ run }) => run),
    pick,
  );
  const interval = intervalOf(values, bounds, oneEvent(figure, scenario));
  if (interval === undefined) return undefined;
  const twins = pairs.map(({ twin }) => twin);
  const noFault = intervalOf(valuesOf(twins, pick), bounds, oneEvent(figure, scenario));
  const difference = pairedDifference(bothOf(pairs, pick), bounds);
  return {
    value: interval.value,
    unit: figure.unit,
    ci95: interval.ci95,
    ...(interval.atLeast === true ? { atLeast: true } : {}),
    n: values.length,
    ...(noFault === undefined ? {} : { noFault }),
    ...(difference === undefined ? {} : { difference }),
  };
};

/** Returns the fullest resource of a figure about load: the one named by most replications, with their number if they differ. */
export const bindsOf = (figure: Figure, pairs: readonly Pair[]): string | undefined => {
  const names = pairs.flatMap(({ run }) => run.figures[figure.text]?.binds ?? []);
  const times = (name: string): number => names.filter((one) => one === name).length;
  const [first, ...others] = [...new Set(names)].toSorted((a, b) => times(b) - times(a));
  if (first === undefined || others.length === 0) return first;
  return `${first} (in ${String(times(first))} of ${String(names.length)} replications)`;
};

const bothOf = (pairs: readonly Pair[], pick: Pick): readonly (readonly [number, number])[] =>
  pairs.flatMap(({ run, twin }) => {
    const withFault = pick(run);
    const without = twin === undefined ? null : pick(twin);
    return withFault === null || without === null ? [] : [[withFault, without] as const];
  });

/** The value of one figure in one replication, a row of a spreadsheet. */
export interface ReplicationRow {
  readonly replication: number;
  readonly figure: string;
  readonly value: number | null;
  readonly noFault: number | null;
}

/** Returns a row for each replication and figure. */
export const replicationRows = (figures: readonly Figure[], pairs: readonly Pair[]): readonly ReplicationRow[] =>
  pairs.flatMap(({ run, twin }) =>
    figures.map((figure) => ({
      replication: run.replication,
      figure: figure.text,
      value: pickFigure(figure)(run),
      noFault: twin === undefined ? null : pickFigure(figure)(twin),
    })),
  );

/**
 * Removes repeated data from the charts of a page; the page's script restores it. `restore` runs there as text, so it uses
 * only its arguments.
 */
import type { ChartDefinition, LineChart } from "../charts/chart.ts";

/** Keys that usually have the same value in all charts of lines. */
export const COMMON = ["caption", "lacks", "time", "windows", "markers", "key", "decisions"] as const;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const withoutRepeats = (definition: LineChart, first: LineChart): object => {
  const repeated = COMMON.filter((key) => definition !== first && isSame(definition[key], first[key]));
  const series = definition.series.map((one, i) =>
    i > 0 && isSame(one.at, definition.series[0]?.at) ? { ...one, at: undefined } : one,
  );
  return { ...definition, ...Object.fromEntries(repeated.map((key) => [key, undefined])), series };
};

/** Returns the definitions without values that equal the first line chart's, and without times that equal the first series'. */
export const shorten = (definitions: readonly ChartDefinition[]): readonly object[] => {
  const first = definitions.find((definition) => definition.kind === "lines");
  return definitions.map((definition) =>
    definition.kind === "lines" && first !== undefined ? withoutRepeats(definition, first) : definition,
  );
};

interface Shortened {
  [key: string]: unknown;
  readonly kind: string;
  readonly series?: { at?: unknown }[];
}

/** Restores what `shorten` left out. */
export const restore = (definitions: readonly Shortened[], common: readonly string[]): readonly Shortened[] => {
  const first = definitions.find(({ kind }) => kind === "lines");
  for (const definition of definitions) {
    if (definition.kind !== "lines") continue;
    for (const key of common) definition[key] ??= first?.[key];
    for (const series of definition.series ?? []) series.at ??= definition.series?.[0]?.at;
  }
  return definitions;
};

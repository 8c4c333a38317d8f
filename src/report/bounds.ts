/**
 * The numbers inside "3–4 %" and "≤ 5 min". The document keeps published bands and limits as people wrote
 * them; to say by how much a row missed, or to draw the band, they are read back here in the row's unit.
 */
import type { ExpectRow, Verdict } from "../study/document.ts";

/** Inclusive; in the unit of the row's value. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface JudgedRow {
  readonly figure: string;
  readonly value: number | null;
  readonly unit: string;
  readonly ci95: readonly [number, number] | null;
  readonly atLeast?: true;
  readonly binds?: string;
  readonly shows?: "failure";
  readonly verdict: Verdict;
}

/** How many of the row's unit make one of the written unit, where they are of one kind. */
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };
const COUNTS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, bn: 1e9 };

const NUMBER =
  /((?<![\d.])[-−])?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|ms\b|min\b|s\b|h\b|d\b|k\b|M\b|bn\b)?/g;

const scale = (written: string, unit: string): number => {
  const own = SECONDS[unit];
  const other = SECONDS[written];
  if (own !== undefined && other !== undefined) return other / own;
  return COUNTS[written] ?? 1;
};

/** What a text such as `3–4 %`, `≤ 300 s` or `[2 min, 5 min]` allows; undefined where it names no number. */
export const boundsOf = (text: string, unit: string): Bounds | undefined => {
  const found = [...text.matchAll(NUMBER)];
  const lastUnit = found.findLast(([, , , written]) => written !== undefined)?.[3] ?? unit;
  const numbers = found.map(
    ([, minus, digits = "", written]) =>
      (minus === undefined ? 1 : -1) * Number(digits.replaceAll(",", "")) * scale(written ?? lastUnit, unit),
  );
  if (numbers.length === 0) return undefined;
  const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
  const isTop = /[≤<]|at most|up to/.test(text);
  const isBottom = /[≥>]|at least|over/.test(text);
  if (isTop && !isBottom) return { max };
  if (isBottom && !isTop) return { min };
  return { min, max };
};

/** The band an expectation is judged by; read back from the words of documents that do not give it. */
export const bandOf = ({
  between,
  published,
  unit,
}: Pick<ExpectRow, "between" | "published" | "unit">): Bounds | undefined =>
  between === undefined ? boundsOf(published, unit) : { min: between[0], max: between[1] };

/** How far the value lies outside, in its unit, and on which side; undefined when it lies inside. */
export const missOf = (
  value: number,
  bounds: Bounds,
): { readonly by: number; readonly side: "above" | "below" } | undefined => {
  if (bounds.max !== undefined && value > bounds.max) return { by: value - bounds.max, side: "above" };
  if (bounds.min !== undefined && value < bounds.min) return { by: bounds.min - value, side: "below" };
  return undefined;
};

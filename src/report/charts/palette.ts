/** Colours of charts and page, light and dark, which colour-blind readers can tell apart. */

/** The colours of one theme. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly window: string;
  readonly published: string;
  readonly held: string;
  readonly broken: string;
  readonly unknown: string;
  readonly series: readonly string[];
}

/** The number of colours of lines. */
const COLORS = 8;

/**
 * Returns the number of a colour for each subject, the same in all charts. The first ones have theirs in the given order,
 * whatever is drawn; any other gets a colour that no line of the charts it stands in has, and of those the one that the
 * fewest subjects have.
 */
export const colorsOf = (
  charts: readonly (readonly string[])[],
  first: readonly string[] = [],
): ReadonlyMap<string, number> => {
  const colors = new Map(first.map((subject, i) => [subject, i % COLORS]));
  for (const subject of charts.flat()) {
    if (colors.has(subject)) continue;
    const beside = charts.filter((chart) => chart.includes(subject)).flat();
    const count = (color: number, among: readonly string[]): number =>
      among.filter((one) => colors.get(one) === color).length;
    const costs = Array.from({ length: COLORS }, (_, color) => [
      count(color, beside),
      count(color, [...colors.keys()]),
    ]);
    const best = costs.toSorted(([a, b], [c, d]) => a! - c! || b! - d!)[0]!;
    colors.set(subject, costs.indexOf(best));
  }
  return colors;
};

/** The light theme. */
export const LIGHT: Palette = {
  background: "#ffffff",
  text: "#17202b",
  muted: "#566270",
  grid: "#e4e9ef",
  window: "#f2f4f8",
  published: "#6b4fa0",
  held: "#1a7f4b",
  broken: "#c0271f",
  unknown: "#9a6700",
  series: ["#0b62c4", "#c2410c", "#0f766e", "#8b2fa8", "#8a6100", "#be185d", "#4b5563", "#4d7c0f"],
};

/** The dark theme. */
export const DARK: Palette = {
  background: "#161c24",
  text: "#e8edf3",
  muted: "#9fabb9",
  grid: "#2b3542",
  window: "#1e2631",
  published: "#b9a3ec",
  held: "#4cc38a",
  broken: "#ff7b72",
  unknown: "#e3b341",
  series: ["#6cb0ff", "#ff9b61", "#4fd1b8", "#d79bf2", "#e6c04a", "#ff8fb3", "#b3bdc9", "#a3d65c"],
};

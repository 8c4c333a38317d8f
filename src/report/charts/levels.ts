/** Finds the levels of charts about load: the limit that is drawn, and the ceiling of drawn values. */
import type { ChartData } from "../../study/document.ts";
import { levelsInName } from "../older.ts";

/** Returns the levels of a chart, by its name if it comes from an earlier version, whose lines have no parts. */
export const levelsOf = (chart: ChartData): Pick<ChartData, "limit" | "ceiling"> =>
  chart.series.some(({ parts }) => parts !== undefined) ? chart : levelsInName(chart.name);

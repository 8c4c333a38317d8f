/** Charts of how full things are: where all that there is is used, and what need not be drawn any higher. */
import type { ChartData } from "../study/document.ts";
import { levelsInName } from "./older.ts";

/** Returns the levels of a chart; one whose lines carry no parts is of an earlier version, and its name says them. */
export const levelsOf = (chart: ChartData): Pick<ChartData, "limit" | "ceiling"> =>
  chart.series.some(({ parts }) => parts !== undefined) ? chart : levelsInName(chart.name);

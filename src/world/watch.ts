/** People who are followed one by one. */
import { Trace } from "../engine/trace.ts";
import type { Population } from "./population/population.ts";

/** By a cell's name, such as `cq-unicom-3g-2/3g`, and the index in it. */
export type Watch = readonly { readonly cell: string; readonly index: number }[];

/** Returns what takes down their events; undefined if nobody is followed. */
export const traceOf = (population: Population, watch: Watch): Trace | undefined => {
  if (watch.length === 0) return undefined;
  const trace = new Trace();
  for (const { cell, index } of watch) trace.choose(cellNamed(population, cell), index);
  return trace;
};

/** Returns the cells where somebody is followed. */
export const watchedCells = (population: Population, watch: Watch): ReadonlySet<number> =>
  new Set(watch.map(({ cell }) => cellNamed(population, cell)));

const cellNamed = ({ cells }: Population, name: string): number => cells.findIndex((cell) => cell.name === name);

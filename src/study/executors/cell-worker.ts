/** A worker thread that judges cells of a measured file, one after another. */
import { type CellResult, judgeCell } from "../../simulate/fidelity.ts";
import type { CellTask } from "./cells.ts";

/** Judges one cell; the pool calls it by this name. */
export const judge = ({ cell, samples }: CellTask): CellResult => judgeCell(cell, samples);

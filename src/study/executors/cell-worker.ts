/** A thread that judges cells of a measured file, one after another. */
import { type CellResult, judgeCell } from "../../simulate/fidelity.ts";
import type { CellOrder } from "./cells.ts";

/** Called by the pool, by this name. */
export const judge = ({ cell, samples }: CellOrder): CellResult => judgeCell(cell, samples);

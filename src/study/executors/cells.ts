/** Judges cells of a measured file on threads. Each cell has its own random draws, so the assignment to threads changes nothing. */
import { Tinypool } from "tinypool";
import type { MeasuredCell } from "../../scenario/measured.ts";
import type { CellResult } from "../../simulate/fidelity.ts";

/** One cell to judge, and the number of samples to simulate. */
export interface CellTask {
  readonly cell: MeasuredCell;
  readonly samples: number;
}

/** Returns the results in the order of the cells; calls `onCell` with the number of cells that are done. */
export const judgeCells = async (
  cells: readonly MeasuredCell[],
  samples: number,
  workers: number,
  onCell: (done: number) => void,
): Promise<readonly CellResult[]> => {
  const pool = new Tinypool({
    filename: new URL("./cell-worker.js", import.meta.url).href,
    name: "judge",
    runtime: "worker_threads",
    minThreads: workers,
    maxThreads: workers,
  });
  let done = 0;
  try {
    return await Promise.all(
      cells.map(async (cell) => {
        const result = (await pool.run({ cell, samples } satisfies CellTask)) as CellResult;
        done += 1;
        onCell(done);
        return result;
      }),
    );
  } finally {
    await pool.destroy();
  }
};

/** Cells of a measured file judged on threads. Each is its own chance, so who judges which changes nothing. */
import { Tinypool } from "tinypool";
import type { MeasuredCell } from "../../scenario/measured.ts";
import type { CellResult } from "../../simulate/fidelity.ts";

/** What a thread is told to do. */
export interface CellOrder {
  readonly cell: MeasuredCell;
  readonly samples: number;
}

/** Results in the order of the cells; `onCell` hears how many are done. */
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
        const result = (await pool.run({ cell, samples } satisfies CellOrder)) as CellResult;
        done += 1;
        onCell(done);
        return result;
      }),
    );
  } finally {
    await pool.destroy();
  }
};

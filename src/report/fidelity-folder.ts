/** Writes the results of `firedrill fidelity`: its document, and a chart of each kind of cell. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MeasuredCell } from "../scenario/measured.ts";
import type { FidelityDocument } from "../study/fidelity.ts";
import { distributionsOf, drawDistributions } from "./distributions.ts";
import { writeWhole } from "./folder.ts";
import { printJson } from "./json.ts";

/** Replaces the results in an existing folder, `fidelity.json` last; returns the number of charts. */
export const keepFidelity = async (
  dir: string,
  cells: readonly MeasuredCell[],
  document: FidelityDocument,
): Promise<number> => {
  const charts = join(dir, "charts");
  for (const name of await readdir(charts)) if (name.endsWith(".png")) await rm(join(charts, name));
  const drawn = distributionsOf(cells, document);
  for (const chart of drawn) await writeWhole(charts, `${chart.name}.png`, await drawDistributions(chart));
  await writeWhole(dir, "fidelity.json", printJson(document));
  return drawn.length;
};

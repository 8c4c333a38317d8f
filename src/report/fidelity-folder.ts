/** What `firedrill fidelity` leaves: its document, and a chart of each kind of cell. */
import { join } from "node:path";
import type { MeasuredCell } from "../scenario/measured.ts";
import type { FidelityDocument } from "../study/fidelity.ts";
import { distributionsOf, drawDistributions } from "./distributions.ts";
import { writeWhole } from "./folder.ts";
import { printJson } from "./json.ts";

/** Into a folder that is there; `fidelity.json` last. */
export const keepFidelity = async (
  dir: string,
  cells: readonly MeasuredCell[],
  document: FidelityDocument,
): Promise<void> => {
  for (const chart of distributionsOf(cells, document))
    await writeWhole(join(dir, "charts"), `${chart.name}.png`, await drawDistributions(chart));
  await writeWhole(dir, "fidelity.json", printJson(document));
};

/** Writes the results of `firedrill fidelity`: its document, and a chart of each kind of cell. */
import type { MeasuredCell } from "../scenario/measured.ts";
import type { FidelityDocument } from "../study/fidelity.ts";
import { distributionsOf, drawDistributions } from "./charts/distributions.ts";
import { printJson } from "./json.ts";
import { alone } from "./lock.ts";
import { CHARTS, OwnFiles } from "./owned.ts";

const DOCUMENT = "fidelity.json";

/** Throws `Unwritable` if the results cannot be written to an existing folder; writes nothing. */
export const demandFidelityFolder = async (dir: string): Promise<void> =>
  (await OwnFiles.open(dir, "fidelity")).demand();

/** Replaces our results in an existing folder, `fidelity.json` last; returns the number of charts. */
export const keepFidelity = (
  dir: string,
  cells: readonly MeasuredCell[],
  document: FidelityDocument,
): Promise<number> =>
  alone(dir, async () => {
    const own = await OwnFiles.open(dir, "fidelity");
    const drawn = distributionsOf(cells, document);
    const names = drawn.map(({ name }) => `${CHARTS}/${name}.png`);
    await own.demand([...names, DOCUMENT]);
    await own.remove([...own.charts, DOCUMENT]);
    await own.claim([...names, DOCUMENT]);
    for (const [i, chart] of drawn.entries()) await own.write(names[i]!, await drawDistributions(chart));
    await own.write(DOCUMENT, printJson(document));
    await own.settle();
    return drawn.length;
  });

/** Says in every view of a run what its command changed of the scenario's file. */
import { printChange } from "../scenario/changes.ts";
import type { RunDocument } from "../study/document.ts";

/** Returns what was changed, e.g. "changed from the file: faults.gateway.loss: 0 % (file: 9 %)"; undefined if nothing was. */
export const changedText = ({ changes = [] }: Pick<RunDocument, "changes">): string | undefined =>
  changes.length === 0 ? undefined : `changed from the file: ${changes.map(printChange).join("; ")}`;

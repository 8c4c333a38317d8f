/**
 * What the twin of a run lacked, in words: a difference is the doing of what had begun by then, which may be a fault, an
 * intervention, or both.
 */
import type { RunDocument } from "../study/document.ts";
import { kindInText } from "./older.ts";

export type Cause = "the fault" | "the intervention" | "fault and intervention";

/** Returns what had begun before `until`, in seconds of simulated time; undefined when nothing had. */
export const causeBy = ({ timeline }: RunDocument, until: number): Cause | undefined => {
  const kinds = timeline.filter(({ at }) => at < until).map(({ kind, what }) => kind ?? kindInText(what));
  const hasFault = kinds.includes("fault-begins");
  const hasIntervention = kinds.includes("intervention");
  if (hasFault && hasIntervention) return "fault and intervention";
  if (hasFault) return "the fault";
  return hasIntervention ? "the intervention" : undefined;
};

/** Returns what had begun by the end of the run. A twin is only run beside one that has something to lack. */
export const causeOf = (document: RunDocument): Cause => causeBy(document, Infinity) ?? "the fault";

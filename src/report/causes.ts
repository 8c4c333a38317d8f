/**
 * Names the cause of a difference between a run and its twin: the fault, the intervention or both, depending on what had
 * begun by then.
 */
import type { RunDocument } from "../study/document.ts";
import { kindInText } from "./older.ts";

/** The cause of a difference, as reports print it. */
export type DifferenceCause = "the fault" | "the intervention" | "fault and intervention";

/** Returns what had begun before `until`, in seconds of simulated time; undefined if nothing had. */
export const causeBy = ({ timeline }: RunDocument, until: number): DifferenceCause | undefined => {
  const kinds = timeline.filter(({ at }) => at < until).map(({ kind, what }) => kind ?? kindInText(what));
  const hasFault = kinds.includes("fault-begins");
  const hasIntervention = kinds.includes("intervention");
  if (hasFault && hasIntervention) return "fault and intervention";
  if (hasFault) return "the fault";
  return hasIntervention ? "the intervention" : undefined;
};

/** Returns what had begun by the end of the run; a run without fault and intervention has no twin. */
export const causeOf = (document: RunDocument): DifferenceCause => causeBy(document, Infinity) ?? "the fault";

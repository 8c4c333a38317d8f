/**
 * What the twin of a run lacked, in words: a difference is the doing of whatever had begun by then, which may be a fault, an
 * intervention, or both.
 */
import type { RunDocument } from "../study/document.ts";

export type Cause = "the fault" | "the intervention" | "fault and intervention";

/** What had begun before `until`, in seconds of simulated time; undefined when nothing had. */
export const causeBy = ({ timeline }: RunDocument, until: number): Cause | undefined => {
  const begun = timeline.filter(({ at }) => at < until);
  const hasFault = begun.some(({ what }) => /^fault .+ begins$/.test(what));
  const hasIntervention = begun.some(({ what }) => /^intervention /.test(what));
  if (hasFault && hasIntervention) return "fault and intervention";
  if (hasFault) return "the fault";
  return hasIntervention ? "the intervention" : undefined;
};

/** Of the whole run. A twin is only run beside one that has something to lack. */
export const causeOf = (document: RunDocument): Cause => causeBy(document, Infinity) ?? "the fault";

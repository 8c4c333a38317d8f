/** Orders figures by the effect of faults and interventions. */
import type { FigureResult, RunDocument } from "../study/document.ts";

/** How figures are ordered, in one sentence. */
export const ORDER =
  "Judged figures come first, then those whose difference touches most people, then those of machines by relative change. A share touches its part of the people in the figure, and a time as large a part of them as it is of the longest time that is followed. Of an interval the end nearer to no difference counts.";

/** Returns the change relative to the value without the cause, from 0 the largest; 0 if it may be chance. */
const relativeChange = ({ noFault, difference }: FigureResult): number => {
  if (noFault === undefined || difference === undefined) return 0;
  const [low, high] = difference.ci95;
  return low <= 0 && high >= 0 ? 0 : Math.abs(difference.value / noFault.value);
};

/** A figure by its text, with its result. */
type Entry = readonly [figure: string, result: FigureResult];

/** Returns all figures by effect, the largest first: by the people touched, then by relative change. */
export const byEffect = ({ figures }: RunDocument): readonly Entry[] =>
  Object.entries(figures).toSorted(
    ([, a], [, b]) => (b.touched ?? 0) - (a.touched ?? 0) || compare(relativeChange(b), relativeChange(a)),
  );

const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

/** True if the figure changes by more than chance explains. */
export const isChanged = (result: FigureResult): boolean => relativeChange(result) > 0;

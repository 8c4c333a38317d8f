/** When something was done to the world, as the reports number and tell it. */
import type { TimelineEvent } from "../simulate/findings.ts";
import type { RunDocument } from "../study/document.ts";

/** What happened at one instant; several events may share it. */
export interface Marker {
  readonly at: number;
  readonly number: string;
  readonly text: string;
}

/** More numbers than this cannot be told apart on one chart. */
const MOST_MARKERS = 12;

/** Faults and interventions, or everything where the timeline has no such words. */
const markedEvents = (timeline: readonly TimelineEvent[]): readonly TimelineEvent[] => {
  const named = timeline.filter(({ what }) => /\b(fault|intervention)\b/i.test(what));
  return named.length > 0 ? named : timeline;
};

/** When something was done to the world, in order of time; what happens at one instant is one moment. */
export const momentsOf = ({ timeline }: RunDocument): readonly { readonly at: number; readonly text: string }[] => {
  const texts = new Map<number, string[]>();
  for (const { at, what, who } of markedEvents(timeline).toSorted((a, b) => a.at - b.at)) {
    const text = who === "" ? what : `${what} (${who})`;
    texts.set(at, [...(texts.get(at) ?? []), text]);
  }
  return [...texts].map(([at, words]) => ({ at, text: words.join("; ") }));
};

/** The moments that have a numbered mark in every chart: the first ones, where there are too many to tell apart. */
export const markersOf = (document: RunDocument): readonly Marker[] =>
  momentsOf(document)
    .slice(0, MOST_MARKERS)
    .map((moment, i) => ({ ...moment, number: String(i + 1) }));

/** When something was done to the world, as the reports number and tell it. */
import type { RunDocument, TimelineRow } from "../study/document.ts";
import { isDeedInText } from "./older.ts";

/** What happened at one instant; several events may share it. */
export interface Marker {
  readonly at: number;
  readonly number: string;
  readonly text: string;
}

/** More numbers than this cannot be told apart on one chart. */
const MOST_MARKERS = 12;

/** Returns faults and interventions, or everything where the timeline has none. */
const markedEvents = (timeline: readonly TimelineRow[]): readonly TimelineRow[] => {
  const named = timeline.filter(({ kind, what }) => kind !== undefined || isDeedInText(what));
  return named.length > 0 ? named : timeline;
};

/** Returns when something was done to the world, in order of time; what happens at one instant is one moment. */
export const momentsOf = ({ timeline }: RunDocument): readonly { readonly at: number; readonly text: string }[] => {
  const texts = new Map<number, string[]>();
  for (const { at, what, who } of markedEvents(timeline).toSorted((a, b) => a.at - b.at)) {
    const text = who === "" ? what : `${what} (${who})`;
    texts.set(at, [...(texts.get(at) ?? []), text]);
  }
  return [...texts].map(([at, words]) => ({ at, text: words.join("; ") }));
};

/** Returns the moments that have a numbered mark in every chart: the first ones, where there are too many to tell apart. */
export const markersOf = (document: RunDocument): readonly Marker[] =>
  momentsOf(document)
    .slice(0, MOST_MARKERS)
    .map((moment, i) => ({ ...moment, number: String(i + 1) }));

/** Finds the moments of faults and interventions, as reports number and name them. */
import type { RunDocument, TimelineRow } from "../study/document.ts";
import { isMarkedInText } from "./older.ts";

/** The events of one instant, with their number in the charts. */
export interface Marker {
  readonly at: number;
  readonly number: string;
  readonly text: string;
}

/** The most numbers that readers can tell apart on one chart. */
const MOST_MARKERS = 12;

/** Returns faults and interventions, or all events if the timeline has neither. */
const markedEvents = (timeline: readonly TimelineRow[]): readonly TimelineRow[] => {
  const named = timeline.filter(({ kind, what }) => kind !== undefined || isMarkedInText(what));
  return named.length > 0 ? named : timeline;
};

/** Returns the moments of faults and interventions, in order of time; events of one instant are one moment. */
export const momentsOf = ({ timeline }: RunDocument): readonly { readonly at: number; readonly text: string }[] => {
  const texts = new Map<number, string[]>();
  for (const { at, what, who } of markedEvents(timeline).toSorted((a, b) => a.at - b.at)) {
    const text = who === "" ? what : `${what} (${who})`;
    texts.set(at, [...(texts.get(at) ?? []), text]);
  }
  return [...texts].map(([at, words]) => ({ at, text: words.join("; ") }));
};

/** Returns the moments that have a numbered mark in every chart: the first twelve. */
export const markersOf = (document: RunDocument): readonly Marker[] =>
  momentsOf(document)
    .slice(0, MOST_MARKERS)
    .map((moment, i) => ({ ...moment, number: String(i + 1) }));

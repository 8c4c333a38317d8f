/**
 * The book: every instrument of a run by name and labels. The world writes it and the judge reads it;
 * neither knows the other. Whoever writes often takes an instrument out once and keeps it.
 */
import { Counter } from "./counter.ts";
import { Histogram } from "./histogram.ts";
import { Series } from "./series.ts";
import type { Duration } from "../base/units.ts";

export type Labels = Readonly<Record<string, string>>;

/** `label=[a,b]`, or `label!=[a,b]` when negated. A label that an instrument lacks equals no value. */
export interface Match {
  readonly label: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

export interface Entry<Instrument> {
  readonly labels: Labels;
  readonly instrument: Instrument;
}

interface Mergeable<Instrument> {
  merge(other: Instrument): void;
}

const NOTHING = new Map<string, never>();

/** Instruments of one kind. */
export class Shelf<Instrument extends Mergeable<Instrument>> {
  readonly #make: () => Instrument;
  /** Name → canonical labels → entry. */
  readonly #names = new Map<string, Map<string, Entry<Instrument>>>();

  constructor(make: () => Instrument) {
    this.#make = make;
  }

  /** The instrument of this name with exactly these labels; made when first asked for. */
  of(name: string, labels: Labels = {}): Instrument {
    let entries = this.#names.get(name);
    if (entries === undefined) this.#names.set(name, (entries = new Map<string, Entry<Instrument>>()));
    const key = canonical(labels);
    let entry = entries.get(key);
    if (entry === undefined) entries.set(key, (entry = { labels, instrument: this.#make() }));
    return entry.instrument;
  }

  /** All of this name that match, in an order that does not depend on who wrote first. */
  find(name: string, matches: readonly Match[] = []): readonly Entry<Instrument>[] {
    return [...(this.#names.get(name) ?? [])]
      .filter(([, { labels }]) => matches.every((match) => fits(labels, match)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, entry]) => entry);
  }

  /** One new instrument with all that the matching ones have seen. */
  total(name: string, matches: readonly Match[] = []): Instrument {
    const all = this.#make();
    for (const { labels, instrument } of (this.#names.get(name) ?? NOTHING).values() as Iterable<Entry<Instrument>>)
      if (matches.every((match) => fits(labels, match))) all.merge(instrument);
    return all;
  }

  merge(other: Shelf<Instrument>): void {
    for (const [name, entries] of other.#names) {
      for (const { labels, instrument } of entries.values()) this.of(name, labels).merge(instrument);
    }
  }
}

export class Ledger {
  readonly counters = new Shelf(() => new Counter());
  readonly histograms = new Shelf(() => new Histogram());
  readonly series: Shelf<Series>;

  /** `step`: of all its series. */
  constructor(step: Duration) {
    this.series = new Shelf(() => new Series(step));
  }

  /** Adds what another shard or replication has seen; in any order the same. */
  merge(other: Ledger): void {
    this.counters.merge(other.counters);
    this.histograms.merge(other.histograms);
    this.series.merge(other.series);
  }
}

/** Labels written once are often asked for again by the same object. */
const written = new WeakMap<Labels, string>();

const canonical = (labels: Labels): string => {
  let text = written.get(labels);
  if (text === undefined) {
    text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    written.set(labels, text);
  }
  return text;
};

const fits = (labels: Labels, { label, values, negated }: Match): boolean => {
  const value = labels[label];
  return (value !== undefined && values.includes(value)) !== negated;
};

/**
 * The instruments of a run by name and labels. The world writes them and the judge reads them; neither knows the other.
 * A frequent writer looks an instrument up once and keeps it.
 */
import { assert } from "../base/assert.ts";
import { Counter } from "./counter.ts";
import { Histogram } from "./histogram.ts";
import { Series } from "./series.ts";
import type { Duration } from "../base/units.ts";

/** Labels of an instrument: name and value. */
export type Labels = Readonly<Record<string, string>>;

/** A condition on a label: `label=[a,b]`, or `label!=[a,b]` if negated. A missing label equals no value. */
export interface Match {
  /** Name of the label. */
  readonly label: string;
  /** Values of which it has one. */
  readonly values: readonly string[];
  /** True if it has none of them. */
  readonly negated: boolean;
}

/** An instrument and its labels. */
export interface LabelledInstrument<Instrument> {
  /** Its labels. */
  readonly labels: Labels;
  /** The instrument. */
  readonly instrument: Instrument;
}

/** Instruments of one kind side by side, one for each of its labels, for a writer of many that are rarely read. */
export interface Columns<Instrument> {
  /** Labels by column. */
  readonly labels: readonly Labels[];
  /** Adds the given columns to an instrument. */
  addTo(total: Instrument, columns: readonly number[]): void;
}

interface Mergeable<Instrument> {
  merge(other: Instrument): void;
}

const NOTHING = new Map<string, never>();

/** The instruments of one kind. */
export class InstrumentSet<Instrument extends Mergeable<Instrument>> {
  readonly #make: () => Instrument;
  /** Name → canonical labels → entry. */
  readonly #names = new Map<string, Map<string, LabelledInstrument<Instrument>>>();
  readonly #columns = new Map<string, Columns<Instrument>>();

  /** Starts empty; `make` makes an instrument. */
  constructor(make: () => Instrument) {
    this.#make = make;
  }

  /** Returns the instrument of this name with exactly these labels; makes it if there is none. */
  of(name: string, labels: Labels = {}): Instrument {
    let entries = this.#names.get(name);
    if (entries === undefined) this.#names.set(name, (entries = new Map<string, LabelledInstrument<Instrument>>()));
    const key = canonical(labels);
    let entry = entries.get(key);
    if (entry === undefined) entries.set(key, (entry = { labels, instrument: this.#make() }));
    return entry.instrument;
  }

  /** Takes instruments side by side, which are part of the totals of this name. Throws if the name has some already. */
  file(name: string, columns: Columns<Instrument>): void {
    assert(!this.#columns.has(name), () => `${name} is filed twice`);
    this.#columns.set(name, columns);
  }

  /** Returns all instruments of this name that were made by `of` and match, in the order of their labels. */
  find(name: string, matches: readonly Match[] = []): readonly LabelledInstrument<Instrument>[] {
    return [...(this.#names.get(name) ?? [])]
      .filter(([, { labels }]) => matches.every((match) => fits(labels, match)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, entry]) => entry);
  }

  /** Returns a new instrument that merges all matching ones. */
  total(name: string, matches: readonly Match[] = []): Instrument {
    const all = this.#make();
    for (const { labels, instrument } of (this.#names.get(name) ?? NOTHING).values() as Iterable<
      LabelledInstrument<Instrument>
    >)
      if (matches.every((match) => fits(labels, match))) all.merge(instrument);
    const columns = this.#columns.get(name);
    columns?.addTo(all, fitting(columns.labels, matches));
    return all;
  }
}

/** All instruments of a run. */
export class Ledger {
  /** Counters. */
  readonly counters = new InstrumentSet(() => new Counter());
  /** Histograms. */
  readonly histograms = new InstrumentSet(() => new Histogram());
  /** Series, all of one step. */
  readonly series: InstrumentSet<Series>;

  /** Starts empty; `step` is the step of all series. */
  constructor(step: Duration) {
    this.series = new InstrumentSet(() => new Series(step));
  }
}

/** Labels as text, by object: the same object is often looked up again. */
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

/** Columns that fit, by their labels and by the conditions as text: most questions are asked of many names. */
const found = new WeakMap<readonly Labels[], Map<string, readonly number[]>>();

const fitting = (labels: readonly Labels[], matches: readonly Match[]): readonly number[] => {
  let known = found.get(labels);
  if (known === undefined) found.set(labels, (known = new Map<string, readonly number[]>()));
  const key = JSON.stringify(matches);
  let columns = known.get(key);
  if (columns === undefined) {
    columns = [...labels.keys()].filter((column) => matches.every((match) => fits(labels[column]!, match)));
    known.set(key, columns);
  }
  return columns;
};

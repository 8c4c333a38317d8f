/**
 * The book of services: what came to entries and tiers, second by second, and how long it waited. Kept apart from the
 * people's, as it has a world of its own; a window is read in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { ServicesModel } from "../../scenario/services/shape.ts";
import type { Services } from "../../world/services/services.ts";
import type { Ending, ServiceNotes } from "../../world/services/visits.ts";
import { secondOf } from "../seconds.ts";

/** What is counted each second, of an entry and of a tier. */
const OF_ENTRY = ["offered", "answered", "judged", "done", "shed", "late", "refused"] as const;
const OF_TIER = ["requests", "retries", "shed", "heldBack", "computed", "wasted", "waited", "begun"] as const;
/** Of a tier: the highest of each second. */
const MARKS = ["units", "connections", "memory"] as const;

type Counts<Names extends readonly string[]> = Readonly<Record<Names[number], Float64Array>>;

export class ServicesBook implements ServiceNotes {
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  /** Names, in the order of the scenario. */
  readonly entryNames: readonly string[];
  readonly tierNames: readonly string[];
  /** Counts of each second, by entry and by tier. */
  readonly entries: readonly Counts<typeof OF_ENTRY>[];
  readonly tiers: readonly Counts<typeof OF_TIER>[];
  /** The highest of each second, by tier. */
  readonly marks: readonly Counts<typeof MARKS>[];
  /** Cores of each tier, all machines together. */
  readonly cores: readonly number[];
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** In ms: times of tasks by window and entry, waits of requests by window and tier. */
  readonly times: readonly (readonly Histogram[])[];
  readonly waits: readonly (readonly Histogram[])[];
  readonly #deadlines: readonly number[];

  constructor({ tiers, entries }: ServicesModel, { run, windows }: Pick<Scenario, "run" | "windows">) {
    const seconds = Math.ceil(inSeconds(run.duration));
    const counts = <N extends readonly string[]>(names: N): Counts<N> =>
      Object.fromEntries(names.map((name) => [name, new Float64Array(seconds)])) as Counts<N>;
    this.seconds = seconds;
    this.entryNames = Object.keys(entries);
    this.tierNames = Object.keys(tiers);
    this.entries = this.entryNames.map(() => counts(OF_ENTRY));
    this.tiers = this.tierNames.map(() => counts(OF_TIER));
    this.marks = this.tierNames.map(() => counts(MARKS));
    this.cores = Object.values(tiers).map(({ machines, cores }) => machines * cores);
    this.windows = Object.entries(windows).map(([name, { from, to }]) => ({ name, from, to }));
    this.times = this.windows.map(() => this.entryNames.map(() => new Histogram()));
    this.waits = this.windows.map(() => this.tierNames.map(() => new Histogram()));
    this.#deadlines = Object.values(entries).map(({ deadline }) => deadline);
  }

  offer(entry: number, at: Instant): void {
    this.entries[entry]!.offered[secondOf(at)]! += 1;
  }

  /** Shares are of tasks whose deadline lies within the run: of the last ones only the quick have ended when it is over. */
  task(entry: number, offered: Instant, ending: Ending, took: number): void {
    const second = secondOf(offered);
    const counts = this.entries[entry]!;
    if (ending === "done") counts.answered[Math.min(this.seconds - 1, secondOf((offered + took) as Instant))]! += 1;
    if (offered + this.#deadlines[entry]! > this.seconds * 1e6) return;
    counts.judged[second]! += 1;
    counts[ending === "down" ? "late" : ending][second]! += 1;
    if (ending !== "done") return;
    for (let place = 0; place < this.windows.length; place++) {
      const { from, to } = this.windows[place]!;
      if (offered >= from && offered < to) this.times[place]![entry]!.add(took / 1_000);
    }
  }

  request(tier: number, at: Instant, attempt: number): void {
    const counts = this.tiers[tier]!;
    counts.requests[secondOf(at)]! += 1;
    if (attempt > 0) counts.retries[secondOf(at)]! += 1;
  }

  shed(tier: number, at: Instant, isHeldBack: boolean): void {
    const counts = this.tiers[tier]!;
    counts.shed[secondOf(at)]! += 1;
    if (isHeldBack) counts.heldBack[secondOf(at)]! += 1;
  }

  begun(tier: number, at: Instant, waited: number): void {
    const counts = this.tiers[tier]!;
    counts.begun[secondOf(at)]! += 1;
    counts.waited[secondOf(at)]! += waited;
    for (let place = 0; place < this.windows.length; place++) {
      const { from, to } = this.windows[place]!;
      if (at >= from && at < to) this.waits[place]![tier]!.add(waited / 1_000);
    }
  }

  computed(tier: number, at: Instant, us: number, isForNobody: boolean): void {
    const counts = this.tiers[tier]!;
    // A core at work past the second counts in the next one too, but not past the end of the run.
    const end = Math.min(at + us, this.seconds * 1e6);
    for (let from: number = at; from < end;) {
      const second = Math.floor(from / 1e6);
      const to = Math.min(end, (second + 1) * 1e6);
      counts.computed[second]! += to - from;
      if (isForNobody) counts.wasted[second]! += to - from;
      from = to;
    }
  }

  /** A bucket is over, which began at `start`. */
  sample(services: Services, start: Instant): void {
    const second = secondOf(start);
    services.tiers.forEach(({ machines, model }, tier) => {
      const marks = this.marks[tier]!;
      const { held, room } = services.connections(tier);
      const each = Math.min(held, room) / machines.length;
      for (const { station } of machines) {
        const taken = station.mostUnits * model.units.memory + each * model.connectionMemory;
        marks.units[second] = Math.max(marks.units[second]!, station.mostUnits);
        marks.memory[second] = Math.max(marks.memory[second]!, taken / model.memory);
        station.mostUnits = station.units;
      }
      marks.connections[second] = Math.max(marks.connections[second]!, room === 0 ? 0 : held / room);
    });
  }
}

/**
 * The book of services: what came to entries and tiers, second by second, and how long it waited. Kept apart from the
 * people's, as it has a world of its own; a window is read in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { Figure, LabelMatch, Scenario } from "../../scenario/scenario.ts";
import type { Services } from "../../world/services/services.ts";
import type { Ending, ServiceNotes } from "../../world/services/visits.ts";
import type { SeriesSample } from "../replication.ts";
import { type Extreme, extremeOf, shareOf, sum, timeOf } from "../samples.ts";
import { secondOf, sumOf } from "../seconds.ts";

/** What is counted each second, of an entry and of a tier. */
const OF_ENTRY = ["offered", "answered", "judged", "done", "shed", "late", "refused"] as const;
const OF_TIER = ["requests", "retries", "shed", "heldBack", "computed", "wasted", "waited", "begun"] as const;
/** Of a tier: the highest of each second. */
const MARKS = ["units", "connections", "memory"] as const;

const FULLNESS = ["tier.utilisation.max", "tier.headroom.min", "tier.memory.max", "tier.connections.max"];

/** Utilisation is looked at over this many seconds: one alone is noise. */
const STRETCH = 10;
/** Lines that can be told apart on one pair of axes, and points that a line needs at most. */
const LINES_MAX = 8;
const POINTS_MAX = 180;

type Counts<Names extends readonly string[]> = Readonly<Record<Names[number], Float64Array>>;

export class Load implements ServiceNotes {
  readonly #scenario: Scenario;
  readonly #seconds: number;
  readonly #deadlines: readonly number[];
  readonly #entries: readonly Counts<typeof OF_ENTRY>[];
  readonly #tiers: readonly Counts<typeof OF_TIER>[];
  readonly #marks: readonly Counts<typeof MARKS>[];
  readonly #windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** By window and entry, by window and tier; ms. */
  readonly #times: readonly (readonly Histogram[])[];
  readonly #waits: readonly (readonly Histogram[])[];

  constructor(scenario: Scenario) {
    const { services = { tiers: {}, entries: {} } } = scenario.world;
    const seconds = Math.ceil(inSeconds(scenario.run.duration));
    const counts = <N extends readonly string[]>(names: N): Counts<N> =>
      Object.fromEntries(names.map((name) => [name, new Float64Array(seconds)])) as Counts<N>;
    const entries = Object.keys(services.entries);
    const tiers = Object.keys(services.tiers);
    this.#scenario = scenario;
    this.#seconds = seconds;
    this.#deadlines = Object.values(services.entries).map(({ deadline }) => deadline);
    this.#entries = entries.map(() => counts(OF_ENTRY));
    this.#tiers = tiers.map(() => counts(OF_TIER));
    this.#marks = tiers.map(() => counts(MARKS));
    this.#windows = Object.entries(scenario.windows).map(([name, { from, to }]) => ({ name, from, to }));
    this.#times = this.#windows.map(() => entries.map(() => new Histogram()));
    this.#waits = this.#windows.map(() => tiers.map(() => new Histogram()));
  }

  offer(entry: number, at: Instant): void {
    this.#entries[entry]!.offered[secondOf(at)]! += 1;
  }

  /** Shares are of tasks whose deadline lies within the run: of the last ones only the quick have ended when it is over. */
  task(entry: number, offered: Instant, ending: Ending, took: number): void {
    const second = secondOf(offered);
    const counts = this.#entries[entry]!;
    if (ending === "done") counts.answered[Math.min(this.#seconds - 1, secondOf((offered + took) as Instant))]! += 1;
    if (offered + this.#deadlines[entry]! > this.#seconds * 1e6) return;
    counts.judged[second]! += 1;
    counts[ending === "down" ? "late" : ending][second]! += 1;
    if (ending !== "done") return;
    for (let place = 0; place < this.#windows.length; place++) {
      const { from, to } = this.#windows[place]!;
      if (offered >= from && offered < to) this.#times[place]![entry]!.add(took / 1_000);
    }
  }

  request(tier: number, at: Instant, attempt: number): void {
    const counts = this.#tiers[tier]!;
    counts.requests[secondOf(at)]! += 1;
    if (attempt > 0) counts.retries[secondOf(at)]! += 1;
  }

  shed(tier: number, at: Instant, isHeldBack: boolean): void {
    const counts = this.#tiers[tier]!;
    counts.shed[secondOf(at)]! += 1;
    if (isHeldBack) counts.heldBack[secondOf(at)]! += 1;
  }

  begun(tier: number, at: Instant, waited: number): void {
    const counts = this.#tiers[tier]!;
    counts.begun[secondOf(at)]! += 1;
    counts.waited[secondOf(at)]! += waited;
    for (let place = 0; place < this.#windows.length; place++) {
      const { from, to } = this.#windows[place]!;
      if (at >= from && at < to) this.#waits[place]![tier]!.add(waited / 1_000);
    }
  }

  computed(tier: number, at: Instant, us: number, isForNobody: boolean): void {
    const counts = this.#tiers[tier]!;
    // A core at work past the second counts in the next one too, but not past the end of the run.
    const end = Math.min(at + us, this.#seconds * 1e6);
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
      const marks = this.#marks[tier]!;
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

  /** A figure about services; null without data. */
  value({ metric, stat, window }: Figure, labels: readonly LabelMatch[]): number | null {
    const place = this.#windows.findIndex(({ name }) => name === window);
    const { entries, tiers } = this.#about(labels);
    const { from, to } = this.#windows[place]!;
    const [first, end] = [Math.ceil(from / 1e6), Math.min(this.#seconds, Math.floor(to / 1e6))];
    const some = metric.startsWith("task") ? entries.length > 0 : tiers.length > 0;
    if (!some || end <= first) return null;
    const ofEntries = (name: (typeof OF_ENTRY)[number]): number =>
      sum(entries.map((entry) => sumOf(this.#entries[entry]![name], first, end)));
    const ofTiers = (name: (typeof OF_TIER)[number]): number =>
      sum(tiers.map((tier) => sumOf(this.#tiers[tier]![name], first, end)));
    const highest = (name: (typeof MARKS)[number]): number =>
      Math.max(
        ...tiers.map((tier) => this.#marks[tier]![name].subarray(first, end).reduce((a, b) => Math.max(a, b), 0)),
      );
    const busiest = (): number => Math.max(...tiers.map((tier) => this.#busiest(tier, first, end)));
    switch (metric) {
      case "task":
        return stat === "count" ? ofEntries("offered") : ofEntries("offered") / (end - first);
      case "task.completed":
        return stat === "rate"
          ? ofEntries("answered") / (end - first)
          : shareOf(ofEntries("done"), ofEntries("judged"));
      case "task.shed":
        return shareOf(ofEntries("shed"), ofEntries("judged"));
      case "task.late":
        return shareOf(ofEntries("late"), ofEntries("judged"));
      case "task.refused":
        return shareOf(ofEntries("refused"), ofEntries("judged"));
      case "task.time":
        return timeOf(
          entries.map((entry) => this.#times[place]![entry]!),
          stat,
        );
      case "tier.request":
        return ofTiers("requests") / (end - first);
      case "tier.retry":
        return shareOf(ofTiers("retries"), ofTiers("requests"));
      case "tier.shed":
        return shareOf(ofTiers("shed"), ofTiers("requests") + ofTiers("heldBack"));
      case "tier.queue":
        return timeOf(
          tiers.map((tier) => this.#waits[place]![tier]!),
          stat,
        );
      case "tier.utilisation": {
        if (stat === "max") return 100 * busiest();
        const cores = sum(tiers.map((tier) => this.#cores(tier)));
        return shareOf(ofTiers("computed"), cores * 1e6 * (end - first));
      }
      case "tier.headroom":
        return Math.max(0, 100 * (1 - busiest()));
      case "tier.waste":
        return shareOf(ofTiers("wasted"), ofTiers("computed"));
      case "tier.units":
        return highest("units");
      case "tier.memory":
        return 100 * highest("memory");
      case "tier.connections":
        return 100 * highest("connections");
      default:
        return null;
    }
  }

  /** Of how full tiers are: the fullest, and which it is; undefined for all other figures. */
  tightest(figure: Figure, labels: readonly LabelMatch[]): Extreme | undefined {
    if (!FULLNESS.includes(`${figure.metric}.${figure.stat}`)) return undefined;
    const names = Object.keys(this.#scenario.world.services?.tiers ?? {});
    const each = this.#about(labels).tiers.map((tier): Extreme => {
      const name = names[tier]!;
      return { name, value: this.value(figure, [{ label: "tier", values: [name], negated: false }]) };
    });
    return extremeOf(each, figure.metric === "tier.headroom" ? "min" : "max");
  }

  /** Lines over time: what became of tasks, how full tiers are, how long requests wait. */
  series(): readonly SeriesSample[] {
    const { services } = this.#scenario.world;
    if (services === undefined) return [];
    const step = Math.max(1, Math.ceil(this.#seconds / POINTS_MAX));
    const at = Array.from({ length: Math.floor(this.#seconds / step) }, (_, place) => (place + 0.5) * step);
    const ratio = (above: Float64Array, below: Float64Array | number, factor: number): (number | null)[] =>
      at.map((_, place) => {
        const [from, to] = [place * step, (place + 1) * step];
        const whole = typeof below === "number" ? below * step : sumOf(below, from, to);
        return whole === 0 ? null : (factor * sumOf(above, from, to)) / whole;
      });
    const entries = Object.keys(services.entries).slice(0, LINES_MAX);
    const tiers = Object.keys(services.tiers).slice(0, LINES_MAX);
    return [
      ...entries.map((title, entry): SeriesSample => {
        const { done, judged } = this.#entries[entry]!;
        const figure = `task.completed.share{entry=${title}}`;
        return { chart: "tasks-completed", figure, title, unit: "%", at, value: ratio(done, judged, 100) };
      }),
      ...tiers.map((title, tier): SeriesSample => {
        const figure = `tier.utilisation.mean{tier=${title}}`;
        const value = ratio(this.#tiers[tier]!.computed, this.#cores(tier) * 1e6, 100);
        return { chart: "cores-at-work", figure, title, unit: "%", at, value };
      }),
      ...tiers.map((title, tier): SeriesSample => {
        const { waited, begun } = this.#tiers[tier]!;
        const figure = `tier.queue.mean{tier=${title}}`;
        return { chart: "queuing-time", figure, title, unit: "s", at, value: ratio(waited, begun, 1e-6) };
      }),
    ];
  }

  #about(labels: readonly LabelMatch[]): { readonly entries: readonly number[]; readonly tiers: readonly number[] } {
    const { services = { tiers: {}, entries: {} } } = this.#scenario.world;
    const fitting = (names: readonly string[], own: string): readonly number[] =>
      names.flatMap((name, place) =>
        labels.every(({ label, values, negated }) => label !== own || values.includes(name) !== negated) ? [place] : [],
      );
    return {
      entries: fitting(Object.keys(services.entries), "entry"),
      tiers: fitting(Object.keys(services.tiers), "tier"),
    };
  }

  #cores(tier: number): number {
    const { machines, cores } = Object.values(this.#scenario.world.services!.tiers)[tier]!;
    return machines * cores;
  }

  /** Share of cores at work in the busiest stretch; the last one may be shorter. */
  #busiest(tier: number, first: number, end: number): number {
    let most = 0;
    for (let from = first; from < end; from += STRETCH) {
      const to = Math.min(end, from + STRETCH);
      most = Math.max(most, sumOf(this.#tiers[tier]!.computed, from, to) / ((to - from) * 1e6));
    }
    return most / this.#cores(tier);
  }
}

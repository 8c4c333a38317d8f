/**
 * The book of services: counts of entries and tiers by second, and histograms of times and waits by window. Figures read
 * a window in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { tiersReached } from "../../scenario/services/routes.ts";
import type { ServicesModel } from "../../scenario/services/shape.ts";
import { noTimes, type Times } from "../samples.ts";
import type { Services } from "../../world/services/services.ts";
import type { Outcome, ServiceNotes } from "../../world/services/requests.ts";
import { secondOf } from "../seconds.ts";

/** Counts by second of an entry. */
const ENTRY_COUNTS = ["offered", "answered", "judged", "done", "shed", "late", "refused"] as const;
/** Counts by second of a tier. */
const TIER_COUNTS = ["requests", "retries", "shed", "heldBack", "computed", "wasted", "waited", "begun"] as const;
/** Highest values by second of a tier. */
const TIER_PEAKS = ["running", "units", "connections", "memory"] as const;

type Counts<Names extends readonly string[]> = Readonly<Record<Names[number], Float64Array>>;

/** Records everything that the services' figures are computed from. Times are in us unless a name says otherwise. */
export class ServicesBook implements ServiceNotes {
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  /** Names of entries, in the order of the scenario. */
  readonly entryNames: readonly string[];
  /** Names of tiers, in the order of the scenario. */
  readonly tierNames: readonly string[];
  /** Counts by second of each entry. */
  readonly entries: readonly Counts<typeof ENTRY_COUNTS>[];
  /** Counts by second of each tier; `computed`, `wasted` and `waited` are sums of us. */
  readonly tiers: readonly Counts<typeof TIER_COUNTS>[];
  /** Highest values by second of each tier: machines up, units in use, connections and memory as shares of the room for them. */
  readonly peaks: readonly Counts<typeof TIER_PEAKS>[];
  /** Requests that wait in each tier at the end of each second. */
  readonly waiting: readonly Float64Array[];
  /** By entry: the tiers that its tasks reach, in the order of the scenario. */
  readonly reached: readonly (readonly number[])[];
  /** Cores of all machines of each tier. */
  readonly cores: readonly number[];
  /** The scenario's windows. */
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Times of tasks by window and entry, ms: tasks that failed are cut off at their deadline. */
  readonly times: readonly (readonly Times[])[];
  /** Waits of requests by window and tier, ms: those of requests that were not served are cut off where they gave up. */
  readonly waits: readonly (readonly Times[])[];
  /** Requests by window and tier that gave up at their start or were turned away there. */
  readonly dropped: readonly Float64Array[];
  readonly #deadlines: readonly number[];

  constructor(model: ServicesModel, { run, windows }: Pick<Scenario, "run" | "windows">) {
    const { tiers, entries } = model;
    const seconds = Math.ceil(inSeconds(run.duration));
    const counts = <N extends readonly string[]>(names: N): Counts<N> =>
      Object.fromEntries(names.map((name) => [name, new Float64Array(seconds)])) as Counts<N>;
    this.seconds = seconds;
    this.entryNames = Object.keys(entries);
    this.tierNames = Object.keys(tiers);
    this.entries = this.entryNames.map(() => counts(ENTRY_COUNTS));
    this.tiers = this.tierNames.map(() => counts(TIER_COUNTS));
    this.peaks = this.tierNames.map(() => counts(TIER_PEAKS));
    this.waiting = this.tierNames.map(() => new Float64Array(seconds));
    this.reached = Object.values(entries).map((entry) =>
      [...tiersReached(model, entry)].map((name) => this.tierNames.indexOf(name)),
    );
    this.cores = Object.values(tiers).map(({ machines, cores }) => machines * cores);
    this.windows = Object.entries(windows).map(([name, { from, to }]) => ({ name, from, to }));
    this.times = this.windows.map(() => this.entryNames.map(() => noTimes()));
    this.waits = this.windows.map(() => this.tierNames.map(() => noTimes()));
    this.dropped = this.windows.map(() => new Float64Array(this.tierNames.length));
    this.#deadlines = Object.values(entries).map(({ deadline }) => deadline);
  }

  /** Counts a task that a user offers. */
  offered(entry: number, at: Instant): void {
    this.entries[entry]!.offered[secondOf(at)]! += 1;
  }

  /** Counts a task that has ended. Shares count only tasks whose deadline lies within the run: of later ones, only the quick have ended. */
  taskEnded(entry: number, offered: Instant, ending: Outcome, took: number): void {
    const second = secondOf(offered);
    const counts = this.entries[entry]!;
    if (ending === "done") counts.answered[Math.min(this.seconds - 1, secondOf((offered + took) as Instant))]! += 1;
    if (offered + this.#deadlines[entry]! > this.seconds * 1e6) return;
    counts.judged[second]! += 1;
    counts[ending === "down" ? "late" : ending][second]! += 1;
    const isDone = ending === "done";
    const ms = (isDone ? took : this.#deadlines[entry]!) / 1_000;
    for (let place = 0; place < this.windows.length; place++) {
      const { from, to } = this.windows[place]!;
      if (offered < from || offered >= to) continue;
      const { ended, cut } = this.times[place]![entry]!;
      (isDone ? ended : cut).add(ms);
    }
  }

  /** Counts a request at a machine, up or down; it is a retry unless `attempt` is 0. */
  requestArrived(tier: number, at: Instant, attempt: number): void {
    const counts = this.tiers[tier]!;
    counts.requests[secondOf(at)]! += 1;
    if (attempt > 0) counts.retries[secondOf(at)]! += 1;
  }

  /** Counts a request that a machine shed, or that a caller held back. */
  shed(tier: number, at: Instant, isHeldBack: boolean): void {
    const counts = this.tiers[tier]!;
    counts.shed[secondOf(at)]! += 1;
    if (isHeldBack) counts.heldBack[secondOf(at)]! += 1;
  }

  /** Counts a request that comes to its start, after `waited`; unless `isServed`, it gives up there. */
  started(tier: number, at: Instant, waited: number, isServed: boolean): void {
    const counts = this.tiers[tier]!;
    counts.begun[secondOf(at)]! += 1;
    counts.waited[secondOf(at)]! += waited;
    this.#addWait(tier, at, waited, isServed ? "served" : "dropped");
  }

  /** Counts a request that still waits at the end of the run, in the windows that last until then. */
  stillWaiting(tier: number, arrived: Instant, end: Instant): void {
    this.#addWait(tier, Math.min(end, this.seconds * 1e6) - 1, end - arrived, "waiting");
  }

  #addWait(tier: number, at: number, waited: number, end: "served" | "dropped" | "waiting"): void {
    for (let place = 0; place < this.windows.length; place++) {
      const { from, to } = this.windows[place]!;
      if (at < from || at >= to) continue;
      const { ended, cut } = this.waits[place]![tier]!;
      (end === "served" ? ended : cut).add(waited / 1_000);
      if (end === "dropped") this.dropped[place]![tier]! += 1;
    }
  }

  /** Counts computing time from `at`. */
  computed(tier: number, at: Instant, us: number): void {
    this.#addWork(this.tiers[tier]!.computed, at, us);
  }

  /** Counts computing time from `at`, counted as computed before, as time for nobody. */
  wasted(tier: number, at: Instant, us: number): void {
    this.#addWork(this.tiers[tier]!.wasted, at, us);
  }

  #addWork(column: Float64Array, at: Instant, us: number): void {
    // Work is split among the seconds that it spans; work after the end of the run does not count.
    const end = Math.min(at + us, this.seconds * 1e6);
    for (let from: number = at; from < end;) {
      const second = Math.floor(from / 1e6);
      const to = Math.min(end, (second + 1) * 1e6);
      column[second]! += to - from;
      from = to;
    }
  }

  /** Samples the highest values of the bucket that began at `start` and is over now. */
  sample(services: Services, start: Instant): void {
    const second = secondOf(start);
    services.tiers.forEach(({ machines, model }, tier) => {
      const peaks = this.peaks[tier]!;
      const { held, room } = services.connections(tier);
      const each = Math.min(held, room) / machines.length;
      let [waiting, running] = [0, 0];
      for (const { queue, down } of machines) {
        waiting += queue.waiting;
        if (down === undefined) running += 1;
        const taken = queue.peakUnits * model.units.memory + each * model.connectionMemory;
        peaks.units[second] = Math.max(peaks.units[second]!, queue.peakUnits);
        peaks.memory[second] = Math.max(peaks.memory[second]!, taken / model.memory);
        queue.peakUnits = queue.units;
      }
      this.waiting[tier]![second] = waiting;
      peaks.running[second] = Math.max(peaks.running[second]!, running);
      peaks.connections[second] = Math.max(peaks.connections[second]!, room === 0 ? 0 : held / room);
    });
  }
}

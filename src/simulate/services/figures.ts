/** Formulas of the figures about services, one for each metric that `scenario/services/figures.ts` declares. */
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import { allows } from "../../scenario/metric.ts";
import type { SERVICES_METRICS } from "../../scenario/services/figures.ts";
import {
  type Backlog,
  type Extreme,
  extremeOf,
  type Measured,
  overSamples,
  shareOf,
  shareOfTrials,
  sum,
  timeOf,
} from "../samples.ts";
import { mostOf, NO_SECOND, sumOf } from "../seconds.ts";
import type { ServicesBook } from "./book.ts";

/** Seconds over which the highest utilisation is taken, as a single second is noise; chosen. */
const BUSY_SPAN = 10;
/** A queue grows if it does by more than chance: four deviations of what is served, a number of independent requests. */
const CHANCE = 4;
/** A smaller growth, as a share of what is served, overloads nothing within hours; chosen. */
const NOTABLE = 0.01;

type EntryCount = keyof ServicesBook["entries"][number];
type TierCount = keyof ServicesBook["tiers"][number];
type Peak = keyof ServicesBook["peaks"][number];

/** One figure about some entries or tiers, in the whole seconds of a window. */
class Question {
  readonly stat: string;
  readonly entries: readonly number[];
  readonly tiers: readonly number[];
  readonly first: number;
  readonly end: number;
  readonly #book: ServicesBook;
  readonly #window: number;
  readonly #isAboutTasks: boolean;

  constructor(book: ServicesBook, { metric, stat, window }: Figure, labels: readonly LabelMatch[]) {
    this.#book = book;
    this.stat = stat;
    this.#isAboutTasks = metric.startsWith("task");
    this.entries = allowed(book.entryNames, "entry", labels);
    this.tiers = allowed(book.tierNames, "tier", labels);
    this.#window = book.windows.findIndex(({ name }) => name === window);
    const { from, to } = book.windows[this.#window]!;
    this.first = Math.ceil(from / 1e6);
    this.end = Math.min(book.seconds, Math.floor(to / 1e6));
  }

  ofEntries(name: EntryCount): number {
    return sum(this.entries.map((entry) => sumOf(this.#book.entries[entry]![name], this.first, this.end)));
  }

  ofTiers(name: TierCount): number {
    return sum(this.tiers.map((tier) => sumOf(this.#book.tiers[tier]![name], this.first, this.end)));
  }

  perSecond(count: number): number {
    return count / (this.end - this.first);
  }

  /** Returns the highest value of the tiers of which a machine runs; null without any. */
  highest(name: Peak): number | null {
    const most = this.tiers.map((tier) => {
      const { running, [name]: column } = this.#book.peaks[tier]!;
      const seconds = this.#seconds(running);
      return seconds.length === 0 ? null : Math.max(...seconds.map((second) => column[second]!));
    });
    return overSamples(most, "max");
  }

  /** Returns the seconds of the window in which a machine runs, by the machines up in each second. */
  #seconds(running: Float64Array): readonly number[] {
    const seconds: number[] = [];
    for (let second = this.first; second < this.end; second++) if (running[second]! > 0) seconds.push(second);
    return seconds;
  }

  #runs(tier: number): number {
    return this.#seconds(this.#book.peaks[tier]!.running).length;
  }

  /** True if there is a second of the window in which no machine of a tier runs. */
  get hasDarkSecond(): boolean {
    return this.tiers.some((tier) => this.#runs(tier) < this.end - this.first);
  }

  /** Returns the figure's stat of all task times, in s; null without any. */
  get taskTime(): Measured {
    return timeOf(
      this.entries.map((entry) => this.#book.times[this.#window]![entry]!),
      this.stat,
    );
  }

  /** Returns the figure's stat of all requests' waits, in s; null without any. */
  get wait(): Measured {
    const waits = this.tiers.map((tier) => this.#book.waits[this.#window]![tier]!);
    // Nothing bounds the wait of a request that gave up. One that still waits when the run ends is taken to be served, at
    // most after twice the longest wait that ended.
    const hasDropped = this.tiers.some((tier) => this.#book.dropped[this.#window]![tier]! > 0);
    const longestMs = Math.max(0, ...waits.map(({ ended }) => ended.max));
    return timeOf(waits, this.stat, { capMs: hasDropped ? Infinity : 2 * longestMs });
  }

  /** Returns the largest backlog that grows, of the tiers or of those that the tasks reach; undefined if none does. */
  get backlog(): Backlog | undefined {
    const tiers = this.#isAboutTasks ? this.entries.flatMap((entry) => this.#book.reached[entry]!) : this.tiers;
    const growing = [...new Set(tiers)].flatMap((tier) => this.#growing(tier) ?? []);
    return growing.toSorted((a, b) => b.growth - a.growth)[0];
  }

  #growing(tier: number): Backlog | undefined {
    const waiting = this.#book.waiting[tier]!;
    const middle = Math.floor((this.first + this.end) / 2);
    const [before, half, all] = [this.first, middle, this.end].map((end) => waiting[end - 1] ?? 0) as [
      number,
      number,
      number,
    ];
    const served = sumOf(this.#book.tiers[tier]!.begun, this.first, this.end);
    const chance = Math.max(NOTABLE * served, CHANCE * Math.sqrt(served));
    if (half <= before || all <= half || all - before < chance) return undefined;
    return {
      tier: this.#book.tierNames[tier]!,
      growth: this.perSecond(all - before),
      served: this.perSecond(served),
    };
  }

  /** Returns what the labels select none of; undefined if they select any. */
  get selectsNothing(): string | undefined {
    const [places, noun] = this.#isAboutTasks ? [this.entries, "entry"] : [this.tiers, "tier"];
    return places.length === 0 ? `the labels select no ${noun}` : undefined;
  }

  /** Returns why there is no data. */
  whyNothing(): string {
    if (!this.#isAboutTasks) return this.#whyNoRequest();
    return this.ofEntries("offered") === 0
      ? "no task was offered in the window"
      : "the deadlines of all tasks of the window lie beyond the end of the run";
  }

  #whyNoRequest(): string {
    if (this.tiers.every((tier) => this.#runs(tier) === 0)) {
      const names = this.tiers.map((tier) => this.#book.tierNames[tier]!);
      return `no machine of ${names.length === 1 ? "tier" : "tiers"} ${names.join(", ")} runs in the window`;
    }
    return this.ofTiers("requests") === 0
      ? "no request arrived in the window"
      : "no request came to its start in the window";
  }

  /** Returns the share of busy cores, percent, in the seconds in which a machine of their tier runs; null without any. */
  get utilisation(): number | null {
    let [busy, all] = [0, 0];
    for (const tier of this.tiers)
      for (const second of this.#seconds(this.#book.peaks[tier]!.running)) {
        busy += this.#book.tiers[tier]!.computed[second]!;
        all += this.#book.cores[tier]! * 1e6;
      }
    return shareOf(busy, all);
  }

  /**
   * Returns the share of busy cores in the busiest span of the busiest tier; the window's last span may be shorter. Null if no
   * machine runs.
   */
  get busiest(): number | null {
    return overSamples(
      this.tiers.map((tier) => this.#busiestOf(tier)),
      "max",
    );
  }

  #busiestOf(tier: number): number | null {
    const { running } = this.#book.peaks[tier]!;
    const spans: (number | null)[] = [];
    for (let from = this.first; from < this.end; from += BUSY_SPAN) {
      const to = Math.min(this.end, from + BUSY_SPAN);
      const computed = sumOf(this.#book.tiers[tier]!.computed, from, to);
      spans.push(mostOf(running, from, to) === 0 ? null : computed / ((to - from) * 1e6 * this.#book.cores[tier]!));
    }
    return overSamples(spans, "max");
  }
}

type Formula = (question: Question) => number | null | Measured;

const shareOfJudged =
  (name: EntryCount): Formula =>
  (question) =>
    shareOfTrials(question.ofEntries(name), question.ofEntries("judged"));

const percent = (share: number | null): number | null => (share === null ? null : 100 * share);

const FORMULAS: Readonly<Record<keyof typeof SERVICES_METRICS, Formula>> = {
  task: (question) => {
    const offered = question.ofEntries("offered");
    return question.stat === "count" ? offered : question.perSecond(offered);
  },
  "task.completed": (question) =>
    question.stat === "rate" ? question.perSecond(question.ofEntries("answered")) : shareOfJudged("done")(question),
  "task.shed": shareOfJudged("shed"),
  "task.late": shareOfJudged("late"),
  "task.refused": shareOfJudged("refused"),
  "task.time": ({ taskTime }) => taskTime,
  "tier.request": (question) => question.perSecond(question.ofTiers("requests")),
  "tier.retry": (question) => shareOfTrials(question.ofTiers("retries"), question.ofTiers("requests")),
  "tier.shed": (question) =>
    shareOfTrials(question.ofTiers("shed"), question.ofTiers("requests") + question.ofTiers("heldBack")),
  "tier.queue": ({ wait }) => wait,
  "tier.utilisation": ({ stat, busiest, utilisation }) => (stat === "max" ? percent(busiest) : utilisation),
  // What no machine serves has no room.
  "tier.headroom": ({ busiest, hasDarkSecond }) => (hasDarkSecond ? 0 : Math.max(0, 100 * (1 - (busiest ?? 1)))),
  "tier.waste": (question) => shareOf(question.ofTiers("wasted"), question.ofTiers("computed")),
  "tier.units": (question) => question.highest("units"),
  "tier.memory": (question) => percent(question.highest("memory")),
  "tier.connections": (question) => percent(question.highest("connections")),
};

/** Figures about load, which name the fullest tier. */
const FULLNESS = ["tier.utilisation.max", "tier.headroom.min", "tier.memory.max", "tier.connections.max"];

/** Returns a figure of the entries or tiers that the labels allow; null without data. */
export const readFigure = (figure: Figure, labels: readonly LabelMatch[], book: ServicesBook): Extreme => {
  if (!FULLNESS.includes(`${figure.metric}.${figure.stat}`))
    return { name: undefined, ...valueOf(figure, labels, book) };
  const each = allowed(book.tierNames, "tier", labels).map((tier): Extreme => {
    const name = book.tierNames[tier]!;
    return { name, ...valueOf(figure, [{ label: "tier", values: [name], negated: false }], book) };
  });
  return extremeOf(each, figure.metric === "tier.headroom" ? "min" : "max");
};

const valueOf = (figure: Figure, labels: readonly LabelMatch[], book: ServicesBook): Measured => {
  const question = new Question(book, figure, labels);
  if (question.end <= question.first) return { value: null, why: NO_SECOND };
  if (question.selectsNothing !== undefined) return { value: null, why: question.selectsNothing };
  const read = FORMULAS[figure.metric as keyof typeof FORMULAS](question);
  const { backlog } = question;
  const measured: Measured = {
    ...(typeof read === "object" && read !== null ? read : { value: read }),
    ...(backlog === undefined ? {} : { backlog }),
  };
  return measured.value === null ? { ...measured, why: question.whyNothing() } : measured;
};

/** Returns the indices of the names that the labels allow. */
const allowed = (names: readonly string[], label: string, labels: readonly LabelMatch[]): readonly number[] =>
  names.flatMap((name, place) => (allows(labels, label, name) ? [place] : []));

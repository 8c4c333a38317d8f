/**
 * One kind of outcome on one path (sessions that lost a probe, or connects that failed): what is normal for it,
 * what it did lately, and a test whether it got worse.
 *
 * Normal is the path's own past, so that a gateway with many 2G users is compared with itself. It is learnt with a
 * half-life, from a prior while young, and not while the test is up: a fault must not become normal. Outcomes of
 * neighbours correlate (one radio cell, one batch), so evidence is divided by a design effect, which is learnt too: the
 * mean squared deviation of a round in units of the binomial variance.
 * Met by: src/world/seams/scheduling.ts
 */
import { Cusum, CUSUM_WIDTH, logLikelihoodRatio } from "./cusum.ts";
import type { Fading } from "./fading.ts";

export interface StreamSettings {
  /** A prior counts as this many outcomes while little is known, and then no more. */
  readonly priorWeight: number;
  /** Outcomes before the test starts. */
  readonly burnIn: number;
  /** Design effect before one is learnt. */
  readonly dispersion: number;
  /** The share of bad outcomes is never taken to be lower. */
  readonly floor: number;
}

/**
 * Sessions: a hundred make a usable share. Connects: one person in trouble tries up to three candidates at once and again
 * after 15, 30, 120 s, so failures come in bunches of about three. All chosen.
 */
export const SESSIONS: StreamSettings = { priorWeight: 100, burnIn: 200, dispersion: 1.25, floor: 0.002 };
export const CONNECTS: StreamSettings = { priorWeight: 100, burnIn: 50, dispersion: 3, floor: 0.005 };

/** How a round is judged and whether it may be learnt from. */
export interface Trial {
  readonly round: number;
  readonly height: number;
  readonly prior: number;
  readonly fading: Fading;
  readonly mayLearn: boolean;
  /** False in the first minutes of a feed. */
  readonly mayTest: boolean;
  /** Whether users are led over this path: then it is watched from the first outcome on. */
  readonly isRouted: boolean;
}

export interface Counts {
  readonly all: number;
  readonly bad: number;
}

/** Rounds with outcomes that are remembered one by one: eight minutes of a busy path at 10 s a round. Chosen. */
export const RECENT = 48;
/** A proof is e^5 to one: it takes two batches. Chosen. */
const BATCH_NATS = 3;
const DISPERSION_WEIGHT = 10;
/** A young path is dead rather than bad when it fails this part of the way from normal to always. Chosen. */
const DEAD = 0.5;
/** Weights are made anew when the null has moved by more than this part of itself (chosen: far below its doubt). */
const NULL_STEP = 0.002;

/**
 * A stream's numbers lie side by side, and its neighbour's next to them: a scheduler has tens of thousands of streams
 * and looks at thousands of them a round, so what counts is in how many places of memory each lies.
 */
const KNOWN = 0;
const KNOWN_BAD = 1;
const DEVIATION = 2;
const DEVIATIONS = 3;
const LEARNT_IN = 4;
/** The weights of outcomes, and the null they were made for; below zero while little was known. */
const WEIGHED_AT = 5;
const BAD_WEIGHS = 6;
const GOOD_WEIGHS = 7;
/** Rounds with outcomes so far. */
const ROUNDS = 8;
const TEST = 9;
const WIDTH = TEST + CUSUM_WIDTH;

/** Memory for streams of one kind, numbered from 0. */
export class StreamMemory {
  readonly numbers: Float64Array;
  /** Triples of round, all, bad: the latest `RECENT` of each, in a ring. */
  readonly recent: Int32Array;

  constructor(streams: number) {
    this.numbers = new Float64Array(streams * WIDTH);
    this.recent = new Int32Array(streams * 3 * RECENT);
  }
}

/** A look at one stream of many: move it on and it is another one. */
export class Stream {
  readonly test: Cusum;
  readonly #settings: StreamSettings;
  readonly #numbers: Float64Array;
  readonly #recent: Int32Array;
  #from = 0;
  #ring = 0;

  constructor(settings: StreamSettings, memory: StreamMemory = new StreamMemory(1), stream = 0) {
    this.#settings = settings;
    this.#numbers = memory.numbers;
    this.#recent = memory.recent;
    this.test = new Cusum(memory.numbers);
    this.moveTo(stream);
  }

  moveTo(stream: number): this {
    this.#from = stream * WIDTH;
    this.#ring = stream * 3 * RECENT;
    this.test.moveTo(this.#from + TEST);
    return this;
  }

  /** Outcomes that the normal share rests on. */
  get known(): number {
    return this.#numbers[this.#from + KNOWN]!;
  }

  /** Too little was heard to ask for small rises. */
  get isNew(): boolean {
    return this.known < this.#settings.burnIn;
  }

  get isYoung(): boolean {
    return this.known < 20 * this.#settings.priorWeight;
  }

  normal(prior: number): number {
    const { priorWeight, floor } = this.#settings;
    const weight = this.isYoung ? priorWeight : 0;
    const share = (this.#numbers[this.#from + KNOWN_BAD]! + weight * prior) / (this.known + weight);
    return Math.min(0.97, Math.max(floor, share));
  }

  get dispersion(): number {
    const prior = this.#settings.dispersion * DISPERSION_WEIGHT;
    const deviation = this.#numbers[this.#from + DEVIATION]!;
    return Math.max(1, (prior + deviation) / (DISPERSION_WEIGHT + this.#numbers[this.#from + DEVIATIONS]!));
  }

  /** By how much evidence from n outcomes must be divided: the design effect, and the doubt about what is normal. */
  deflation(n: number): number {
    return this.dispersion * (1 + n / (this.known + this.#settings.priorWeight));
  }

  /**
   * Judges and files what was heard in a round, `bad` of `all`, against what `worse` makes of normal; returns the step
   * of the test, 0 if it was not tested.
   */
  close(trial: Trial, all: number, bad: number, worse: (normal: number) => number): number {
    if (all === 0) return 0;
    const numbers = this.#numbers;
    const from = this.#from;
    this.#remember(trial.round, all, bad);
    const normal = this.normal(trial.prior);
    const variance = normal * (1 - normal);
    let step = 0;
    const isKnown = !this.isNew;
    if (trial.mayTest && (isKnown || trial.isRouted)) {
      // The null is the upper end of what normal may be: a path that is hardly known yet raises no alarm over little.
      const doubt = Math.sqrt((variance * this.dispersion) / (this.known + this.#settings.priorWeight));
      const null_ = Math.min(0.97, normal + 2 * doubt);
      // Before it is known at all one can only ask whether it is dead.
      const at = isKnown ? null_ : -null_;
      if (Math.abs(at - numbers[from + WEIGHED_AT]!) > NULL_STEP * null_)
        this.#weighFor(at, null_, isKnown ? worse(null_) : null_ + DEAD * (1 - null_));
      const ratio = (bad * numbers[from + BAD_WEIGHS]! + (all - bad) * numbers[from + GOOD_WEIGHS]!) / this.dispersion;
      step = this.test.add(ratio, trial.height, trial.round);
    }
    // A path that fails from the start is not learnt as one that always did.
    const isDead = !isKnown && bad > all * (normal + DEAD * (1 - normal));
    if (trial.mayLearn && !isDead && this.test.value < trial.height / 2) this.#learn(trial, all, bad, normal);
    return step;
  }

  /** What a bad and a good outcome weigh, in nats, when this share is normal. */
  #weighFor(at: number, normal: number, worse: number): void {
    this.#numbers[this.#from + WEIGHED_AT] = at;
    this.#numbers[this.#from + BAD_WEIGHS] = logLikelihoodRatio(1, 1, normal, worse);
    this.#numbers[this.#from + GOOD_WEIGHS] = logLikelihoodRatio(0, 1, normal, worse);
  }

  /** Outcomes since a round, as far back as rounds are remembered. */
  since(round: number): Counts {
    const recent = this.#recent;
    let all = 0;
    let bad = 0;
    for (let at = this.#ring; at < this.#ringEnd; at += 3) {
      if (recent[at]! < round) continue;
      all += recent[at + 1]!;
      bad += recent[at + 2]!;
    }
    return { all, bad };
  }

  /**
   * Nats for `worse` against `normal` since a round. No batch counts more than a part of a proof: people who report
   * together may have met one trouble together.
   */
  weigh(since: number, normal: number, worse: number): number {
    const recent = this.#recent;
    const deflation = this.deflation(this.since(since).all);
    let nats = 0;
    for (let at = this.#ring; at < this.#ringEnd; at += 3) {
      if (recent[at]! < since) continue;
      const ratio = logLikelihoodRatio(recent[at + 2]!, recent[at + 1]!, normal, worse) / deflation;
      nats += Math.min(BATCH_NATS, Math.max(-BATCH_NATS, ratio));
    }
    return nats;
  }

  get #ringEnd(): number {
    return this.#ring + 3 * Math.min(RECENT, this.#numbers[this.#from + ROUNDS]!);
  }

  #remember(round: number, all: number, bad: number): void {
    const rounds = this.#numbers[this.#from + ROUNDS]!;
    const at = this.#ring + 3 * (rounds % RECENT);
    this.#recent[at] = round;
    this.#recent[at + 1] = all;
    this.#recent[at + 2] = bad;
    this.#numbers[this.#from + ROUNDS] = rounds + 1;
  }

  #learn(trial: Trial, all: number, bad: number, normal: number): void {
    const numbers = this.#numbers;
    const from = this.#from;
    const keep = trial.fading.left(trial.round - numbers[from + LEARNT_IN]!);
    numbers[from + LEARNT_IN] = trial.round;
    if (this.known >= this.#settings.burnIn) {
      const expected = all * normal * (1 - normal) * (1 + all / this.known);
      const off = bad - all * normal;
      numbers[from + DEVIATION] = numbers[from + DEVIATION]! * keep + Math.min(16, (off * off) / expected);
      numbers[from + DEVIATIONS] = numbers[from + DEVIATIONS]! * keep + 1;
    }
    numbers[from + KNOWN] = numbers[from + KNOWN]! * keep + all;
    numbers[from + KNOWN_BAD] = numbers[from + KNOWN_BAD]! * keep + bad;
  }
}

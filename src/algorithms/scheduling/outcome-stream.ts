/**
 * One kind of outcome on one path (sessions that lost a probe, or connects that failed): its normal share of bad
 * outcomes, the latest rounds, and a test whether it got worse.
 *
 * Normal is the path's own past, so that a gateway with many 2G users is compared with itself. It is learnt with a
 * half-life, from a prior while the path is young, and not while the test is high: a fault must not become normal.
 * Outcomes of neighbours correlate (one radio cell, one batch), so evidence is divided by a design effect, which is
 * learnt too: the mean squared deviation of a round in units of the binomial variance.
 * Met by: src/world/seams/scheduling.ts
 */
import { Cusum, CUSUM_WIDTH, logLikelihoodRatio } from "./cusum.ts";
import type { Decay } from "./decay.ts";

/** How one kind of outcome is learnt and tested. */
export interface OutcomeSettings {
  /** A prior counts as this many outcomes while the path is young. */
  readonly priorWeight: number;
  /** Outcomes before small rises are tested. */
  readonly burnIn: number;
  /** Design effect before one is learnt. */
  readonly dispersion: number;
  /** The normal share of bad outcomes is never taken to be lower. */
  readonly floor: number;
}

/** Sessions: a hundred make a usable share. Chosen. */
export const SESSIONS: OutcomeSettings = { priorWeight: 100, burnIn: 200, dispersion: 1.25, floor: 0.002 };
/**
 * Connects: a client in trouble tries up to three candidates at once, so failures come in bunches of about three.
 * Chosen.
 */
export const CONNECTS: OutcomeSettings = { priorWeight: 100, burnIn: 50, dispersion: 3, floor: 0.005 };

/** How the outcomes of a round are judged, and whether they are learnt from. */
export interface RoundRules {
  /** Number of the round. */
  readonly round: number;
  /** Height at which a test raises an alarm, nats. */
  readonly height: number;
  /** Normal share of a young path. */
  readonly prior: number;
  /** How fast the past is forgotten. */
  readonly decay: Decay;
  /** False while an open fault explains the path, or the feed is not trusted. */
  readonly mayLearn: boolean;
  /** False in the first minutes of a feed. */
  readonly mayTest: boolean;
  /** True if users are sent over this path: then it is tested from the first outcome on. */
  readonly isRouted: boolean;
}

/** Outcomes of some rounds. */
export interface OutcomeCounts {
  /** All outcomes. */
  readonly all: number;
  /** The bad ones among them. */
  readonly bad: number;
}

/** Rounds with outcomes that are kept one by one: eight minutes of a busy path at 10 s a round. Chosen. */
export const RECENT = 48;
/** A proof is e^5 to one: it takes two batches. Chosen. */
const BATCH_NATS = 3;
const DISPERSION_WEIGHT = 10;
/** A young path is dead rather than bad when it fails this part of the way from normal to always. Chosen. */
const DEAD = 0.5;
/**
 * Weights are computed anew when the null hypothesis has moved by more than this part of itself. Chosen: far below its
 * doubt.
 */
const NULL_STEP = 0.002;

/**
 * Offsets of a stream's numbers, which lie side by side, next to its neighbour's: a scheduler has thousands of streams
 * and reads many of them a round, so its speed is set by how many places of memory each takes.
 */
const KNOWN = 0;
const KNOWN_BAD = 1;
const DEVIATION = 2;
const DEVIATIONS = 3;
const LEARNT_IN = 4;
/** Weights of outcomes, and the null hypothesis they were computed for; negative while the stream was burning in. */
const WEIGHED_AT = 5;
const BAD_WEIGHS = 6;
const GOOD_WEIGHS = 7;
/** Rounds with outcomes so far. */
const ROUNDS = 8;
const TEST = 9;
const WIDTH = TEST + CUSUM_WIDTH;

/** Memory for streams of one kind, numbered from 0. */
export class OutcomeMemory {
  /** The numbers of each stream, `WIDTH` apart. */
  numbers: Float64Array;
  /** Triples of round, all and bad: the latest `RECENT` of each stream, in a ring. */
  recent: Int32Array;

  /** Allocates memory for a number of streams, at least one. */
  constructor(streams: number) {
    this.numbers = new Float64Array(streams * WIDTH);
    this.recent = new Int32Array(streams * 3 * RECENT);
  }

  /** Makes room for this many streams; new ones are all zeros. */
  reserve(streams: number): void {
    if (streams * WIDTH <= this.numbers.length) return;
    const { numbers, recent } = this;
    const room = Math.max(streams, (2 * numbers.length) / WIDTH);
    this.numbers = new Float64Array(room * WIDTH);
    this.numbers.set(numbers);
    this.recent = new Int32Array(room * 3 * RECENT);
    this.recent.set(recent);
  }
}

/** A cursor over the streams of one memory: it reads and writes the stream that it was last moved to. */
export class OutcomeStream {
  /** The test whether the stream got worse. */
  readonly test: Cusum;
  readonly #settings: OutcomeSettings;
  readonly #memory: OutcomeMemory;
  #from = 0;
  #ring = 0;

  /** Points to a stream of this memory, by default to one of its own. */
  constructor(settings: OutcomeSettings, memory: OutcomeMemory = new OutcomeMemory(1), stream = 0) {
    this.#settings = settings;
    this.#memory = memory;
    this.test = new Cusum(memory);
    this.moveTo(stream);
  }

  /** Points to another stream; returns itself. */
  moveTo(stream: number): this {
    this.#from = stream * WIDTH;
    this.#ring = stream * 3 * RECENT;
    this.test.moveTo(this.#from + TEST);
    return this;
  }

  /** Outcomes that the normal share rests on, decayed. */
  get known(): number {
    return this.#memory.numbers[this.#from + KNOWN]!;
  }

  /** True while there are too few outcomes to test for small rises. */
  get isBurningIn(): boolean {
    return this.known < this.#settings.burnIn;
  }

  /** True while the normal share needs a prior. */
  get isYoung(): boolean {
    return this.known < 20 * this.#settings.priorWeight;
  }

  /** Returns the normal share of bad outcomes; `prior` counts while the stream is young. */
  normal(prior: number): number {
    const { priorWeight, floor } = this.#settings;
    const weight = this.isYoung ? priorWeight : 0;
    const share = (this.#memory.numbers[this.#from + KNOWN_BAD]! + weight * prior) / (this.known + weight);
    return Math.min(0.97, Math.max(floor, share));
  }

  /** The design effect, at least 1: how many outcomes say as much as one independent outcome. */
  get dispersion(): number {
    const { numbers } = this.#memory;
    const prior = this.#settings.dispersion * DISPERSION_WEIGHT;
    const deviation = numbers[this.#from + DEVIATION]!;
    return Math.max(1, (prior + deviation) / (DISPERSION_WEIGHT + numbers[this.#from + DEVIATIONS]!));
  }

  /** Returns the divisor for evidence from `n` outcomes: the design effect, and the doubt about the normal share. */
  deflation(n: number): number {
    return this.dispersion * (1 + n / (this.known + this.#settings.priorWeight));
  }

  /**
   * Takes the outcomes of a round, `bad` of `all`: tests them against the share that `worse` makes of the normal one,
   * and learns from them. Returns the step of the test in nats; 0 if it was not tested.
   */
  closeRound(trial: RoundRules, all: number, bad: number, worse: (normal: number) => number): number {
    if (all === 0) return 0;
    const { numbers } = this.#memory;
    const from = this.#from;
    this.#remember(trial.round, all, bad);
    const normal = this.normal(trial.prior);
    let step = 0;
    const isKnown = !this.isBurningIn;
    if (trial.mayTest && (isKnown || trial.isRouted)) {
      const { dispersion } = this;
      // The null hypothesis is the upper end of what normal may be, so a path that is hardly known raises no alarm over
      // little.
      const doubt = Math.sqrt((normal * (1 - normal) * dispersion) / (this.known + this.#settings.priorWeight));
      const null_ = Math.min(0.97, normal + 2 * doubt);
      // While it is burning in, the test only asks whether the path is dead.
      const at = isKnown ? null_ : -null_;
      if (Math.abs(at - numbers[from + WEIGHED_AT]!) > NULL_STEP * null_)
        this.#weighFor(at, null_, isKnown ? worse(null_) : null_ + DEAD * (1 - null_));
      const ratio = (bad * numbers[from + BAD_WEIGHS]! + (all - bad) * numbers[from + GOOD_WEIGHS]!) / dispersion;
      step = this.test.add(ratio, trial.height, trial.round);
    }
    // A path that fails from the start must not be learnt as one that always failed.
    const isDead = !isKnown && bad > all * (normal + DEAD * (1 - normal));
    if (trial.mayLearn && !isDead && this.test.value < trial.height / 2) this.#learn(trial, all, bad, normal);
    return step;
  }

  /** Computes the weight of a bad and of a good outcome, the log-likelihood ratio of each, if this share is normal. */
  #weighFor(at: number, normal: number, worse: number): void {
    const { numbers } = this.#memory;
    numbers[this.#from + WEIGHED_AT] = at;
    numbers[this.#from + BAD_WEIGHS] = Math.log(worse / normal);
    numbers[this.#from + GOOD_WEIGHS] = Math.log((1 - worse) / (1 - normal));
  }

  /** Returns the outcomes since a round, as far back as rounds are kept. */
  countsSince(round: number): OutcomeCounts {
    const { recent } = this.#memory;
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
   * Returns the evidence since a round for share `worse` against share `normal`, in nats. No batch counts more than a
   * part of a proof: clients that report together may have met the same trouble.
   */
  evidence(since: number, normal: number, worse: number): number {
    const { recent } = this.#memory;
    const deflation = this.deflation(this.countsSince(since).all);
    let nats = 0;
    for (let at = this.#ring; at < this.#ringEnd; at += 3) {
      if (recent[at]! < since) continue;
      const ratio = logLikelihoodRatio(recent[at + 2]!, recent[at + 1]!, normal, worse) / deflation;
      nats += Math.min(BATCH_NATS, Math.max(-BATCH_NATS, ratio));
    }
    return nats;
  }

  get #ringEnd(): number {
    return this.#ring + 3 * Math.min(RECENT, this.#memory.numbers[this.#from + ROUNDS]!);
  }

  #remember(round: number, all: number, bad: number): void {
    const { numbers, recent } = this.#memory;
    const rounds = numbers[this.#from + ROUNDS]!;
    // The remainder of whole numbers, which is the faster one.
    const at = this.#ring + 3 * ((rounds | 0) % RECENT);
    recent[at] = round;
    recent[at + 1] = all;
    recent[at + 2] = bad;
    numbers[this.#from + ROUNDS] = rounds + 1;
  }

  #learn(trial: RoundRules, all: number, bad: number, normal: number): void {
    const { numbers } = this.#memory;
    const from = this.#from;
    const keep = trial.decay.factor(trial.round - numbers[from + LEARNT_IN]!);
    numbers[from + LEARNT_IN] = trial.round;
    const known = numbers[from + KNOWN]!;
    if (known >= this.#settings.burnIn) {
      const expected = all * normal * (1 - normal) * (1 + all / known);
      const off = bad - all * normal;
      numbers[from + DEVIATION] = numbers[from + DEVIATION]! * keep + Math.min(16, (off * off) / expected);
      numbers[from + DEVIATIONS] = numbers[from + DEVIATIONS]! * keep + 1;
    }
    numbers[from + KNOWN] = known * keep + all;
    numbers[from + KNOWN_BAD] = numbers[from + KNOWN_BAD]! * keep + bad;
  }
}

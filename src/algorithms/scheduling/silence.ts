/**
 * Who has fallen silent. Behind a dead gateway nobody can connect, so nobody tells: what is missing is the telling itself.
 * How long a gateway may normally be silent is learnt from all of them, for batches are late and some are lost. Whose users
 * were led elsewhere reconnected together and beat in step for a while: they may be silent for a whole heartbeat.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** Silence is not remarked before it has lasted so long, nor before it is so many times the longest one in peace. Chosen. */
const LEAST_SECONDS = 210;
const TIMES_LONGEST = 1.5;
/** Outcomes that a gateway would have told of by then; one that tells less is not missed. Chosen. */
const MISSED = 100;
/** The longest heartbeat that phones keep, and how long those who reconnected together stay in step. Chosen. */
const HEARTBEAT_SECONDS = 660;
const IN_STEP_SECONDS = 7_200;
/** How fast a gateway's usual volume is learnt, and the part of it that breaks a silence. Chosen. */
const GAIN = 0.02;
const BREAKS = 0.1;
/** Rounds before volumes are known. */
const KNOWN_ROUNDS = 20;

export class Silence {
  readonly #leastRounds: number;
  /** Outcomes by gateway: usual ones a round, and those of this round; the round in which it was last heard. */
  readonly #usual: Float64Array;
  readonly #now: Float64Array;
  readonly #heardIn: Float64Array;
  /** Until which round its users may beat in step. */
  readonly #inStepUntil: Float64Array;
  readonly #round: number;
  #longest = 1;
  #rounds = 0;

  constructor(gateways: number, policy: SchedulerPolicy) {
    this.#round = inSeconds(policy.round);
    this.#leastRounds = Math.ceil(LEAST_SECONDS / this.#round);
    this.#inStepUntil = new Float64Array(gateways);
    this.#usual = new Float64Array(gateways);
    this.#now = new Float64Array(gateways);
    this.#heardIn = new Float64Array(gateways);
  }

  hear(gateway: number, outcomes: number): void {
    this.#now[gateway]! += outcomes;
  }

  /** Its users are reconnecting together. */
  stir(gateway: number): void {
    this.#inStepUntil[gateway] = this.#rounds + IN_STEP_SECONDS / this.#round;
  }

  /** Ends a round. */
  close(): void {
    this.#rounds += 1;
    const gain = Math.max(GAIN, 1 / this.#rounds);
    for (let gateway = 0; gateway < this.#now.length; gateway++) {
      const heard = this.#now[gateway]!;
      this.#now[gateway] = 0;
      const wasSilent = this.isSilent(gateway);
      if (heard > BREAKS * this.#usual[gateway]!) {
        const gap = this.#rounds - this.#heardIn[gateway]!;
        const isMissed = this.#usual[gateway]! * this.#leastRounds >= MISSED;
        if (!wasSilent && isMissed && !this.#isInStep(gateway) && this.#rounds > KNOWN_ROUNDS)
          this.#longest = Math.max(this.#longest, gap);
        this.#heardIn[gateway] = this.#rounds;
      }
      // A silence is not learnt as usual.
      if (this.#rounds - this.#heardIn[gateway]! < this.#leastRounds || this.#rounds <= KNOWN_ROUNDS)
        this.#usual[gateway]! += gain * (heard - this.#usual[gateway]!);
    }
  }

  /** Rounds without a word. */
  gap(gateway: number): number {
    return this.#rounds - this.#heardIn[gateway]!;
  }

  /** Outcomes that it usually tells of in a round. */
  usual(gateway: number): number {
    return this.#usual[gateway]!;
  }

  /** `part`: with part of the patience, where others of its kind are silent. */
  isSilent(gateway: number, part = 1): boolean {
    const beat = this.#isInStep(gateway) ? HEARTBEAT_SECONDS / this.#round : 0;
    const limit = Math.max(this.#leastRounds, TIMES_LONGEST * this.#longest, beat);
    return (
      this.#rounds > KNOWN_ROUNDS + limit &&
      this.gap(gateway) >= part * limit &&
      this.#usual[gateway]! * this.#leastRounds >= MISSED
    );
  }

  #isInStep(gateway: number): boolean {
    return this.#rounds < this.#inStepUntil[gateway]!;
  }
}

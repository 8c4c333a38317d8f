/**
 * Finds gateways that have fallen silent. Nobody behind a dead gateway can connect, so nobody reports, and the missing
 * reports are the only sign. How long a gateway may normally be silent is learnt from all of them, for batches are late
 * and some are lost. Users who reconnected together send heartbeats in step for a while, so their gateway may be silent
 * for a whole heartbeat interval.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** A silence counts once it has lasted this long and this many times the longest normal one. Chosen. */
const LEAST_SECONDS = 210;
const TIMES_LONGEST = 1.5;
/** Outcomes that a gateway would have reported in that time; one that reports fewer is not watched. Chosen. */
const MISSED = 100;
/** The longest heartbeat interval of phones, and how long phones that reconnected together stay in step. Chosen. */
const HEARTBEAT_SECONDS = 660;
const IN_STEP_SECONDS = 7_200;
/** Gain with which a gateway's usual volume is learnt, and the part of it that ends a silence. Chosen. */
const GAIN = 0.02;
const BREAKS = 0.1;
/** Rounds until usual volumes are known. */
const KNOWN_ROUNDS = 20;

/** The silence of each gateway. */
export class SilenceDetector {
  readonly #leastRounds: number;
  /** By gateway: usual outcomes a round, outcomes of this round, and the round in which it last reported. */
  readonly #usual: Float64Array;
  readonly #now: Float64Array;
  readonly #heardIn: Float64Array;
  /** By gateway: the round until which its users may be in step. */
  readonly #inStepUntil: Float64Array;
  readonly #round: number;
  #longest = 1;
  #rounds = 0;

  /** Starts without knowing what is usual. */
  constructor(gateways: number, policy: SchedulerPolicy) {
    this.#round = inSeconds(policy.round);
    this.#leastRounds = Math.ceil(LEAST_SECONDS / this.#round);
    this.#inStepUntil = new Float64Array(gateways);
    this.#usual = new Float64Array(gateways);
    this.#now = new Float64Array(gateways);
    this.#heardIn = new Float64Array(gateways);
  }

  /** Adds outcomes that a gateway's users reported in this round. */
  add(gateway: number, outcomes: number): void {
    this.#now[gateway]! += outcomes;
  }

  /** Notes that a gateway's users reconnect together now. */
  noteReconnects(gateway: number): void {
    this.#inStepUntil[gateway] = this.#rounds + IN_STEP_SECONDS / this.#round;
  }

  /** Closes a round. */
  closeRound(): void {
    this.#rounds += 1;
    const gain = Math.max(GAIN, 1 / this.#rounds);
    for (let gateway = 0; gateway < this.#now.length; gateway++) {
      const heard = this.#now[gateway]!;
      this.#now[gateway] = 0;
      const wasSilent = this.isSilent(gateway);
      if (heard > BREAKS * this.#usual[gateway]!) {
        const silentRounds = this.#rounds - this.#heardIn[gateway]!;
        const isMissed = this.#usual[gateway]! * this.#leastRounds >= MISSED;
        if (!wasSilent && isMissed && !this.#isInStep(gateway) && this.#rounds > KNOWN_ROUNDS)
          this.#longest = Math.max(this.#longest, silentRounds);
        this.#heardIn[gateway] = this.#rounds;
      }
      // A silence must not be learnt as usual.
      if (this.#rounds - this.#heardIn[gateway]! < this.#leastRounds || this.#rounds <= KNOWN_ROUNDS)
        this.#usual[gateway]! += gain * (heard - this.#usual[gateway]!);
    }
  }

  /** Returns the rounds since a gateway last reported. */
  silentRounds(gateway: number): number {
    return this.#rounds - this.#heardIn[gateway]!;
  }

  /** Returns the outcomes that a gateway usually reports in a round. */
  usual(gateway: number): number {
    return this.#usual[gateway]!;
  }

  /** True if a gateway has been silent for too long; `part` shortens the limit, where others of its kind are silent. */
  isSilent(gateway: number, part = 1): boolean {
    // Nearly every gateway was heard of lately, whatever the limit is.
    if (this.silentRounds(gateway) < part * this.#leastRounds) return false;
    const beat = this.#isInStep(gateway) ? HEARTBEAT_SECONDS / this.#round : 0;
    const limit = Math.max(this.#leastRounds, TIMES_LONGEST * this.#longest, beat);
    return (
      this.#rounds > KNOWN_ROUNDS + limit && this.silentRounds(gateway) >= part * limit && this.isExpected(gateway)
    );
  }

  /** True if a gateway usually reports so much that its silence would be noticed. */
  isExpected(gateway: number): boolean {
    return this.#usual[gateway]! * this.#leastRounds >= MISSED;
  }

  #isInStep(gateway: number): boolean {
    return this.#rounds < this.#inStepUntil[gateway]!;
  }
}

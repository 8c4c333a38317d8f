/** The one timer of a sender: until it times out, probes for a lost tail, or stops waiting for what was only reordered. */
import { wholePower } from "../../base/math.ts";
import { RTO_LEAST_US, RTO_MOST_US } from "./rtt.ts";

const TICK_US = 4_000;
/** Before a round trip is known. */
const PROBE_US = 1_000_000;

/** How things stand: segments under way, since when the first of them is, and what is known of the round trip. */
export interface Standing {
  readonly out: number;
  readonly sinceFirstUs: number;
  readonly smoothedUs: number;
  readonly timeoutUs: number;
}

interface Clock {
  readonly nowUs: number;
  late(us: number): number;
}

export class RetransmissionTimer {
  kind: "none" | "timeout" | "probe" | "reorder" = "none";
  dueUs = Infinity;
  /** How often the time-out has doubled. */
  backOff = 0;
  readonly #clock: Clock;
  readonly #standing: Standing;

  constructor(clock: Clock, standing: Standing) {
    this.#clock = clock;
    this.#standing = standing;
  }

  /** It has run out: what it was for. */
  take(): "none" | "timeout" | "probe" | "reorder" {
    const { kind } = this;
    this.kind = "none";
    this.dueUs = Infinity;
    return kind;
  }

  /** A whole time-out from now. */
  restart(): void {
    this.#set("timeout", this.#timeoutUs);
  }

  /** A time-out, counted from the first segment under way where another timer took its place meanwhile. */
  rearm(): void {
    const was = this.take();
    if (this.#standing.out === 0) return;
    if (was === "reorder" || was === "probe") this.replace();
    else this.restart();
  }

  /** What is left of a time-out that counts from the first segment under way. */
  replace(): void {
    this.#set("timeout", Math.max(1, this.#timeoutUs - this.#standing.sinceFirstUs));
  }

  /** A tail-loss probe instead: after two round trips, and what a delayed acknowledgement takes if one segment is alone. */
  probe(isAdvance: boolean): void {
    const { out, smoothedUs, sinceFirstUs } = this.#standing;
    const wait = smoothedUs > 0 ? 2 * smoothedUs + (out === 1 ? RTO_LEAST_US : 2 * TICK_US) : PROBE_US;
    const limit = this.#timeoutUs - (isAdvance ? 0 : sinceFirstUs);
    this.#set("probe", limit > 0 ? Math.min(wait, limit) : wait);
  }

  awaitReordered(us: number): void {
    this.#set("reorder", us + 2 * TICK_US);
  }

  get #timeoutUs(): number {
    return Math.min(RTO_MOST_US, this.#standing.timeoutUs * wholePower(2, this.backOff));
  }

  #set(kind: "timeout" | "probe" | "reorder", us: number): void {
    this.kind = kind;
    this.dueUs = this.#clock.nowUs + this.#clock.late(Math.min(us, RTO_MOST_US));
  }
}

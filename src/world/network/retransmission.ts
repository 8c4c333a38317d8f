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

export class RetransmissionTimer {
  kind: "none" | "timeout" | "probe" | "reorder" = "none";
  dueUs = Infinity;
  /** How often the time-out has doubled. */
  backOff = 0;
  readonly #clock: { readonly nowUs: number; late(us: number): number };

  constructor(clock: { readonly nowUs: number; late(us: number): number }) {
    this.#clock = clock;
  }

  /** It has run out: what it was for. */
  take(): "none" | "timeout" | "probe" | "reorder" {
    const { kind } = this;
    this.kind = "none";
    this.dueUs = Infinity;
    return kind;
  }

  /** A whole time-out from now. */
  restart(standing: Standing): void {
    this.#set("timeout", this.#timeoutUs(standing));
  }

  /** A time-out, counted from the first segment under way where another timer took its place meanwhile. */
  rearm(standing: Standing): void {
    const was = this.take();
    if (standing.out === 0) return;
    if (was === "reorder" || was === "probe") this.replace(standing);
    else this.restart(standing);
  }

  /** What is left of a time-out that counts from the first segment under way. */
  replace(standing: Standing): void {
    this.#set("timeout", Math.max(1, this.#timeoutUs(standing) - standing.sinceFirstUs));
  }

  /** A tail-loss probe instead: after two round trips, and what a delayed acknowledgement takes if one segment is alone. */
  probe(standing: Standing, isAdvance: boolean): void {
    const { out, smoothedUs, sinceFirstUs } = standing;
    const wait = smoothedUs > 0 ? 2 * smoothedUs + (out === 1 ? RTO_LEAST_US : 2 * TICK_US) : PROBE_US;
    const limit = this.#timeoutUs(standing) - (isAdvance ? 0 : sinceFirstUs);
    this.#set("probe", limit > 0 ? Math.min(wait, limit) : wait);
  }

  awaitReordered(us: number): void {
    this.#set("reorder", us + 2 * TICK_US);
  }

  #timeoutUs({ timeoutUs }: Standing): number {
    return Math.min(RTO_MOST_US, timeoutUs * wholePower(2, this.backOff));
  }

  #set(kind: "timeout" | "probe" | "reorder", us: number): void {
    this.kind = kind;
    this.dueUs = this.#clock.nowUs + this.#clock.late(Math.min(us, RTO_MOST_US));
  }
}

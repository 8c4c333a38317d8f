/** The timer of a sender: for its time-out, for a tail loss probe, or for the wait for reordered segments. */
import { wholePower } from "../../base/math.ts";
import { RTO_LEAST_US, RTO_MOST_US } from "./rtt.ts";

const TICK_US = 4_000;
/** Repeats of a segment before the kernel gives up: the default of tcp_retries2 (Linux, ip-sysctl). */
const RETRIES = 15;
/** Before a round trip is known. */
const PROBE_US = 1_000_000;

/** What the timer reads of its sender. */
export interface FlightState {
  /** Segments sent and not acknowledged. */
  readonly out: number;
  /** Time since the first of them was sent; 0 if there is none. */
  readonly sinceFirstUs: number;
  /** Smoothed round trip; 0 before the first sample. */
  readonly smoothedUs: number;
  /** Retransmission time-out, without back-off. */
  readonly timeoutUs: number;
}

/** What carries a sender's segments and knows the time. */
export interface Port {
  /** Time of the connection. */
  readonly nowUs: number;
  /** Returns the time after which a kernel timer of this length fires, us. */
  late(us: number): number;
  /** Sends a segment. */
  transmit(segment: number, bytes: number): void;
  /** Gives up the connection: a segment was repeated as often as the kernel allows. */
  giveUp(): void;
}

/** The timer of one sender. */
export class RetransmissionTimer {
  /** What it is set for. */
  kind: "none" | "timeout" | "probe" | "reorder" = "none";
  /** When it expires; Infinity if it is not set. */
  dueUs = Infinity;
  /** Number of times that the time-out has doubled. */
  backOff = 0;
  readonly #clock: Pick<Port, "nowUs" | "late">;
  readonly #flight: FlightState;

  constructor(clock: Pick<Port, "nowUs" | "late">, flight: FlightState) {
    this.#clock = clock;
    this.#flight = flight;
  }

  /** True if the segment was repeated as often as the kernel allows. */
  get isExhausted(): boolean {
    return this.backOff >= RETRIES;
  }

  /** Clears the timer, and returns what it was set for. */
  take(): "none" | "timeout" | "probe" | "reorder" {
    const { kind } = this;
    this.kind = "none";
    this.dueUs = Infinity;
    return kind;
  }

  /** Sets a whole time-out from now. */
  restart(): void {
    this.#set("timeout", this.#timeoutUs);
  }

  /** Sets a time-out, counted from the first segment in flight if another timer had replaced it. */
  rearm(): void {
    const was = this.take();
    if (this.#flight.out === 0) return;
    if (was === "reorder" || was === "probe") this.replace();
    else this.restart();
  }

  /** Sets what is left of a time-out that counts from the first segment in flight. */
  replace(): void {
    this.#set("timeout", Math.max(1, this.#timeoutUs - this.#flight.sinceFirstUs));
  }

  /** Sets a tail loss probe after two round trips, plus the delay of acknowledgements if one segment is alone. */
  probe(isAdvance: boolean): void {
    const { out, smoothedUs, sinceFirstUs } = this.#flight;
    const wait = smoothedUs > 0 ? 2 * smoothedUs + (out === 1 ? RTO_LEAST_US : 2 * TICK_US) : PROBE_US;
    const limit = this.#timeoutUs - (isAdvance ? 0 : sinceFirstUs);
    this.#set("probe", limit > 0 ? Math.min(wait, limit) : wait);
  }

  /** Sets the wait for reordered segments. */
  awaitReordered(us: number): void {
    this.#set("reorder", us + 2 * TICK_US);
  }

  get #timeoutUs(): number {
    return Math.min(RTO_MOST_US, this.#flight.timeoutUs * wholePower(2, this.backOff));
  }

  #set(kind: "timeout" | "probe" | "reorder", us: number): void {
    this.kind = kind;
    this.dueUs = this.#clock.nowUs + this.#clock.late(Math.min(us, RTO_MOST_US));
  }
}

/**
 * Detects overload window by window: a window is a second, or two thousand requests if those arrive sooner, as
 * published for DAGOR. A window is overloaded if the mean of the judged times, queuing or response times, is above the
 * threshold. Queuing time is the better signal: it is near zero until the server is full, while a response time also
 * grows with the work and with the servers behind.
 * Met by: src/world/services/services.ts
 */
import { after, type Duration, type Instant, seconds } from "../../base/units.ts";

/** A window's length and its requests, whichever comes first. Published. */
const LENGTH = seconds(1);
const REQUESTS = 2_000;
/** Part of the threshold below which a window is idle. Chosen: a queue that is about to fill has longer waits. */
const IDLE = 1 / 5;

/** The window under way. */
export class LoadWindow {
  /** Requests that arrived in it. */
  arrived = 0;
  /** Requests of these that were admitted. */
  admitted = 0;
  #until: Instant | undefined;
  #sum = 0;
  #count = 0;
  readonly #threshold: Duration;

  /** Waits for the first request. */
  constructor(threshold: Duration) {
    this.#threshold = threshold;
  }

  /** Notes a time that is judged. */
  note(time: Duration): void {
    this.#sum += time;
    this.#count += 1;
  }

  /**
   * True if the window is over. Ask at every request, before it is counted; the first request opens the first window.
   */
  isOver(now: Instant): boolean {
    this.#until ??= after(now, LENGTH);
    return now >= this.#until || this.arrived >= REQUESTS;
  }

  /** True if the mean is above the threshold, or if requests were admitted and none was begun. */
  get isOverloaded(): boolean {
    return this.#count === 0 ? this.admitted > 0 : this.#sum > this.#threshold * this.#count;
  }

  /** True if the mean is far below the threshold. */
  get isIdle(): boolean {
    return this.#sum <= IDLE * this.#threshold * this.#count;
  }

  /** Opens the next window. */
  turn(now: Instant): void {
    this.arrived = 0;
    this.admitted = 0;
    this.#sum = 0;
    this.#count = 0;
    this.#until = after(now, LENGTH);
  }
}

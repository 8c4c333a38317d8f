/**
 * A server looks at itself window by window: a second, or two thousand requests where those come sooner, as published
 * for DAGOR. What it looks at is a mean, of queuing times or of response times; above the threshold it is overloaded.
 * Queuing time is the better sign: it is near nothing until the server is full, whatever the work and the servers
 * behind it take, where a response time also grows with those.
 * Met by: src/world/services/services.ts
 */
import { after, type Duration, type Instant, seconds } from "../../base/units.ts";

/** Published: whichever comes first. */
const LENGTH = seconds(1);
const REQUESTS = 2_000;
/** Chosen: a queue that is about to fill has waits of more than this part of the threshold. */
const IDLE = 1 / 5;

export class Window {
  /** Requests that came in it, and those that were let in. */
  came = 0;
  admitted = 0;
  #until: Instant | undefined;
  #sum = 0;
  #count = 0;
  readonly #threshold: Duration;

  constructor(threshold: Duration) {
    this.#threshold = threshold;
  }

  /** Notes one of the times whose mean counts. */
  note(time: Duration): void {
    this.#sum += time;
    this.#count += 1;
  }

  /** Ask at every request, before it is counted. The first request of all opens the first window. */
  isOver(now: Instant): boolean {
    this.#until ??= after(now, LENGTH);
    return now >= this.#until || this.came >= REQUESTS;
  }

  /** Where requests were let in and not one was begun, the server is stuck, which is as bad as slow. */
  get isOverloaded(): boolean {
    return this.#count === 0 ? this.admitted > 0 : this.#sum > this.#threshold * this.#count;
  }

  /** The mean is far below the threshold. */
  get isIdle(): boolean {
    return this.#sum <= IDLE * this.#threshold * this.#count;
  }

  /** Opens the next one. */
  turn(now: Instant): void {
    this.came = 0;
    this.admitted = 0;
    this.#sum = 0;
    this.#count = 0;
    this.#until = after(now, LENGTH);
  }
}

/**
 * Retries: whether a caller tries again after a failure. A retry helps against a random failure and hurts in overload:
 * four attempts for one request are four times the load, just when there is too much. A budget limits retries to a
 * tenth of the requests, and a throttle holds requests back while far more are sent than accepted (Beyer et al., "Site
 * Reliability Engineering", 2016, chapter 21, "Handling Overload").
 * Met by: src/world/services/callers.ts
 */
import { type Instant, seconds } from "../../base/units.ts";

/** A rule for retries. */
export type RetryPolicy =
  | { readonly kind: "none" }
  /** Up to `most` retries of a request, whatever happens to others. */
  | { readonly kind: "naive"; readonly most: number }
  | {
      readonly kind: "budget";
      readonly most: number;
      /** Retries per request, over all of a caller's requests. */
      readonly share: number;
    };

/** The defaults. */
export const RETRY_DEFAULTS: { readonly [K in RetryPolicy["kind"]]: RetryPolicy & { readonly kind: K } } = {
  none: { kind: "none" },
  // Three retries: published for DAGOR's trials and for SRE's clients.
  naive: { kind: "naive", most: 3 },
  budget: { kind: "budget", most: 3, share: 0.1 },
};

/** Retries that a budget saves up at most. Chosen. */
const SAVED_MOST = 100;
/** Requests may be this many times what was accepted in the last two minutes. Published (K). */
const ACCEPTS_MULTIPLIER = 2;
/**
 * Share of requests held back at most. Chosen: without any request a caller cannot learn that the server has recovered.
 */
const HELD_BACK_MOST = 0.9;
const STEP = seconds(10);
const STEPS = 12;

/** The retry budget and the throttle of one caller. */
export class Retries {
  readonly #kind: RetryPolicy["kind"];
  readonly #most: number;
  readonly #share: number;
  #saved = SAVED_MOST;
  /** Counts of the last two minutes in a ring of steps. */
  readonly #requests = new Float64Array(STEPS);
  readonly #accepts = new Float64Array(STEPS);
  #step = 0;
  #allRequests = 0;
  #allAccepts = 0;

  /** Starts with a full budget. */
  constructor(policy: RetryPolicy) {
    this.#kind = policy.kind;
    this.#most = policy.kind === "none" ? 0 : policy.most;
    this.#share = policy.kind === "budget" ? policy.share : 0;
  }

  /** Returns whether a new request may be sent, and counts it; `u` is a uniform in [0, 1). */
  maySend(u: number, now: Instant): boolean {
    if (this.#kind !== "budget") return true;
    this.#advance(now);
    this.#saved = Math.min(SAVED_MOST, this.#saved + this.#share);
    const excess = this.#allRequests - ACCEPTS_MULTIPLIER * this.#allAccepts;
    const passes = u >= Math.min(HELD_BACK_MOST, excess / (this.#allRequests + 1));
    this.#requests[this.#step % STEPS]! += 1;
    this.#allRequests += 1;
    return passes;
  }

  /** Notes that a request was accepted and answered. */
  accepted(now: Instant): void {
    if (this.#kind !== "budget") return;
    this.#advance(now);
    this.#accepts[this.#step % STEPS]! += 1;
    this.#allAccepts += 1;
  }

  /**
   * Returns whether a request that was tried `attempts` times may be tried again, and takes the retry from the budget.
   */
  mayRetry(attempts: number): boolean {
    if (attempts > this.#most) return false;
    if (this.#kind === "naive") return true;
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }

  #advance(now: Instant): void {
    const step = Math.floor(now / STEP);
    for (let left = Math.min(STEPS, step - this.#step); left > 0; left--) {
      const place = (step - left + 1) % STEPS;
      this.#allRequests -= this.#requests[place]!;
      this.#allAccepts -= this.#accepts[place]!;
      this.#requests[place] = 0;
      this.#accepts[place] = 0;
    }
    this.#step = Math.max(this.#step, step);
  }
}

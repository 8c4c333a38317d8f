/**
 * What a caller does when a call has failed. To try again helps against bad luck and hurts against overload: four
 * attempts for one are four times the load, just when there is too much. A budget lets retries be a tenth of the
 * requests and no more, and a throttle holds requests back while far more are asked than accepted (Beyer et al., "Site
 * Reliability Engineering", 2016, chapter 21, "Handling Overload").
 * Met by: src/world/services/callers.ts
 */
import { type Instant, seconds } from "../../base/units.ts";

export type RetryPolicy =
  | { readonly kind: "none" }
  /** As often as `most`, whatever happens to the others. */
  | { readonly kind: "naive"; readonly most: number }
  | {
      readonly kind: "budget";
      readonly most: number;
      /** Retries for each request, over all of a caller's requests. */
      readonly share: number;
    };

export const RETRY_DEFAULTS: { readonly [K in RetryPolicy["kind"]]: RetryPolicy & { readonly kind: K } } = {
  none: { kind: "none" },
  // Three: published for DAGOR's trials and for SRE's clients.
  naive: { kind: "naive", most: 3 },
  budget: { kind: "budget", most: 3, share: 0.1 },
};

/** Retries saved up for bad luck while all went well (chosen). */
const SAVED_MOST = 100;
/** Published: requests may be this many times what was accepted in the last two minutes. */
const GENEROSITY = 2;
/** Chosen: a tenth passes always. Who lets nothing pass learns only by luck, and over many minutes, that all is well again. */
const HELD_BACK_MOST = 0.9;
const STEP = seconds(10);
const STEPS = 12;

/** One caller's memory of how its calls fared. */
export class Retries {
  readonly #policy: RetryPolicy;
  #saved = SAVED_MOST;
  /** Of the last two minutes, in steps, the oldest overwritten. */
  readonly #requests = new Float64Array(STEPS);
  readonly #accepts = new Float64Array(STEPS);
  #step = 0;
  #allRequests = 0;
  #allAccepts = 0;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  /** Whether a new request may be sent; `u` is a uniform in [0, 1). */
  maySend(u: number, now: Instant): boolean {
    if (this.#policy.kind !== "budget") return true;
    this.#advance(now);
    this.#saved = Math.min(SAVED_MOST, this.#saved + this.#policy.share);
    const excess = this.#allRequests - GENEROSITY * this.#allAccepts;
    const passes = u >= Math.min(HELD_BACK_MOST, excess / (this.#allRequests + 1));
    this.#requests[this.#step % STEPS]! += 1;
    this.#allRequests += 1;
    return passes;
  }

  /** The other side has taken the request and answered it. */
  accepted(now: Instant): void {
    if (this.#policy.kind !== "budget") return;
    this.#advance(now);
    this.#accepts[this.#step % STEPS]! += 1;
    this.#allAccepts += 1;
  }

  /** Whether a request that was tried `attempts` times may be tried again; one that may is counted. */
  mayRetry(attempts: number): boolean {
    const policy = this.#policy;
    if (policy.kind === "none" || attempts > policy.most) return false;
    if (policy.kind === "naive") return true;
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

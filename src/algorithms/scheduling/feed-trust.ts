/**
 * Whether the scheduler acts on the feed. It stops when the feed has a problem of its own or when more is worse at once
 * than any known fault can make worse, and starts again after some rounds without a problem.
 * Met by: src/world/seams/scheduling.ts
 */
import type { SchedulerEffect } from "./messages.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** Trust returns after this many rounds without a problem. Chosen: a minute. */
const SOUND_ROUNDS = 6;
/**
 * The feed is at fault when more than this share of gateways, in every centre, and at least this many, are raised.
 * Chosen.
 */
const EVERYTHING = 0.5;
const EVERYTHING_LEAST = 6;

/** Trust in the feed, decided round by round. */
export class FeedTrust {
  readonly #state: SchedulerState;
  #isTrusting = true;
  #soundRounds = 0;

  /** Trusts the feed at first. */
  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** True while the scheduler acts on the feed. */
  get isTrusting(): boolean {
    return this.#isTrusting;
  }

  /** Takes what is wrong with the feed in this round, if anything. Returns an effect when trust is lost or returns. */
  closeRound(problem: string | undefined): SchedulerEffect[] {
    const flaw = problem ?? this.#everythingIsBad();
    if (flaw !== undefined) {
      this.#soundRounds = 0;
      if (!this.#isTrusting) return [];
      this.#isTrusting = false;
      return [{ kind: "fail-open", why: [flaw, "the table stays as it is"] }];
    }
    if (this.#isTrusting) return [];
    this.#soundRounds += 1;
    if (this.#soundRounds < SOUND_ROUNDS) return [];
    this.#isTrusting = true;
    this.#state.quality.resetAll();
    return [{ kind: "feed-trusted", why: [`${String(SOUND_ROUNDS)} sound rounds`] }];
  }

  /**
   * Returns a reason if in every centre more than half of the gateways are raised at once: no known fault is as wide.
   */
  #everythingIsBad(): string | undefined {
    const { topology, quality, dispatch, faults } = this.#state;
    const raised = new Set<number>();
    for (const path of quality.raised)
      if (dispatch.best(path.gateway) === path.endpoint && !faults.isExplained(path)) raised.add(path.gateway);
    if (raised.size < EVERYTHING_LEAST) return undefined;
    const centres = new Map<string, { heard: number; raised: number }>();
    for (const gateway of topology.gateways.keys()) {
      const best = dispatch.best(gateway);
      if (quality.path(gateway, best).sessions.known === 0) continue;
      const { centre } = topology.endpoint(best);
      const count = centres.get(centre) ?? { heard: 0, raised: 0 };
      centres.set(centre, count);
      count.heard += 1;
      if (raised.has(gateway)) count.raised += 1;
    }
    if (centres.size < 2) return undefined;
    for (const count of centres.values()) if (count.raised <= EVERYTHING * count.heard) return undefined;
    return `everything everywhere is worse at once: ${String(raised.size)} gateways in ${String(centres.size)} centres`;
  }
}

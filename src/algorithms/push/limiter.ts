/**
 * How many may be told, and from when on, counted where all workers can see it. GCRA (ITU-T I.371's virtual scheduling)
 * keeps one number, the time at which all that was granted would be over if it went at an even pace: no window has an edge
 * where twice the limit gets through, one write does all, and only the store's clock counts. Who asks before it is his turn
 * is given a moment of his own and waits for it: told when to ask again, all who wait would come at once, and all but one in
 * vain. What is granted is gone, used or not.
 *
 * The counter is the published one: INCR on a key for each second, let through while the count is within the limit. It
 * is here with its faults, to be measured beside the other.
 * Met by: src/world/push/limiters.ts, src/deploy/redis/limiters.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, inSeconds, type Instant, seconds } from "../../base/units.ts";

/** All who share a limit ask with the same one. */
export interface Rate {
  /** More than 0. */
  readonly perSecond: number;
  /** So many may be granted for one moment; a whole number, at least as many as are asked for at once. */
  readonly burst: number;
  /**
   * A grant begins at most so long after it was asked for; 0: at once, or not at all. So many askers of so many each all
   * have a reservation when this is at least askers x many / perSecond: who does not get one has to ask again.
   */
  readonly horizon: Duration;
}

/** What the store answers: no instants, as the asker's clock is another. */
export interface Reservation {
  readonly granted: number;
  /** Until it begins; where nothing is granted, until as much can be, if nobody else takes any before. */
  readonly wait: Duration;
}

/** What the asker makes of it; its own clock's times. */
export type Grant =
  /** To be used from `startsAt` to `validUntil`, both included, and void after that; void at once if the first is later. */
  | { readonly kind: "reserved"; readonly count: number; readonly startsAt: Instant; readonly validUntil: Instant }
  | { readonly kind: "refused"; readonly retryAt: Instant };

/** Time that so many take at the rate, in whole microseconds: rounded up, so that roundings never add to the pace. */
const timeFor = (count: number, perSecond: number): Duration => Math.ceil((count * 1_000_000) / perSecond) as Duration;

/**
 * Reserves all that is wanted (or `burst`, if that is less) or nothing; crumbs would make a hundred calls out of one. `tat`
 * is the state, in microseconds of the store's clock. A state that was lost counts as all spent, up to the furthest moment
 * that may have been reserved: then the bound holds through the loss too. A state restored from an older copy, and a
 * store's clock that is set forward, may grant once more what was spent or reserved: `burst` and a horizon's worth.
 */
export const gcra = (
  tat: number | undefined,
  now: Instant,
  want: number,
  { perSecond, burst, horizon }: Rate,
): Reservation & { readonly tat: number } => {
  assert(
    perSecond > 0 && burst >= 1 && horizon >= 0,
    () => `a limit of ${String(perSecond)} a second, burst ${String(burst)}, horizon ${String(horizon)}`,
  );
  const most = timeFor(burst, perSecond);
  // More is owed than can be: a clock that was set back. It would block all until the clock is there again.
  const from = Math.min(Math.max(tat ?? Infinity, now), now + most + horizon);
  const wanted = Math.min(want, burst);
  const to = from + timeFor(wanted, perSecond);
  const wait = Math.max(0, to - most - now);
  if (wait <= horizon) return { tat: to, granted: wanted, wait: wait as Duration };
  return { tat: from, granted: 0, wait: (wait - horizon) as Duration };
};

/** By the asker's clock: when it asked, when it had the answer; `jitter` is how late a grant may be used. */
interface Asking {
  readonly asked: Instant;
  readonly answered: Instant;
  readonly jitter: Duration;
}

/**
 * The reservation in the asker's own times, so that no two clocks are compared. The store decided after it was asked and
 * before it was heard: so whatever is used in time is used when the reservation begins, or at most `jitter` later.
 */
export const grantOf = ({ granted, wait }: Reservation, { asked, answered, jitter }: Asking): Grant => {
  const [startsAt, validUntil] = [after(answered, wait), after(asked, (wait + jitter) as Duration)];
  return granted === 0
    ? { kind: "refused", retryAt: startsAt }
    : { kind: "reserved", count: granted, startsAt, validUntil };
};

/**
 * The most that arrives in any second, its end not counted, when whatever is reserved arrives within `jitter` of its moment.
 * Moments t rise with the asks. The i-th to the j-th grant take no more than from(i) until to(j), and t <= from, to <= t +
 * most: at most t(j) - t(i) + most. Those that arrive within a second have moments within a second and `jitter`.
 */
export const slidingBound = ({ perSecond, burst }: Pick<Rate, "perSecond" | "burst">, jitter: Duration): number =>
  Math.floor(perSecond + burst + perSecond * inSeconds(jitter));

/** "by-second": a key is named after the second of the caller's clock. "one-key": one key lives for a second from its first use. */
export type CounterKeys = "by-second" | "one-key";

/** What happens to the one who asks. */
interface Asker {
  /** Its clock is ahead of the store's by so much. */
  readonly skew?: Duration;
  /** It dies between INCR and EXPIRE: the key has no expiry, and nothing was answered. */
  readonly dies?: boolean;
}

/** The published counter on a store whose keys expire by the store's clock. */
export class SecondCounter {
  readonly #keys: CounterKeys;
  readonly #counts = new Map<number, { count: number; expiresAt: Instant | undefined }>();

  constructor(keys: CounterKeys) {
    this.#keys = keys;
  }

  /** INCRBY, EXPIRE of a second if the key is new, and whether the count is within the limit. */
  take(now: Instant, want: number, limit: number, { skew = 0 as Duration, dies = false }: Asker = {}): boolean {
    for (const [key, { expiresAt }] of this.#counts) {
      if (expiresAt !== undefined && expiresAt <= now) this.#counts.delete(key);
    }
    const key = this.#keys === "one-key" ? 0 : Math.floor((now + skew) / 1_000_000);
    const entry = this.#counts.get(key);
    if (entry === undefined) {
      this.#counts.set(key, { count: want, expiresAt: dies ? undefined : after(now, seconds(1)) });
      return !dies && want <= limit;
    }
    entry.count += want;
    return !dies && entry.count <= limit;
  }

  /** Keys that will never expire. */
  get leaked(): number {
    return [...this.#counts.values()].filter(({ expiresAt }) => expiresAt === undefined).length;
  }
}

/**
 * How many may be told now, counted where all workers can see it. GCRA (ITU-T I.371's virtual scheduling) keeps one number,
 * the time at which all that was granted would be over if it went at an even pace: no window has an edge where twice the
 * limit gets through, one write does all, and only the store's clock counts. What is granted is gone, used or not.
 *
 * The counter is the published one: INCR on a key for each second, let through while the count is within the limit. It
 * is here with its faults, to be measured beside the other.
 * Met by: src/world/push/limiters.ts, src/deploy/redis/limiters.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, inSeconds, type Instant, seconds } from "../../base/units.ts";

export interface Rate {
  readonly perSecond: number;
  /** So many may be granted at one moment; at least as many as are asked for at once. */
  readonly burst: number;
}

export interface Grant {
  readonly granted: number;
  /** When to ask again, by the asker's clock; now where something was granted. */
  readonly retryAt: Instant;
  /** Not used by then, it is void. By the asker's clock: a fixed time after it *asked*, so that no two clocks are compared. */
  readonly validUntil: Instant;
}

/** Time that so many take at the rate, in whole microseconds: rounded up, so that roundings never add to the pace. */
const timeFor = (count: number, perSecond: number): Duration => Math.ceil((count * 1_000_000) / perSecond) as Duration;

/**
 * Grants all that is wanted (or `burst`, if that is less) or nothing; crumbs would make a hundred calls out of one. `tat` is
 * the state, in microseconds of the store's clock. A state that was lost counts as all spent: then the bound holds through
 * the loss too. A state restored from an older copy may grant `burst` too many, once. `retryAt` is when as much would
 * conform, if nobody else took any before.
 */
export const gcra = (
  tat: number | undefined,
  now: Instant,
  want: number,
  { perSecond, burst }: Rate,
): { readonly tat: number; readonly granted: number; readonly retryAt: Instant } => {
  assert(perSecond > 0 && burst >= 1, () => `a limit of ${String(perSecond)} a second, burst ${String(burst)}`);
  const most = timeFor(burst, perSecond);
  // More is owed than can be: a clock that was set back. It would block all until the clock is there again.
  const from = Math.min(Math.max(tat ?? Infinity, now), now + most);
  const wanted = Math.min(want, burst);
  const to = from + timeFor(wanted, perSecond);
  if (to <= now + most) return { tat: to, granted: wanted, retryAt: now };
  return { tat: from, granted: 0, retryAt: (to - most) as Instant };
};

/** The most that arrives in any second, its end not counted, when whatever is granted arrives within `jitter` of the grant. */
export const slidingBound = ({ perSecond, burst }: Rate, jitter: Duration): number =>
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

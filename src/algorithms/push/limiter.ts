/**
 * The limit on pushes, counted where all workers can see it. GCRA (ITU-T I.371's virtual scheduling) keeps one number, the
 * time at which all that was granted would be over at an even pace: no window has an edge where twice the limit gets through,
 * one write does all, and only the store's clock counts. A worker that asks early gets a moment of its own and waits for it:
 * if it were told when to ask again, all waiting workers would ask at once, and all but one in vain. A grant is spent, used
 * or not.
 *
 * The counter is the published one: INCR on a key for each second, let through while the count is within the limit. It
 * is here with its faults, to be measured beside GCRA.
 * Met by: src/world/push/limiters.ts, src/deploy/redis/limiters.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, inSeconds, type Instant, seconds } from "../../base/units.ts";

/** A limit. All workers that share it ask with the same numbers. */
export interface Rate {
  /** Subscribers per second, more than 0. */
  readonly perSecond: number;
  /** The most that is granted for one moment: a whole number, at least as many as a worker asks for at once. */
  readonly burst: number;
  /**
   * The longest time from asking until a grant begins; 0: at once, or not at all. With at least workers × batch / perSecond
   * every worker can hold a reservation; with less, workers without one have to ask again.
   */
  readonly horizon: Duration;
}

/** What the store answers. It has no instants, as the worker's clock is another. */
export interface Reservation {
  /** What was wanted, up to the burst, or 0. */
  readonly granted: number;
  /** Time until the grant begins; if nothing is granted, until it can be, provided that no other worker asks first. */
  readonly wait: Duration;
}

/** A reservation by the worker's own clock. */
export type Grant =
  /** Valid from `startsAt` to `validUntil`, both included; never valid if the first is later. */
  | { readonly kind: "reserved"; readonly count: number; readonly startsAt: Instant; readonly validUntil: Instant }
  | { readonly kind: "refused"; readonly retryAt: Instant };

/** Returns the time that `count` take at the rate, rounded up to whole microseconds, so that roundings never raise the pace. */
const timeFor = (count: number, perSecond: number): Duration => Math.ceil((count * 1_000_000) / perSecond) as Duration;

/**
 * Reserves all that is wanted, up to `burst`, or nothing: small rests would make many calls out of one. `tat` is the state
 * (the theoretical arrival time), in microseconds of the store's clock; keep the one that is returned. A lost state
 * (undefined) counts as all spent, up to the furthest moment that may have been reserved, so that the bound holds through the
 * loss. A state restored from an older copy, and a store's clock that is set forward, may grant once more what was spent or
 * reserved: `burst` and a horizon's worth.
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
  // More is owed than can be: the clock was set back. Without the bound all would wait until the clock is there again.
  const from = Math.min(Math.max(tat ?? Infinity, now), now + most + horizon);
  const wanted = Math.min(want, burst);
  const to = from + timeFor(wanted, perSecond);
  const wait = Math.max(0, to - most - now);
  if (wait <= horizon) return { tat: to, granted: wanted, wait: wait as Duration };
  return { tat: from, granted: 0, wait: (wait - horizon) as Duration };
};

/** When a worker asked and was answered, by its own clock; `jitter` is how late a grant may be used. */
interface Asking {
  readonly asked: Instant;
  readonly answered: Instant;
  readonly jitter: Duration;
}

/**
 * Returns the reservation in the worker's own times, so that no two clocks are compared. The store decided after it was asked
 * and before it was heard: so a grant that is used while it is valid is used when the reservation begins, or at most `jitter`
 * later.
 */
export const grantOf = ({ granted, wait }: Reservation, { asked, answered, jitter }: Asking): Grant => {
  const [startsAt, validUntil] = [after(answered, wait), after(asked, (wait + jitter) as Duration)];
  return granted === 0
    ? { kind: "refused", retryAt: startsAt }
    : { kind: "reserved", count: granted, startsAt, validUntil };
};

/**
 * Returns the most that arrives in any second, its end excluded, when each grant arrives within `jitter` of its moment.
 * Moments t rise with the asks. The i-th to the j-th grant take no more than from(i) until to(j), and t <= from, to <= t +
 * most: at most t(j) - t(i) + most. Those that arrive within a second have moments within a second and `jitter`.
 */
export const slidingBound = ({ perSecond, burst }: Pick<Rate, "perSecond" | "burst">, jitter: Duration): number =>
  Math.floor(perSecond + burst + perSecond * inSeconds(jitter));

/** "by-second": a key is named after the second of the caller's clock. "one-key": one key lives for a second from its first use. */
export type CounterKeys = "by-second" | "one-key";

/** What happens to the caller. */
interface Asker {
  /** How far its clock is ahead of the store's. */
  readonly skew?: Duration;
  /** True if it dies between INCR and EXPIRE: the key has no expiry, and the caller no answer. */
  readonly dies?: boolean;
}

/** The published counter, on a store that expires keys by its own clock. */
export class SecondCounter {
  readonly #keys: CounterKeys;
  readonly #counts = new Map<number, { count: number; expiresAt: Instant | undefined }>();

  /** Starts without any key. */
  constructor(keys: CounterKeys) {
    this.#keys = keys;
  }

  /** Adds `want` to the key (INCRBY), which expires in a second if it is new, and returns true within the limit. */
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

  /** Number of keys that will never expire. */
  get leaked(): number {
    return [...this.#counts.values()].filter(({ expiresAt }) => expiresAt === undefined).length;
  }
}

/**
 * Simulated time and sizes. Control-plane quantities are integers in one base unit, so that sums are
 * exact and equal everywhere; the name or the type carries the unit.
 */

declare const unit: unique symbol;

/** A point in time: integer microseconds since the run began. */
export type Instant = number & { readonly [unit]: "instant" };

/** A length of time: integer microseconds. */
export type Duration = number & { readonly [unit]: "duration" };

/** Later than every instant. A machine whose `wakeAt` is NEVER sleeps until spoken to. */
export const NEVER = Infinity as Instant;
export const START = 0 as Instant;

export const ms = (count: number): Duration => Math.round(count * 1_000) as Duration;
export const seconds = (count: number): Duration => Math.round(count * 1_000_000) as Duration;
export const minutes = (count: number): Duration => seconds(count * 60);
export const hours = (count: number): Duration => seconds(count * 3_600);

/** One second. */
export const SECOND = seconds(1);

export const after = (start: Instant, wait: Duration): Instant => (start + wait) as Instant;

/** Whole or fractional seconds of an instant or a duration. */
export const inSeconds = (time: Instant | Duration): number => time / SECOND;

/** The data plane's unit: whole milliseconds, rounded to the nearest. */
export const inMs = (time: Instant | Duration): number => Math.round(time / 1_000);

const PARTS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1_000],
  ["us", 1],
];

/** Text a scenario would accept again: "1 h 30 min", "2.5 s" never (it prints "2 s 500 ms"), "0 s" for none. */
export const printDuration = (time: Instant | Duration): string => {
  let left: number = time;
  const words: string[] = [];
  for (const [name, size] of PARTS) {
    const count = Math.floor(left / size);
    if (count > 0) words.push(`${String(count)} ${name}`);
    left -= count * size;
  }
  return words.length === 0 ? "0 s" : words.join(" ");
};

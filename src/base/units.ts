/**
 * Time. Instants and durations of the control plane are integers in one base unit, so that sums are exact and equal
 * everywhere; the name or the type carries the unit.
 */

declare const unit: unique symbol;

/** A point in time: integer microseconds since the run began. */
export type Instant = number & { readonly [unit]: "instant" };

/** A length of time: integer microseconds. */
export type Duration = number & { readonly [unit]: "duration" };

/** Later than every instant. A machine whose `wakeAt` is NEVER waits for an input. */
export const NEVER = Infinity as Instant;
/** The instant at which the run begins. */
export const START = 0 as Instant;

/** Returns a duration of milliseconds, rounded to whole microseconds. */
export const ms = (count: number): Duration => Math.round(count * 1_000) as Duration;
/** Returns a duration of seconds, rounded to whole microseconds. */
export const seconds = (count: number): Duration => Math.round(count * 1_000_000) as Duration;
/** Returns a duration of minutes, rounded to whole microseconds. */
export const minutes = (count: number): Duration => seconds(count * 60);
/** Returns a duration of hours, rounded to whole microseconds. */
export const hours = (count: number): Duration => seconds(count * 3_600);

/** One second. */
export const SECOND = seconds(1);

/** Returns the instant a given time after another. */
export const after = (start: Instant, wait: Duration): Instant => (start + wait) as Instant;

/** Returns the instant at a given time since the run began. */
export const instantAt = (sinceStart: Duration): Instant => after(START, sinceStart);

/** Returns the seconds of an instant or a duration, with fraction. */
export const inSeconds = (time: Instant | Duration): number => time / SECOND;

/** Returns an instant or a duration in the data plane's unit: milliseconds, rounded to the nearest. */
export const inMs = (time: Instant | Duration): number => Math.round(time / 1_000);

/** Returns the numbers of the whole minutes of the run that lie between two instants. */
export const wholeMinutes = (from: Instant, to: Instant): readonly number[] => {
  const first = Math.ceil(inSeconds(from) / 60);
  return Array.from({ length: Math.max(0, Math.floor(inSeconds(to) / 60) - first) }, (_, minute) => first + minute);
};

const PARTS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1_000],
  ["us", 1],
];

/** Prints a time as a scenario reads it, in whole units: "1 h 30 min", "2 s 500 ms", "0 s". */
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

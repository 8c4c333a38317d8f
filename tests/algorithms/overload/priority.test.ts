import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS, levelOf, USER_LEVELS } from "../../../src/algorithms/overload/levels.ts";
import { ADMISSION_DEFAULTS, admissionOf } from "../../../src/algorithms/overload/policy.ts";
import { Draws } from "../../../src/base/random.ts";
import { hours, type Instant, ms, seconds, instantAt } from "../../../src/base/units.ts";

const salt = new Draws("salt", "user priority");
const at = (second: number): Instant => instantAt(seconds(second));

/**
 * A window of a second: a request of each level given, all with this wait; returns how many were admitted. Callers who know the
 * guard's level hold back, and tell.
 */
const live = (
  guard: ReturnType<typeof admissionOf>,
  second: number,
  levels: readonly number[],
  waitMs: number,
  callersKnow = false,
): number => {
  let admitted = 0;
  levels.forEach((level, n) => {
    const now = (at(second) + Math.floor((n * 900_000) / levels.length)) as Instant;
    if (callersKnow && level >= guard.level) {
      guard.heldBack(level, 1);
      return;
    }
    if (!guard.arrive(level, 0.5, now)) return;
    admitted += 1;
    guard.start(ms(waitMs), now);
  });
  return admitted;
};
const EVEN = Array.from({ length: 1_280 }, (_, n) => (n % 128) + 0.5);

describe("a level", () => {
  it("is the same for a user all hour, another the next, and business comes first", () => {
    const hour = instantAt(hours(1));
    expect(levelOf(salt, 0, 7, 0 as Instant)).toBe(levelOf(salt, 0, 7, (hour - 1) as Instant));
    expect(levelOf(salt, 0, 7, 0 as Instant)).not.toBe(levelOf(salt, 0, 7, hour));
    for (let user = 0; user < 1_000; user++) {
      const level = levelOf(salt, 3, user, 0 as Instant);
      expect(Math.floor(level / USER_LEVELS)).toBe(3);
      expect(level).toBeLessThan(LEVELS);
    }
  });
});

describe("admission by priority", () => {
  it("sheds a twentieth after an overloaded window, and lets a hundredth in again after a good one, by hand", () => {
    const guard = admissionOf(ADMISSION_DEFAULTS.priority);
    expect(live(guard, 0, EVEN, 30)).toBe(1_280);
    expect(live(guard, 2, EVEN, 10)).toBe(1_220);
    expect(guard.level).toBeCloseTo(0.95 * 128, 9);
    live(guard, 4, EVEN, 10);
    expect(guard.level).toBeCloseTo(0.95 * 128 + 1.28, 9);
  });

  it("never lets a less important request in while it turns a more important one away", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 }), (waits) => {
        const guard = admissionOf(ADMISSION_DEFAULTS.priority);
        waits.forEach((wait, window) => live(guard, 2 * window, EVEN, wait));
        const now = at(1_000);
        const answers = EVEN.slice(0, 128).map((level) => level < guard.level);
        expect(answers.lastIndexOf(true)).toBeLessThan(answers.includes(false) ? answers.indexOf(false) : 128);
        expect(guard.arrive(0, 0, now) || guard.level <= 0.01).toBe(true);
      }),
    );
  });

  it("finds its way back when callers held the others back, who are told of and not sent", () => {
    const guard = admissionOf(ADMISSION_DEFAULTS.priority);
    for (let window = 0; window < 40; window++) live(guard, 2 * window, EVEN, 30);
    const low = guard.level;
    expect(low).toBeLessThan(0.2 * 128);
    for (let window = 40; window < 160; window++) live(guard, 2 * window, EVEN, 1, true);
    expect(guard.level).toBeGreaterThan(0.95 * 128);
  });

  it("does not open wide into the hole that holding back leaves in what it sees", () => {
    const guard = admissionOf(ADMISSION_DEFAULTS.priority);
    for (let window = 0; window < 40; window++) live(guard, 2 * window, EVEN, 30);
    const before = guard.level;
    for (const window of [40, 41]) live(guard, 2 * window, EVEN, 10, true);
    expect(guard.level).toBeLessThan(1.02 * before);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calendar, DUE, type Handler } from "../../src/engine/calendar.ts";

/** Fires each record at a list of delays of its own, and notes every event as "index@absolute ms". */
class Diary implements Handler {
  readonly events: string[] = [];
  readonly #calendar: Calendar;
  readonly #delays: readonly (readonly number[])[];

  constructor(calendar: Calendar, delays: readonly (readonly number[])[]) {
    this.#calendar = calendar;
    this.#delays = delays;
  }

  fire(pool: Int32Array, at: number): number {
    const index = pool[at]!;
    const nth = pool[at + 2]!;
    const absolute = this.#calendar.base + pool[at + DUE]!;
    this.events.push(`${String(index)}@${String(absolute)}`);
    expect(absolute).toBeLessThan(this.#calendar.at + this.#calendar.bucketMs);
    expect(pool[at + 3]).toBe(index * 7);
    pool[at + 2] = nth + 1;
    return this.#delays[index]![nth] ?? 0;
  }
}

/** When a person with these delays has events, the first at `first`. */
const expected = (index: number, first: number, delays: readonly number[]): string[] => {
  let time = first;
  const events = [`${String(index)}@${String(time)}`];
  for (const delay of delays) events.push(`${String(index)}@${String((time += delay))}`);
  return events;
};

const drainAll = (calendar: Calendar, handler: Handler): number => {
  let fired = 0;
  while (calendar.size > 0) fired += calendar.drain(handler);
  return fired;
};

const delay = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 2_000 }),
  fc.integer({ min: 1, max: 60_000 }),
);
const person = fc.record({ first: fc.integer({ min: 0, max: 40_000 }), delays: fc.array(delay, { maxLength: 12 }) });

describe("the calendar", () => {
  test("fires every record exactly once at each of its dues, whatever the delays, the horizon, the bucket and the room", () => {
    fc.assert(
      fc.property(
        fc.array(person, { maxLength: 60 }),
        fc.constantFrom(1, 7, 250),
        fc.constantFrom(100, 3_000, 60_000),
        fc.constantFrom(0, 100),
        (people, bucketMs, horizonMs, capacity) => {
          const calendar = new Calendar({ capacity, horizonMs, bucketMs });
          people.forEach(({ first }, index) => calendar.add(index, first, 0, index * 7));
          expect(calendar.size).toBe(people.length);
          const diary = new Diary(calendar, people.map(({ delays }) => delays)); // prettier-ignore
          const fired = drainAll(calendar, diary);
          const wanted = people.flatMap(({ first, delays }, index) => expected(index, first, delays));
          expect(fired).toBe(wanted.length);
          expect(diary.events.toSorted()).toEqual(wanted.toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });

  test("grows far beyond its capacity, from within a drain too", () => {
    const calendar = new Calendar({ capacity: 1, horizonMs: 1_000 });
    const seen = new Set<number>();
    let next = 1;
    calendar.add(0, 0, 0, 0);
    const handler: Handler = {
      fire: (pool, at) => {
        const due = pool[at + DUE]!;
        const twice = seen.has(pool[at]!);
        seen.add(pool[at]!);
        // Each of the first thousands brings four more, at once and later, and comes back once itself.
        if (!twice) for (let i = 0; i < 4 && next < 20_000; i++) calendar.add(next++, due + i * 90, 11, 13);
        pool[at + 2] = 5;
        return twice ? 0 : 300;
      },
    };
    expect(drainAll(calendar, handler)).toBe(40_000);
    expect(seen.size).toBe(20_000);
  });

  test("handles what is added for the past in the next drain", () => {
    const calendar = new Calendar({ capacity: 4, horizonMs: 1_000 });
    const diary = new Diary(calendar, [[]]);
    for (let i = 0; i < 10; i++) calendar.drain(diary);
    calendar.add(0, 30, 0, 0);
    expect(calendar.drain(diary)).toBe(1);
    expect(diary.events).toEqual(["0@30"]);
  });

  test("keeps exact time over a run of sixty days", () => {
    const day = 86_400_000;
    const calendar = new Calendar({ capacity: 3, horizonMs: day, bucketMs: 60_000 });
    const delays = [
      Array.from({ length: 60 }, () => day),
      Array.from({ length: 6 }, () => 10 * day + 1),
      [1, 12 * day],
    ];
    delays.forEach((_, index) => calendar.add(index, index * 1_000, 0, index * 7));
    const diary = new Diary(calendar, delays);
    drainAll(calendar, diary);
    expect(calendar.base).toBeGreaterThan(0);
    expect(diary.events.toSorted()).toEqual(
      delays.flatMap((list, index) => expected(index, index * 1_000, list)).toSorted(),
    );
  });

  test("refuses a delay it could not honour", () => {
    const calendar = new Calendar({ capacity: 1, horizonMs: 1_000 });
    calendar.add(0, 0, 0, 0);
    expect(() => calendar.drain({ fire: () => 40 * 86_400_000 })).toThrow("beyond 12 days");
    expect(() => calendar.add(1, 3_000_000_000, 0, 0)).toThrow("whole ms");
  });
});

describe("a sweep", () => {
  test("shows every pending record once, and keeps, moves and retires as it is told", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ due: fc.integer({ min: 0, max: 90_000 }), moveTo: fc.integer({ min: -40_000, max: 90_000 }) }), { maxLength: 1_500 }), // prettier-ignore
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(2_000, 60_000),
        (people, drains, horizonMs) => {
          const calendar = new Calendar({ capacity: people.length, horizonMs });
          const quiet = new Diary(calendar, []);
          for (let i = 0; i < drains; i++) calendar.drain(quiet);
          people.forEach(({ due }, index) => calendar.add(index, due, 0, index * 7));
          const visits = new Int32Array(people.length);
          // A third is retired, a third moved (back in time too: those come up next), a third left alone.
          calendar.sweep({
            visit: (pool, at) => {
              const index = pool[at]!;
              visits[index]! += 1;
              expect(pool[at + DUE]).toBe(people[index]!.due);
              expect(pool[at + 3]).toBe(index * 7);
              if (index % 3 === 1) pool[at + DUE] = Math.max(0, people[index]!.moveTo);
              return index % 3 !== 0;
            },
          });
          expect(visits.every((count) => count === 1)).toBe(true);
          const left = people.flatMap(({ due, moveTo }, index) =>
            index % 3 === 0 ? [] : [`${String(index)}@${String(index % 3 === 1 ? Math.max(0, moveTo) : due)}`],
          );
          expect(calendar.size).toBe(left.length);
          const diary = new Diary(calendar, people.map(() => [])); // prettier-ignore
          expect(drainAll(calendar, diary)).toBe(left.length);
          expect(diary.events.toSorted()).toEqual(left.toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });

  test("may add records, which it does not visit", () => {
    const calendar = new Calendar({ capacity: 10, horizonMs: 10_000 });
    for (let i = 0; i < 3_000; i++) calendar.add(i, i * 3, 0, i * 7);
    let visited = 0;
    calendar.sweep({
      visit: (pool, at) => {
        visited += 1;
        const index = 3_000 + pool[at]!;
        calendar.add(index, index, 0, index * 7);
        return true;
      },
    });
    expect(visited).toBe(3_000);
    const diary = new Diary(calendar, Array.from({ length: 6_000 }, () => [])); // prettier-ignore
    expect(drainAll(calendar, diary)).toBe(6_000);
    expect(new Set(diary.events).size).toBe(6_000);
  });

  test("returns its chunks: sweeping again and again takes no more memory", () => {
    const calendar = new Calendar({ capacity: 5_000, horizonMs: 10_000 });
    for (let i = 0; i < 5_000; i++) calendar.add(i, i, 0, 0);
    const before = calendar.bytes;
    for (let round = 0; round < 50; round++) {
      calendar.sweep({
        visit: (pool, at) => {
          pool[at + DUE] = (pool[at + DUE]! * 7 + round) % 9_000;
          return true;
        },
      });
    }
    expect(calendar.bytes).toBe(before);
    expect(calendar.size).toBe(5_000);
  });
});

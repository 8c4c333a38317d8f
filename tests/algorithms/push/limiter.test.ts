/** The limiter's bound, by brute force over any asks, beside the published counter with each of its faults. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gcra, type Rate, SecondCounter, slidingBound } from "../../../src/algorithms/push/limiter.ts";
import { type Duration, type Instant, ms, seconds } from "../../../src/base/units.ts";

const SECOND = 1_000_000;
const at = (time: number): Instant => time as Instant;

interface Arrival {
  readonly time: number;
  readonly count: number;
}

/** The most that arrives in any second, its end not counted: the worst begins with an arrival. */
const worstSecond = (arrivals: readonly Arrival[]): number =>
  Math.max(
    0,
    ...arrivals.map(({ time: start }) =>
      arrivals.reduce((sum, { time, count }) => (time >= start && time < start + SECOND ? sum + count : sum), 0),
    ),
  );

describe("GCRA", () => {
  const rate: Rate = { perSecond: 1_000, burst: 100 };

  it("grants the burst, then the pace, and says when to come again", () => {
    // An idle limiter: its time lies in the past.
    const first = gcra(0, at(SECOND), 100, rate);
    expect(first).toEqual({ tat: SECOND + 100_000, granted: 100, retryAt: SECOND });
    const second = gcra(first.tat, at(SECOND), 40, rate);
    expect(second).toEqual({ tat: first.tat, granted: 0, retryAt: SECOND + 40_000 });
    expect(gcra(second.tat, at(SECOND + 39_999), 40, rate).granted).toBe(0);
    expect(gcra(second.tat, second.retryAt, 40, rate).granted).toBe(40);
  });

  it("begins empty when its state is lost, and recovers from a clock that was set back", () => {
    const lost = gcra(undefined, at(SECOND), 1, rate);
    expect(lost).toEqual({ tat: SECOND + 100_000, granted: 0, retryAt: SECOND + 1_000 });
    expect(gcra(50 * SECOND, at(SECOND), 1, rate)).toEqual(lost);
  });

  it("cuts a wish to the burst, so that everybody is served some time", () => {
    expect(gcra(0, at(SECOND), 5_000, rate).granted).toBe(100);
  });

  const asks = fc.array(
    fc.record({ later: fc.integer({ min: 0, max: 400_000 }), want: fc.integer({ min: 1, max: 400 }) }),
    {
      maxLength: 60,
    },
  );
  const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 3_000 }), burst: fc.integer({ min: 1, max: 500 }) });

  it("keeps any second, wherever it begins, within limit + burst, also when its state is lost at any ask", () => {
    fc.assert(
      fc.property(asks, rates, fc.array(fc.nat(60), { maxLength: 3 }), (wishes, one, losses) => {
        let [tat, now]: [number | undefined, number] = [0, 0];
        const arrivals: Arrival[] = [];
        for (const [index, { later, want }] of wishes.entries()) {
          now += later;
          const answer = gcra(losses.includes(index) ? undefined : tat, at(now), want, one);
          tat = answer.tat;
          arrivals.push({ time: now, count: answer.granted });
        }
        expect(worstSecond(arrivals)).toBeLessThanOrEqual(slidingBound(one, ms(0)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps arrivals within limit + burst + limit × jitter when each comes late by any part of the jitter", () => {
    fc.assert(
      fc.property(
        asks,
        rates,
        fc.integer({ min: 0, max: 500_000 }),
        fc.infiniteStream(fc.nat()),
        (wishes, one, jitter, late) => {
          let [tat, now] = [0, 0];
          const arrivals: Arrival[] = [];
          for (const { later, want } of wishes) {
            now += later;
            const answer = gcra(tat, at(now), want, one);
            tat = answer.tat;
            const wait = (late.next().value as number) % (jitter + 1);
            arrivals.push({ time: now + wait, count: answer.granted });
          }
          expect(worstSecond(arrivals)).toBeLessThanOrEqual(slidingBound(one, jitter as Duration));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("reaches the bound: it promises no more than is true", () => {
    let tat = 0;
    const arrivals: Arrival[] = [];
    for (let now = 10 * SECOND; now < 11 * SECOND; now += 1_000) {
      const { tat: next, granted } = gcra(tat, at(now), now === 10 * SECOND ? 100 : 1, rate);
      tat = next;
      // All that was granted within the jitter before comes at once; what is granted later, at once too.
      arrivals.push({ time: Math.max(now, 10 * SECOND + 250_000), count: granted });
    }
    for (let now = 11 * SECOND; now < 11 * SECOND + 250_000; now += 1_000) {
      const { tat: next, granted } = gcra(tat, at(now), 1, rate);
      tat = next;
      arrivals.push({ time: now, count: granted });
    }
    expect(worstSecond(arrivals)).toBe(slidingBound(rate, ms(250)) - 1);
  });

  it("gives all of the limit to whoever comes when told to", () => {
    let [tat, now, granted] = [0, SECOND, 0];
    while (now < 11 * SECOND) {
      const answer = gcra(tat, at(now), 50, rate);
      tat = answer.tat;
      granted += answer.granted;
      now = answer.granted > 0 ? now : answer.retryAt;
    }
    expect(granted).toBe(10 * 1_000 + 100 - 50);
  });
});

describe("the published counter", () => {
  const LIMIT = 100;
  const flood = (counter: SecondCounter, times: readonly number[]): Arrival[] =>
    times.flatMap((time) =>
      Array.from({ length: 150 }, () => ({ time, count: counter.take(at(time), 1, LIMIT) ? 1 : 0 })),
    );

  it("keeps each second of the clock, and lets twice the limit through at the edge between two", () => {
    const arrivals = flood(new SecondCounter("by-second"), [1.999 * SECOND, 2 * SECOND]);
    expect(worstSecond(arrivals)).toBe(2 * LIMIT);
    let tat = 0;
    const bounded = arrivals.map(({ time }) => {
      const answer = gcra(tat, at(time), 1, { perSecond: LIMIT, burst: 1 });
      tat = answer.tat;
      return { time, count: answer.granted };
    });
    expect(worstSecond(bounded)).toBeLessThanOrEqual(LIMIT + 1);
  });

  it("lets twice the limit through with one key too: at the end of its life and at the birth of the next", () => {
    const counter = new SecondCounter("one-key");
    counter.take(at(0), 1, LIMIT);
    expect(worstSecond(flood(counter, [0.999 * SECOND, SECOND]))).toBe(2 * LIMIT - 1);
  });

  it("blocks for ever when the one who set the key died before it gave it an expiry", () => {
    const counter = new SecondCounter("one-key");
    counter.take(at(0), 1, LIMIT, { dies: true });
    const later = Array.from({ length: 150 }, (_, hour) => counter.take(at((hour + 1) * 3_600 * SECOND), 1, LIMIT));
    expect(later.filter(Boolean)).toHaveLength(LIMIT - 1);
    expect(later.slice(LIMIT).some(Boolean)).toBe(false);
    expect(counter.leaked).toBe(1);
  });

  it("leaks the key of each second in which one died, though that blocks nobody", () => {
    const counter = new SecondCounter("by-second");
    for (let second = 0; second < 5; second++) counter.take(at(second * SECOND), 1, LIMIT, { dies: true });
    expect(counter.leaked).toBe(5);
    expect(counter.take(at(9 * SECOND), 1, LIMIT)).toBe(true);
  });

  it("gives each clock its own limit: k dispatchers whose clocks differ by a second get k times the limit", () => {
    const counter = new SecondCounter("by-second");
    let passed = 0;
    for (let dispatcher = 0; dispatcher < 3; dispatcher++)
      for (let ask = 0; ask < 150; ask++) {
        if (counter.take(at(5.5 * SECOND), 1, LIMIT, { skew: seconds(dispatcher) })) passed += 1;
      }
    expect(passed).toBe(3 * LIMIT);
  });
});

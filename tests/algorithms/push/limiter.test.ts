/** The limiter's bound, by brute force over any asks, beside the published counter with each of its faults. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gcra, grantOf, type Rate, SecondCounter, slidingBound } from "../../../src/algorithms/push/limiter.ts";
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
  const rate: Rate = { perSecond: 1_000, burst: 100, horizon: ms(50) };
  const atOnce: Rate = { ...rate, horizon: ms(0) };

  it("grants the burst, then moments at the pace as far as its horizon, and says when to come again", () => {
    // An idle limiter: its time lies in the past.
    const first = gcra(0, at(SECOND), 100, rate);
    expect(first).toEqual({ tat: SECOND + 100_000, granted: 100, wait: 0 });
    const second = gcra(first.tat, at(SECOND), 40, rate);
    expect(second).toEqual({ tat: SECOND + 140_000, granted: 40, wait: 40_000 });
    const third = gcra(second.tat, at(SECOND), 40, rate);
    expect(third).toEqual({ tat: second.tat, granted: 0, wait: 30_000 });
    expect(gcra(third.tat, at(SECOND + 29_999), 40, rate).granted).toBe(0);
    expect(gcra(third.tat, at(SECOND + 30_000), 40, rate)).toMatchObject({ granted: 40, wait: 50_000 });
  });

  it("without a horizon grants at once or not at all", () => {
    const first = gcra(0, at(SECOND), 100, atOnce);
    expect(gcra(first.tat, at(SECOND), 40, atOnce)).toEqual({ tat: first.tat, granted: 0, wait: 40_000 });
    expect(gcra(first.tat, at(SECOND + 40_000), 40, atOnce)).toMatchObject({ granted: 40, wait: 0 });
  });

  it("begins with all spent and reserved when its state is lost, and recovers from a clock that was set back", () => {
    const lost = gcra(undefined, at(SECOND), 1, rate);
    expect(lost).toEqual({ tat: SECOND + 150_000, granted: 0, wait: 1_000 });
    expect(gcra(50 * SECOND, at(SECOND), 1, rate)).toEqual(lost);
  });

  it("refuses nobody whose turn comes within the horizon: askers x wish / limit", () => {
    const refused = (horizon: number): number => {
      const next = Array.from({ length: 8 }, () => SECOND);
      let [tat, count] = [0, 0];
      for (let ask = 0; ask < 2_000; ask++) {
        const asker = next.indexOf(Math.min(...next));
        const answer = gcra(tat, at(next[asker]!), 50, { ...rate, horizon: horizon as Duration });
        tat = answer.tat;
        // A worker that has used its grant asks for more.
        next[asker]! += answer.wait;
        if (answer.granted === 0) count += 1;
      }
      return count;
    };
    const all = (8 * 50 * SECOND) / rate.perSecond;
    expect(refused(all)).toBe(0);
    expect(refused(all - 1)).toBeGreaterThan(0);
    // Each turn wakes all who wait for one.
    expect(refused(0)).toBeGreaterThan(1_700);
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
  const rates = fc.record({
    perSecond: fc.integer({ min: 1, max: 3_000 }),
    burst: fc.integer({ min: 1, max: 500 }),
    horizon: fc.integer({ min: 0, max: 2_000_000 }) as unknown as fc.Arbitrary<Duration>,
  });
  const jitters = fc.integer({ min: 0, max: 500_000 });
  /** How late each is used, as a share of the jitter: any, or the last valid moment. */
  const lateness = fc.infiniteStream(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1)));
  /** Requests at which the store fails: its state is lost, or its clock is set back by `back`. */
  const mishaps = fc.array(fc.record({ ask: fc.nat(60), back: fc.option(fc.integer({ min: 1, max: 5_000_000 })) }), {
    maxLength: 3,
  });

  /** The bound at the message service through all that happens; `lost` is what a lost state counts as. */
  const bounded = (lost: (now: number, one: Rate) => number | undefined) =>
    fc.property(asks, rates, jitters, lateness, mishaps, (wishes, one, jitter, late, befalls) => {
      let [tat, now, offset]: [number | undefined, number, number] = [0, 0, 100 * SECOND];
      const arrivals: Arrival[] = [];
      for (const [index, { later, want }] of wishes.entries()) {
        now += later;
        for (const { ask, back } of befalls) {
          if (ask !== index) continue;
          if (back === null) tat = lost(now + offset, one);
          else offset -= back;
        }
        const answer = gcra(tat, at(now + offset), want, one);
        tat = answer.tat;
        if (answer.granted === 0) continue;
        const used = now + answer.wait + Math.floor((late.next().value as number) * jitter);
        arrivals.push({ time: used, count: answer.granted });
      }
      expect(worstSecond(arrivals)).toBeLessThanOrEqual(slidingBound(one, jitter as Duration));
    });

  it("keeps any second at the message service within limit + burst + limit × jitter, through lost states and clocks set back", () => {
    fc.assert(
      bounded(() => undefined),
      { numRuns: 5_000 },
    );
  });

  it("would not if a lost state counted as the burst alone, without what others have reserved", () => {
    const most = (now: number, { perSecond, burst }: Rate): number => now + Math.ceil((burst * SECOND) / perSecond);
    expect(fc.check(bounded(most), { numRuns: 5_000, seed: 1 }).failed).toBe(true);
  });

  it("reaches the bound: it promises no more than is true", () => {
    let tat = 0;
    const arrivals: Arrival[] = [];
    for (let now = 10 * SECOND; now < 11 * SECOND; now += 1_000) {
      const { tat: next, granted } = gcra(tat, at(now), now === 10 * SECOND ? 100 : 1, atOnce);
      tat = next;
      // All that was granted within the jitter before comes at once; what is granted later, at once too.
      arrivals.push({ time: Math.max(now, 10 * SECOND + 250_000), count: granted });
    }
    for (let now = 11 * SECOND; now < 11 * SECOND + 250_000; now += 1_000) {
      const { tat: next, granted } = gcra(tat, at(now), 1, atOnce);
      tat = next;
      arrivals.push({ time: now, count: granted });
    }
    expect(worstSecond(arrivals)).toBe(slidingBound(rate, ms(250)) - 1);
  });

  it("gives all of the limit to whoever comes when told to", () => {
    let [tat, now, granted] = [0, SECOND, 0];
    while (now < 11 * SECOND) {
      const answer = gcra(tat, at(now), 50, atOnce);
      tat = answer.tat;
      granted += answer.granted;
      now += answer.wait;
    }
    expect(granted).toBe(10 * 1_000 + 100 - 50);
  });
});

describe("a reservation in the asker's times", () => {
  const times = { asked: at(SECOND), answered: at(SECOND + 30_000), jitter: ms(100) };

  it("begins when its wait is over after the answer, and ends with the jitter after the question", () => {
    expect(grantOf({ granted: 5, wait: ms(400) }, times)).toEqual({
      ...{ kind: "reserved", count: 5, startsAt: SECOND + 430_000, validUntil: SECOND + 500_000 },
    });
    expect(grantOf({ granted: 0, wait: ms(400) }, times)).toEqual({ kind: "refused", retryAt: SECOND + 430_000 });
  });

  it("lies within the jitter after the store's moment, whatever the clocks show and however long the ways take", () => {
    const span = (max: number) => fc.nat(max);
    fc.assert(
      fc.property(
        span(200_000),
        span(200_000),
        span(2_000_000),
        span(500_000),
        fc.integer(),
        (to, back, wait, jitter, off) => {
          const decided = 10 * SECOND;
          const grant = grantOf(
            { granted: 1, wait: wait as Duration },
            { asked: at(decided - to + off), answered: at(decided + back + off), jitter: jitter as Duration },
          );
          if (grant.kind !== "reserved") return expect.unreachable();
          expect(grant.startsAt - off).toBeGreaterThanOrEqual(decided + wait);
          expect(grant.validUntil - off).toBeLessThanOrEqual(decided + wait + jitter);
          expect(grant.startsAt <= grant.validUntil).toBe(to + back <= jitter);
        },
      ),
    );
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
      const answer = gcra(tat, at(time), 1, { perSecond: LIMIT, burst: 1, horizon: ms(0) });
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

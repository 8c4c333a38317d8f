import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RETRY_DEFAULTS, Retries } from "../../../src/algorithms/overload/retry.ts";
import { type Instant, seconds, instantAt } from "../../../src/base/units.ts";

const at = (second: number): Instant => instantAt(seconds(second));

describe("a retry budget", () => {
  it("spends what it has saved and then one retry for ten requests, by hand", () => {
    const retries = new Retries(RETRY_DEFAULTS.budget);
    let allowed = 0;
    for (let n = 0; n < 1_000; n++) {
      retries.maySend(1, at(0));
      if (retries.mayRetry(1)) allowed += 1;
    }
    // A hundred saved, a hundred earned; the tenths do not add up to the last digit.
    expect(allowed).toBeGreaterThanOrEqual(198);
    expect(allowed).toBeLessThanOrEqual(200);
  });

  it("never allows more than a tenth of the requests and what was saved, whatever fails", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (fails) => {
        const retries = new Retries(RETRY_DEFAULTS.budget);
        let allowed = 0;
        for (const failed of fails) {
          retries.maySend(1, at(0));
          if (failed && retries.mayRetry(1)) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(100 + fails.length / 10);
      }),
    );
  });

  it("tries one call at most three times more, as naive retries do, and those without any not once", () => {
    for (const policy of [RETRY_DEFAULTS.budget, RETRY_DEFAULTS.naive]) {
      const retries = new Retries(policy);
      expect([1, 2, 3, 4].map((attempts) => retries.mayRetry(attempts))).toEqual([true, true, true, false]);
    }
    expect(new Retries(RETRY_DEFAULTS.none).mayRetry(1)).toBe(false);
  });
});

describe("the throttle", () => {
  /** Of a thousand requests a second, from a second to another, those that pass; each is accepted or not. */
  const passed = (retries: Retries, from: number, to: number, accepts: boolean): number => {
    let sent = 0;
    for (let n = from * 1_000; n < to * 1_000; n++) {
      const now = at(n / 1_000);
      if (!retries.maySend(((n * 7_919) % 1_000) / 1_000, now)) continue;
      sent += 1;
      if (accepts) retries.accepted(now);
    }
    return sent / ((to - from) * 1_000);
  };

  it("lets all pass while all are accepted", () => {
    expect(passed(new Retries(RETRY_DEFAULTS.budget), 0, 60, true)).toBe(1);
  });

  it("holds nine of ten back when nothing is accepted for long, and has forgotten it in minutes", () => {
    const retries = new Retries(RETRY_DEFAULTS.budget);
    passed(retries, 0, 60, true);
    expect(passed(retries, 60, 300, false)).toBeLessThan(0.5);
    expect(passed(retries, 300, 301, false)).toBeCloseTo(0.1, 2);
    passed(retries, 301, 600, true);
    expect(passed(retries, 600, 610, true)).toBe(1);
  });
});

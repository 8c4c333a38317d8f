import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { seconds } from "../../../src/base/units.ts";
import { type ReconnectPolicy, type Situation, untilNextAttempt } from "../../../src/algorithms/access/reconnect.ts";

const policyOf = (policy: ReconnectPolicy["policy"]): ReconnectPolicy => ({
  policy,
  first: seconds(0.5),
  ladder: [15, 30, 120, 300].map(seconds),
  salt: seconds(20),
  base: seconds(1),
  cap: seconds(120),
});
const broken: Situation = {
  failures: 0,
  attemptTook: seconds(0),
  wasClosed: true,
  told: undefined,
  place: 0.25,
  u: 0.5,
};

describe("the published ladder", () => {
  const wait = (given: Partial<Situation>): number => untilNextAttempt(policyOf("ladder"), { ...broken, ...given });

  it("tries half a second after any break, whatever servers said", () => {
    expect(wait({})).toBe(seconds(0.5));
    expect(wait({ wasClosed: false, told: seconds(300) })).toBe(seconds(0.5));
  });

  it("counts each rung from the start of the attempt before, with whole seconds of salt, and repeats the last", () => {
    expect(wait({ failures: 1, u: 0 })).toBe(seconds(15));
    expect(wait({ failures: 2, u: 0.51 })).toBe(seconds(40));
    expect(wait({ failures: 2, u: 0, attemptTook: seconds(10) })).toBe(seconds(20));
    expect(wait({ failures: 9, u: 0 })).toBe(seconds(300));
  });
});

describe("full jitter", () => {
  it("is uniform under a bound that doubles up to its cap", () => {
    const wait = (failures: number, u: number): number =>
      untilNextAttempt(policyOf("full-jitter"), { ...broken, failures, u });
    expect([0, 1, 2, 5].map((failures) => wait(failures, 1))).toEqual([1, 2, 4, 32].map(seconds));
    expect(wait(30, 0.75)).toBe(seconds(90));
  });
});

describe("directed reconnecting", () => {
  const wait = (given: Partial<Situation>): number => untilNextAttempt(policyOf("directed"), { ...broken, ...given });

  it("comes back to a closed link at the user's own place in the stretch that servers named", () => {
    expect(wait({ told: seconds(240) })).toBe(seconds(60));
    expect(wait({ told: seconds(240), u: 0.99 })).toBe(seconds(60));
  });

  it("spreads a crowd evenly, so that nobody's second is busier than another's", () => {
    const waits = Array.from({ length: 1_000 }, (_, user) => wait({ told: seconds(100), place: (user + 0.5) / 1_000 }));
    for (let second = 1; second < 100; second++)
      expect(waits.filter((at) => at >= seconds(second) && at < seconds(second + 1))).toHaveLength(10);
  });

  it("comes at once after silence, which each notices at its own beat", () => {
    expect(wait({ wasClosed: false })).toBe(seconds(0.5));
  });

  it("keeps an appointment, and is full jitter where nobody spoke", () => {
    expect(wait({ failures: 3, told: seconds(77) })).toBe(seconds(77));
    expect(wait({ failures: 3, u: 0.5 })).toBe(seconds(4));
    expect(wait({})).toBe(seconds(0.5));
  });
});

it("no policy waits for less than the first wait, nor for ever", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("ladder" as const, "full-jitter" as const, "directed" as const),
      fc.nat(50),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.option(fc.nat(1_000), { nil: undefined }),
      (policy, failures, u, told) => {
        const situation = { ...broken, failures, u, place: u, told: told === undefined ? undefined : seconds(told) };
        const wait = untilNextAttempt(policyOf(policy), situation);
        expect(wait).toBeGreaterThanOrEqual(seconds(0.5));
        expect(wait).toBeLessThanOrEqual(seconds(1_000));
      },
    ),
  );
});

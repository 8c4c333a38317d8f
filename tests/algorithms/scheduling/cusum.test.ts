import fc from "fast-check";
import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { alarmHeight, Cusum, logLikelihoodRatio } from "../../../src/algorithms/scheduling/cusum.ts";
import { Decay } from "../../../src/algorithms/scheduling/decay.ts";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import {
  CONNECTS,
  SESSIONS,
  OutcomeStream,
  type OutcomeSettings,
} from "../../../src/algorithms/scheduling/outcome-stream.ts";
import { binomialQuantile, exponential } from "../../../src/base/math.ts";
import { seconds } from "../../../src/base/units.ts";

const draws = (seed: string): ((n: number, chance: number) => number) => {
  const alea = seedrandom.alea(seed);
  return (n, chance) => binomialQuantile(Math.min(1 - 1e-12, Math.max(1e-12, alea())), n, chance);
};

describe("the log-likelihood ratio", () => {
  it("is positive exactly when the worse chance fits better", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        fc.integer({ min: 100, max: 5_000 }),
        (normal, all) => {
          const worse = normal + 0.05;
          expect(logLikelihoodRatio(Math.ceil(all * worse), all, normal, worse)).toBeGreaterThan(0);
          expect(logLikelihoodRatio(Math.floor(all * normal), all, normal, worse)).toBeLessThan(0);
        },
      ),
    );
  });
});

describe("the alarm's height", () => {
  it("spends the day's budget on all tests by Lorden's bound", () => {
    const height = alarmHeight(3_000, seconds(10), 0.05);
    expect((3_000 * 8_640) / Math.exp(height)).toBeCloseTo(0.05, 10);
  });

  it("bounds the false alarms of quiet paths: counted at low heights, at most e^-h a step", () => {
    // 300 paths of very different size over a simulated day, known exactly; upward crossings of h, then a new start.
    const draw = draws("bound");
    const heights = [3, 5, 7];
    const crossings = heights.map(() => 0);
    const steps = 300 * 4_000;
    for (let path = 0; path < 300; path++) {
      const normal = 0.02 + 0.0002 * path;
      const sessions = 1 + path * 3;
      const sums = heights.map(() => 0);
      for (let step = 0; step < 4_000; step++) {
        const ratio = logLikelihoodRatio(draw(sessions, normal), sessions, normal, normal + 0.035);
        heights.forEach((height, index) => {
          sums[index] = Math.max(0, sums[index]! + ratio);
          if (sums[index] < height) return;
          crossings[index]! += 1;
          sums[index] = 0;
        });
      }
    }
    heights.forEach((height, index) => {
      expect(crossings[index]!).toBeLessThanOrEqual(steps * Math.exp(-height));
    });
    expect(crossings[0]!).toBeGreaterThan(0);
  });

  it("needs two rounds, whatever one says", () => {
    const test = new Cusum();
    test.add(1e9, 20, 1);
    expect(test.value).toBeLessThan(20);
    test.add(1e9, 20, 2);
    expect(test.value).toBeGreaterThanOrEqual(20);
    expect(test.raisedIn).toBe(1);
  });
});

describe("a stream that learns what is normal", () => {
  const HEIGHT = alarmHeight(3_000, seconds(10), SCHEDULER_DEFAULTS.falseAlarmsADay);
  const decay = new Decay(SCHEDULER_DEFAULTS.round, SCHEDULER_DEFAULTS.memory);
  const trial = (round: number) => ({
    round,
    height: HEIGHT,
    prior: 0.06,
    decay,
    mayLearn: true,
    mayTest: round > 12,
    isRouted: true,
  });
  const worse = (normal: number): number => normal + 0.035;
  const highest = (settings: OutcomeSettings, rounds: number, outcome: (round: number) => [number, number]): number => {
    const stream = new OutcomeStream(settings);
    let top = 0;
    for (let round = 1; round <= rounds; round++) {
      stream.closeRound(trial(round), ...outcome(round), worse);
      top = Math.max(top, stream.test.value);
    }
    return top;
  };

  it("stays far below alarm over days, small and large, alone and in lumps of 2G and 3G users", () => {
    const alea = seedrandom.alea("lumps");
    const draw = draws("quiet");
    let top = 0;
    for (let path = 0; path < 40; path++) {
      const size = [5, 60, 700, 6_000][path % 4]!;
      const isLumpy = path % 8 >= 4;
      const outcome = (): [number, number] => {
        if (!isLumpy) return [size, draw(size, 0.055)];
        // Batches of one kind of radio each: 4.5 or 8 % of sessions, a few batches a round.
        let [all, bad] = [0, 0];
        for (let left = 3 + exponential(Math.max(1e-9, alea()), 2); left > 0; left -= 1) {
          const batch = Math.ceil(size / 4);
          all += batch;
          bad += draw(batch, alea() < 0.5 ? 0.045 : 0.08);
        }
        return [all, bad];
      };
      top = Math.max(top, highest(SESSIONS, 17_280, outcome));
    }
    expect(top).toBeLessThan(HEIGHT);
  });

  it("follows a slow drift of its normal without an alarm", () => {
    const draw = draws("drift");
    const outcome = (round: number): [number, number] => [900, draw(900, 0.04 + 0.04 * (round / 17_280))];
    expect(highest(SESSIONS, 17_280, outcome)).toBeLessThan(HEIGHT);
  });

  it("sees a rise within three rounds, and does not take the fault for normal", () => {
    const draw = draws("rise");
    const stream = new OutcomeStream(SESSIONS);
    let alarmedIn = 0;
    for (let round = 1; round <= 3_000; round++) {
      stream.closeRound(trial(round), 1_000, draw(1_000, round > 600 ? 0.3 : 0.055), worse);
      if (alarmedIn === 0 && stream.test.value >= HEIGHT) alarmedIn = round;
    }
    expect(alarmedIn).toBeGreaterThan(600);
    expect(alarmedIn).toBeLessThanOrEqual(603);
    expect(stream.normal(0.06)).toBeLessThan(0.06);
  });

  describe("where nothing was heard before", () => {
    const firstHeard = (share: number, isRouted: boolean, rounds: number): number => {
      const draw = draws("first heard");
      const stream = new OutcomeStream(SESSIONS);
      for (let round = 1; round <= rounds; round++) {
        stream.closeRound({ ...trial(100 + round), isRouted }, 40, draw(40, share), worse);
        if (stream.test.value >= HEIGHT) return round;
      }
      return Infinity;
    };

    it("sees that a path is dead once users are led over it, and only then", () => {
      expect(firstHeard(0.9, true, 12)).toBeLessThanOrEqual(6);
      expect(firstHeard(0.9, false, 1_000)).toBe(Infinity);
    });

    it("takes a path that is worse by nature for what it is", () => {
      for (const share of [0.06, 0.12, 0.24]) expect(firstHeard(share, true, 1_000)).toBe(Infinity);
    });
  });

  it("knows failed connects by their bunches", () => {
    const draw = draws("bunches");
    const outcome = (): [number, number] => [60, Math.min(60, 3 * draw(20, 0.01))];
    expect(highest(CONNECTS, 17_280, outcome)).toBeLessThan(HEIGHT);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minutes } from "../../src/base/units.ts";
import { METRICS } from "../../src/scenario/metrics.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { boundsOf, largestEvent, leastEvent } from "../../src/study/bounds.ts";
import { intervalOf, type Observation, pairedDifference } from "../../src/study/intervals.ts";
import { figure, scenario } from "./fake.ts";

describe("a figure's bounds", () => {
  it("are those of a share, a censored time, a count", () => {
    expect(boundsOf(figure("loss.mean", "%"), scenario())).toEqual({ low: 0, high: 100 });
    expect(boundsOf(figure("login.time.p95", "s"), scenario())).toEqual({ low: 0, high: 60 });
    expect(boundsOf(figure("login.queue.max", "s"), scenario())).toEqual({ low: 0, high: 3600 });
    expect(boundsOf(figure("moved.count", ""), scenario()).high).toBe(Infinity);
    expect(boundsOf(figure("server.load.max", "%"), scenario()).high).toBe(Infinity);
  });
});

describe("the interval of any figure", () => {
  const names = METRICS.flatMap(({ name, stats }) => stats.map((stat) => [`${name}.${stat.name}`, stat.unit] as const));
  const some: fc.Arbitrary<Observation> = fc.record(
    { value: fc.double({ min: 0, max: 1e6, noNaN: true }), atLeast: fc.constant(true), slack: fc.nat(100) },
    { requiredKeys: ["value"] },
  );

  it.each(names)("%s has finite ends, however many replications were cut off", (name, unit) => {
    const asked = figure(name, unit);
    const rule = { bounds: boundsOf(asked, scenario()), oneEvent: largestEvent(asked, scenario()) };
    const areFinite = (...all: (ReturnType<typeof intervalOf> | undefined)[]): boolean =>
      all.every((one) => one!.ci95.every(Number.isFinite));
    fc.assert(
      fc.property(fc.array(fc.tuple(some, some), { minLength: 1, maxLength: 5 }), (pairs) =>
        areFinite(
          intervalOf(
            pairs.map(([run]) => run),
            rule,
          ),
          pairedDifference(pairs, rule),
        ),
      ),
    );
  });
});

describe("a delay", () => {
  const faults = [
    { id: "early", at: minutes(10) },
    { id: "late", at: minutes(50) },
  ] as unknown as Scenario["faults"];

  it("is censored at its window's end, counted from the faults that it is about", () => {
    const delay = figure("alarm.delay.max", "s");
    expect(boundsOf(delay, scenario({ faults })).high).toBe(50 * 60);
    const labels = [{ label: "fault", values: ["late"], negated: false }];
    expect(boundsOf({ ...delay, labels }, scenario({ faults })).high).toBe(10 * 60);
    expect(boundsOf({ ...delay, labels: [{ ...labels[0]!, negated: true }] }, scenario({ faults })).high).toBe(50 * 60);
  });
});

describe("one event", () => {
  it("is one of a count, one of the busiest hour, and one in the window of a mean rate", () => {
    expect(leastEvent(figure("alarm.count", ""), scenario())).toBe(1);
    expect(leastEvent(figure("link.broken.count", ""), scenario())).toBe(1000);
    expect(leastEvent(figure("move.hourly.max", "/h"), scenario())).toBe(1);
    expect(leastEvent(figure("link.broken.rate", "/s"), scenario())).toBe(1000 / 3600);
    expect(leastEvent(figure("loss.mean", "%"), scenario())).toBeUndefined();
  });

  it("counts everybody in the figure where many are counted at once, and one row of people who come one by one", () => {
    expect(largestEvent(figure("moved.count", ""), scenario())).toBe(5000);
    expect(largestEvent(figure("homeless.last", ""), scenario())).toBe(5000);
    expect(largestEvent(figure("link.broken.rate", "/s"), scenario())).toBe(5000 / 3600);
    expect(largestEvent(figure("login.count", ""), scenario())).toBe(1000);
    expect(largestEvent(figure("alarm.count", ""), scenario())).toBe(1);
    expect(largestEvent(figure("moved.share", "%"), scenario())).toBe(100);
    expect(largestEvent(figure("online.share", "%"), scenario())).toBeUndefined();
    expect(largestEvent(figure("tier.units.max", ""), scenario())).toBeUndefined();
  });
});

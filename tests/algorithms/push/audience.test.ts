/** Names of an audience's tables, which of them are old, and when clients come for what is due. */
import { describe, expect, it } from "vitest";
import { expired, partitionOf, subpartitionOf } from "../../../src/algorithms/push/audience.ts";
import { prefetchAt, showsItself } from "../../../src/algorithms/push/prefetch.ts";
import { after, hours, type Instant, START, instantAt } from "../../../src/base/units.ts";

describe("tables of audiences", () => {
  it("are named after date and label, differently for different labels", () => {
    expect(partitionOf({ ds: "20240501" })).toBe("p20240501");
    expect(subpartitionOf({ ds: "20240501", label: "gold" })).toBe("p20240501_gold");
    const names = ["a-b", "a_b", "a--b", "a-2d-b", "ab"].map((label) => subpartitionOf({ ds: "20240501", label }));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^\w+$/);
  });

  it("are kept for the latest dates that there are, not for the latest days of a calendar", () => {
    const dates = ["20240503", "20240501", "20240427", "20240501"];
    expect(expired(dates, 2)).toEqual(["20240427"]);
    expect(expired(dates, 3)).toEqual([]);
    expect(expired(dates, 0)).toEqual(["20240427", "20240501", "20240503"]);
  });
});

describe("prefetching clients", () => {
  const day = hours(24);

  it("come evenly over the window, each at the same time however often it asks", () => {
    const PEOPLE = 60_000;
    const perHour = new Uint32Array(6);
    for (let uin = 1; uin <= PEOPLE; uin++) {
      const time = prefetchAt(uin, START, hours(6));
      expect(prefetchAt(uin, START, hours(6))).toBe(time);
      perHour[Math.floor(time / hours(1))]! += 1;
    }
    // Five deviations of a binomial with n = 60,000 and p = 1/6 are 456.
    for (const count of perHour) expect(Math.abs(count - PEOPLE / 6)).toBeLessThan(456);
  });

  it("come at another time on another day", () => {
    const share = (midnight: Instant): readonly number[] =>
      Array.from({ length: 2_000 }, (_, uin) => (prefetchAt(uin + 1, midnight, hours(6)) - midnight) / hours(6));
    const [first, second] = [share(START), share(after(START, day))];
    const correlation = first.reduce((sum, one, uin) => sum + (one - 0.5) * (second[uin]! - 0.5), 0) / (2_000 / 12);
    // Five deviations of the correlation of 2,000 independent pairs are 0.112.
    expect(Math.abs(correlation)).toBeLessThan(0.112);
  });

  it("show what is due by themselves only when they have it before", () => {
    expect(showsItself(START, instantAt(hours(20)))).toBe(true);
    expect(showsItself(instantAt(hours(20)), instantAt(hours(20)))).toBe(false);
    expect(showsItself(undefined, instantAt(hours(20)))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { judge, judgeFigure, verdictOf } from "../../src/study/judge.ts";

describe("a verdict", () => {
  const band = { min: 3, max: 4 };

  it.each([
    [[3, 4], "held"],
    [[3.2, 3.8], "held"],
    [[2.9, 3.8], "unknown"],
    [[3.2, 4.1], "unknown"],
    [[2, 5], "unknown"],
    [[1, 2.9], "broken"],
    [[4.1, 5], "broken"],
    [[4, 5], "unknown"],
  ] as const)("on %j against 3 to 4 is %s", (ci95, verdict) => {
    expect(judge(ci95, band)).toBe(verdict);
  });

  it("on one-sided limits looks at that side only", () => {
    expect(judge([0, 300], { min: undefined, max: 300 })).toBe("held");
    expect(judge([301, 400], { min: undefined, max: 300 })).toBe("broken");
    expect(judge([100, 100], { min: 100, max: undefined })).toBe("held");
  });

  it("without data is unknown, whatever is asked", () => {
    expect(judge(null, { min: undefined, max: undefined })).toBe("unknown");
  });
});

describe("a figure", () => {
  const standard = {
    limits: { min: undefined, max: 0 },
    unit: "",
    replications: 3,
    countsEvents: true,
    highest: Infinity,
  };
  const found = { value: 0, ci95: [0, 1], n: 3 } as const;
  const share = { ...standard, limits: { min: 100, max: undefined }, unit: "%", highest: 100 };

  it("that is known only to within a margin at its scale is unknown near its limit", () => {
    const time = { ...standard, limits: { min: undefined, max: 10 }, unit: "s", countsEvents: false };
    const judged = (value: number) => judgeFigure({ value, ci95: [value - 1, value + 1], n: 3, within: 2 }, time);
    expect([7, 14].map((value) => judged(value).verdict)).toEqual(["held", "broken"]);
    expect(judged(8)).toEqual({
      verdict: "unknown",
      why: "it is known only to ± 2 s at this scale, as a row stands for many people who queue: run it with a finer --scale",
    });
    expect(judged(12).verdict).toBe("unknown");
  });

  it("of which none is asked is held if none was seen, and broken by a single one", () => {
    expect(judgeFigure(found, standard).verdict).toBe("held");
    expect(judgeFigure({ ...found, value: 1 / 3, ci95: [0, 1.8] }, standard).verdict).toBe("broken");
    expect(judgeFigure({ value: 100, ci95: [99.6, 100], n: 3, trials: 720 }, share).verdict).toBe("held");
    expect(judgeFigure({ value: 99.9, ci95: [99.5, 100], n: 3, trials: 720 }, share).verdict).toBe("broken");
  });

  it("is unknown with the reason that can help", () => {
    const below = { ...standard, limits: { min: undefined, max: 20 }, countsEvents: false };
    const why = (more: object) => judgeFigure({ value: 10, ci95: [9, 11], n: 3, ...more }, below).why;
    expect(why({})).toBeUndefined();
    expect(why({ atLeast: true })).toContain("at least");
    expect(why({ ci95: [9, 21] })).toContain("more replications");
    expect(why({ n: 1 })).toContain("only 1 of 3 replications has data");
    expect(judgeFigure(undefined, below, "nobody is there")).toEqual({
      verdict: "unknown",
      why: "no data: nobody is there",
    });
    expect(judgeFigure({ value: 10, ci95: [10, 10], n: 1 }, { ...below, isExact: true }).verdict).toBe("held");
    expect(judgeFigure({ value: 10, ci95: [9, 11], n: 3 }, { ...below, heading: [9, 25] }).why).toContain("trend");
    expect(judgeFigure({ value: 99, ci95: [98.5, 99], n: 3, atLeast: true }, below).verdict).toBe("broken");
  });
});

describe("of many rows", () => {
  const rows = (...verdicts: ("held" | "broken" | "unknown")[]) => verdicts.map((verdict) => ({ verdict }));

  it("the worst row decides, and a run without rows holds", () => {
    expect(verdictOf(rows("held", "unknown", "broken"))).toBe("broken");
    expect(verdictOf(rows("held", "unknown"))).toBe("unknown");
    expect(verdictOf(rows("held"))).toBe("held");
    expect(verdictOf([])).toBe("held");
  });
});

import { describe, expect, it } from "vitest";
import { judge, verdictOf } from "../../src/study/judge.ts";

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

describe("of many rows", () => {
  const rows = (...verdicts: ("held" | "broken" | "unknown")[]) => verdicts.map((verdict) => ({ verdict }));

  it("the worst row decides, and a run without rows holds", () => {
    expect(verdictOf(rows("held", "unknown", "broken"))).toBe("broken");
    expect(verdictOf(rows("held", "unknown"))).toBe("unknown");
    expect(verdictOf(rows("held"))).toBe("held");
    expect(verdictOf([])).toBe("held");
  });
});

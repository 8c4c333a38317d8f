import { describe, expect, it } from "vitest";
import { EXIT, exitOf, worstOf } from "../../src/cli/exit.ts";
import type { RunDocument, Verdict } from "../../src/study/document.ts";

const document = (rows: { expect?: Verdict; thresholds?: Verdict; invariants?: Verdict }): RunDocument => {
  const row = (verdict: Verdict | undefined) => (verdict === undefined ? [] : [{ verdict }]);
  const { expect: expected, thresholds, invariants } = rows;
  const lists = { expect: row(expected), thresholds: row(thresholds), invariants: row(invariants) };
  return lists as unknown as RunDocument;
};

describe("the exit code of a run", () => {
  it.each([
    [{}, 0],
    [{ expect: "held", thresholds: "held", invariants: "held" }, 0],
    [{ expect: "held", thresholds: "unknown" }, 2],
    [{ expect: "unknown", thresholds: "broken" }, 1],
    [{ expect: "broken", thresholds: "broken" }, 3],
    [{ expect: "broken", invariants: "broken" }, 70],
    [{ invariants: "unknown" }, 2],
  ] as const)("with rows %j is %i", (rows, code) => {
    expect(exitOf(document(rows))).toBe(code);
  });
});

describe("the exit code of several results", () => {
  it("is the first of 70, 4, 3, 1, 2, 0", () => {
    const order = [70, 4, 3, 1, 2, 0];
    order.forEach((code, place) => expect(worstOf(order.slice(place).toReversed())).toBe(code));
    expect(worstOf([])).toBe(EXIT.held);
  });
});

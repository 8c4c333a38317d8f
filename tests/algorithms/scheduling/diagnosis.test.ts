import { describe, expect, test } from "vitest";
import { describeEvidence } from "../../../src/algorithms/scheduling/diagnosis.ts";

describe("evidence", () => {
  test("is told in words and numbers that people who are no statisticians can look up", () => {
    const siblings = { nats: -21.04, sessions: 75_719, bad: 6_534, expected: 6_559.92, connects: 976, failures: 0 };
    expect(describeEvidence(siblings)).toBe(
      "log-likelihood of a fault −21.0: 6,534 of 75,719 sessions degraded, 6,559.9 expected; 0 of 976 connects failed",
    );
    expect(describeEvidence({ ...siblings, connects: 0 })).not.toContain("connects");
  });
});

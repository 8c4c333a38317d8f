import { expect, it } from "vitest";
import { seconds } from "../../../src/base/units.ts";
import { paceOf } from "../../../src/algorithms/scheduling/pace.ts";

it("hints to few people are spread as the policy says", () => {
  expect(paceOf(seconds(45), [{ people: 1_000, loginsASecond: 1_000 }])).toBe(seconds(45));
  expect(paceOf(seconds(45), [])).toBe(seconds(45));
});

it("hints to many take as long as the slowest of their servers needs, with half of its logins left for others", () => {
  const led = [
    { people: 1_000_000, loginsASecond: 10_000 },
    { people: 300_000, loginsASecond: 1_000 },
  ];
  expect(paceOf(seconds(45), led)).toBe(seconds(600));
});

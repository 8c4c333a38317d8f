import { expect, it } from "vitest";
import { duplicatesAtMost, type Mishaps } from "../../../src/algorithms/push/duplicates.ts";

const NOTHING: Mishaps = { crashes: 0, redeliveries: 0, unanswered: 0, takeovers: 0, forgotten: 0, unaware: 0 };
const most = (mishaps: Partial<Mishaps>) => duplicatesAtMost({ ...NOTHING, ...mishaps }, 10);

it("what did not happen repeats nobody", () => {
  expect(Object.values(most({}))).toEqual([0, 0, 0, 0, 0]);
});

it("what hits one worker repeats the batch in its hands, and only by its own cause", () => {
  expect(most({ crashes: 3 })).toEqual({ ...most({}), crash: 30 });
  expect(most({ unanswered: 4 })).toEqual({ ...most({}), unanswered: 40 });
  expect(most({ takeovers: 5 })).toEqual({ ...most({}), "lease-expiry": 50 });
  expect(most({ unaware: 6 })).toEqual({ ...most({}), failover: 60 });
  expect(most({ redeliveries: 7 })).toEqual(most({}));
});

it("a failover repeats whom it has forgotten, at least once and at most twice each", () => {
  const { failover, ...others } = most({ forgotten: 7 });
  expect(failover).toBeGreaterThanOrEqual(7);
  expect(failover).toBeLessThanOrEqual(14);
  expect(Object.values(others)).toEqual([0, 0, 0, 0]);
});

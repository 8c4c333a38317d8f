import { describe, expect, it } from "vitest";
import { seconds } from "../../../src/base/units.ts";
import { moveSpread, planReconnects } from "../../../src/algorithms/scheduling/pace.ts";

it("hints to few people are spread as the policy says", () => {
  expect(moveSpread(seconds(45), [{ people: 1_000, loginsASecond: 1_000 }])).toBe(seconds(45));
  expect(moveSpread(seconds(45), [])).toBe(seconds(45));
});

it("hints to many take as long as the slowest of their servers needs, with half of its logins left for others", () => {
  const led = [
    { people: 1_000_000, loginsASecond: 10_000 },
    { people: 300_000, loginsASecond: 1_000 },
  ];
  expect(moveSpread(seconds(45), led)).toBe(seconds(600));
});

describe("people of lost servers", () => {
  const host = (loginsASecond: number, free: number, line = "mobile") => ({ line, loginsASecond, free });
  const lost = (people: number) => new Map([["mobile", people]]);

  it("are welcome as fast as those who are left can log them in, each as many as its rate", () => {
    const { over, people } = planReconnects(lost(90_000), [host(100, 1e9), host(200, 1e9)], 1);
    expect(over).toBe(seconds(300));
    expect(people).toEqual([30_000, 60_000]);
    expect(planReconnects(lost(90_000), [host(100, 1e9), host(200, 1e9)]).over).toBeCloseTo(seconds(300) / 0.95, 0);
  });

  it("go on to the others when one is full, which keeps a tenth of its room", () => {
    const { over, people } = planReconnects(lost(90_000), [host(100, 20_000), host(100, 1e9)], 1);
    expect(people).toEqual([18_000, 72_000]);
    expect(over).toBe(seconds(720));
  });

  it("take no longer than until all are full when there is no room for everybody", () => {
    const { over, people } = planReconnects(lost(90_000), [host(100, 10_000), host(100, 20_000)], 1);
    expect(people).toEqual([9_000, 18_000]);
    expect(over).toBe(seconds(180));
  });

  it("are spread over all lines where their own ends nowhere else, and nobody waits where nobody is left", () => {
    const { people } = planReconnects(new Map([["overseas", 30_000]]), [host(100, 1e9), host(200, 1e9, "unicom")], 1);
    expect(people).toEqual([10_000, 20_000]);
    expect(planReconnects(lost(1_000), []).over).toBe(0);
    expect(planReconnects(lost(1_000), [host(0, 0)]).people).toEqual([0]);
  });
});

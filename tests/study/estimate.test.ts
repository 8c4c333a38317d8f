/** What a run costs is said beforehand: a run that does not fit into memory is refused with the scale that fits. */
import { describe, expect, it } from "vitest";
import { estimate, misfitOf } from "../../src/study/estimate.ts";
import { tiny } from "../world/support.ts";

const GIB = 2 ** 30;
const SERVICES = `
services:
  hop: 0 s
  tiers:
    a: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms }, calls: [b, b] }
    b: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }
  entries: { x: { tier: a, feed: 1000 } }
`;
const PUSH = `
push:
  workers: { hosts: 2, slots: 2 }
  limiter: { limit: 20 k }
  service: { capacity: 50 k }
  tasks: { t: { at: 1 min, subscribers: 1000 } }
`;

describe("memory", () => {
  const people = (online: string) =>
    tiny("", [
      "run.scale=1",
      `online=${online}`,
      ...["north", "south"].flatMap((centre) =>
        ["mobile", "unicom"].map((line) => `centres.${centre}.lines.${line}.connections=10 G`),
      ),
    ]);

  it("of a run that does not fit is named beforehand, with the scale that fits", () => {
    expect(misfitOf(people("450 M"), 8 * GIB)).toBe(
      "a run of 450,000,000 rows needs about 7.5 GiB, and this machine has 8.0 GiB: write --scale 1/2",
    );
    expect(misfitOf(people("10 G"), 8 * GIB)).toMatch(/--scale 1\/50$/);
  });

  it("is no matter where there are more rows than one calendar holds: the scale that fits is named", () => {
    for (const memory of [8_000 * GIB, Infinity])
      expect(misfitOf(people("1 G"), memory)).toBe(
        "a run of 1,000,000,000 rows is not possible, at most 500,000,000 are: write --scale 1/2",
      );
    expect(misfitOf(people("500 M"), 8_000 * GIB)).toBeUndefined();
  });

  it("of a run that fits is no matter", () => {
    expect(misfitOf(people("300 M"), 8 * GIB)).toBeUndefined();
    expect(misfitOf(tiny(), GIB)).toBeUndefined();
  });
});

describe("the estimate", () => {
  it("counts each request of a task's route, so that a feed of a million is seen beforehand", () => {
    const { count, noun, seconds } = estimate(tiny(SERVICES, ["run.duration=10 min"]));
    expect([count, noun]).toEqual([3 * 1_000 * 600, "requests"]);
    const large = estimate(tiny(SERVICES, ["run.duration=10 min", "services.entries.x.feed=1 M"]));
    expect(large.seconds / seconds).toBeGreaterThan(900);
    expect(large.seconds).toBeGreaterThan(3_600);
  });

  it("counts the dispatcher's looks if they are more than the subscribers", () => {
    expect(estimate(tiny(PUSH)).noun).not.toBe("looks of the dispatcher");
    const often = estimate(tiny(PUSH, ["push.dispatcher.look=1 us"]));
    expect([often.count, often.noun]).toEqual([30 * 60e6, "looks of the dispatcher"]);
    expect(often.seconds).toBeGreaterThan(600);
  });
});

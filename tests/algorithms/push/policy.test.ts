import { describe, expect, it } from "vitest";
import { grantLasts, leaseMargin, type WorkerSettings, workerPolicyOf } from "../../../src/algorithms/push/policy.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import { ms, seconds } from "../../../src/base/units.ts";

const LIMITER = { kind: "gcra", horizon: ms(250), jitter: ms(100) } as const;
const SETTINGS: WorkerSettings = {
  ...{ batchSize: 250, lease: seconds(5), pause: ms(200), roundTrip: ms(20), limiter: LIMITER },
};

describe("the policy of a worker", () => {
  it("stops pushing two round trips before the end of its lease, and at most a quarter of the lease", () => {
    expect(leaseMargin({ lease: seconds(5), roundTrip: ms(20) })).toBe(ms(40));
    expect(leaseMargin({ lease: seconds(5), roundTrip: ms(625) })).toBe(ms(1_250));
    expect(leaseMargin({ lease: seconds(5), roundTrip: seconds(3) })).toBe(ms(1_250));
  });

  it("counts the horizon into the life of a grant where moments are reserved", () => {
    expect(grantLasts(LIMITER)).toBe(ms(350));
    expect(grantLasts({ ...LIMITER, kind: "counter" })).toBe(ms(100));
  });

  it("takes over what is set and adds what follows from it", () => {
    expect(workerPolicyOf(SETTINGS)).toEqual({
      ...{ batchSize: 250, lease: seconds(5), pause: ms(200) },
      ...{ margin: ms(40), grantLasts: ms(350) },
    });
  });

  it("is refused by a worker when its lease cannot outlast a grant and the margin", () => {
    const bound = 350 + 40;
    expect(() => new Worker(workerPolicyOf({ ...SETTINGS, lease: ms(bound + 1) }))).not.toThrow();
    expect(() => new Worker(workerPolicyOf({ ...SETTINGS, lease: ms(bound) }))).toThrow("a lease of");
  });
});

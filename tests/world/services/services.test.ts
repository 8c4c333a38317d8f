import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Services } from "../../../src/world/services/services.ts";
import { run } from "./backbone.ts";

const admission = fc.constantFrom("none", "random", "codel", "response-time", "priority");
const retries = fc.constantFrom("none", "naive", "budget");
const balance = fc.constantFrom("list", "random", "round-robin", "least-loaded", "{ kind: dns, ttl: 1 s }");
const backbone = fc.record({
  machines: fc.integer({ min: 1, max: 4 }),
  cores: fc.integer({ min: 1, max: 4 }),
  admission,
  retries,
  balance,
  queue: fc.constantFrom(0, 3, 1_000),
  units: fc.constantFrom("1 GiB", "300 MiB", "1 MiB"),
  earlyAbort: fc.boolean(),
  feed: fc.integer({ min: 1, max: 2_000 }),
  backOff: fc.constantFrom("0 s", "20 ms"),
});
const trouble = fc.record({
  kind: fc.constantFrom("slow", "silent", "reset", "surge", "well"),
  tier: fc.integer({ min: 0, max: 1 }),
  second: fc.integer({ min: 0, max: 2 }),
});

const textOf = (given: typeof backbone extends fc.Arbitrary<infer T> ? T : never): string => `
hop: 400 us
tiers:
  logic:
    machines: ${String(given.machines)}
    cores: ${String(given.cores)}
    work: { law: exponential, mean: 1 ms }
    units: { kind: threads, memory: ${given.units}, switching: 2 us }
    memory: 1 GiB
    queue: ${String(given.queue)}
    admission: ${given.admission}
    early-abort: ${String(given.earlyAbort)}
    calls: [storage, storage]
    retries: ${given.retries}
    back-off: ${given.backOff}
    balance: ${given.balance}
    timeout: 100 ms
  storage: { machines: 2, cores: 2, work: { law: lognormal, mean: 2 ms, variation: 2 }, admission: ${given.admission} }
entries:
  send: { tier: logic, feed: ${String(given.feed)}, retries: ${given.retries}, balance: ${given.balance}, timeout: 200 ms }
  read: { tier: storage, feed: 50, priority: 3, retries: naive }
`;

describe("services of any kind, under any faults,", () => {
  it("end every task once, and keep cores and units within bounds", () => {
    fc.assert(
      fc.property(backbone, fc.array(trouble, { maxLength: 4 }), (given, troubles) => {
        let ended = 0;
        const sorted = troubles.toSorted((a, b) => a.second - b.second);
        const { services } = run(textOf(given), {
          from: 0,
          to: 5,
          at: [
            ...sorted.map(
              ({ kind, tier, second }) =>
                [
                  second,
                  (now: Services) => {
                    if (kind === "surge") now.setSurge(0, 3);
                    else if (kind === "slow") now.setSlowness(tier, 0, 20);
                    else now.setDown(tier, 0, kind === "well" ? undefined : kind === "reset" ? "reset" : "silent");
                  },
                ] as const,
            ),
            // Nobody comes any more, and half a second is every task's deadline.
            [
              4,
              (now: Services) => {
                now.entries.forEach((_, entry) => {
                  now.setSurge(entry, 1e-9);
                });
              },
            ],
          ],
          ended: () => (ended += 1),
        });
        expect(ended).toBe(services.entries.reduce((sum, { tasks }) => sum + tasks, 0));
        for (const { machines, model, units: unitsMost } of services.tiers)
          for (const { queue: station } of machines) {
            expect(station.busyCores).toBeLessThanOrEqual(model.cores);
            expect(station.units).toBeLessThanOrEqual(unitsMost);
            expect(station.units).toBeGreaterThanOrEqual(station.busyCores);
          }
      }),
      { numRuns: 40 },
    );
  });
});

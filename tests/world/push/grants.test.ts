import { expect, it } from "vitest";
import type { WorkerPolicy } from "../../../src/algorithms/push/policy.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import type { Instant } from "../../../src/base/units.ts";
import { MACHINES } from "../../../src/world/push/push.ts";
import type { WorkerMachine } from "../../../src/world/push/workers.ts";
import { drive, modelOf } from "./drive.ts";

/** The worker that is deployed, and when it asked for the grant of each batch that it pushed. */
const noting =
  (asked: Instant[]) =>
  (policy: WorkerPolicy): WorkerMachine => {
    const worker = new Worker(policy);
    let latest: Instant;
    return {
      get wakeAt() {
        return worker.wakeAt;
      },
      handle: (input, now) => {
        const effects = worker.handle(input, now);
        for (const { kind } of effects) {
          if (kind === "grant") latest = now;
          if (kind === "push") asked.push(latest);
        }
        return effects;
      },
    };
  };

it("a batch comes to the message service within the limiter's jitter of the asking, the longest way included, however slow the limiter", () => {
  // The one slot there is: batches arrive in the order in which they were pushed. The limit is so high that nobody waits for it.
  const model = modelOf({
    store: { latency: "60 ms" },
    workers: { hosts: 1, slots: 1, lease: "1 min" },
    limiter: { limit: 10_000, jitter: "100 ms" },
    service: { capacity: 20_000, latency: "60 ms" },
    dispatcher: { patience: "10 min" },
  });
  const asked: Instant[] = [];
  const { notes } = drive({ model, machines: { ...MACHINES, worker: noting(asked) }, lasting: 300 });
  // Of a limiter of which nothing is known the first one has to wait.
  const ages = notes.arrivals.map((at, batch) => (at - asked[batch]!) / 1_000).slice(1);
  expect(Math.max(...ages)).toBeLessThanOrEqual(100);
  // Else it would show nothing: answers did come so late that a longer way would have been too late.
  expect(Math.max(...ages)).toBeGreaterThan(80);
});

/**
 * Canaries: workers that report success too early. A drill with one crash at every effect must catch each of them, except
 * that a dispatcher which publishes again repairs an early acknowledgement to the broker.
 */
import { describe, expect, it } from "vitest";
import { complaints, QUIET } from "../algorithms/push/checks.ts";
import { CrashHarness, type Mishap, type Plan } from "../algorithms/push/crash-harness.ts";
import type { WorkerEffect, WorkerInput } from "../../src/algorithms/push/messages.ts";
import type { WorkerPolicy } from "../../src/algorithms/push/policy.ts";
import { Worker } from "../../src/algorithms/push/worker.ts";
import type { Machine } from "../../src/base/machine.ts";
import { minutes } from "../../src/base/units.ts";

type Slot = Machine<WorkerInput, WorkerEffect>;

/** Acknowledges before it pushes its first batch. */
const acknowledgesFirst = (policy: WorkerPolicy): Slot => {
  const worker = new Worker(policy);
  let isAcknowledged = false;
  return {
    get wakeAt() {
      return worker.wakeAt;
    },
    handle: (input, now) =>
      worker.handle(input, now).flatMap((effect): WorkerEffect[] => {
        if (input.kind === "block") isAcknowledged = false;
        if (effect.kind !== "push" || isAcknowledged) return [effect];
        isAcknowledged = true;
        return [{ kind: "acknowledge", name: effect.name }, effect];
      }),
  };
};

/** Reports its batch to the store, and only then pushes it. */
const reportsFirst = (policy: WorkerPolicy): Slot => {
  const worker = new Worker(policy);
  let held: WorkerEffect | undefined;
  let reported: WorkerInput | undefined;
  return {
    get wakeAt() {
      return worker.wakeAt;
    },
    handle: (input, now) => {
      if (input.kind === "reported" && held !== undefined) {
        const push = held;
        held = undefined;
        reported = input;
        return [push];
      }
      if (input.kind === "pushed" && reported !== undefined) {
        const answer = reported;
        reported = undefined;
        return worker.handle(input, now).flatMap(() => worker.handle(answer, now));
      }
      return worker.handle(input, now).map((effect): WorkerEffect => {
        if (effect.kind !== "push") return effect;
        held = effect;
        return { kind: "report", name: effect.name, uins: effect.uins };
      });
    },
  };
};

/** Longer than any drill that ends: a lease, and the waits of dispatchers and workers. */
const WHILE = minutes(5);

/** Problems found without a crash. */
const calmly = (plan: Partial<Plan>): readonly string[] =>
  complaints(new CrashHarness({ ...QUIET, ...plan }).run(WHILE));

/** Problems found with one crash at each effect. */
const caught = (plan: Partial<Plan>): readonly string[] => {
  const effects = new CrashHarness({ ...QUIET, ...plan }).run(WHILE).effects;
  return Array.from({ length: effects }, (_, index) => index + 1).flatMap((n) =>
    (["before", "after"] as const).flatMap((when) => {
      const mishap = (effect: number): Mishap | undefined => (effect === n ? { kind: "crash", when } : undefined);
      return complaints(new CrashHarness({ ...QUIET, ...plan, mishap }).run(WHILE));
    }),
  );
};

describe.each([
  { name: "acknowledges", makeWorker: acknowledgesFirst },
  { name: "reports", makeWorker: reportsFirst },
])("a worker that $name before it pushes", ({ makeWorker }) => {
  it("does no harm without a crash: only crashes reveal it", () => {
    expect(calmly({ publishesAgain: false, makeWorker })).toEqual([]);
  });
});

describe("a crash at every effect", () => {
  it("is survived by the worker", () => {
    expect(caught({ publishesAgain: false })).toEqual([]);
  });

  it("catches a worker that acknowledges before it pushes", () => {
    const problems = caught({ publishesAgain: false, makeWorker: acknowledgesFirst });
    expect(problems.filter((problem) => problem.startsWith("untold")).length).toBeGreaterThan(5);
  });

  it("of that worker loses nothing if dispatchers publish unheld claims again: the claim is still in the store", () => {
    expect(caught({ publishesAgain: true, makeWorker: acknowledgesFirst })).toEqual([]);
  });

  it("catches a worker that reports before it pushes, whatever the dispatcher does", () => {
    const problems = caught({ publishesAgain: true, makeWorker: reportsFirst });
    expect(problems.filter((problem) => problem.startsWith("untold")).length).toBeGreaterThan(5);
  });
});

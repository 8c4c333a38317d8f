/** A sabotaged worker, to show that it is caught. */
import type { WorkerEffect, WorkerInput, WorkerPolicy } from "../../../src/algorithms/push/messages.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import type { Instant } from "../../../src/base/units.ts";
import { MACHINES, type PushMachines } from "../../../src/world/push/push.ts";
import type { WorkerMachine } from "../../../src/world/push/workers.ts";

/** Acknowledges a block before it tells anybody. */
class Hasty implements WorkerMachine {
  readonly #inner: Worker;
  #isGone = false;
  constructor(policy: WorkerPolicy) {
    this.#inner = new Worker(policy);
  }
  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }
  handle(input: WorkerInput, now: Instant): readonly WorkerEffect[] {
    if (this.#isGone) return [];
    const effects = this.#inner.handle(input, now);
    const push = effects.find(({ kind }) => kind === "push");
    if (push?.kind !== "push") return effects;
    this.#isGone = true;
    return [push, { kind: "acknowledge", name: push.name }];
  }
}

export const HASTY: PushMachines = { ...MACHINES, worker: (policy) => new Hasty(policy) };

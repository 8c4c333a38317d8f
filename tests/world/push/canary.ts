/** Sabotaged workers, to show that they are caught. */
import type { WorkerEffect, WorkerInput, WorkerPolicy } from "../../../src/algorithms/push/messages.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import { unpack } from "../../../src/algorithms/push/packing.ts";
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

/** What it does not want to hear it takes for something else. */
class Deaf implements WorkerMachine {
  readonly #inner: Worker;
  readonly #hear: (input: WorkerInput) => WorkerInput;
  constructor(policy: WorkerPolicy, hear: (input: WorkerInput) => WorkerInput) {
    this.#inner = new Worker(policy);
    this.#hear = hear;
  }
  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }
  handle(input: WorkerInput, now: Instant): readonly WorkerEffect[] {
    return this.#inner.handle(this.#hear(input), now);
  }
}

/** Goes on with its block though another one has it. */
const deafToLoss = (input: WorkerInput): WorkerInput =>
  input.kind === "reported" && input.answer.kind === "lost"
    ? { kind: "reported", answer: { kind: "yours", left: 0 } }
    : input;

export const DEAF_TO_LOSS: PushMachines = { ...MACHINES, worker: (policy) => new Deaf(policy, deafToLoss) };

/** Works on a block as the records have it, whoever's lease runs. */
export const DEAF_TO_LEASES: PushMachines = {
  ...MACHINES,
  worker: (policy) => {
    let members: readonly number[] = [];
    return new Deaf(policy, (input) => {
      if (input.kind === "looked-up" && input.record !== undefined) members = unpack(input.record.packed);
      return input.kind === "claimed" && input.answer.kind === "busy"
        ? { kind: "claimed", answer: { kind: "yours", members, isNew: false } }
        : deafToLoss(input);
    });
  },
};

/** Sabotaged workers, to show that they are caught. */
import type { WorkerEffect, WorkerInput } from "../../../src/algorithms/push/messages.ts";
import { unpack } from "../../../src/algorithms/push/packing.ts";
import type { WorkerPolicy } from "../../../src/algorithms/push/policy.ts";
import type { BlockName } from "../../../src/algorithms/push/task.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import type { Instant } from "../../../src/base/units.ts";
import { MACHINES, type PushMachines } from "../../../src/world/push/push.ts";
import type { WorkerMachine } from "../../../src/world/push/workers.ts";

/**
 * Says of a block that all were told, to the records and to the store, and only then tells them, as the real one does. The
 * broker it tells last: a slot gets its next block then. It makes no difference: the next worker finds the block finished.
 */
class Hasty implements WorkerMachine {
  readonly #inner: Worker;
  #name: BlockName | undefined;
  #members: readonly number[] = [];
  /** What the real one would do now, while all are said to be told. */
  #held: readonly WorkerEffect[] | undefined;
  #hasSaidSo = false;
  constructor(policy: WorkerPolicy) {
    this.#inner = new Worker(policy);
  }
  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }
  handle(input: WorkerInput, now: Instant): readonly WorkerEffect[] {
    if (input.kind === "block") this.#name = input.name;
    if (input.kind === "claimed" && input.answer.kind === "yours") this.#members = input.answer.members;
    if (this.#held === undefined) return this.#sayFirst(this.#inner.handle(input, now), now);
    if (input.kind === "record-is-finished") return [{ kind: "finish", name: this.#name!, members: this.#members }];
    const held = input.kind === "finished" ? this.#held : this.#inner.handle(input, now);
    this.#held = undefined;
    return held;
  }
  #sayFirst(effects: readonly WorkerEffect[], now: Instant): readonly WorkerEffect[] {
    const kinds = effects.map(({ kind }) => kind);
    // The store knows nothing of a claim any more, and renews no lease.
    if (kinds.includes("report")) return this.handle({ kind: "reported", answer: { kind: "yours", left: 0 } }, now);
    if (!kinds.includes("grant") || this.#hasSaidSo) return effects;
    this.#hasSaidSo = true;
    this.#held = effects;
    return [{ kind: "record-finished", name: this.#name!, members: this.#members }];
  }
}

export const HASTY: PushMachines = { ...MACHINES, worker: (policy) => new Hasty(policy) };

/** Notifies members taken over from another worker three times. */
class Repeating implements WorkerMachine {
  readonly #inner: Worker;
  #push: WorkerEffect | undefined;
  #isTakenOver = false;
  #times = 0;
  constructor(policy: WorkerPolicy) {
    this.#inner = new Worker(policy);
  }
  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }
  handle(input: WorkerInput, now: Instant): readonly WorkerEffect[] {
    if (input.kind === "claimed" && input.answer.kind === "yours") this.#isTakenOver = !input.answer.isNew;
    if (input.kind === "pushed" && this.#isTakenOver && ++this.#times % 3 !== 0) return [this.#push!];
    const effects = this.#inner.handle(input, now);
    this.#push = effects.find(({ kind }) => kind === "push");
    return effects;
  }
}

export const REPEATING: PushMachines = { ...MACHINES, worker: (policy) => new Repeating(policy) };

/** Takes the members of its block and their neighbours, which are in another part. */
class Greedy implements WorkerMachine {
  readonly #inner: Worker;
  #name: BlockName | undefined;
  #given: WorkerInput | undefined;
  constructor(policy: WorkerPolicy) {
    this.#inner = new Worker(policy);
  }
  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }
  handle(input: WorkerInput, now: Instant): readonly WorkerEffect[] {
    if (input.kind === "block") this.#name = input.name;
    if (input.kind !== "claimed" || input.answer.kind !== "yours") return this.#inner.handle(input, now);
    if (this.#given === undefined) {
      this.#given = input;
      const members = input.answer.members.flatMap((uin) => [uin, uin + 1]);
      return [{ kind: "adopt", name: this.#name!, members }];
    }
    return this.#inner.handle(this.#given, now);
  }
}

export const GREEDY: PushMachines = { ...MACHINES, worker: (policy) => new Greedy(policy) };

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

/** Works on a block as the records have it, even under the lease of another worker. */
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

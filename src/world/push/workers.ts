/**
 * A slot of a host of workers: it drives the very machine which is deployed, one block at a time, and performs what the
 * machine says.
 */
import type { WorkerEffect, WorkerInput } from "../../algorithms/push/messages.ts";
import { type WorkerPolicy, workerPolicyOf } from "../../algorithms/push/policy.ts";
import type { TaskId } from "../../algorithms/push/task.ts";
import type { Machine } from "../../base/machine.ts";
import { type Duration, type Instant, NEVER } from "../../base/units.ts";
import type { Broker, Consumer, Delivery } from "./broker.ts";
import { type Asked, type CallParts, WorkerCalls } from "./worker-calls.ts";
import type { WorkingTimes } from "./working-times.ts";

/** What a slot drives. */
export type WorkerMachine = Machine<WorkerInput, WorkerEffect>;

/** Takes what workers tell the dispatcher. */
export interface ReconcileListener {
  /** Tells it that a task's stores contradict each other. */
  requestReconcile(task: TaskId, why: string): void;
}

/** What a worker reaches. */
export interface WorkerParts extends CallParts {
  readonly broker: Broker;
  readonly dispatcher: ReconcileListener;
  readonly working: WorkingTimes;
  /** Makes the machine of a block. */
  readonly worker: (policy: WorkerPolicy) => WorkerMachine;
}

/** The host that a slot belongs to. */
interface SlotHost {
  /** Its place among all hosts. */
  readonly place: number;
  /** How far its clock is ahead. */
  readonly skew: Duration;
}

/** One slot, from a start of its host to the crash. */
export class Slot implements Consumer {
  readonly host: number;
  readonly #owner: string;
  readonly #parts: WorkerParts;
  readonly #calls: WorkerCalls;
  #isAlive = true;
  #machine: WorkerMachine | undefined;
  /** The block that it has. */
  #delivery: Delivery | undefined;
  #wakeAt: Instant = NEVER;

  /** `owner` names the slot in the store: no two slots that ever live share one. */
  constructor(host: SlotHost, owner: string, parts: WorkerParts) {
    this.host = host.place;
    this.#owner = owner;
    this.#parts = parts;
    this.#calls = new WorkerCalls(parts, owner, host);
  }

  /** Begins with a block; does nothing after the slot's death. */
  take(delivery: Delivery): void {
    if (!this.#isAlive) return;
    const { worker, model, audit } = this.#parts;
    const { lot, lease, pause } = model.workers;
    const roundTrip = model.service.latency;
    this.#machine = worker(workerPolicyOf({ batchSize: lot, lease, pause, roundTrip, limiter: model.limiter }));
    this.#delivery = delivery;
    audit.took(this.#owner, delivery);
    this.#tell(this.#machine, { kind: "block", name: delivery.name });
  }

  /** Ends the slot with its host. What was sent arrives, and the answer is dropped. */
  die(): void {
    this.#isAlive = false;
    this.#parts.audit.died(this.#owner);
    this.#parts.working.set(this.#owner, false);
  }

  /** Does nothing after the slot's death, and with an answer that comes when its block has ended. */
  #tell(machine: WorkerMachine, input: WorkerInput): void {
    if (!this.#isAlive || machine !== this.#machine) return;
    const { events, working } = this.#parts;
    for (const effect of machine.handle(input, events.now)) this.#perform(machine, effect);
    const { wakeAt } = machine;
    working.set(this.#owner, this.#delivery !== undefined && wakeAt === NEVER);
    if (wakeAt === NEVER || wakeAt === this.#wakeAt) return;
    this.#wakeAt = wakeAt;
    events.at(wakeAt, () => {
      if (machine !== this.#machine || this.#wakeAt !== wakeAt) return;
      this.#wakeAt = NEVER;
      this.#tell(machine, { kind: "wake" });
    });
  }

  #perform(machine: WorkerMachine, effect: WorkerEffect): void {
    switch (effect.kind) {
      case "acknowledge":
        this.#end((broker, delivery) => {
          broker.acknowledge(delivery);
        });
        return;
      case "return":
        this.#end((broker, delivery) => {
          broker.return(delivery, effect.after);
        });
        return;
      case "reconcile":
        this.#parts.dispatcher.requestReconcile(effect.task, effect.why);
        return;
      default:
        this.#ask(machine, effect);
    }
  }

  #ask(machine: WorkerMachine, effect: Asked): void {
    this.#calls.perform(effect, this.#delivery!, (input) => {
      this.#tell(machine, input);
    });
  }

  /** Tells the broker what becomes of the block, and waits for another. */
  #end(tell: (broker: Broker, delivery: Delivery) => void): void {
    const { broker, events, model, audit } = this.#parts;
    const delivery = this.#delivery!;
    this.#delivery = undefined;
    audit.ended(this.#owner);
    events.in(model.broker.latency, () => {
      if (!this.#isAlive) return;
      tell(broker, delivery);
      broker.wait(this);
    });
  }
}

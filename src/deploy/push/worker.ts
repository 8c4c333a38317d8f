/**
 * A worker of push on real parts: it gives its machine one block at a time and performs what the machine says, one effect after
 * the other. A failure is an answer like any other. There is nothing else here, so that what simulated worlds show of the
 * machine holds here too.
 */
import type { WorkerEffect, WorkerInput } from "../../algorithms/push/messages.ts";
import type { Rate } from "../../algorithms/push/limiter.ts";
import type { TaskId } from "../../algorithms/push/task.ts";
import type { Machine } from "../../base/machine.ts";
import type { Duration } from "../../base/units.ts";
import { now, sleepUntil } from "../clock.ts";
import type { BlockDelivery, Limiter, MessageService, Parts, Records } from "../ports.ts";

/** What a worker drives. */
export type DeployedWorker = Machine<WorkerInput, WorkerEffect>;

/** What a worker reaches. */
export interface WorkerPorts {
  readonly parts: Parts;
  readonly records: Records;
  readonly limiter: Limiter;
  readonly messages: MessageService;
  /** Tells the dispatcher that the stores contradict each other. */
  readonly requestReconcile: (task: TaskId, why: string) => Promise<void>;
}

/** Settings of one slot. */
export interface SlotSettings {
  /** Names the slot and the life of its process: no two that live share it. */
  readonly owner: string;
  readonly blockSize: number;
  readonly lease: Duration;
  readonly rate: Rate;
}

/** Effects that are answered. */
type Asked = Exclude<WorkerEffect, { readonly kind: "acknowledge" | "return" | "reconcile" }>;

/** Drives one machine. */
export class WorkerShell {
  readonly #machine: DeployedWorker;
  readonly #ports: WorkerPorts;
  readonly #settings: SlotSettings;

  constructor(machine: DeployedWorker, ports: WorkerPorts, settings: SlotSettings) {
    this.#machine = machine;
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Works on a block until it is acknowledged or given back. Throws if neither is possible. */
  async work(delivery: BlockDelivery): Promise<void> {
    let input: WorkerInput = { kind: "block", name: delivery.name };
    for (;;) {
      let answer: WorkerInput | undefined;
      for (const effect of this.#machine.handle(input, now())) {
        if (effect.kind === "acknowledge") return delivery.acknowledge();
        if (effect.kind === "return") return await delivery.giveBack(effect.after);
        // A request that cannot be sent now is made again by the next block.
        if (effect.kind === "reconcile")
          await this.#ports.requestReconcile(effect.task, effect.why).catch(() => undefined);
        else answer = await this.#answer(effect);
      }
      if (answer === undefined) await sleepUntil(this.#machine.wakeAt);
      input = answer ?? { kind: "wake" };
    }
  }

  async #answer(effect: Asked): Promise<WorkerInput> {
    try {
      return await this.#perform(effect);
    } catch (error) {
      return { kind: "failed", what: `${effect.kind}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  async #perform(effect: Asked): Promise<WorkerInput> {
    const { parts, records, limiter, messages } = this.#ports;
    const { owner, blockSize, lease, rate } = this.#settings;
    switch (effect.kind) {
      case "look-up":
        return { kind: "looked-up", record: await records.get(effect.name) };
      case "claim":
        return { kind: "claimed", answer: await parts.claim(effect.name, owner, blockSize, lease) };
      case "resume":
        return { kind: "claimed", answer: await parts.resume(effect.name, owner, lease) };
      case "adopt":
        return { kind: "claimed", answer: await parts.adopt(effect.name, owner, effect.members, lease) };
      case "record":
        return { kind: "recorded", record: await records.record(effect.name, effect.members) };
      case "grant":
        return { kind: "granted", grant: await limiter.grant(effect.want, rate) };
      case "push":
        return { kind: "pushed", refused: await messages.push({ name: effect.name, owner, uins: effect.uins }) };
      case "report":
        return { kind: "reported", answer: await parts.report(effect.name, owner, effect.uins, lease) };
      case "record-finished":
        await records.finish(effect.name, effect.members);
        return { kind: "record-is-finished" };
      case "finish":
        await parts.finish(effect.name, effect.members);
        return { kind: "finished" };
    }
  }
}

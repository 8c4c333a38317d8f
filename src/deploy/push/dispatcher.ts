/**
 * The dispatcher of push on real parts: it gives its machine inputs and the time, and performs all effects that the machine
 * asks for at once. A failure is an answer like any other.
 */
import type { DispatcherEffect, DispatcherInput, PartView } from "../../algorithms/push/messages.ts";
import { reconcilePart, type KnownOfPart, type Repair } from "../../algorithms/push/reconcile.ts";
import { partOf, type BlockName, type TaskId } from "../../algorithms/push/task.ts";
import type { Due } from "../../algorithms/push/trigger.ts";
import type { Machine } from "../../base/machine.ts";
import { assert } from "../../base/assert.ts";
import { after, ms, type Duration } from "../../base/units.ts";
import { msUntil, now, sleepUntil } from "../clock.ts";
import type { Audiences, DueTasks, Parts, Prefetched, Records, Tasks } from "../ports.ts";

/** What the dispatcher reaches. */
export interface DispatcherPorts {
  readonly tasks: Tasks;
  readonly audiences: Audiences;
  readonly prefetched: Prefetched;
  readonly parts: Parts;
  readonly records: Records;
  readonly triggers: DueTasks;
  /** Resolves when the broker has it. */
  readonly publish: (name: BlockName) => Promise<void>;
}

/** Time before a trigger that is not acknowledged goes to another dispatcher; chosen well above a change of state. */
const VISIBILITY = ms(30_000);
/** Rows of an audience read at once; chosen. */
const PAGE = 20_000;

/** Drives one machine. */
export class DispatcherShell {
  readonly #machine: Machine<DispatcherInput, DispatcherEffect>;
  readonly #ports: DispatcherPorts;
  readonly #parts: number;
  readonly #inputs: DispatcherInput[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  /** All dispatchers of an installation have the same number of `parts`. */
  constructor(machine: Machine<DispatcherInput, DispatcherEffect>, ports: DispatcherPorts, parts: number) {
    this.#machine = machine;
    this.#ports = ports;
    this.#parts = parts;
  }

  /** Queues an input for the machine. */
  tell(input: DispatcherInput): void {
    this.#inputs.push(input);
    this.#wake();
  }

  /** Makes `run` end. Effects that are under way are not waited for. */
  stop(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Runs until `stop`. Takes due tasks from the delay queue every `poll`. */
  async run(poll: Duration): Promise<void> {
    const polling = this.#pollEvery(poll);
    while (!this.#isOver) {
      const input = this.#inputs.shift() ?? (this.#machine.wakeAt <= now() ? { kind: "wake" as const } : undefined);
      if (input === undefined) await this.#rest(msUntil(this.#machine.wakeAt));
      else for (const effect of this.#machine.handle(input, now())) void this.#answer(effect);
    }
    await polling;
  }

  #rest(most: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #pollEvery(poll: Duration): Promise<void> {
    while (!this.#isOver) {
      // A trigger that cannot be taken now is there the next time, and the task table knows the task too.
      const taken = await this.#ports.triggers.take(10, VISIBILITY).catch(() => []);
      for (const due of taken) await this.#trigger(due).catch(() => undefined);
      await sleepUntil(after(now(), poll));
    }
  }

  /** Acknowledges a trigger at once if its task is gone or has another due time by now. */
  async #trigger({ task: id, due }: Due): Promise<void> {
    const task = await this.#ports.tasks.get(id);
    if (task?.due === due) this.tell({ kind: "triggered", task });
    else await this.#ports.triggers.acknowledge(id);
  }

  async #answer(effect: DispatcherEffect): Promise<void> {
    try {
      const answer = await this.#perform(effect);
      if (answer !== undefined) this.tell(answer);
    } catch (error) {
      this.tell({ kind: "failed", effect, what: error instanceof Error ? error.message : String(error) });
    }
  }

  async #perform(effect: DispatcherEffect): Promise<DispatcherInput | undefined> {
    const { tasks, triggers, publish } = this.#ports;
    switch (effect.kind) {
      case "find":
        return { kind: "found", tasks: await tasks.find(now()) };
      case "acknowledge-trigger":
        await triggers.acknowledge(effect.task);
        return undefined;
      case "set-state": {
        const { task, from, to } = effect;
        return { kind: "stated", task, state: await tasks.change(task, from, to) };
      }
      case "fill":
        await this.#fill(effect.task);
        return { kind: "filled", task: effect.task };
      case "look":
        return { kind: "looked", task: effect.task, parts: await this.#look(effect.task) };
      case "publish":
        await publish(effect.name);
        return { kind: "published", name: effect.name };
      case "reconcile":
        await this.#reconcile(effect.task);
        return { kind: "reconciled", task: effect.task };
    }
  }

  async #fill(task: TaskId): Promise<void> {
    const members = await this.#membersOf(task);
    // As after a loss: another dispatcher may have been quicker, and Redis may have lost what it filled.
    await this.#reconcile(task, members);
    await this.#ports.tasks.count(
      task,
      members.reduce((sum, uins) => sum + uins.length, 0),
    );
  }

  /**
   * Returns the subscribers to be told, by part. All are in memory, because a part is filled in one step: 20 bytes each, 2 GB
   * for a hundred million.
   */
  async #membersOf(id: TaskId): Promise<readonly (readonly number[])[]> {
    const { tasks, audiences, prefetched } = this.#ports;
    const task = await tasks.get(id);
    assert(task !== undefined, () => `task ${id} is missing in the task table`);
    const members = Array.from({ length: this.#parts }, (): number[] => []);
    for await (const page of audiences.pages(task.audience, PAGE)) {
      const have = await prefetched.among(id, page);
      for (const uin of page) if (!have.has(uin)) members[partOf(uin, this.#parts)]!.push(uin);
    }
    return members;
  }

  /** Reads the records first and the store after: then the store knows every block of theirs, or has lost it. */
  async #look(task: TaskId): Promise<readonly PartView[]> {
    const { parts, records } = this.#ports;
    const look = async (part: number): Promise<PartView> => {
      const recorded = await records.status(task, part);
      return { part, records: recorded, store: await parts.status(task, part) };
    };
    return Promise.all(Array.from({ length: this.#parts }, (_, part) => look(part)));
  }

  /** `known` are the subscribers to be told, by part; without it they are read when they are needed. */
  async #reconcile(task: TaskId, known?: readonly (readonly number[])[]): Promise<void> {
    const { parts, records } = this.#ports;
    let members = known;
    for (let part = 0; part < this.#parts; part++) {
      const recorded = await records.all(task, part);
      const { isFilled } = await parts.status(task, part);
      const store: KnownOfPart["store"] = { isFilled, ...(await parts.contents(task, part)) };
      if (!isFilled) members ??= await this.#membersOf(task);
      const audience = members?.[part] ?? [];
      for (const repair of reconcilePart({ audience, records: recorded, store }))
        await this.#repair(task, part, repair);
    }
  }

  async #repair(task: TaskId, part: number, repair: Repair): Promise<void> {
    const { parts, records } = this.#ports;
    if (repair.on === "records") await records[repair.step]({ task, part, block: repair.block }, repair.members);
    else if (repair.step === "fill") await parts.fill(task, part, repair.members);
    else await parts[repair.step]({ task, part, block: repair.block }, repair.members);
  }
}

/**
 * The queue between dispatcher and workers. Each slot of a host holds one block at a time; what it does not
 * acknowledge comes back: at once when it is returned, a while after its host is lost. A broker in trouble believes a
 * worker lost who is not, and hands its block out once more. One that stops keeps its queue on disk, and has lost
 * all connections: it hands out again what was not acknowledged.
 */
import type { BlockName } from "../../algorithms/push/task.ts";
import { Draws } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Diary } from "./diary.ts";

/** Who takes blocks; several deliveries never lie with one at once. */
export interface Consumer {
  readonly host: number;
  /** `isTwice`: the broker has handed it out before, to somebody who may live. */
  take(delivery: number, name: BlockName, isTwice: boolean): void;
}

interface Message {
  readonly name: BlockName;
  readonly isTwice: boolean;
}

interface Held extends Message {
  readonly consumer: Consumer;
}

export class Broker {
  /** Share of deliveries that are handed out once more. */
  redelivery = 0;
  readonly #model: PushModel["broker"];
  readonly #diary: Diary;
  readonly #luck: Draws;
  readonly #ready: Message[] = [];
  readonly #idle: Consumer[] = [];
  readonly #held = new Map<number, Held>();
  #deliveries = 0;
  #isUp = true;

  constructor(model: PushModel["broker"], diary: Diary, seed: string) {
    this.#model = model;
    this.#diary = diary;
    this.#luck = new Draws(seed, "a block is handed out twice");
  }

  /** Blocks that wait or lie with a worker. */
  get size(): number {
    return this.#ready.length + this.#held.size;
  }

  /** What is sent to it while it is not up is lost. */
  get isUp(): boolean {
    return this.#isUp;
  }

  set isUp(is: boolean) {
    if (is === this.#isUp) return;
    this.#isUp = is;
    if (!is) for (const { name } of this.#held.values()) this.#ready.push({ name, isTwice: true });
    if (!is) this.#held.clear();
    this.#match();
  }

  publish(name: BlockName): void {
    this.#put({ name, isTwice: false });
  }

  /** A consumer has nothing to do. */
  wait(consumer: Consumer): void {
    this.#idle.push(consumer);
    this.#match();
  }

  /** A delivery that the broker believes lost is not known to it any more. */
  acknowledge(delivery: number): void {
    this.#held.delete(delivery);
  }

  return(delivery: number, wait: Duration): void {
    const held = this.#held.get(delivery);
    if (held === undefined) return;
    this.#held.delete(delivery);
    this.#diary.in(wait, () => {
      this.#put({ name: held.name, isTwice: held.isTwice });
    });
  }

  /** A host is lost: nobody of it waits any more, and what it held is handed out to others when that is noticed. */
  lose(host: number): void {
    this.#keep(this.#idle.filter((consumer) => consumer.host !== host));
    for (const [delivery, { consumer }] of this.#held)
      if (consumer.host === host) this.return(delivery, this.#model.redelivery);
  }

  #keep(consumers: readonly Consumer[]): void {
    this.#idle.splice(0, this.#idle.length, ...consumers);
  }

  #put(message: Message): void {
    this.#ready.push(message);
    this.#match();
  }

  #match(): void {
    while (this.#isUp && this.#ready.length > 0 && this.#idle.length > 0) {
      const { name, isTwice } = this.#ready.shift()!;
      const consumer = this.#idle.shift()!;
      const delivery = ++this.#deliveries;
      this.#held.set(delivery, { name, isTwice, consumer });
      this.#diary.in(this.#model.latency, () => {
        consumer.take(delivery, name, isTwice);
      });
      if (this.#luck.uniform(delivery, 0, 0) < this.redelivery) this.#believeLost(delivery);
    }
  }

  /** The worker lives and works on; its acknowledgement will mean nothing. */
  #believeLost(delivery: number): void {
    this.#diary.in(this.#model.redelivery, () => {
      const held = this.#held.get(delivery);
      if (held === undefined) return;
      this.#held.delete(delivery);
      this.#put({ name: held.name, isTwice: true });
    });
  }
}

/**
 * The queue between dispatcher and workers. Each slot of a host holds one block at a time. A block that is not acknowledged
 * comes back: when the slot returns it, or a while after the loss of the host. Under a redelivery fault the broker takes live
 * workers for lost and hands their blocks out a second time. A broker that stops keeps its queue on disk and loses all
 * connections: it hands out again what was not acknowledged.
 */
import type { BlockName } from "../../algorithms/push/task.ts";
import { Draws } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { EventQueue } from "../../engine/event-queue.ts";

interface Message {
  readonly name: BlockName;
  /** True if the broker has handed the block out before, to a worker that may live. */
  readonly isTwice: boolean;
}

/** A message as it is handed to a consumer. */
export interface Delivery extends Message {
  /** Of this delivery; counts from 1. */
  readonly number: number;
}

/** Takes blocks, one delivery at a time. */
export interface Consumer {
  /** The place of its host among all hosts. */
  readonly host: number;
  take(delivery: Delivery): void;
}

interface Held {
  readonly delivery: Delivery;
  readonly consumer: Consumer;
}

/** The broker. */
export class Broker {
  /** Share of deliveries that are handed out a second time, from 0 to 1. */
  redelivery = 0;
  readonly #model: PushModel["broker"];
  readonly #events: EventQueue;
  readonly #luck: Draws;
  readonly #ready: Message[] = [];
  readonly #idle: Consumer[] = [];
  /** By number of the delivery. */
  readonly #held = new Map<number, Held>();
  #deliveries = 0;
  #isUp = true;

  constructor(model: PushModel["broker"], events: EventQueue, seed: string) {
    this.#model = model;
    this.#events = events;
    this.#luck = new Draws(seed, "a block is handed out twice");
  }

  /** Number of blocks that wait or are held by a worker. */
  get size(): number {
    return this.#ready.length + this.#held.size;
  }

  /** False while it is down: what is sent to it then is lost. */
  get isUp(): boolean {
    return this.#isUp;
  }

  set isUp(is: boolean) {
    if (is === this.#isUp) return;
    this.#isUp = is;
    if (!is) for (const { delivery } of this.#held.values()) this.#ready.push({ name: delivery.name, isTwice: true });
    if (!is) this.#held.clear();
    this.#match();
  }

  /** Puts a block at the end of the queue. */
  publish(name: BlockName): void {
    this.#put({ name, isTwice: false });
  }

  /** Hands the next block to this consumer, once its turn comes. */
  wait(consumer: Consumer): void {
    this.#idle.push(consumer);
    this.#match();
  }

  /** Ends a delivery. One that the broker believes lost is not known to it any more. */
  acknowledge({ number }: Delivery): void {
    this.#held.delete(number);
  }

  /** Takes a block back, to be handed out again after `wait`. */
  return({ number, name, isTwice }: Delivery, wait: Duration): void {
    if (!this.#held.delete(number)) return;
    this.#events.in(wait, () => {
      this.#put({ name, isTwice });
    });
  }

  /** Loses a host: its consumers do not wait any more, and its blocks are handed out to others once the broker notices. */
  lose(host: number): void {
    this.#keep(this.#idle.filter((consumer) => consumer.host !== host));
    for (const { delivery, consumer } of this.#held.values())
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
      const delivery = { ...this.#ready.shift()!, number: ++this.#deliveries };
      const consumer = this.#idle.shift()!;
      this.#held.set(delivery.number, { delivery, consumer });
      this.#events.in(this.#model.latency, () => {
        consumer.take(delivery);
      });
      if (this.#luck.uniform(delivery.number, 0, 0) < this.redelivery) this.#believeLost(delivery);
    }
  }

  /** The worker lives and works on; its acknowledgement will mean nothing. */
  #believeLost({ number, name }: Delivery): void {
    this.#events.in(this.#model.redelivery, () => {
      if (this.#held.delete(number)) this.#put({ name, isTwice: true });
    });
  }
}

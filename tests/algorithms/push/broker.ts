/** A queue of blocks as brokers are: what is not acknowledged comes again, and what comes again may come twice. */
import { type BlockName } from "../../../src/algorithms/push/task.ts";
import { after, type Duration, type Instant } from "../../../src/base/units.ts";

interface Message {
  readonly name: BlockName;
  readonly visibleAt: Instant;
}

export class Broker {
  #queue: Message[] = [];
  readonly #unacknowledged = new Map<string, Message>();

  publish(name: BlockName, now: Instant, wait: Duration): void {
    this.#queue.push({ name, visibleAt: after(now, wait) });
  }

  take(consumer: string, now: Instant): BlockName | undefined {
    const place = this.#queue.findIndex(({ visibleAt }) => visibleAt <= now);
    const message = this.#queue[place];
    if (message === undefined) return undefined;
    this.#queue.splice(place, 1);
    this.#unacknowledged.set(consumer, message);
    return message.name;
  }

  /** Void when the message was handed out anew before. */
  acknowledge(consumer: string): void {
    this.#unacknowledged.delete(consumer);
  }

  /** The consumer is gone, or is thought to be. */
  redeliver(consumer: string, now: Instant): void {
    const message = this.#unacknowledged.get(consumer);
    if (message === undefined) return;
    this.#unacknowledged.delete(consumer);
    this.publish(message.name, now, 0 as Duration);
  }

  /** A queue that was not kept on disk. */
  clear(): void {
    this.#queue = [];
    this.#unacknowledged.clear();
  }
}

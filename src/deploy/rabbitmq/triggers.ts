/**
 * Tasks that come due, on RabbitMQ: a message rests in a queue of its due time, and the broker then dead-letters it into the
 * queue of due tasks. A broker cannot take back a message or change its time: a task that was given another due time comes at
 * both, and its taker asks the task table which one holds. Dead-lettering is not confirmed inside the broker: what a crash of
 * the broker loses there, the task table brings back.
 */
import type { Channel, ChannelModel, GetMessage } from "amqplib";
import type { TaskId } from "../../algorithms/push/task.ts";
import type { Due } from "../../algorithms/push/trigger.ts";
import { after, inMs, type Duration, type Instant } from "../../base/units.ts";
import type { DueTasks } from "../ports.ts";
import { openChannel, openOutbox, restingQueue, type Outbox } from "./connection.ts";

/** The longest rest in ms; for a later due time a task rests several times. RabbitMQ takes up to 2^32 - 1. */
const LONGEST = 86_400_000;

interface Held {
  readonly message: GetMessage;
  readonly until: Instant;
}

export class RabbitDueTasks implements DueTasks {
  readonly #queue: string;
  readonly #outbox: Outbox;
  readonly #taking: Channel;
  readonly #now: () => Instant;
  readonly #held = new Map<TaskId, Held>();

  /** `now` is the clock that due times are on, in microseconds since 1970. `whenOver` is called, perhaps more than once, when a channel was closed. */
  static async open(
    connection: ChannelModel,
    now: () => Instant,
    prefix = "push",
    whenOver: () => void = () => undefined,
  ): Promise<RabbitDueTasks> {
    const outbox = await openOutbox(connection, whenOver);
    const taking = await openChannel(connection, whenOver);
    const queue = `${prefix}.due`;
    await outbox.channel.assertQueue(queue, { durable: true });
    return new RabbitDueTasks(queue, outbox, taking, now);
  }

  private constructor(queue: string, outbox: Outbox, taking: Channel, now: () => Instant) {
    this.#queue = queue;
    this.#outbox = outbox;
    this.#taking = taking;
    this.#now = now;
  }

  async schedule(task: TaskId, due: Instant): Promise<void> {
    const wait = Math.max(0, Math.ceil((due - this.#now()) / 1_000));
    if (wait === 0) return this.#outbox.send(this.#queue, { task, due });
    const rest = Math.min(wait, LONGEST);
    // The wait is part of the name: a queue cannot be declared again with another one.
    const resting = `${this.#queue}.${String(inMs(due))}.${String(rest)}`;
    await restingQueue(this.#outbox.channel, this.#queue, resting, rest);
    await this.#outbox.send(resting, { task, due });
  }

  async take(most: number, visibility: Duration): Promise<readonly Due[]> {
    const now = this.#now();
    this.#giveBack(now);
    const taken: Due[] = [];
    while (taken.length < most) {
      const message = await this.#taking.get(this.#queue);
      if (message === false) break;
      const { task, due } = JSON.parse(message.content.toString()) as { readonly task: TaskId; readonly due: Instant };
      if (due > now || this.#held.has(task)) {
        // Too early, or a second message of a task that is in hand: it rests on.
        await this.schedule(task, due > now ? due : after(now, visibility));
        this.#taking.ack(message);
        continue;
      }
      this.#held.set(task, { message, until: after(now, visibility) });
      taken.push({ task, due, taken: message.fields.redelivered ? 2 : 1 });
    }
    return taken;
  }

  async acknowledge(task: TaskId): Promise<boolean> {
    const held = this.#held.get(task);
    if (held === undefined) return false;
    this.#held.delete(task);
    this.#taking.ack(held.message);
    return Promise.resolve(true);
  }

  async delete(): Promise<void> {
    await this.#outbox.channel.deleteQueue(this.#queue);
  }

  #giveBack(now: Instant): void {
    for (const [task, { message, until }] of this.#held) {
      if (until > now) continue;
      this.#held.delete(task);
      this.#taking.nack(message, false, true);
    }
  }
}

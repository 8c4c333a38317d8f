/** Requests of workers to the dispatcher to reconcile a task's stores. A request that gets lost is made again by the next block. */
import type { ChannelModel } from "amqplib";
import type { TaskId } from "../../algorithms/push/task.ts";
import { openOutbox, type Outbox } from "./connection.ts";

interface ReconcileRequest {
  readonly task: TaskId;
  readonly why: string;
}

/** Both ends of the queue, which is called PREFIX.doubts. */
export class RabbitReconcileRequests {
  readonly #queue: string;
  readonly #outbox: Outbox;
  readonly #whenOver: () => void;

  /** Opens the queue. `whenOver` is called, perhaps more than once, when the channel was closed or the consumed queue is gone. */
  static async open(
    connection: ChannelModel,
    prefix = "push",
    whenOver: () => void = () => undefined,
  ): Promise<RabbitReconcileRequests> {
    const requests = new RabbitReconcileRequests(`${prefix}.doubts`, await openOutbox(connection, whenOver), whenOver);
    await requests.#assertQueue();
    return requests;
  }

  private constructor(queue: string, outbox: Outbox, whenOver: () => void) {
    this.#queue = queue;
    this.#outbox = outbox;
    this.#whenOver = whenOver;
  }

  /** Sends a request; resolves when the broker has it. Declares the queue if it was deleted. */
  async send(task: TaskId, why: string): Promise<void> {
    const request: ReconcileRequest = { task, why };
    await this.#assertQueue();
    await this.#outbox.send(this.#queue, request);
  }

  /** Calls `tell` with each request, which is acknowledged at once. */
  async consume(tell: (task: TaskId, why: string) => void): Promise<void> {
    await this.#outbox.channel.consume(
      this.#queue,
      (message) => {
        if (message === null) return this.#whenOver();
        const { task, why } = JSON.parse(message.content.toString()) as ReconcileRequest;
        tell(task, why);
      },
      { noAck: true },
    );
  }

  /** Deletes the queue. */
  async delete(): Promise<void> {
    await this.#outbox.channel.deleteQueue(this.#queue);
  }

  async #assertQueue(): Promise<void> {
    await this.#outbox.channel.assertQueue(this.#queue, { durable: true });
  }
}

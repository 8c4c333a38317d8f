/** What workers tell the dispatcher: stores that contradict each other. A doubt that gets lost is raised again by the next block. */
import type { ChannelModel } from "amqplib";
import type { TaskId } from "../../algorithms/push/task.ts";
import { openOutbox, type Outbox } from "./connection.ts";

interface Doubt {
  readonly task: TaskId;
  readonly why: string;
}

export class RabbitDoubts {
  readonly #queue: string;
  readonly #outbox: Outbox;
  readonly #whenOver: () => void;

  /** `whenOver` is called, perhaps more than once, when no more can be raised or heard: the channel was closed, or the queue that was heard is gone. */
  static async open(
    connection: ChannelModel,
    prefix = "push",
    whenOver: () => void = () => undefined,
  ): Promise<RabbitDoubts> {
    const doubts = new RabbitDoubts(`${prefix}.doubts`, await openOutbox(connection, whenOver), whenOver);
    await doubts.#assertQueue();
    return doubts;
  }

  private constructor(queue: string, outbox: Outbox, whenOver: () => void) {
    this.#queue = queue;
    this.#outbox = outbox;
    this.#whenOver = whenOver;
  }

  /** If the queue has been deleted there is another one from now on, which waits for whoever hears. */
  async raise(task: TaskId, why: string): Promise<void> {
    const doubt: Doubt = { task, why };
    await this.#assertQueue();
    await this.#outbox.send(this.#queue, doubt);
  }

  async hear(tell: (task: TaskId, why: string) => void): Promise<void> {
    await this.#outbox.channel.consume(
      this.#queue,
      (message) => {
        if (message === null) return this.#whenOver();
        const { task, why } = JSON.parse(message.content.toString()) as Doubt;
        tell(task, why);
      },
      { noAck: true },
    );
  }

  async delete(): Promise<void> {
    await this.#outbox.channel.deleteQueue(this.#queue);
  }

  async #assertQueue(): Promise<void> {
    await this.#outbox.channel.assertQueue(this.#queue, { durable: true });
  }
}

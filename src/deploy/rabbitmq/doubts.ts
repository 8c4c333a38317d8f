/** What workers tell the dispatcher: stores that contradict each other. A doubt that gets lost is raised again by the next block. */
import type { ChannelModel, ConfirmChannel } from "amqplib";
import type { TaskId } from "../../algorithms/push/task.ts";
import { sendTo } from "./connection.ts";

interface Doubt {
  readonly task: TaskId;
  readonly why: string;
}

export class RabbitDoubts {
  readonly #queue: string;
  readonly #channel: ConfirmChannel;

  static async open(connection: ChannelModel, prefix = "push"): Promise<RabbitDoubts> {
    const channel = await connection.createConfirmChannel();
    channel.on("error", () => undefined);
    const queue = `${prefix}.doubts`;
    await channel.assertQueue(queue, { durable: true });
    return new RabbitDoubts(queue, channel);
  }

  private constructor(queue: string, channel: ConfirmChannel) {
    this.#queue = queue;
    this.#channel = channel;
  }

  async raise(task: TaskId, why: string): Promise<void> {
    const doubt: Doubt = { task, why };
    await sendTo(this.#channel, this.#queue, doubt);
  }

  async hear(tell: (task: TaskId, why: string) => void): Promise<void> {
    await this.#channel.consume(
      this.#queue,
      (message) => {
        if (message === null) return;
        const { task, why } = JSON.parse(message.content.toString()) as Doubt;
        tell(task, why);
      },
      { noAck: true },
    );
  }

  async delete(): Promise<void> {
    await this.#channel.deleteQueue(this.#queue);
  }
}

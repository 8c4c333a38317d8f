/**
 * The queue of blocks between dispatcher and workers. The broker has a block on disk before publishing is confirmed, and keeps it until a
 * worker acknowledges it: a worker that dies, or loses its connection, gives its blocks back.
 */
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib";
import type { BlockName } from "../../algorithms/push/task.ts";
import { inMs } from "../../base/units.ts";
import type { Delivery } from "../ports.ts";
import { restingQueue, sendTo } from "./connection.ts";

interface Content {
  readonly name: BlockName;
  readonly again?: true;
}

/** The shortest rest in ms; longer ones double, so that there are few resting queues. Chosen. */
const SHORTEST = 50;

export class RabbitBlocks {
  readonly #connection: ChannelModel;
  readonly #queue: string;
  readonly #publishing: ConfirmChannel;
  readonly #consuming: Channel;

  /** `slots` blocks at once are handed to a consumer. */
  static async open(connection: ChannelModel, slots: number, prefix = "push"): Promise<RabbitBlocks> {
    const publishing = await connection.createConfirmChannel();
    const consuming = await connection.createChannel();
    for (const channel of [publishing, consuming]) channel.on("error", () => undefined);
    const queue = `${prefix}.blocks`;
    await publishing.assertQueue(queue, { durable: true });
    await consuming.prefetch(slots);
    return new RabbitBlocks(connection, queue, publishing, consuming);
  }

  private constructor(connection: ChannelModel, queue: string, publishing: ConfirmChannel, consuming: Channel) {
    this.#connection = connection;
    this.#queue = queue;
    this.#publishing = publishing;
    this.#consuming = consuming;
  }

  /** Resolves when the broker has it. */
  async publish(name: BlockName): Promise<void> {
    const content: Content = { name };
    await sendTo(this.#publishing, this.#queue, content);
  }

  /** `whenOver` is called, perhaps more than once, when no more can come: the connection is over, or the queue was deleted. */
  async consume(take: (delivery: Delivery) => void, whenOver: () => void): Promise<void> {
    this.#connection.on("close", whenOver);
    this.#consuming.on("close", whenOver);
    await this.#consuming.consume(this.#queue, (message) => {
      if (message === null) whenOver();
      else take(this.#delivery(message));
    });
  }

  /** Blocks that wait in the queue, without those handed out and those at rest. */
  async waiting(): Promise<number> {
    return (await this.#publishing.checkQueue(this.#queue)).messageCount;
  }

  /** Stops in an orderly way: a connection closed at once may leave acknowledgements behind. */
  async close(): Promise<void> {
    await this.#consuming.close();
    await this.#publishing.close();
  }

  async delete(): Promise<void> {
    await this.#publishing.deleteQueue(this.#queue);
  }

  #delivery(message: ConsumeMessage): Delivery {
    const { name, again } = JSON.parse(message.content.toString()) as Content;
    return {
      name,
      isAgain: again === true || message.fields.redelivered,
      acknowledge: () => this.#consuming.ack(message),
      giveBack: async (wait) => {
        let rest = SHORTEST;
        while (rest < inMs(wait)) rest *= 2;
        const resting = `${this.#queue}.rest.${String(rest)}`;
        const content: Content = { name, again: true };
        await restingQueue(this.#publishing, this.#queue, resting, rest);
        // The copy first, then the acknowledgement: a crash between them makes two of a block, which claims bear; never none.
        await sendTo(this.#publishing, resting, content);
        this.#consuming.ack(message);
      },
    };
  }
}

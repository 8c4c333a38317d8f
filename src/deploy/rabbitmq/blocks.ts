/**
 * The queue of blocks between dispatcher and workers. The broker has a block on disk before publishing is confirmed, and keeps
 * it until a worker acknowledges it: blocks of a worker that dies, or loses its connection, are handed out again.
 */
import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import type { BlockName } from "../../algorithms/push/task.ts";
import { inMs } from "../../base/units.ts";
import type { BlockDelivery } from "../ports.ts";
import { openChannel, openOutbox, restingQueue, type Outbox } from "./connection.ts";

interface Content {
  readonly name: BlockName;
  readonly again?: true;
}

/** The shortest rest in ms; longer ones double, so that there are few resting queues. Chosen. */
const SHORTEST = 50;

export class RabbitBlocks {
  readonly #queue: string;
  readonly #outbox: Outbox;
  readonly #consuming: Channel;
  readonly #whenOver: () => void;

  /**
   * Opens the queue; `slots` blocks at once are handed to a consumer. `whenOver` is called, perhaps more than once, when one of
   * the two directions is over: a channel was closed, or the queue that was consumed is gone.
   */
  static async open(
    connection: ChannelModel,
    slots: number,
    prefix = "push",
    whenOver: () => void = () => undefined,
  ): Promise<RabbitBlocks> {
    const outbox = await openOutbox(connection, whenOver);
    const consuming = await openChannel(connection, whenOver);
    const queue = `${prefix}.blocks`;
    await outbox.channel.assertQueue(queue, { durable: true });
    await consuming.prefetch(slots);
    return new RabbitBlocks(queue, outbox, consuming, whenOver);
  }

  private constructor(queue: string, outbox: Outbox, consuming: Channel, whenOver: () => void) {
    this.#queue = queue;
    this.#outbox = outbox;
    this.#consuming = consuming;
    this.#whenOver = whenOver;
  }

  /** Publishes a block; resolves when the broker has it. */
  async publish(name: BlockName): Promise<void> {
    const content: Content = { name };
    await this.#outbox.send(this.#queue, content);
  }

  async consume(take: (delivery: BlockDelivery) => void): Promise<void> {
    await this.#consuming.consume(this.#queue, (message) => {
      if (message === null) this.#whenOver();
      else take(this.#delivery(message));
    });
  }

  /** Returns the number of blocks in the queue, without those handed out and those at rest. */
  async waiting(): Promise<number> {
    return (await this.#outbox.channel.checkQueue(this.#queue)).messageCount;
  }

  /** Stops in an orderly way: a connection closed at once may leave acknowledgements behind. */
  async close(): Promise<void> {
    await this.#consuming.close();
    await this.#outbox.channel.close();
  }

  async delete(): Promise<void> {
    await this.#outbox.channel.deleteQueue(this.#queue);
  }

  #delivery(message: ConsumeMessage): BlockDelivery {
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
        await restingQueue(this.#outbox.channel, this.#queue, resting, rest);
        // The copy first, then the acknowledgement: a crash between them makes two of a block, which claims bear; never none.
        await this.#outbox.send(resting, content);
        this.#consuming.ack(message);
      },
    };
  }
}

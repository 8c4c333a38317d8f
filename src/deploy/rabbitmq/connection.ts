/** A connection to RabbitMQ. A lost one is closed for good: whoever drives it opens another, and what was not acknowledged comes again. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Channel, type ChannelModel, type ConfirmChannel, type Message } from "amqplib";
import { Away, type Service } from "../services.ts";

/** Connects, or throws `Away`. `timeout` in ms is that of connecting; the peer is given up after two silent heartbeats. */
export const connectRabbit = async (service: Service, timeout = 5_000): Promise<ChannelModel> => {
  const { host, port, user, password } = service;
  const options = { protocol: "amqp", hostname: host, port, username: user, password, heartbeat: 10 };
  try {
    const connection = await connect(options, { timeout });
    // Without a listener a lost connection would end the process; its close tells of it.
    connection.on("error", () => undefined);
    return connection;
  } catch (error) {
    throw new Away(service, error);
  }
};

/** How long a broker has to confirm that a connection is closed, in ms; chosen. One that is silent is given up by its heartbeats. */
const CLOSING = 2_000;

export const closeRabbit = async (connection: ChannelModel): Promise<void> => {
  await Promise.race([connection.close().catch(() => undefined), sleep(CLOSING, undefined, { ref: false })]);
};

/** A channel. `whenOver` is called when it is closed, be it by the broker, after an error, or with its connection. */
export const openChannel = async (connection: ChannelModel, whenOver: () => void): Promise<Channel> =>
  watched(await connection.createChannel(), whenOver);

/** A channel to send on, each message of which is confirmed. */
export interface Outbox {
  readonly channel: ConfirmChannel;
  /** Resolves when the broker has it on disk; throws when it has not, or has no such queue. */
  readonly send: (queue: string, content: unknown) => Promise<void>;
}

export const openOutbox = async (connection: ChannelModel, whenOver: () => void): Promise<Outbox> => {
  const channel = watched(await connection.createConfirmChannel(), whenOver);
  // A message that no queue takes is confirmed all the same; but before that it comes back.
  const returned = new Set<unknown>();
  channel.on("return", (message: Message) => returned.add(message.properties.messageId));
  const send = (queue: string, content: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const messageId = randomUUID();
      const options = { persistent: true, mandatory: true, messageId };
      channel.sendToQueue(queue, Buffer.from(JSON.stringify(content)), options, (error: unknown) => {
        if (returned.delete(messageId)) reject(new Error(`the broker has no queue ${queue}`));
        else if (error instanceof Error) reject(error);
        else if (error !== null && error !== undefined)
          reject(new Error(`the broker did not take a message for ${queue}`));
        else resolve();
      });
    });
  return { channel, send };
};

/** Without a listener an error of a channel would end the process; its close tells of it. */
const watched = <T extends Channel>(channel: T, whenOver: () => void): T => {
  channel.on("error", () => undefined);
  channel.on("close", whenOver);
  return channel;
};

/** A queue is kept for so long, in ms, after the last use of it and the end of the longest wait in it; chosen. */
const UNUSED = 60_000;

/**
 * Makes sure of a queue nobody reads: what rests in it for `wait` ms is dead-lettered into `target`. One queue holds one length of wait,
 * because the broker looks at the head of a queue only. It goes away by itself.
 */
export const restingQueue = async (
  channel: ConfirmChannel,
  target: string,
  name: string,
  wait: number,
): Promise<void> => {
  await channel.assertQueue(name, {
    durable: true,
    deadLetterExchange: "",
    deadLetterRoutingKey: target,
    messageTtl: wait,
    expires: wait + UNUSED,
  });
};

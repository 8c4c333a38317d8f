/** A connection to RabbitMQ. A lost one is closed: its user opens another, and what was not acknowledged comes again. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Channel, type ChannelModel, type ConfirmChannel, type Message } from "amqplib";
import { ServiceUnavailable, type Service } from "../services.ts";

/** Connects, or throws `ServiceUnavailable`. `timeout` in ms is that of connecting; the peer is given up after two silent heartbeats. */
export const connectRabbit = async (service: Service, timeout = 5_000): Promise<ChannelModel> => {
  const { host, port, user, password } = service;
  const options = { protocol: "amqp", hostname: host, port, username: user, password, heartbeat: 10 };
  try {
    const connection = await connect(options, { timeout });
    // Without a listener a lost connection would end the process; its close tells of it.
    connection.on("error", () => undefined);
    return connection;
  } catch (error) {
    throw new ServiceUnavailable(service, error);
  }
};

/** Time for a broker to confirm that a connection is closed, in ms; chosen. A silent one is given up by its heartbeats. */
const CLOSING = 2_000;

/** Closes a connection; never throws. */
export const closeRabbit = async (connection: ChannelModel): Promise<void> => {
  await Promise.race([connection.close().catch(() => undefined), sleep(CLOSING, undefined, { ref: false })]);
};

/** A channel. `whenOver` is called when it is closed, be it by the broker, after an error, or with its connection. */
export const openChannel = async (connection: ChannelModel, whenOver: () => void): Promise<Channel> =>
  watched(await connection.createChannel(), whenOver);

/** A channel to send on, each message of which is confirmed. */
export interface Outbox {
  readonly channel: ConfirmChannel;
  /** Sends a message as JSON; resolves when the broker has it on disk, and throws if it has not, or has no such queue. */
  readonly send: (queue: string, content: unknown) => Promise<void>;
}

/** Opens a channel to send on. `whenOver` is called when it is closed. */
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
        if (returned.delete(messageId))
          reject(new Error(`the broker has no queue ${queue}: it must be declared before a message is sent`));
        else if (error instanceof Error) reject(error);
        else if (error !== null && error !== undefined)
          reject(new Error(`the broker did not take a message for ${queue}: send it again`));
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

/** Time in ms for which a queue is kept after its last use and the end of the longest wait in it; chosen. */
const UNUSED = 60_000;

/**
 * Declares a queue without readers: a message that has rested in it for `wait` ms is dead-lettered into `target`. One queue
 * holds one length of wait, because the broker looks at the head of a queue only. It goes away by itself.
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

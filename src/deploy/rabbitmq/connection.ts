/** A connection to RabbitMQ. A lost one is closed for good: whoever drives it opens another, and what was not acknowledged comes again. */
import { connect, type ChannelModel, type ConfirmChannel } from "amqplib";
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

/** Sends to a queue and resolves when the broker has it on disk. */
export const sendTo = (channel: ConfirmChannel, queue: string, content: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(content)), { persistent: true }, (error: unknown) => {
      if (error instanceof Error) reject(error);
      else if (error !== null && error !== undefined)
        reject(new Error(`the broker did not take a message for ${queue}`));
      else resolve();
    });
  });

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

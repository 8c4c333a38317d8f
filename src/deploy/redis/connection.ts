/**
 * A connection to Redis without an offline queue: a command that cannot be sent now fails now, and its block goes back to the
 * broker. Scripts are called by their digest; a Redis that was restarted does not know them and is sent the text once.
 */
import { createHash } from "node:crypto";
import { Cluster, Redis as Server } from "ioredis";
import { ServiceUnavailable, type Service } from "../services.ts";

/** A server, or a cluster of them: all that is done in one step has keys of one slot. */
export type Redis = Server | Cluster;

/** Connects, or throws `ServiceUnavailable`. `timeout` in ms bounds every command: a slow store fails effects, and stops no worker. */
export const connectRedis = async (service: Service, timeout = 5_000): Promise<Redis> => {
  const redis = service.cluster === undefined ? serverAt(service, timeout) : clusterOf(service, timeout);
  let last: unknown;
  // Without a listener a lost connection would end the process; commands tell of it.
  redis.on("error", (error: unknown) => (last = error));
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new ServiceUnavailable(service, last ?? error);
  }
};

const optionsFor = ({ user, password }: Service, timeout: number) => ({
  ...(user === "" ? {} : { username: user }),
  ...(password === "" ? {} : { password }),
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: timeout,
  connectTimeout: timeout,
  // One that reads its file back in is asked again so soon, in ms, and not after whole seconds.
  maxLoadingRetryTime: 50,
});

const again = (times: number): number => Math.min(50 * times, 500);

const serverAt = (service: Service, timeout: number): Server =>
  new Server({
    ...optionsFor(service, timeout),
    ...{ host: service.host, port: service.port },
    ...{ lazyConnect: true, enableOfflineQueue: false, retryStrategy: again },
  });

const clusterOf = (service: Service, timeout: number): Cluster =>
  new Cluster([...(service.cluster ?? [])], {
    redisOptions: optionsFor(service, timeout),
    ...{ lazyConnect: true, enableOfflineQueue: false, clusterRetryStrategy: again, slotsRefreshTimeout: timeout },
    // A command is sent to another node when the first says so, and not when a shard is away or its answer was lost.
    ...{ retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 },
  });

/** What scripts are called with. */
export type Argument = string | number | Buffer;

/** One Lua script. */
export class Script {
  readonly #text: string;
  readonly #digest: string;

  constructor(text: string) {
    this.#text = text;
    this.#digest = createHash("sha1").update(text).digest("hex");
  }

  /** Runs it as one step of the store. Redis answers nested lists of texts and whole numbers, and takes a million arguments. */
  async run(redis: Redis, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    // As lists: 150,000 arguments of a call overflow the stack.
    const rest = [keys.length, ...keys, ...args];
    try {
      return await redis.call("EVALSHA", [this.#digest, ...rest]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return await redis.call("EVAL", [this.#text, ...rest]);
    }
  }
}

/**
 * What all scripts start with. The time is the store's own, in whole microseconds, so that no clock of a caller counts. Lua would print such
 * numbers rounded to 14 digits. Lists are handed on in chunks, because `unpack` is bound by Lua's stack (8,000, less on some builds).
 */
export const PRELUDE = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function whole(number) return string.format('%.0f', number) end
local function each(command, key, list, first)
  for from = first, #list, 1000 do
    redis.call(command, key, unpack(list, from, math.min(from + 999, #list)))
  end
end
`;

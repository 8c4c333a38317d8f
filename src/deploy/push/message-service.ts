/** A message service over HTTP: one request a lot, as JSON, answered by a JSON list of those in the lot who could not be told. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import type { MessageService, Push } from "../ports.ts";

/** Times in ms from when a push is begun. */
export interface Deadlines {
  /** By then all of it is under way, connecting included: what leaves later would arrive when its grant is void. */
  readonly sent: number;
  /** By then its answer is there. */
  readonly answered: number;
}

/**
 * A push fails when it misses a deadline, however the time went, or when its answer is anything but a list of uins of the lot. What fails is
 * pushed again.
 */
export const messageServiceAt = (host: string, port: number, { sent, answered }: Deadlines): MessageService => {
  const agent = new Agent({ keepAlive: true });
  const ask = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(answered);
      const fail = (error: Error): void =>
        reject(signal.aborted ? new Error("the message service does not answer in time") : error);
      const asked = request({ host, port, agent, signal, method: "POST" }, (answer) => {
        answer.on("error", fail);
        if (answer.statusCode === 200) text(answer).then(resolve, fail);
        else {
          answer.resume();
          reject(new Error(`the message service answers ${String(answer.statusCode)}`));
        }
      });
      const late = setTimeout(() => asked.destroy(new Error("the message service does not take a push in time")), sent);
      for (const event of ["finish", "close"]) asked.on(event, () => clearTimeout(late));
      asked.on("error", fail);
      asked.end(body);
    });
  return { push: async (push) => refusedIn(push, await ask(JSON.stringify(push))) };
};

const refusedIn = ({ uins }: Push, answer: string): readonly number[] => {
  const refused = parsed(answer);
  const lot = new Set<unknown>(uins);
  if (!Array.isArray(refused) || !refused.every((uin) => lot.has(uin)))
    throw new Error(`the message service answers no list of people in the lot: ${answer.slice(0, 80)}`);
  return refused as number[];
};

const parsed = (answer: string): unknown => {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
};

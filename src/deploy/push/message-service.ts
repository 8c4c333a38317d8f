/** A message service over HTTP: one request a lot, as JSON, answered by a JSON list of those in the lot who could not be told. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import type { MessageService, Push } from "../ports.ts";

/**
 * A push fails when its answer is not there `deadline` ms after it was begun, however the time went, or is anything but a list of uins of the
 * lot. What fails is pushed again.
 */
export const messageServiceAt = (port: number, host = "127.0.0.1", deadline = 5_000): MessageService => {
  const agent = new Agent({ keepAlive: true });
  const ask = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(deadline);
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

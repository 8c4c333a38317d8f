/** A message service over HTTP: one request per batch, as JSON, answered by a JSON list of the uins that it refuses. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import type { MessageService, PushBatch } from "../ports.ts";

/** Times in ms from the start of a push. */
export interface Deadlines {
  /** When all of it is sent, connecting included: what leaves later would arrive when its grant is void. */
  readonly sent: number;
  /** When its answer is there. */
  readonly answered: number;
}

/**
 * Returns a client of the message service at this address. A push throws if it misses a deadline, or if the answer is not
 * status 200 with a list of uins of the batch; the worker pushes it again.
 */
export const messageServiceAt = (host: string, port: number, { sent, answered }: Deadlines): MessageService => {
  const agent = new Agent({ keepAlive: true });
  const ask = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(answered);
      const fail = (error: Error): void =>
        reject(
          signal.aborted
            ? new Error(`the message service did not answer in ${String(answered)} ms: the push is repeated`)
            : error,
        );
      const asked = request({ host, port, agent, signal, method: "POST" }, (answer) => {
        answer.on("error", fail);
        if (answer.statusCode === 200) text(answer).then(resolve, fail);
        else {
          answer.resume();
          reject(new Error(`the message service answered with status ${String(answer.statusCode)}: it must be 200`));
        }
      });
      const late = setTimeout(
        () =>
          asked.destroy(
            new Error(`the message service did not take a push in ${String(sent)} ms: the push is repeated`),
          ),
        sent,
      );
      for (const event of ["finish", "close"]) asked.on(event, () => clearTimeout(late));
      asked.on("error", fail);
      asked.end(body);
    });
  return { push: async (push) => refusedIn(push, await ask(JSON.stringify(push))) };
};

const refusedIn = ({ uins }: PushBatch, answer: string): readonly number[] => {
  const refused = parsed(answer);
  const batch = new Set<unknown>(uins);
  if (!Array.isArray(refused) || !refused.every((uin) => batch.has(uin)))
    throw new Error(
      `the message service answered "${answer.slice(0, 80)}": it must be a JSON list of the uins of the batch that it refuses`,
    );
  return refused as number[];
};

const parsed = (answer: string): unknown => {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
};

/** A message service over HTTP: one request a lot, as JSON, answered by who could not be told. */
import { Agent, request } from "node:http";
import type { MessageService, Push } from "../ports.ts";

/** `timeout` in ms: a push that is not answered by then counts as failed, and is pushed again. */
export const messageServiceAt = (port: number, host = "127.0.0.1", timeout = 5_000): MessageService => {
  const agent = new Agent({ keepAlive: true });
  return {
    push: (push: Push) =>
      new Promise((resolve, reject) => {
        const asked = request({ host, port, agent, timeout, method: "POST" }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            if (answer.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks).toString()) as number[]);
            else reject(new Error(`the message service answers ${String(answer.statusCode)}`));
          });
        });
        asked.on("timeout", () => asked.destroy(new Error("the message service does not answer")));
        asked.on("error", reject);
        asked.end(JSON.stringify(push));
      }),
  };
};

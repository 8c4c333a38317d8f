/** A message service over HTTP that answers what it should not, or not in time: a failed push and nothing worse. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createListener, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { messageServiceAt, type Deadlines } from "../../src/deploy/push/message-service.ts";

const servers: Server[] = [];
const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer((asked, answer) => asked.resume().on("end", () => listener(asked, answer)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const BATCH = { name: { task: "evening", part: 0, block: 1 }, owner: "w/0", uins: [1, 2, 3] };
/** Its deadlines are a minute, unless a test is about them. */
const at = (port: number, over: Partial<Deadlines> = {}) =>
  messageServiceAt("127.0.0.1", port, { sent: 60_000, answered: 60_000, ...over });
const answering = async (text: string, status = 200) =>
  at(await serve((_, answer) => answer.writeHead(status).end(text))).push(BATCH);

it("a push is answered by those of the batch who could not be told", async () => {
  expect(await answering("[]")).toEqual([]);
  expect(await answering("[3,1]")).toEqual([3, 1]);
});

it.each(["oops", "", "{}", "null", "7", '["1"]', "[4]", "[1,", '{"refused":[1]}'])(
  "an answer of %j is a failed push",
  async (text) => {
    await expect(answering(text)).rejects.toThrow("a JSON list of the uins of the batch");
  },
);

it("an answer that is not 200 is a failed push", async () => {
  await expect(answering("[]", 503)).rejects.toThrow("the message service answered with status 503");
});

/** Far above the deadlines of 200 ms, so that a slow machine does not reach it. */
const HANGS_MS = 60_000;

const endless: RequestListener = (_, answer) => {
  answer.write("[");
  const dripping = setInterval(() => answer.write(" "), 20);
  answer.on("close", () => clearInterval(dripping));
};
it.each<[string, RequestListener]>([
  ["is never answered", () => undefined],
  ["is answered drop by drop", endless],
  ["is refused drop by drop", (asked, answer) => endless(asked, answer.writeHead(503))],
])("a push that %s fails by its deadline", async (_, listener) => {
  const port = await serve(listener);
  const start = performance.now();
  await expect(at(port, { answered: 200 }).push(BATCH)).rejects.toThrow("the message service");
  expect(performance.now() - start).toBeLessThan(HANGS_MS);
});

it("a push whose answer breaks off fails", async () => {
  const port = await serve((_, answer) => {
    answer.writeHead(200, { "content-length": "10" }).write("[1");
    setTimeout(() => answer.destroy(), 50);
  });
  await expect(at(port).push(BATCH)).rejects.toThrow();
});

it("a push that is not under way by its deadline fails", async () => {
  const sockets: Socket[] = [];
  // It takes a connection and reads nothing: the buffers on the way fill up.
  const server = createListener({ pauseOnConnect: true }, (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const start = performance.now();
  const push = at(port, { sent: 200 }).push({ ...BATCH, uins: Array.from({ length: 2_000_000 }, (_, uin) => uin + 1) });
  await expect(push).rejects.toThrow("did not take a push in 200 ms");
  expect(performance.now() - start).toBeLessThan(HANGS_MS);
  for (const socket of sockets) socket.destroy();
  server.close();
});

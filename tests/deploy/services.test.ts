/** A service that is away is named, with its address and the command that starts it. */
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { subscribersIn } from "../../src/deploy/drill/subscribers.ts";
import { ServiceUnavailable, locate, InvalidSetting, type Service } from "../../src/deploy/services.ts";
import { describeReal } from "../contracts/real.ts";

/** A port that nobody listens on: one that was free a moment ago. */
const silentPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
};

const awayOf = async (attempt: Promise<unknown>): Promise<ServiceUnavailable> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServiceUnavailable)) throw new Error(`not away: ${String(error)}`);
  return error;
};

it("a service that is away says which it is, where it was looked for and how to start it", async () => {
  const port = await silentPort();
  const at = (name: Service["name"]): Service => ({ ...locate(name, {}), port });
  const where = `does not answer at 127.0.0.1:${String(port)} (ECONNREFUSED); start it with:`;
  expect((await awayOf(connectRedis(at("redis")))).message).toBe(
    `Redis ${where} redis-server --daemonize yes --bind 127.0.0.1 --port ${String(port)}`,
  );
  expect((await awayOf(connectMysql(at("mysql")))).message).toBe(
    `MariaDB or MySQL ${where} mariadbd --bind-address=127.0.0.1 --port=${String(port)}`,
  );
  expect((await awayOf(connectRabbit(at("rabbitmq")))).message).toBe(
    `RabbitMQ ${where} RABBITMQ_NODE_PORT=${String(port)} rabbitmq-server -detached`,
  );
});

it("several addresses that are no cluster are told of as that, all of them", async () => {
  const [one, other] = [await silentPort(), await silentPort()];
  const urls = `redis://127.0.0.1:${String(one)},redis://127.0.0.1:${String(other)}`;
  const { message } = await awayOf(connectRedis(locate("redis", { FIREDRILL_REDIS: urls }), 500));
  expect(message).toMatch(
    `Redis does not answer as a cluster at 127.0.0.1:${String(one)}, 127.0.0.1:${String(other)} (`,
  );
  expect(message).toContain("redis-cli --cluster create");
});

it("a service that takes connections and says nothing is away after its time-out", async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await Promise.all([
    awayOf(connectRedis({ ...locate("redis", {}), port }, 200)),
    awayOf(connectMysql({ ...locate("mysql", {}), port }, undefined, 200)),
    awayOf(connectRabbit({ ...locate("rabbitmq", {}), port }, 200)),
  ]);
  server.close();
});

it("services are on this machine unless the environment says where", () => {
  expect(locate("mysql", {})).toMatchObject({ host: "127.0.0.1", port: 3306, user: "root", password: "" });
  expect(locate("redis", { FIREDRILL_REDIS: "redis://far.example" })).toMatchObject({
    host: "far.example",
    port: 6379,
  });
  expect(locate("rabbitmq", { FIREDRILL_RABBITMQ: "amqp://me:p%40ss@far.example:5673" })).toMatchObject({
    host: "far.example",
    port: 5673,
    user: "me",
    password: "p@ss",
  });
  expect(locate("redis", { FIREDRILL_REDIS: "redis://me@one.example:7000,redis://two.example" })).toEqual({
    ...{ name: "redis", host: "one.example", port: 7000, user: "me", password: "" },
    cluster: [
      { host: "one.example", port: 7000 },
      { host: "two.example", port: 6379 },
    ],
  });
  expect(locate("redis", {}).cluster).toBeUndefined();
});

it.each<[Service["name"], string, string]>([
  ["mysql", "nonsense", "MariaDB or MySQL: write it as FIREDRILL_MYSQL=mysql://USER:PASSWORD@127.0.0.1:3306"],
  ["mysql", "http://root@127.0.0.1", "MariaDB or MySQL"],
  ["redis", "", "Redis: write it as FIREDRILL_REDIS=redis://USER:PASSWORD@127.0.0.1:6379"],
  ["redis", "redis://far.example:99999", "Redis"],
  ["rabbitmq", "amqp://guest:%zz@far.example", "RabbitMQ: write it as FIREDRILL_RABBITMQ=amqp://USER:PASSWORD@"],
])("an address of %s that is none (%j) is told with how to write it", (name, text, said) => {
  const variable = `FIREDRILL_${name.toUpperCase()}`;
  const attempt = (): Service => locate(name, { [variable]: text });
  expect(attempt).toThrow(InvalidSetting);
  expect(attempt).toThrow(`${variable} is not an address of ${said}`);
});

it("a number of subscribers that is none, or too many, is told with what may be written", () => {
  const given = (text?: string): number => subscribersIn({ FIREDRILL_PUSH_SUBSCRIBERS: text });
  expect([given(), given("1"), given("400000")]).toEqual([1_000_000, 1, 400_000]);
  for (const text of ["abc", "", "0", "-3", "1.5", "1e9", "99999999"]) {
    expect(() => given(text)).toThrow(InvalidSetting);
    expect(() => given(text)).toThrow(`FIREDRILL_PUSH_SUBSCRIBERS is "${text}": write a whole number from 1 to `);
  }
});

const connectors = { redis: connectRedis, mysql: connectMysql, rabbitmq: connectRabbit };
for (const name of ["redis", "mysql", "rabbitmq"] as const)
  await describeReal(name, `${name} refuses a stranger`, (service) => {
    it("and that is said, with what to set", async () => {
      const attempt = connectors[name]({ ...service, user: "nobody", password: "wrong" });
      const { message } = await awayOf(attempt);
      expect(message).toMatch(/ at \S+:\d+ refuses "nobody" \(.+\); set FIREDRILL_[A-Z]+=[a-z]+:\/\/USER:PASSWORD@/);
      expect(message).not.toContain("start it with");
    });
  });

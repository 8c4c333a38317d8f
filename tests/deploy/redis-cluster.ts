/** A Redis cluster (7.0 or later) of a test's own: three shards, each a master and a replica, on ports of this machine that were free. Nothing is kept when it stops. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { ServiceUnavailable, locate, type Service } from "../../src/deploy/services.ts";

const SHARDS = 3;
const SLOTS = 16_384;

interface Node {
  readonly service: Service;
  /** Where nodes talk to one another. */
  readonly bus: number;
  readonly process: ChildProcess;
  readonly redis: Awaited<ReturnType<typeof connectRedis>>;
}

export class RedisCluster {
  readonly service: Service;
  readonly #folder: string;
  /** The masters first; the replica of each is as many places on as there are shards. */
  readonly #nodes: readonly Node[];

  static async start(): Promise<RedisCluster> {
    const folder = await mkdtemp(join(tmpdir(), "firedrill-cluster-"));
    const ports = await freePorts(4 * SHARDS);
    const nodes = await Promise.all(
      Array.from({ length: 2 * SHARDS }, (_, index) => startNode(folder, ports[2 * index]!, ports[2 * index + 1]!)),
    );
    const cluster = new RedisCluster(folder, nodes);
    await cluster.#join();
    return cluster;
  }

  private constructor(folder: string, nodes: readonly Node[]) {
    this.#folder = folder;
    this.#nodes = nodes;
    const all = nodes.map(({ service: { host, port } }) => ({ host, port }));
    this.service = { ...nodes[0]!.service, cluster: all };
  }

  /** The replica of a key's shard hears all that was written, and from then on nothing more. */
  async cutOff(key: string): Promise<void> {
    const { redis } = await this.#masterOf(key);
    await redis.call("WAIT", 1, 4_000);
    // Who is connected stays so; a replica that is not is asked for a password from now on.
    await redis.config("SET", "requirepass", "nobody knows it");
    await redis.call("CLIENT", "KILL", "TYPE", "REPLICA");
  }

  /** SIGKILL for the master of a key's shard. */
  async killMaster(key: string): Promise<void> {
    await kill(await this.#masterOf(key));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map(kill));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** As it was when all began. */
  async #masterOf(key: string): Promise<Node> {
    const slot = await this.#nodes[SHARDS]!.redis.cluster("KEYSLOT", key);
    return this.#nodes[Math.floor((slot * SHARDS) / SLOTS)]!;
  }

  async #join(): Promise<void> {
    const [first, ...others] = this.#nodes;
    for (let shard = 0; shard < SHARDS; shard++) {
      // Those whose slot times the shards, over all slots, is this shard.
      const from = Math.ceil((shard * SLOTS) / SHARDS);
      const to = Math.ceil(((shard + 1) * SLOTS) / SHARDS) - 1;
      await this.#ask(shard, "ADDSLOTSRANGE", from, to);
      await this.#ask(shard, "SET-CONFIG-EPOCH", shard + 1);
    }
    for (const { service, bus } of others) await first!.redis.call("CLUSTER", "MEET", service.host, service.port, bus);
    await this.#wait("CLUSTER INFO", `cluster_known_nodes:${String(this.#nodes.length)}`);
    for (let shard = 0; shard < SHARDS; shard++)
      await this.#ask(shard + SHARDS, "REPLICATE", String(await this.#ask(shard, "MYID")));
    await this.#wait("CLUSTER INFO", "cluster_state:ok");
    await this.#wait("INFO REPLICATION", /role:master[^]*connected_slaves:1|master_link_status:up/);
    // Every node knows all replicas: otherwise a client that asks the wrong one learns of none.
    await this.#wait("CLUSTER NODES", /(slave .*\n[^]*){3}/);
  }

  #ask(place: number, ...words: (string | number)[]): Promise<unknown> {
    return this.#nodes[place]!.redis.call("CLUSTER", ...words);
  }

  /** Until every node says so. */
  async #wait(question: string, answer: string | RegExp): Promise<void> {
    const [command, ...rest] = question.split(" ");
    for (let turn = 0; turn < 400; turn++) {
      const said = await Promise.all(this.#nodes.map(({ redis }) => redis.call(command!, ...rest) as Promise<string>));
      if (said.every((text) => (typeof answer === "string" ? text.includes(answer) : answer.test(text)))) return;
      await sleep(25);
    }
    throw new Error(`the cluster does not come to ${String(answer)}`);
  }
}

const startNode = async (folder: string, port: number, bus: number): Promise<Node> => {
  const service = { ...locate("redis", {}), port };
  const options: Readonly<Record<string, string | number>> = {
    ...{ bind: service.host, port, dir: folder, save: "", appendonly: "no" },
    ...{ "cluster-enabled": "yes", "cluster-config-file": `${String(port)}.conf`, "cluster-port": bus },
    ...{ "cluster-node-timeout": 1_000, "cluster-require-full-coverage": "no", "repl-diskless-sync-delay": 0 },
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const process = spawn("redis-server", args, { stdio: "ignore" });
  let failure: unknown;
  process.on("error", (error) => (failure = error));
  for (let turn = 0; turn < 100 && failure === undefined; turn++) {
    const redis = await connectRedis(service).catch((error: unknown) => {
      if (!(error instanceof ServiceUnavailable)) throw error;
    });
    if (redis !== undefined) return { service, bus, process, redis };
    await sleep(50);
  }
  throw new ServiceUnavailable(service, failure ?? "no answer");
};

const kill = async ({ process, redis }: Node): Promise<void> => {
  redis.disconnect();
  if (process.exitCode !== null || process.signalCode !== null) return;
  const over = once(process, "exit");
  process.kill("SIGKILL");
  await over;
};

/** Ports that were free a moment ago, all at once. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, "close");
    }),
  );
  return ports;
};

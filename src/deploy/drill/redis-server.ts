/**
 * A Redis of the drill's own, to be killed. What a death loses depends on what Redis keeps and on what dies:
 *   "none"      keeps nothing on disk: all is lost.
 *   "everysec"  appends every write to a file before it answers, and syncs the file once a second. If the process dies, the
 *               operating system still has the file: nothing is lost. If the machine dies, writes since the last sync are.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "../../base/assert.ts";
import { connectRedis } from "../redis/connection.ts";
import { ServiceUnavailable, locate, type Service } from "../services.ts";
import { kill } from "./kill.ts";

/** What Redis keeps on disk. */
export type Persistence = "none" | "everysec";

/** Time between two looks at the size of the file, in ms: they show how long it was at its last sync. */
const LOOK = 100;
/** Age in ms of the last sync that is certain: Redis syncs once a second. */
const UNSYNCED = 1_000;
/** Mean age in ms up to which writes are lost with the machine. */
export const LOST = UNSYNCED + LOOK / 2;

/** One Redis, in one life after the other. */
export class RedisServer {
  /** Where it is. */
  readonly service: Service;
  readonly #folder: string;
  readonly #persistence: Persistence;
  #process: ChildProcess | undefined;
  #isStopped = false;
  /** Sizes of the append-only files, by time of this process' clock. */
  #sizes: { readonly at: number; readonly bytes: ReadonlyMap<string, number> }[] = [];
  #looking: NodeJS.Timeout | undefined;

  /** Starts a Redis on a free port, in a new folder. Throws `ServiceUnavailable` if it does not answer. */
  static async start(persistence: Persistence): Promise<RedisServer> {
    const service = { ...locate("redis", {}), port: await freePort() };
    const server = new RedisServer(service, await mkdtemp(join(tmpdir(), "firedrill-redis-")), persistence);
    try {
      await server.start();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor(service: Service, folder: string, persistence: Persistence) {
    this.service = service;
    this.#folder = folder;
    this.#persistence = persistence;
  }

  /** Starts it, also after a death, and waits until it answers. Throws `ServiceUnavailable` if it does not. */
  async start(): Promise<void> {
    assert(!this.#isStopped, () => "this Redis was stopped: make another one");
    const keeping =
      this.#persistence === "none"
        ? ["--appendonly", "no"]
        : // The file is only appended to, never rewritten: else its size would not show what a sync has saved.
          ["--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0"];
    const place = ["--bind", this.service.host, "--port", String(this.service.port), "--dir", this.#folder];
    const child = spawn("redis-server", [...place, "--save", "", ...keeping], { stdio: "ignore" });
    let failure: unknown;
    child.on("error", (error) => (failure = error));
    this.#process = child;
    for (let tries = 0; tries < 100 && failure === undefined && !this.#isStopped; tries++) {
      try {
        (await connectRedis(this.service)).disconnect();
        this.#looking = setInterval(() => void this.#look(), LOOK);
        return;
      } catch (error) {
        if (!(error instanceof ServiceUnavailable)) throw error;
        await sleep(50);
      }
    }
    throw new ServiceUnavailable(this.service, failure ?? "no answer");
  }

  /** Kills it. If the machine dies too, what may not have been synced is cut off its file. */
  async kill(isMachine: boolean): Promise<void> {
    const lost = this.#process;
    assert(lost !== undefined, () => "this Redis is not running: start it before killing it");
    clearInterval(this.#looking);
    this.#process = undefined;
    const killedAt = performance.now();
    await kill(lost);
    if (!isMachine || this.#persistence === "none") return;
    const synced = this.#sizes.findLast(({ at }) => at <= killedAt - UNSYNCED)?.bytes ?? new Map<string, number>();
    for (const [file, bytes] of synced) await truncate(file, bytes);
  }

  /** Kills it and removes its folder; also while it is being started or killed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#process !== undefined) await this.kill(false);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #look(): Promise<void> {
    const at = performance.now();
    const folder = join(this.#folder, "appendonlydir");
    const bytes = new Map<string, number>();
    for (const file of await readdir(folder).catch(() => []))
      if (file.endsWith(".aof")) bytes.set(join(folder, file), (await stat(join(folder, file))).size);
    this.#sizes = [...this.#sizes.slice(-(2 * UNSYNCED) / LOOK), { at, bytes }];
  }
}

/** Returns a port that was free a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

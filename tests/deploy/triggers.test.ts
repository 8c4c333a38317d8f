/** A dispatcher whose triggers are on RabbitMQ, and whose broker is lost to it and comes back: it hears of tasks then too. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hours, ms, seconds } from "../../src/base/units.ts";
import { now } from "../../src/deploy/clock.ts";
import { SupervisedProcess } from "../../src/deploy/drill/processes.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { migrate } from "../../src/deploy/mysql/migrations.ts";
import { MysqlTasks } from "../../src/deploy/mysql/tasks.ts";
import type { Installation } from "../../src/deploy/push/processes.ts";
import { RabbitBlocks } from "../../src/deploy/rabbitmq/blocks.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { RabbitReconcileRequests } from "../../src/deploy/rabbitmq/reconcile-requests.ts";
import { RabbitDueTasks } from "../../src/deploy/rabbitmq/triggers.ts";
import { locate, type Service } from "../../src/deploy/services.ts";
import { describeAllReal, ownName } from "../contracts/real.ts";

const BUILT = join(import.meta.dirname, "../../dist");
const AUDIENCE = { ds: "20160208", label: "nobody" };

/** A way to a service that can be cut. */
class Way {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async to({ host, port }: Service): Promise<Way> {
    const way = new Way(host, port);
    await new Promise<void>((resolve) => way.#server.listen(0, "127.0.0.1", resolve));
    return way;
  }

  private constructor(host: string, port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, host);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          this.#sockets.delete(socket);
          for (const end of [near, far]) end.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Cuts whatever goes over it; answers how many connections that were. */
  cut(): number {
    const count = this.#sockets.size / 2;
    for (const socket of this.#sockets) socket.destroy();
    return count;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

await describeAllReal(["redis", "mysql", "rabbitmq"], "triggers on RabbitMQ", () => {
  const name = ownName();
  const mysql = locate("mysql", process.env);
  const rabbitmq = locate("rabbitmq", process.env);
  let pool: Awaited<ReturnType<typeof connectMysql>>;
  let broker: Awaited<ReturnType<typeof connectRabbit>>;
  let due: RabbitDueTasks;
  let way: Way;
  let dispatcher: SupervisedProcess;

  beforeAll(async () => {
    pool = await connectMysql(mysql, name);
    await migrate(pool);
    broker = await connectRabbit(rabbitmq);
    due = await RabbitDueTasks.open(broker, now, name);
    way = await Way.to(rabbitmq);
    const installation: Installation = {
      ...{ redis: locate("redis", process.env), mysql, rabbitmq: { ...rabbitmq, host: "127.0.0.1", port: way.port } },
      ...{ database: name, prefix: name, parts: 2, blockSize: 100, triggers: "rabbitmq" },
    };
    // It searches the task table when it starts and not again: later nothing but a trigger tells it of a task.
    const policy = {
      blockSize: 100,
      ahead: 10,
      perSecond: 1_000,
      look: ms(100),
      find: hours(1),
      patience: seconds(10),
    };
    dispatcher = new SupervisedProcess("dispatcher", join(BUILT, "deploy/drill/role.js"), () => ({
      role: "dispatcher",
      config: { ...installation, policy, poll: ms(50) },
    }));
    dispatcher.start();
  });

  afterAll(async () => {
    await dispatcher.stop();
    way.close();
    await due.delete();
    await (await RabbitBlocks.open(broker, 1, name)).delete();
    await (await RabbitReconcileRequests.open(broker, name)).delete();
    await broker.close();
    await pool.query(`DROP DATABASE ${name}`);
    await pool.end();
  });

  /** Whether a task for nobody, due at once, is done within ten seconds. */
  const isDone = async (id: string): Promise<boolean> => {
    const tasks = new MysqlTasks(pool);
    const task = { id, audience: AUDIENCE, due: now(), weight: 1, state: "scheduled" as const, total: 0 };
    await tasks.add(task);
    await due.schedule(id, task.due);
    for (let turn = 0; turn < 200; turn++) {
      if ((await tasks.get(id))?.state === "done") return true;
      await sleep(50);
    }
    return false;
  };

  it("are heard, and heard again when the broker was lost and is back, by the same process", async () => {
    expect(await isDone("while it starts")).toBe(true);
    expect(await isDone("first")).toBe(true);
    expect(way.cut()).toBe(1);
    expect(await isDone("second")).toBe(true);
    expect(dispatcher.exits).toEqual([]);
  });
});

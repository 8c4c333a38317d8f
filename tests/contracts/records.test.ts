/** Records of blocks: one suite for the reference class and for MySQL; and what else stands in tables. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, unpack } from "../../src/algorithms/push/packing.ts";
import { BlockRecords } from "../../src/algorithms/push/records.ts";
import type { Task } from "../../src/algorithms/push/task.ts";
import { after, ms, type Instant } from "../../src/base/units.ts";
import { MysqlAudiences } from "../../src/deploy/mysql/audiences.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { migrate } from "../../src/deploy/mysql/migrations.ts";
import { MysqlPrefetched } from "../../src/deploy/mysql/prefetched.ts";
import { MysqlRecords } from "../../src/deploy/mysql/records.ts";
import { MysqlTasks } from "../../src/deploy/mysql/tasks.ts";
import type { Records } from "../../src/deploy/ports.ts";
import { describeReal, ownName } from "./real.ts";

const contract = (records: () => Records): void => {
  const name = { task: "evening", part: 2, block: 7 };
  const members = [1, 2, 127, 128, 129, 16_384, 4_294_967_295, Number.MAX_SAFE_INTEGER];
  const packed = pack(members);

  it("knows nothing of a block that nobody recorded", async () => {
    expect(await records().get(name)).toBeUndefined();
    expect(await records().status("evening", 2)).toEqual({ count: 0, last: 0, unfinished: [] });
  });

  it("keeps what was recorded first, and answers what stands", async () => {
    expect(await records().record(name, members)).toEqual({ state: "claimed", packed });
    expect(await records().record(name, [5])).toEqual({ state: "claimed", packed });
    expect(await records().get(name)).toEqual({ state: "claimed", packed });
  });

  it("finishes a block once and for all, with those who were told and nobody else", async () => {
    await records().finish(name, members.slice(1));
    await records().finish(name, [77]);
    expect(await records().record(name, [5])).toEqual({ state: "finished", packed: pack(members.slice(1)) });
  });

  it("writes a finished block down anew where its record was lost", async () => {
    const lost = { task: "lost", part: 0, block: 1 };
    await records().finish(lost, [3, 4]);
    expect(await records().get(lost)).toEqual({ state: "finished", packed: pack([3, 4]) });
  });

  it("keeps every byte of 5,000 members", async () => {
    const uins = Array.from({ length: 5_000 }, (_, index) => 1 + index * index * 170);
    const big = { task: "evening", part: 3, block: 1 };
    expect(unpack((await records().record(big, uins)).packed)).toEqual(uins);
    expect(unpack((await records().record({ ...big, block: 2 }, [])).packed)).toEqual([]);
  });

  it("lists the blocks of one part of one task, and which are open", async () => {
    await records().record({ task: "morning", part: 2, block: 7 }, [9]);
    await records().record({ task: "evening", part: 2, block: 3 }, [8]);
    const all = [...(await records().all("evening", 2))].map(([block, { state }]) => [block, state]);
    expect(all.sort()).toEqual([
      [3, "claimed"],
      [7, "finished"],
    ]);
    expect(await records().status("evening", 2)).toEqual({ count: 2, last: 7, unfinished: [3] });
  });
};

/** Each part's records are an object of their own. */
const reference = (): Records => {
  const parts = new Map<string, BlockRecords>();
  const partOf = (task: string, part: number): BlockRecords => {
    const key = `${task}/${String(part)}`;
    const records = parts.get(key) ?? new BlockRecords();
    parts.set(key, records);
    return records;
  };
  return {
    get: async ({ task, part, block }) => Promise.resolve(partOf(task, part).get(block)),
    record: async ({ task, part, block }, members) => Promise.resolve(partOf(task, part).record(block, members)),
    finish: async ({ task, part, block }, members) => Promise.resolve(partOf(task, part).finish(block, members)),
    all: async (task, part) => Promise.resolve(partOf(task, part).all()),
    status: async (task, part) => Promise.resolve(partOf(task, part).status()),
  };
};

describe("records: the reference", () => {
  const records = reference();
  contract(() => records);
});

await describeReal("mysql", "MariaDB or MySQL", (service) => {
  const database = ownName();
  let pool: Awaited<ReturnType<typeof connectMysql>>;
  beforeAll(async () => {
    pool = await connectMysql(service, database);
    await migrate(pool);
  });
  afterAll(async () => {
    await pool.query(`DROP DATABASE ${database}`);
    await pool.end();
  });

  describe("records", () => {
    contract(() => new MysqlRecords(pool));
  });

  it("is brought to the newest schema once, by however many start at once", async () => {
    const steps = await Promise.all([migrate(pool), migrate(pool), migrate(pool)]);
    const [rows] = await pool.query("SELECT step FROM push_schema ORDER BY step");
    expect(rows).toEqual(Array.from({ length: steps[0] }, (_, index) => ({ step: index + 1 })));
  });

  const task: Task = {
    id: "new-year",
    audience: { ds: "20151231", label: "new-year" },
    due: 1_451_563_200_000_000 as Instant,
    weight: 1.5,
    state: "scheduled",
    total: 0,
  };

  it("keeps a task as it was first added", async () => {
    const tasks = new MysqlTasks(pool);
    expect(await tasks.add(task)).toBe(true);
    expect(await tasks.add({ ...task, weight: 9 })).toBe(false);
    expect(await tasks.get(task.id)).toEqual(task);
    expect(await tasks.get("nothing")).toBeUndefined();
  });

  it("changes a state only from the one before, and tells everybody what stands", async () => {
    const tasks = new MysqlTasks(pool);
    const answers = await Promise.all(Array.from({ length: 8 }, () => tasks.change(task.id, "scheduled", "triggered")));
    expect(new Set(answers)).toEqual(new Set(["triggered"]));
    expect(await tasks.change(task.id, "scattering", "sending")).toBe("triggered");
    expect(await tasks.change(task.id, "triggered", "scattering")).toBe("scattering");
    expect(await tasks.change(task.id, "scheduled", "triggered")).toBe("scattering");
    await tasks.count(task.id, 12_345);
    expect(await tasks.get(task.id)).toEqual({ ...task, state: "scattering", total: 12_345 });
  });

  it("finds tasks that are under way, and those that should be", async () => {
    const tasks = new MysqlTasks(pool);
    await tasks.add({ ...task, id: "later", due: after(task.due, ms(1)) });
    const found = async (now: Instant) => (await tasks.find(now)).map(({ id }) => id);
    expect(await found(task.due)).toEqual([task.id]);
    expect(await found(after(task.due, ms(1)))).toEqual([task.id, "later"]);
    await tasks.change(task.id, "scattering", "sending");
    await tasks.change(task.id, "sending", "done");
    expect(await found(after(task.due, ms(1)))).toEqual(["later"]);
  });

  it("knows who has fetched a task beforehand", async () => {
    const prefetched = new MysqlPrefetched(pool);
    expect(await prefetched.among("evening", [1, 3])).toEqual(new Set());
    for (const uins of [[3, 4, 6], [4, Number.MAX_SAFE_INTEGER], []]) await prefetched.add("evening", uins);
    await prefetched.add("morning", [5]);
    expect(await prefetched.among("evening", [3, 5])).toEqual(new Set([3, 4]));
    expect(await prefetched.among("evening", [6, Number.MAX_SAFE_INTEGER])).toEqual(
      new Set([6, Number.MAX_SAFE_INTEGER]),
    );
    expect(await prefetched.among("evening", [])).toEqual(new Set());
  });

  it("reads an audience in pages, by its date and label only", async () => {
    const audience = new MysqlAudiences(pool);
    const uins = Array.from({ length: 2_500 }, (_, index) => 7 + index * 3);
    await audience.add({ ds: "20160208", label: "spring" }, uins);
    await audience.add({ ds: "20160208", label: "spring" }, uins.slice(0, 10));
    await audience.add({ ds: "20160208", label: "autumn" }, [1, 2]);
    await audience.add({ ds: "20160209", label: "spring" }, [3, Number.MAX_SAFE_INTEGER]);
    const pages: number[][] = [];
    for await (const page of audience.pages({ ds: "20160208", label: "spring" }, 1_000)) pages.push([...page]);
    expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 500]);
    expect(pages.flat()).toEqual(uins);
    const [plan] = await pool.query(
      "EXPLAIN PARTITIONS SELECT useruin FROM push_audience WHERE ds = 20160208 AND label_name = 'autumn'",
    );
    expect((plan as { partitions: string }[])[0]!.partitions.split(",")).toHaveLength(1);
  });

  it("takes labels as long as their column, in partitions of their own, and says so of longer ones", async () => {
    const audience = new MysqlAudiences(pool);
    const labels = [
      "spring-festival-2016-red-packet-vip-users-of-the-north-a",
      "a'b",
      "ünï",
      "x".repeat(63),
      "x".repeat(64),
    ];
    for (const [index, label] of labels.entries()) {
      await audience.add({ ds: "20160207", label }, [index + 1]);
      for await (const page of audience.pages({ ds: "20160207", label }, 10)) expect(page).toEqual([index + 1]);
    }
    await expect(audience.add({ ds: "20160207", label: "x".repeat(65) }, [1])).rejects.toThrow("shorten it");
    expect(await audience.retain(2)).toEqual(["20160207"]);
  });

  it("keeps the audiences of the latest dates, and drops the others whole", async () => {
    const audience = new MysqlAudiences(pool);
    expect(await audience.retain(2)).toEqual([]);
    expect(await audience.retain(1)).toEqual(["20160208"]);
    expect(await audience.retain(1)).toEqual([]);
    const left: number[] = [];
    for (const label of ["spring", "autumn"])
      for await (const page of audience.pages({ ds: "20160208", label }, 100)) left.push(...page);
    expect(left).toEqual([]);
    for await (const page of audience.pages({ ds: "20160209", label: "spring" }, 100)) left.push(...page);
    expect(left).toEqual([3, Number.MAX_SAFE_INTEGER]);
  });
});

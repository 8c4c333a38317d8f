/** The parts of tasks: one suite for the reference class, which simulated worlds use, and for Redis. */
import fc from "fast-check";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PartStore, type Hold } from "../../src/algorithms/push/claim.ts";
import { pack } from "../../src/algorithms/push/packing.ts";
import type { BlockName } from "../../src/algorithms/push/task.ts";
import { after, ms, START, type Duration, type Instant } from "../../src/base/units.ts";
import { now } from "../../src/deploy/clock.ts";
import type { Parts } from "../../src/deploy/ports.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { RedisCluster } from "../deploy/redis-cluster.ts";
import { describeReal, ownName } from "./real.ts";

interface Kit {
  readonly parts: Parts;
  /** The store's clock, or one that is as good. */
  readonly now: () => Instant;
  readonly wait: (time: Duration) => Promise<void>;
}

const LONG = ms(60_000);
const SHORT = ms(150);
const LONGER = ms(200);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const sorted = (uins: readonly number[]): number[] => uins.toSorted((a, b) => a - b);

/** What stores may order as they like is ordered, and what is a matter of clocks is left out. */
const plain = (answer: unknown): unknown => {
  if (answer instanceof Map) return plain([...answer.entries()]);
  if (answer instanceof Uint8Array) return [...answer];
  if (Array.isArray(answer)) return answer.map(plain).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, key === "until" ? "" : plain(value)]));
};

const contract = (kit: () => Kit): void => {
  let tasks = 0;
  /** A part of a task of its own, filled with 1, 2, … count. */
  const filled = async (count: number): Promise<(block: number) => BlockName> => {
    const task = `task-${String(++tasks)}`;
    expect(await kit().parts.fill(task, 0, upTo(count))).toBe(count);
    return (block) => ({ task, part: 0, block });
  };
  const membersOf = async (name: BlockName, owner: string, size = 10, lease = LONG): Promise<readonly number[]> => {
    const answer = await kit().parts.claim(name, owner, size, lease);
    if (answer.kind !== "yours") throw new Error(`the claim is ${answer.kind}`);
    return answer.members;
  };
  const status = (name: BlockName) => kit().parts.status(name.task, name.part);

  it("fills a part once, whatever is brought later", async () => {
    const name = await filled(30);
    await kit().parts.fill(name(1).task, 0, [100, 101]);
    expect(await status(name(1))).toEqual({ isFilled: true, source: 30, claims: [], finished: [] });
  });

  it("fills a part with nobody, and knows that it did", async () => {
    const name = await filled(0);
    expect(await status(name(1))).toMatchObject({ isFilled: true, source: 0 });
    await kit().parts.fill(name(1).task, 0, [1]);
    expect(await status(name(1))).toMatchObject({ source: 0 });
  });

  it("knows a part that nobody filled", async () => {
    expect(await kit().parts.status("never", 7)).toEqual({ isFilled: false, source: 0, claims: [], finished: [] });
  });

  it("moves a block from the source into a claim, so that everybody is in exactly one", async () => {
    const name = await filled(25);
    const blocks = [await membersOf(name(1), "a"), await membersOf(name(2), "b"), await membersOf(name(3), "c")];
    expect(blocks.map((block) => block.length)).toEqual([10, 10, 5]);
    expect(sorted(blocks.flat())).toEqual(upTo(25));
    expect(await status(name(1))).toMatchObject({
      source: 0,
      claims: [
        { block: 1, left: 10 },
        { block: 2, left: 10 },
        { block: 3, left: 5 },
      ],
    });
    expect(await membersOf(name(4), "d")).toEqual([]);
  });

  it("gives different blocks to claims at the same moment", async () => {
    const name = await filled(800);
    const blocks = await Promise.all(upTo(8).map((block) => membersOf(name(block), `owner ${String(block)}`, 100)));
    expect(sorted(blocks.flat())).toEqual(upTo(800));
  });

  it("is busy for others while a lease runs, and says until when", async () => {
    const name = await filled(10);
    await membersOf(name(1), "a");
    expect((await status(name(1))).claims).toEqual([{ block: 1, left: 10, isHeld: true }]);
    const first = await kit().parts.claim(name(1), "b", 10, LONG);
    if (first.kind !== "busy") throw new Error(first.kind);
    expect(first.until - kit().now()).toBeGreaterThan(ms(58_000));
    expect(first.until - kit().now()).toBeLessThanOrEqual(LONG);
    for (const answer of [
      await kit().parts.claim(name(1), "b", 10, LONG),
      await kit().parts.resume(name(1), "b", LONG),
      await kit().parts.adopt(name(1), "b", [1, 2], LONG),
    ])
      expect(answer).toEqual({ kind: "busy", until: first.until });
  });

  it("gives the owner his block again, and not a new one", async () => {
    const name = await filled(50);
    const first = await membersOf(name(1), "a");
    const again = await kit().parts.claim(name(1), "a", 10, LONG);
    expect(again).toMatchObject({ kind: "yours", isNew: false });
    expect(sorted(await membersOf(name(1), "a"))).toEqual(sorted(first));
    expect((await status(name(1))).source).toBe(40);
  });

  it("hands a block whose lease ended to whoever asks, without those who were told", async () => {
    const name = await filled(20);
    const first = await membersOf(name(1), "a", 10, SHORT);
    expect(await kit().parts.report(name(1), "a", first.slice(0, 4), SHORT)).toEqual({ kind: "yours", left: 6 });
    await kit().wait(LONGER);
    expect((await status(name(1))).claims).toEqual([{ block: 1, left: 6, isHeld: false }]);
    const second = await kit().parts.resume(name(1), "b", LONG);
    if (second.kind !== "yours") throw new Error(second.kind);
    expect(second.isNew).toBe(false);
    expect(sorted(second.members)).toEqual(sorted(first.slice(4)));
    expect(await kit().parts.report(name(1), "a", first.slice(4, 5), LONG)).toEqual({
      kind: "lost",
      isForgotten: false,
    });
    expect((await status(name(1))).claims).toMatchObject([{ block: 1, left: 6 }]);
  });

  it("renews the lease with every report", async () => {
    const name = await filled(10);
    const members = await membersOf(name(1), "a", 10, SHORT);
    for (const uin of members.slice(0, 3)) {
      await kit().wait(ms(100));
      expect((await kit().parts.report(name(1), "a", [uin], SHORT)).kind).toBe("yours");
    }
    expect((await kit().parts.claim(name(1), "b", 10, SHORT)).kind).toBe("busy");
  });

  it("bears that the same people are reported twice", async () => {
    const name = await filled(10);
    const members = await membersOf(name(1), "a");
    await kit().parts.report(name(1), "a", members.slice(0, 5), LONG);
    expect(await kit().parts.report(name(1), "a", members.slice(0, 5), LONG)).toEqual({ kind: "yours", left: 5 });
  });

  it("forgets a finished block's claim, and that it is finished it never forgets", async () => {
    const name = await filled(10);
    const members = await membersOf(name(1), "a");
    await kit().parts.report(name(1), "a", members, LONG);
    for (let times = 0; times < 2; times++) await kit().parts.finish(name(1), members);
    expect(await status(name(1))).toEqual({ isFilled: true, source: 0, claims: [], finished: [1] });
    expect(await kit().parts.claim(name(1), "b", 10, LONG)).toEqual({ kind: "finished" });
    expect(await kit().parts.resume(name(1), "b", LONG)).toEqual({ kind: "finished" });
    expect(await kit().parts.adopt(name(1), "b", members, LONG)).toEqual({ kind: "finished" });
    expect(await kit().parts.report(name(1), "a", members, LONG)).toEqual({ kind: "lost", isForgotten: true });
  });

  it("learns from whoever says that a block is finished: its members leave the source, others of its claim go back", async () => {
    const name = await filled(20);
    await kit().parts.finish(name(4), [1, 2, 3, 99]);
    expect(await status(name(4))).toEqual({ isFilled: true, source: 17, claims: [], finished: [4] });
    const members = await membersOf(name(5), "a", 10);
    await kit().parts.finish(name(5), members.slice(0, 6));
    expect((await status(name(5))).source).toBe(11);
  });

  it("resumes what it does not know by saying so, and pops nobody", async () => {
    const name = await filled(10);
    expect(await kit().parts.resume(name(1), "a", LONG)).toEqual({ kind: "unknown" });
    expect(await kit().parts.report(name(1), "a", [1], LONG)).toEqual({ kind: "lost", isForgotten: true });
    expect(await status(name(1))).toMatchObject({ source: 10, claims: [] });
  });

  it("hands out nothing of a part that is not filled: it is lost, not empty", async () => {
    const name = { task: "lost", part: 0, block: 1 };
    const ask = async () => [
      await kit().parts.claim(name, "a", 10, LONG),
      await kit().parts.resume(name, "a", LONG),
      await kit().parts.adopt(name, "a", [1], LONG),
    ];
    expect(await ask()).toEqual([{ kind: "unknown" }, { kind: "unknown" }, { kind: "unknown" }]);
    expect(await kit().parts.status("lost", 0)).toMatchObject({ isFilled: false, claims: [] });
    await kit().parts.restore(name, [1]);
    expect(await ask()).toEqual([{ kind: "unknown" }, { kind: "unknown" }, { kind: "unknown" }]);
  });

  it("restores a claim it has lost, for anybody to take up, and none that it knows", async () => {
    const name = await filled(10);
    await kit().parts.restore(name(1), [1, 2, 11]);
    await kit().parts.restore(name(1), [3]);
    await kit().parts.finish(name(2), [4]);
    await kit().parts.restore(name(2), [5]);
    expect(await status(name(1))).toMatchObject({
      source: 7,
      claims: [{ block: 1, left: 3, isHeld: false }],
      finished: [2],
    });
    const answer = await kit().parts.resume(name(1), "a", LONG);
    expect(answer.kind === "yours" && sorted(answer.members)).toEqual([1, 2, 11]);
  });

  it("knows a claim in a part that is not filled", async () => {
    await kit().parts.restore({ task: "half", part: 0, block: 3 }, [8, 9]);
    expect(await kit().parts.status("half", 0)).toMatchObject({ isFilled: false, claims: [{ block: 3, left: 2 }] });
  });

  it("adopts members that records remember, whatever it believed: the others go back to the source", async () => {
    const name = await filled(10);
    const adopt = async (owner: string, uins: readonly number[]): Promise<readonly number[]> => {
      const answer = await kit().parts.adopt(name(3), owner, uins, LONG);
      if (answer.kind !== "yours") throw new Error(answer.kind);
      return sorted(answer.members);
    };
    expect(await adopt("a", [1, 2, 3, 11, 12])).toEqual([1, 2, 3, 11, 12]);
    expect(await status(name(3))).toMatchObject({ source: 7, claims: [{ block: 3, left: 5 }] });
    expect(await adopt("a", [2, 3, 4])).toEqual([2, 3, 4]);
    expect(await status(name(3))).toMatchObject({ source: 9, claims: [{ block: 3, left: 3 }] });
  });

  it("does not let a claim be undone by one who never had it, even when its lease is over", async () => {
    const name = await filled(10);
    const members = await membersOf(name(1), "a", 4, SHORT);
    await kit().parts.report(name(1), "a", members.slice(0, 1), SHORT);
    await kit().parts.restore(name(2), [99]);
    await kit().wait(LONGER);
    const before = await kit().parts.contents(name(1).task, 0);
    expect(await kit().parts.adopt(name(1), "b", [77], LONG)).toMatchObject({ kind: "busy" });
    expect(await kit().parts.adopt(name(2), "b", [77], LONG)).toMatchObject({ kind: "busy" });
    expect(await kit().parts.contents(name(1).task, 0)).toEqual(before);
    expect(await kit().parts.resume(name(1), "b", LONG)).toMatchObject({ kind: "yours" });
    expect(await kit().parts.adopt(name(1), "b", [77], LONG)).toMatchObject({ kind: "yours", members: [77] });
    expect((await status(name(1))).source).toBe(9);
  });

  it("leaves those who are in a claim out of what a part is filled with", async () => {
    const name = (block: number): BlockName => ({ task: "refilled", part: 0, block });
    await kit().parts.restore(name(2), [3, 4]);
    await kit().parts.restore(name(7), [5]);
    expect(await kit().parts.fill("refilled", 0, upTo(10))).toBe(7);
    expect(sorted(await membersOf(name(8), "b", 100))).toEqual([1, 2, 6, 7, 8, 9, 10]);
  });

  it("shows what another store can be mended from", async () => {
    const name = await filled(10);
    const members = await membersOf(name(1), "a", 4);
    await kit().parts.report(name(1), "a", members.slice(0, 1), LONG);
    await kit().parts.finish(name(2), [100, 200, 70_000]);
    const { claims, finished } = await kit().parts.contents(name(1).task, 0);
    expect([...claims].map(([block, left]) => [block, sorted(left)])).toEqual([[1, sorted(members.slice(1))]]);
    expect([...finished]).toEqual([[2, pack([100, 200, 70_000])]]);
  });

  it("takes blocks of 5,000, more than Lua could unpack at once, and the greatest uin", async () => {
    const task = `task-${String(++tasks)}`;
    const uins = upTo(12_000).map((index) => Number.MAX_SAFE_INTEGER - 12_000 + index);
    await kit().parts.fill(task, 3, uins);
    const first = await membersOf({ task, part: 3, block: 1 }, "a", 5_000);
    expect(first.length).toBe(5_000);
    expect(await kit().parts.report({ task, part: 3, block: 1 }, "a", first, LONG)).toEqual({ kind: "yours", left: 0 });
    const rest = uins.filter((uin) => !first.includes(uin));
    const adopted = await kit().parts.adopt({ task, part: 3, block: 2 }, "b", rest, LONG);
    expect(adopted.kind === "yours" && sorted(adopted.members)).toEqual(rest);
    expect(await kit().parts.status(task, 3)).toMatchObject({ source: 0, claims: [{ left: 0 }, { left: 7_000 }] });
  });
};

/** A reference store that removes from its source the members that another store removed. */
const shadow = () => {
  const store = new PartStore(LONG);
  let taken: readonly number[] = [];
  let next = 0;
  const pick = (): number => store.source().indexOf(taken[next++]!);
  return {
    store,
    claim: (hold: Hold & { readonly size: number }, theirs: readonly number[]) => {
      [taken, next] = [theirs, 0];
      return store.claim(hold, pick);
    },
  };
};

/** The reference classes with a clock of their own that only `wait` moves. */
const reference = (): Kit => {
  const stores = new Map<string, PartStore>();
  let time = START;
  const storeOf = ({ task, part }: { readonly task: string; readonly part: number }): PartStore => {
    const key = `${task}/${String(part)}`;
    const store = stores.get(key) ?? new PartStore(LONG);
    stores.set(key, store);
    return store;
  };
  let state = 1;
  const pick = (count: number): number => (state = (state * 48_271) % 2_147_483_647) % count;
  const parts: Parts = {
    fill: async (task, part, members) => Promise.resolve(storeOf({ task, part }).fill(members, time)),
    claim: async (name, owner, size, lease) =>
      Promise.resolve(storeOf(name).claim({ block: name.block, owner, size, now: time, lease }, pick)),
    resume: async (name, owner, lease) =>
      Promise.resolve(storeOf(name).resume({ block: name.block, owner, now: time, lease })),
    adopt: async (name, owner, members, lease) =>
      Promise.resolve(storeOf(name).adopt({ block: name.block, owner, members, now: time, lease })),
    report: async (name, owner, uins, lease) =>
      Promise.resolve(storeOf(name).report({ block: name.block, owner, uins, now: time, lease })),
    restore: async (name, members) => Promise.resolve(storeOf(name).restore({ block: name.block, members, now: time })),
    finish: async (name, members) => Promise.resolve(storeOf(name).finish({ block: name.block, members, now: time })),
    status: async (task, part) => Promise.resolve(storeOf({ task, part }).status(time)),
    contents: async (task, part) => Promise.resolve(storeOf({ task, part }).contents()),
  };
  const wait = async (span: Duration): Promise<void> => {
    time = after(time, span);
    return Promise.resolve();
  };
  return { parts, now: () => time, wait };
};

describe("parts: the reference", () => {
  const kit = reference();
  contract(() => kit);
});

await describeReal("redis", "parts: a Redis cluster of three shards and their replicas", () => {
  const parts: RedisParts[] = [];
  let cluster: RedisCluster;
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    redis = await connectRedis(cluster.service);
    parts.push(new RedisParts(redis));
  }, 30_000);
  afterAll(async () => {
    redis.disconnect();
    await cluster.stop();
  });
  contract(() => ({
    parts: parts[0]!,
    now,
    wait: (time) => new Promise((resolve) => setTimeout(resolve, time / 1_000)),
  }));

  it("spreads the parts of a task over all shards", async () => {
    for (let part = 0; part < 24; part++) expect(await parts[0]!.fill("spread", part, [1, 2, 3])).toBe(3);
    const held = redis instanceof Cluster ? redis.nodes("master").map((node) => node.keys("*:spread:*")) : [];
    const counts = (await Promise.all(held)).map((keys) => keys.length);
    expect(counts.length).toBe(3);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    // A source, and that it is filled.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(48);
  });
});

await describeReal("redis", "parts: Redis", (service) => {
  const prefix = ownName();
  let kit: Kit;
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  beforeAll(async () => {
    redis = await connectRedis(service);
    kit = {
      parts: new RedisParts(redis, prefix),
      now,
      wait: (time) => new Promise((resolve) => setTimeout(resolve, time / 1_000)),
    };
  });
  afterAll(async () => {
    const left = await redis.keys(`*${prefix}*`);
    if (left.length > 0) await redis.del(left);
    redis.disconnect();
  });
  contract(() => kit);

  it("bears blocks of 200,000", async () => {
    const uins = upTo(200_000);
    const block = (number: number): BlockName => ({ task: "huge", part: 0, block: number });
    await kit.parts.fill("huge", 0, uins);
    expect(await kit.parts.claim(block(1), "a", uins.length, LONG)).toMatchObject({ kind: "yours" });
    expect(await kit.parts.report(block(1), "a", uins.slice(1), LONG)).toEqual({ kind: "yours", left: 1 });
    await kit.parts.finish(block(1), uins);
    await kit.parts.restore(block(2), uins);
    expect(await kit.parts.adopt(block(3), "a", uins, LONG)).toMatchObject({ kind: "yours" });
    expect((await kit.parts.status("huge", 0)).claims.map(({ left }) => left).sort()).toEqual([200_000, 200_000]);
  });

  it("answers what the reference answers, through whatever is done to a part in whatever order", async () => {
    const act = fc.record({
      kind: fc.constantFrom("claim", "claim", "resume", "adopt", "report", "report", "restore", "finish", "fill"),
      block: fc.integer({ min: 1, max: 4 }),
      owner: fc.constantFrom("a", "b"),
      lease: fc.constantFrom(ms(0), LONG),
      uins: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
    });
    let runs = 0;
    const run = async (acts: readonly (typeof act extends fc.Arbitrary<infer Act> ? Act : never)[]): Promise<void> => {
      const task = `lockstep-${String(++runs)}`;
      const { store, claim } = shadow();
      // Every other run starts as a task does; the others as a store that has lost everything.
      if (runs % 2 === 0) await both("fill", { task, part: 0, block: 0 }, { store, claim, hold: HOLD, uins: [] });
      for (const [step, { kind, block, owner, lease, uins }] of acts.entries()) {
        const name: BlockName = { task, part: 0, block };
        // Only leases that are over at once or never end in a test: the reference's time passes by steps.
        const hold = { block, owner, lease, now: after(START, ms(step)) };
        const pair = await both(kind, name, { store, claim, hold, uins });
        expect(plain(pair.real)).toEqual(plain(pair.reference));
        expect(plain(await kit.parts.status(task, 0))).toEqual(plain(store.status(hold.now)));
        expect(plain(await kit.parts.contents(task, 0))).toEqual(plain(store.contents()));
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25 }), run), { numRuns: 200, seed: 5 });
  });

  const HOLD: Hold = { block: 0, owner: "a", lease: LONG, now: START };

  interface Pair {
    readonly real: unknown;
    readonly reference: unknown;
  }

  /** Does one thing to both stores. */
  const both = async (
    kind: string,
    name: BlockName,
    { store, claim, hold, uins }: ReturnType<typeof shadow> & { readonly hold: Hold; readonly uins: readonly number[] },
  ): Promise<Pair> => {
    const { owner, lease, now } = hold;
    switch (kind) {
      case "claim": {
        const real = await kit.parts.claim(name, owner, 7, lease);
        return { real, reference: claim({ ...hold, size: 7 }, real.kind === "yours" ? real.members : []) };
      }
      case "resume":
        return { real: await kit.parts.resume(name, owner, lease), reference: store.resume(hold) };
      case "adopt":
        return {
          real: await kit.parts.adopt(name, owner, uins, lease),
          reference: store.adopt({ ...hold, members: uins }),
        };
      case "report":
        return { real: await kit.parts.report(name, owner, uins, lease), reference: store.report({ ...hold, uins }) };
      case "restore":
        return {
          real: await kit.parts.restore(name, uins),
          reference: store.restore({ block: name.block, members: uins, now }),
        };
      case "finish":
        return {
          real: await kit.parts.finish(name, uins),
          reference: store.finish({ block: name.block, members: uins, now }),
        };
      default:
        return { real: await kit.parts.fill(name.task, name.part, upTo(30)), reference: store.fill(upTo(30), now) };
    }
  };

  it("runs its scripts after Redis forgot them", async () => {
    await kit.parts.fill("forgotten", 0, [1, 2, 3]);
    await redis.script("FLUSH");
    expect(await kit.parts.claim({ task: "forgotten", part: 0, block: 1 }, "a", 3, LONG)).toMatchObject({
      isNew: true,
    });
  });

  it("keeps all keys of a part in one hash slot", async () => {
    await kit.parts.fill("slots", 5, upTo(20));
    await kit.parts.claim({ task: "slots", part: 5, block: 1 }, "a", 10, LONG);
    const keys = await redis.keys(`*${prefix}:slots:5*`);
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.every((key) => key.startsWith(`{${prefix}:slots:5}`))).toBe(true);
  });
});

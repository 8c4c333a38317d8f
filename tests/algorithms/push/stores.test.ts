/** The stores' own semantics, which the scripts on real ones are held against: by hand, then for any sequence of writes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Hold, PartStore } from "../../../src/algorithms/push/claim.ts";
import { pack, unpack } from "../../../src/algorithms/push/packing.ts";
import { BlockRecords } from "../../../src/algorithms/push/records.ts";
import { mayFollow, partOf } from "../../../src/algorithms/push/task.ts";
import { DelayQueue } from "../../../src/algorithms/push/trigger.ts";
import { type Instant, NEVER, seconds, instantAt } from "../../../src/base/units.ts";

const at = (count: number): Instant => instantAt(seconds(count));
const first = (): number => 0;
const hold = (block: number, owner: string, now: number): Hold => ({ block, owner, now: at(now), lease: seconds(10) });
const filled = (count: number): PartStore => {
  const store = new PartStore(seconds(100));
  store.fill(
    Array.from({ length: count }, (_, index) => index + 1),
    at(0),
  );
  return store;
};

describe("packed blocks", () => {
  it("take a byte for a neighbour and give everybody back in order", () => {
    expect([...pack([3, 1, 2])]).toEqual([1, 1, 1]);
    expect([...pack([300])]).toEqual([0b1010_1100, 0b10]);
    expect(unpack(pack([]))).toEqual([]);
  });

  it("give any set of uins back, up to the largest", () => {
    const uin = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(fc.uniqueArray(uin, { maxLength: 300 }), (uins) => {
        expect(unpack(pack(uins))).toEqual(uins.toSorted((a, b) => a - b));
      }),
    );
    expect(unpack(pack([Number.MAX_SAFE_INTEGER, 1]))).toEqual([1, Number.MAX_SAFE_INTEGER]);
  });

  it("refuse what is no set of uins, and bytes that stop in the middle", () => {
    expect(() => pack([7, 7])).toThrow("packs 7 after 7");
    expect(() => pack([0])).toThrow();
    expect(() => pack([1.5])).toThrow();
    expect(() => unpack(Uint8Array.of(0x80))).toThrow();
  });

  it("come to two bytes for each of 5,000 out of a million", () => {
    const bytes = pack(Array.from({ length: 5_000 }, (_, index) => 1 + index * 200));
    expect(bytes.length).toBe(1 + 4_999 * 2);
  });
});

describe("parts", () => {
  it("are even, whatever the uins are like", () => {
    for (const uinOf of [(n: number) => n + 1, (n: number) => 4_096 * n + 7, (n: number) => 4_294_967_296 * n + 9]) {
      const sizes = new Uint32Array(12);
      for (let n = 0; n < 120_000; n++) sizes[partOf(uinOf(n), 12)]! += 1;
      // Five deviations of a binomial with n = 120,000 and p = 1/12 are 479.
      for (const size of sizes) expect(Math.abs(size - 10_000)).toBeLessThan(479);
    }
  });
});

describe("a task", () => {
  it("goes one step forward at a time and never back", () => {
    expect(mayFollow("scheduled", "triggered")).toBe(true);
    expect(mayFollow("scheduled", "scattering")).toBe(false);
    expect(mayFollow("sending", "scattering")).toBe(false);
    expect(mayFollow("done", "done")).toBe(false);
  });
});

describe("a claim", () => {
  it("takes its members out of the source in one step, and the block goes on with them under another owner", () => {
    const store = filled(7);
    expect(store.claim({ ...hold(1, "a", 0), size: 3 }, first)).toEqual({
      kind: "yours",
      members: [1, 7, 6],
      isNew: true,
    });
    expect(store.report({ ...hold(1, "a", 1), uins: [7] })).toEqual({ kind: "yours", left: 2 });
    expect(store.claim({ ...hold(1, "b", 2), size: 3 }, first)).toEqual({ kind: "busy", until: at(11) });
    expect(store.resume(hold(1, "b", 11))).toEqual({ kind: "yours", members: [1, 6], isNew: false });
    expect(store.report({ ...hold(1, "a", 12), uins: [1] })).toEqual({ kind: "lost", isForgotten: false });
    expect(store.status(at(12))).toEqual({
      isFilled: true,
      source: 4,
      claims: [{ block: 1, left: 2, isHeld: true }],
      finished: [],
    });
    store.finish({ block: 1, members: [1, 7, 6], now: at(13) });
    expect(store.claim({ ...hold(1, "c", 14), size: 3 }, first)).toEqual({ kind: "finished" });
    expect(store.source()).toEqual([5, 2, 3, 4]);
  });

  it("of an empty source has no members, and of a part that is not filled there is none", () => {
    const store = filled(0);
    expect(store.claim({ ...hold(1, "a", 0), size: 3 }, first)).toEqual({ kind: "yours", members: [], isNew: true });
    store.clear();
    expect(store.claim({ ...hold(1, "a", 0), size: 3 }, first)).toEqual({ kind: "unknown" });
    expect(store.resume(hold(1, "a", 0))).toEqual({ kind: "unknown" });
  });

  it("adopted from records takes its members out of the source and gives back whoever was claimed instead", () => {
    const store = filled(6);
    store.claim({ ...hold(1, "a", 0), size: 2 }, first);
    expect(store.adopt({ ...hold(1, "b", 20), members: [2, 3] })).toEqual({ kind: "busy", until: at(10) });
    store.resume(hold(1, "b", 20));
    const answer = store.adopt({ ...hold(1, "b", 20), members: [2, 3] });
    expect(answer).toEqual({ kind: "yours", members: [2, 3], isNew: true });
    expect([...store.source()].sort()).toEqual([1, 4, 5, 6]);
    expect(store.adopt({ ...hold(1, "c", 21), members: [4] })).toEqual({ kind: "busy", until: at(30) });
  });

  it("finished by word of the records takes its members out of a source that forgot", () => {
    const store = filled(4);
    store.finish({ block: 9, members: [2, 4], now: at(1) });
    expect([...store.source()].sort()).toEqual([1, 3]);
    expect(store.status(at(0)).finished).toEqual([9]);
  });

  it("is restored before the part is filled anew, and its members do not come twice", () => {
    const store = new PartStore(seconds(0));
    store.restore({ block: 4, members: [2, 3], now: at(0) });
    expect(store.resume(hold(4, "a", 1))).toEqual({ kind: "unknown" });
    expect(store.adopt({ ...hold(4, "a", 1), members: [2, 3] })).toEqual({ kind: "unknown" });
    expect(store.fill([1, 2, 3, 4], at(2))).toBe(2);
    expect(store.fill([1, 2, 3, 4, 5], at(2))).toBe(2);
    expect(store.source()).toEqual([1, 4]);
    store.restore({ block: 4, members: [1], now: at(2) });
    expect(store.resume(hold(4, "a", 3))).toEqual({ kind: "yours", members: [2, 3], isNew: false });
  });
});

/** Any write, with members of 1 to 12. */
const uins = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 });
const write = fc.record({
  kind: fc.constantFrom("claim", "resume", "adopt", "report", "report", "finish", "restore" as const),
  block: fc.integer({ min: 1, max: 3 }),
  owner: fc.constantFrom("a", "b"),
  later: fc.constantFrom(0, 1, 6, 11),
  uins,
  place: fc.nat(),
});

describe("after any writes, a part", () => {
  const perform = (
    store: PartStore,
    one: typeof write extends fc.Arbitrary<infer W> ? W : never,
    now: number,
  ): void => {
    const held = hold(one.block, one.owner, now);
    if (one.kind === "claim") store.claim({ ...held, size: 3 }, (places) => one.place % places);
    else if (one.kind === "resume") store.resume(held);
    else if (one.kind === "adopt") store.adopt({ ...held, members: one.uins });
    else if (one.kind === "report") store.report({ ...held, uins: one.uins });
    else if (one.kind === "restore") store.restore({ block: one.block, members: one.uins, now: at(now) });
    else store.finish({ block: one.block, members: one.uins, now: at(now) });
  };
  /** Without the order in which blocks came. */
  const picture = (store: PartStore): unknown => {
    const { claims, finished, ...status } = store.status(at(0));
    return [
      status,
      new Set(claims),
      new Set(finished),
      new Set(store.contents().claims),
      new Set(store.contents().finished),
      store.source(),
    ];
  };

  it("has everybody in the source once, in a claim, reported, or finished", () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const store = filled(12);
        const told = new Set<number>();
        let now = 0;
        for (const one of writes) {
          now += one.later;
          const claimed = store.contents().claims.get(one.block) ?? [];
          perform(store, one, now);
          const left = new Set(store.contents().claims.get(one.block) ?? []);
          if (one.kind === "report") for (const uin of claimed) if (!left.has(uin)) told.add(uin);
          if (one.kind === "finish" && store.status(at(0)).finished.includes(one.block))
            for (const uin of one.uins) told.add(uin);
          const source = store.source();
          expect(new Set(source).size).toBe(source.length);
          const known = new Set([...source, ...[...store.contents().claims.values()].flat(), ...told]);
          expect(known.size).toBe(12);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is rewound to exactly what it was", () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), fc.nat(30), (writes, kept) => {
        const [store, twin] = [filled(12), filled(12)];
        for (const [index, one] of writes.entries()) {
          const now = 1 + index;
          perform(store, one, now);
          if (index < kept) perform(twin, one, now);
        }
        store.rewind(at(kept));
        expect(picture(store)).toEqual(picture(twin));
      }),
      { numRuns: 500 },
    );
  });
});

describe("records", () => {
  it("keep what was written first, and know how many blocks there are", () => {
    const records = new BlockRecords();
    expect(records.record(3, [1, 2])).toEqual({ state: "claimed", packed: pack([1, 2]) });
    expect(records.record(3, [5])).toEqual({ state: "claimed", packed: pack([1, 2]) });
    records.finish(3, [1, 2]);
    records.finish(3, [9]);
    records.record(4, [6]);
    records.finish(4, [8]);
    // Not on the word of a claim that another one had.
    expect(records.get(4)).toEqual({ state: "finished", packed: pack([8]) });
    records.record(5, [7]);
    expect(records.get(3)).toEqual({ state: "finished", packed: pack([1, 2]) });
    expect(records.status()).toEqual({ count: 3, last: 5, unfinished: [5] });
    records.clear();
    expect(records.status()).toEqual({ count: 0, last: 0, unfinished: [] });
  });

  it("know the state of 200,000 blocks", () => {
    const records = new BlockRecords();
    for (let block = 1; block <= 200_000; block++) records.finish(block, [block]);
    records.record(200_001, [1]);
    expect(records.status()).toEqual({ count: 200_001, last: 200_001, unfinished: [200_001] });
  });
});

describe("the delay queue", () => {
  it("hands out what is due, earliest first, and again when nobody acknowledged it", () => {
    const queue = new DelayQueue();
    queue.schedule("late", at(30));
    queue.schedule("b", at(10));
    queue.schedule("a", at(10));
    expect(queue.nextAt()).toBe(at(10));
    expect(queue.take(at(9), 5, seconds(5))).toEqual([]);
    expect(queue.take(at(10), 1, seconds(5))).toEqual([{ task: "a", due: at(10), taken: 1 }]);
    expect(queue.take(at(11), 5, seconds(5)).map(({ task }) => task)).toEqual(["b"]);
    expect(queue.acknowledge("b")).toBe(true);
    expect(queue.acknowledge("b")).toBe(false);
    expect(queue.take(at(15), 5, seconds(5))).toEqual([{ task: "a", due: at(10), taken: 2 }]);
    expect(queue.size).toBe(2);
  });

  it("takes a new time for an old one, and the same again changes nothing", () => {
    const queue = new DelayQueue();
    queue.schedule("a", at(10));
    queue.take(at(10), 1, seconds(60));
    queue.schedule("a", at(10));
    expect(queue.nextAt()).toBe(at(70));
    queue.schedule("a", at(20));
    expect(queue.nextAt()).toBe(at(20));
    expect(queue.cancel("a")).toBe(true);
    expect(queue.nextAt()).toBe(NEVER);
  });
});

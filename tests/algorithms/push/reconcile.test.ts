/** Each store mended from the other: by hand, and for any two stores that lost anything. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartStore } from "../../../src/algorithms/push/claim.ts";
import { pack } from "../../../src/algorithms/push/packing.ts";
import { reconcilePart, type Repair, repairPart } from "../../../src/algorithms/push/reconcile.ts";
import { BlockRecords } from "../../../src/algorithms/push/records.ts";
import { type Instant, seconds, instantAt } from "../../../src/base/units.ts";

const AUDIENCE = [1, 2, 3, 4, 5, 6, 7, 8];
const NOTHING = { claims: new Map<number, number[]>(), finished: new Map<number, Uint8Array>() };
const record = (state: "claimed" | "finished", members: readonly number[]) => ({ state, packed: pack(members) });

describe("a part", () => {
  it("whose store kept nothing gets back what the records know, and everybody else into the source, last of all", () => {
    const records = new Map([
      [1, record("finished", [1, 2, 3])],
      [2, record("claimed", [4, 5])],
    ]);
    expect(reconcilePart({ audience: AUDIENCE, records, store: { isFilled: false, ...NOTHING } })).toEqual([
      { on: "store", step: "finish", block: 1, members: [1, 2, 3] },
      { on: "store", step: "restore", block: 2, members: [4, 5] },
      // Those of the second block too: not told for certain; the store leaves them out while it has the claim.
      { on: "store", step: "fill", members: [4, 5, 6, 7, 8] },
    ]);
  });

  it("does not bring back into a block whoever was told in another", () => {
    const records = new Map([
      [1, record("claimed", [1, 2, 3])],
      [2, record("finished", [2, 4])],
    ]);
    const repairs = reconcilePart({ audience: AUDIENCE, records, store: { isFilled: true, ...NOTHING } });
    expect(repairs).toEqual([
      { on: "store", step: "restore", block: 1, members: [1, 3] },
      { on: "store", step: "finish", block: 2, members: [2, 4] },
    ]);
  });

  it("whose records were lost has them written anew from the store", () => {
    const store = { isFilled: true, claims: new Map([[2, [5]]]), finished: new Map([[1, pack([1, 2])]]) };
    expect(reconcilePart({ audience: AUDIENCE, records: new Map(), store })).toEqual([
      { on: "records", step: "finish", block: 1, members: [1, 2] },
      { on: "records", step: "record", block: 2, members: [5] },
    ]);
  });

  it("that lost both is begun anew", () => {
    const repairs = reconcilePart({ audience: AUDIENCE, records: new Map(), store: { isFilled: false, ...NOTHING } });
    expect(repairs).toEqual([{ on: "store", step: "fill", members: AUDIENCE }]);
  });

  it("whose stores agree needs nothing", () => {
    const records = new Map([
      [1, record("finished", [1])],
      [2, record("claimed", [2, 3])],
    ]);
    const store = { isFilled: true, claims: new Map([[2, [3]]]), finished: new Map([[1, pack([1])]]) };
    expect(reconcilePart({ audience: AUDIENCE, records, store })).toEqual([]);
  });
});

describe("whatever two stores know", () => {
  /** Eight subscribers in blocks of two; each block as far as it came, and what each store lost of it. */
  const blocks = fc.array(
    fc.record({
      progress: fc.constantFrom("claimed", "recorded", "finished in the records", "finished"),
      isRecordLost: fc.boolean(),
    }),
    { maxLength: 4 },
  );
  const any = fc.record({ blocks, rewindTo: fc.integer({ min: -1, max: 20 }), stops: fc.nat(6) });

  it("repairs leave everybody in the source, in a claim or told, agree when done again, and may stop at any step", () => {
    fc.assert(
      fc.property(any, ({ blocks, rewindTo, stops }) => {
        const store = new PartStore(seconds(1_000));
        const records = new BlockRecords();
        const told = new Set<number>();
        let time = 0;
        const now = (): Instant => instantAt(seconds((time += 1)));
        store.fill(AUDIENCE, now());
        for (const [index, { progress, isRecordLost }] of blocks.entries()) {
          const block = index + 1;
          const hold = { block, owner: "a", now: now(), lease: seconds(1) };
          const claimed = store.claim({ ...hold, size: 2 }, () => 0);
          const members = claimed.kind === "yours" ? claimed.members : [];
          if (progress === "claimed") continue;
          if (!isRecordLost) records.record(block, members);
          if (progress === "recorded") continue;
          for (const uin of members) told.add(uin);
          store.report({ ...hold, uins: members });
          if (!isRecordLost) records.finish(block, members);
          if (progress === "finished") store.finish({ block, members, now: now() });
        }
        if (rewindTo < 0) store.clear();
        else store.rewind(instantAt(seconds(rewindTo)));
        const plan = (): readonly Repair[] => {
          const { isFilled } = store.status(now());
          return reconcilePart({
            audience: AUDIENCE,
            records: records.all(),
            store: { isFilled, ...store.contents() },
          });
        };
        for (const repair of plan().slice(0, stops)) repairPart(repair, { store, records }, now());
        for (const repair of plan()) repairPart(repair, { store, records }, now());
        expect(plan()).toEqual([]);
        expect(store.status(now()).isFilled).toBe(true);
        const known = new Set([...store.source(), ...[...store.contents().claims.values()].flat()]);
        for (const uin of AUDIENCE) if (!known.has(uin)) expect(told).toContain(uin);
      }),
      { numRuns: 1_000 },
    );
  });
});

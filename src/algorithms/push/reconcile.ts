/**
 * Repairs a part after a store has lost its last writes, or all of them: each store from the other. It only plans. Repairs
 * are performed in order; after a failure a new plan is made from what the stores know then. A plan never takes a subscriber
 * as told by a record that is not "finished", and never leaves one in the records alone, which may be the next to be lost.
 * Met by: src/world/push/repairs.ts, src/deploy/push/dispatcher.ts
 */
import type { Instant } from "../../base/units.ts";
import type { PartStore } from "./claim.ts";
import { unpack } from "./packing.ts";
import type { BlockRecord, BlockRecords } from "./records.ts";

/** What both stores know of one part. */
export interface KnownOfPart {
  /** All subscribers of this part that the task is to tell; may be empty if the part is filled. */
  readonly audience: readonly number[];
  /** By block; read before `store`. */
  readonly records: ReadonlyMap<number, BlockRecord>;
  /** Read after `records`. */
  readonly store: {
    readonly isFilled: boolean;
    /** Members not reported, by block. */
    readonly claims: ReadonlyMap<number, readonly number[]>;
    /** Members of the finished blocks, packed. */
    readonly finished: ReadonlyMap<number, Uint8Array>;
  };
}

/** One step of the plan: which store is written to, and by which of that store's methods. */
export type Repair =
  | {
      readonly on: "store";
      readonly step: "finish" | "restore";
      readonly block: number;
      readonly members: readonly number[];
    }
  /** Leaves out members of claims: these must be there before. */
  | { readonly on: "store"; readonly step: "fill"; readonly members: readonly number[] }
  | {
      readonly on: "records";
      readonly step: "record" | "finish";
      readonly block: number;
      readonly members: readonly number[];
    };

/** Returns the repairs of one part, in the order in which to perform them; none if the stores agree. */
export const reconcilePart = ({ audience, records, store }: KnownOfPart): readonly Repair[] => {
  const repairs: Repair[] = [];
  const told = whoWasTold(records, store.finished);
  for (const [block, { state, packed }] of inOrder(records)) {
    if (store.finished.has(block)) continue;
    if (state === "finished") repairs.push({ on: "store", step: "finish", block, members: unpack(packed) });
    // After a failover a subscriber may be in two blocks, and be told in the other.
    else if (!store.claims.has(block))
      repairs.push({ on: "store", step: "restore", block, members: unpack(packed).filter(not(told)) });
  }
  for (const [block, packed] of inOrder(store.finished))
    if (records.get(block)?.state !== "finished")
      repairs.push({ on: "records", step: "finish", block, members: unpack(packed) });
  for (const [block, members] of inOrder(store.claims))
    if (!records.has(block) && members.length > 0) repairs.push({ on: "records", step: "record", block, members });
  if (!store.isFilled) repairs.push({ on: "store", step: "fill", members: audience.filter(not(told)) });
  return repairs;
};

/** Performs one repair on the reference stores of a part. */
export const repairPart = (
  repair: Repair,
  { store, records }: { readonly store: PartStore; readonly records: BlockRecords },
  now: Instant,
): void => {
  if (repair.on === "records") records[repair.step](repair.block, repair.members);
  else if (repair.step === "fill") store.fill(repair.members, now);
  else store[repair.step]({ block: repair.block, members: repair.members, now });
};

const inOrder = <Value>(blocks: ReadonlyMap<number, Value>): readonly (readonly [number, Value])[] =>
  [...blocks].sort(([a], [b]) => a - b);

const not =
  (told: () => ReadonlySet<number>) =>
  (uin: number): boolean =>
    !told().has(uin);

/** Returns a function for the members of all finished blocks, which are unpacked at its first call. */
const whoWasTold = (
  records: KnownOfPart["records"],
  finished: KnownOfPart["store"]["finished"],
): (() => ReadonlySet<number>) => {
  let told: Set<number> | undefined;
  return () => {
    if (told !== undefined) return told;
    told = new Set();
    for (const { state, packed } of records.values())
      if (state === "finished") for (const uin of unpack(packed)) told.add(uin);
    for (const packed of finished.values()) for (const uin of unpack(packed)) told.add(uin);
    return told;
  };
};

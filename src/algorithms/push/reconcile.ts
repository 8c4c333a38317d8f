/**
 * What mends a part after a store has lost its last writes, or all of them: each store from the other. It only plans; the
 * repairs are performed in order, and a plan that was performed in part is made anew from what is then seen. Two things are
 * never done: to take a subscriber as told on the word of a record that does not say "finished", and to leave one in the
 * records' hands alone, for these may be the next to be lost.
 * Met by: src/world/push/dispatchers.ts, src/deploy/push/dispatcher.ts
 */
import { unpack } from "./packing.ts";
import type { BlockRecord } from "./records.ts";

export interface KnownOfPart {
  /** Everybody in this part who is to be told by the task. */
  readonly audience: readonly number[];
  readonly records: ReadonlyMap<number, BlockRecord>;
  readonly store: {
    readonly isFilled: boolean;
    /** Members not reported, by block. */
    readonly claims: ReadonlyMap<number, readonly number[]>;
    /** Members of the finished blocks, packed. */
    readonly finished: ReadonlyMap<number, Uint8Array>;
  };
}

export type Repair =
  /** The store's steps of these names. */
  | { readonly kind: "finish"; readonly block: number; readonly members: readonly number[] }
  | { readonly kind: "restore"; readonly block: number; readonly members: readonly number[] }
  /** It leaves out those who are in a claim: these must be there before. */
  | { readonly kind: "fill"; readonly members: readonly number[] }
  /** The records' `record` or `finish`. */
  | { readonly kind: "record"; readonly block: number; readonly members: readonly number[] }
  | { readonly kind: "record-finished"; readonly block: number; readonly members: readonly number[] };

/** The repairs of one part; none when the stores agree. Read the records first and the store after. */
export const reconcilePart = ({ audience, records, store }: KnownOfPart): readonly Repair[] => {
  const repairs: Repair[] = [];
  const told = whoWasTold(records, store.finished);
  for (const [block, { state, packed }] of inOrder(records)) {
    if (store.finished.has(block)) continue;
    if (state === "finished") repairs.push({ kind: "finish", block, members: unpack(packed) });
    // Since a failover somebody may be in two blocks, and told in the other.
    else if (!store.claims.has(block))
      repairs.push({ kind: "restore", block, members: unpack(packed).filter(not(told)) });
  }
  for (const [block, packed] of inOrder(store.finished))
    if (records.get(block)?.state !== "finished")
      repairs.push({ kind: "record-finished", block, members: unpack(packed) });
  for (const [block, members] of inOrder(store.claims))
    if (!records.has(block) && members.length > 0) repairs.push({ kind: "record", block, members });
  if (!store.isFilled) repairs.push({ kind: "fill", members: audience.filter(not(told)) });
  return repairs;
};

const inOrder = <Value>(blocks: ReadonlyMap<number, Value>): readonly (readonly [number, Value])[] =>
  [...blocks].sort(([a], [b]) => a - b);

const not =
  (told: () => ReadonlySet<number>) =>
  (uin: number): boolean =>
    !told().has(uin);

/** Members of all finished blocks; unpacked only when somebody asks. */
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

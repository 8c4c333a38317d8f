/**
 * What a drill found out: whether everybody was told, why some were told twice, and how fast it ever went. All of it comes from the message
 * service's tally and from what the drill itself did to whom and when.
 */
import type { Lot, Tally } from "./sink.ts";

export type Cause = "worker killed" | "store lost" | "claim lost" | "lease expired" | "redelivered" | "unexplained";

/** What the drill did, in ms since 1970. */
export interface Deeds {
  /** By incarnation, as owners begin with it ("w2.1" of "w2.1/0"): when it was killed. */
  readonly workers: ReadonlyMap<string, number>;
  /** When the store was killed, and when it answered again. */
  readonly stores: readonly { readonly killed: number; readonly back: number }[];
}

export interface Policy {
  /** In ms. */
  readonly lease: number;
  /** How long before its death writes of the store may be lost, in ms: those of the last second and the sync under way; all when it keeps none. */
  readonly unsynced: number;
  /** As much of claims; undefined when the store keeps every claim that it has answered. */
  readonly unclaimed: number | undefined;
}

/** Writes of so long before the death of its machine may be gone, in ms: a second between syncs, one that a sync may take, and how late we saw it. */
export const UNSYNCED = 2_500;
/** Between a push and its report, in ms, on a machine that is busy; chosen. */
export const IN_FLIGHT = 1_000;

const incarnationOf = (owner: string): string => owner.split("/")[0]!;

/** People who were told again, by cause: why whoever told them first had not said so, or was not heard. */
export const repeatsByCause = (tally: Tally, deeds: Deeds, policy: Policy): ReadonlyMap<Cause, number> => {
  const sums = new Map<Cause, number>();
  const begun = begunAt(tally.lots);
  const inHand = new Map(tally.lots.map((lot, index) => [lot.owner, index]));
  const goneOn = whoWentOn(tally.lots);
  for (const { before, now, count } of tally.repeats) {
    const first = tally.lots[before]!;
    const isLast = inHand.get(first.owner) === before;
    const isReported = goneOn[before]! < now;
    const second = tally.lots[now]!;
    const blocks = [blockOf(first), blockOf(second)] as const;
    const cause =
      blocks[0] === blocks[1]
        ? causeOf(first, second, { isLast, isReported }, deeds, policy)
        : causeOfTwo(begun.get(blocks[0])!, begun.get(blocks[1])!, deeds, policy);
    sums.set(cause, (sums.get(cause) ?? 0) + count);
  }
  return sums;
};

const blockOf = ({ part, block }: Lot): string => `${String(part)} ${String(block)}`;

/** When the first lot of each block came. */
const begunAt = (lots: readonly Lot[]): ReadonlyMap<string, number> => {
  const begun = new Map<string, number>();
  for (const lot of lots) begun.set(blockOf(lot), Math.min(lot.at, begun.get(blockOf(lot)) ?? Infinity));
  return begun;
};

/**
 * Nobody is in two blocks, unless the store forgot that he was taken out of the source for one, and gave him to another
 * after its death. So one was begun after that, and the other not before what may have been forgotten: a claim comes before
 * the first lot.
 */
const causeOfTwo = (one: number, other: number, { stores }: Deeds, { unclaimed }: Policy): Cause => {
  const [older, newer] = [Math.min(one, other), Math.max(one, other)];
  const isForgotten =
    unclaimed !== undefined && stores.some(({ killed }) => newer > killed && older > killed - unclaimed);
  return isForgotten ? "claim lost" : "unexplained";
};

/** The place of the next lot of the same owner and block, by lot; Infinity when there is none. */
const whoWentOn = (lots: readonly Lot[]): readonly number[] => {
  const next = lots.map(() => Infinity);
  const latest = new Map<string, number>();
  lots.forEach((lot, index) => {
    const key = `${lot.owner} ${blockOf(lot)}`;
    const before = latest.get(key);
    if (before !== undefined) next[before] = index;
    latest.set(key, index);
  });
  return next;
};

/**
 * Of the same block. A slot reports each lot before it takes the next one: only its last can have been in its hands when it was killed, and
 * nobody who went on with the block lost an earlier lot of it by an expired lease.
 */
const causeOf = (
  first: Lot,
  second: Lot,
  { isLast, isReported }: { readonly isLast: boolean; readonly isReported: boolean },
  { workers, stores }: Deeds,
  policy: Policy,
): Cause => {
  const killed = workers.get(incarnationOf(first.owner)) ?? Infinity;
  if (isLast && killed > first.at && killed < second.at) return "worker killed";
  const isForgotten = stores.some(
    (store) => second.at > store.killed && first.at > store.killed - policy.unsynced && first.at < store.back,
  );
  if (isForgotten) return "store lost";
  if (first.owner === second.owner || isReported) return "unexplained";
  return second.at - first.at >= policy.lease ? "lease expired" : "redelivered";
};

/** Most people in any half-open second, `[t, t + 1 s)`. A fullest one starts with an arrival. */
export const fullestSecond = (lots: Tally["lots"]): { readonly at: number; readonly people: number } => {
  const byTime = lots.toSorted((a, b) => a.at - b.at);
  let fullest = { at: 0, people: 0 };
  let people = 0;
  let end = 0;
  for (const first of byTime) {
    for (; end < byTime.length && byTime[end]!.at < first.at + 1_000; end++) people += byTime[end]!.count;
    if (people > fullest.people) fullest = { at: first.at, people };
    people -= first.count;
  }
  return fullest;
};

/**
 * What a drill found out: whether everybody was told, why some were told twice, and how fast it ever went. All of it comes from the message
 * service's tally and from what the drill itself did to whom and when.
 */
import type { Lot, Tally } from "./sink.ts";

export type Cause = "worker killed" | "store lost" | "lease expired" | "redelivered" | "unexplained";

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
}

/** Writes of so long before the death of its machine may be gone, in ms: a second between syncs, one that a sync may take, and how late we saw it. */
export const UNSYNCED = 2_500;
/** Between a push and its report, in ms, on a machine that is busy; chosen. */
export const IN_FLIGHT = 1_000;

const incarnationOf = (owner: string): string => owner.split("/")[0]!;

/** People who were told again, by cause: why whoever told them first had not said so, or was not heard. */
export const repeatsByCause = (tally: Tally, deeds: Deeds, policy: Policy): ReadonlyMap<Cause, number> => {
  const sums = new Map<Cause, number>();
  const inHand = new Map(tally.lots.map((lot, index) => [lot.owner, index]));
  const goneOn = whoWentOn(tally.lots);
  for (const { before, now, count } of tally.repeats) {
    const first = tally.lots[before]!;
    const isLast = inHand.get(first.owner) === before;
    const isReported = goneOn[before]! < now;
    const cause = causeOf(first, tally.lots[now]!, { isLast, isReported }, deeds, policy);
    sums.set(cause, (sums.get(cause) ?? 0) + count);
  }
  return sums;
};

/** The place of the next lot of the same owner and block, by lot; Infinity when there is none. */
const whoWentOn = (lots: readonly Lot[]): readonly number[] => {
  const next = lots.map(() => Infinity);
  const latest = new Map<string, number>();
  lots.forEach(({ owner, part, block }, index) => {
    const key = `${owner} ${String(part)} ${String(block)}`;
    const before = latest.get(key);
    if (before !== undefined) next[before] = index;
    latest.set(key, index);
  });
  return next;
};

/**
 * A slot reports each lot before it takes the next one: only its last can have been in its hands when it was killed, and
 * nobody who went on with the block lost an earlier lot of it by an expired lease.
 */
const causeOf = (
  first: Lot,
  second: Lot,
  { isLast, isReported }: { readonly isLast: boolean; readonly isReported: boolean },
  { workers, stores }: Deeds,
  policy: Policy,
): Cause => {
  const isSame = first.part === second.part && first.block === second.block;
  const killed = workers.get(incarnationOf(first.owner)) ?? Infinity;
  if (isSame && isLast && killed > first.at && killed < second.at) return "worker killed";
  // Nobody is in two blocks, unless the store forgot that he was taken out of the source.
  const isForgotten = stores.some(
    (store) =>
      second.at > store.killed && (!isSame || (first.at > store.killed - policy.unsynced && first.at < store.back)),
  );
  if (isForgotten) return "store lost";
  if (!isSame || first.owner === second.owner || isReported) return "unexplained";
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

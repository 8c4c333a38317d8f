/**
 * The findings of a drill: why subscribers were told twice, and how full a second ever was. They follow from the message
 * service's tally and from the deaths that the drill caused.
 */
import type { MessageBatch, Tally } from "./message-service.ts";

/** Why a subscriber is told again. */
export type DuplicateReason =
  "worker killed" | "store lost" | "claim lost" | "lease expired" | "redelivered" | "unexplained";

/** The deaths of a drill, in ms since 1970. */
export interface Deaths {
  /** When workers were killed, by incarnation ("w2.1" of the owner "w2.1/0"). */
  readonly workers: ReadonlyMap<string, number>;
  /** When the store was killed, and when it answered again. */
  readonly stores: readonly { readonly killed: number; readonly back: number }[];
}

/** Times by which deaths excuse repetitions. */
export interface Policy {
  /** In ms. */
  readonly lease: number;
  /** Age in ms up to which a dying store may lose reports: of the last second and the sync under way; Infinity if it keeps none. */
  readonly unsynced: number;
  /** The same of claims; undefined if the store keeps every claim that it has answered. */
  readonly unclaimed: number | undefined;
}

/** Age in ms up to which writes may be lost with the machine: a second between syncs, one for a sync, and half of one to see it. */
export const UNSYNCED = 2_500;
/** Time from a push to its report, in ms, on a busy machine; chosen. */
export const IN_FLIGHT = 1_000;

const incarnationOf = (owner: string): string => owner.split("/")[0]!;

/** Returns the number of repetitions by cause: why the first push was not reported, or its report was lost. */
export const repeatsByCause = (tally: Tally, deaths: Deaths, policy: Policy): ReadonlyMap<DuplicateReason, number> => {
  const sums = new Map<DuplicateReason, number>();
  const begun = begunAt(tally.batches);
  const inHand = new Map(tally.batches.map((batch, index) => [batch.owner, index]));
  const goneOn = whoWentOn(tally.batches);
  for (const { before, now, count } of tally.repeats) {
    const first = tally.batches[before]!;
    const isLast = inHand.get(first.owner) === before;
    const isReported = goneOn[before]! < now;
    const second = tally.batches[now]!;
    const blocks = [blockOf(first), blockOf(second)] as const;
    const cause =
      blocks[0] === blocks[1]
        ? causeOf(first, second, { isLast, isReported }, deaths, policy)
        : causeOfTwo(begun.get(blocks[0])!, begun.get(blocks[1])!, deaths, policy);
    sums.set(cause, (sums.get(cause) ?? 0) + count);
  }
  return sums;
};

const blockOf = ({ part, block }: MessageBatch): string => `${String(part)} ${String(block)}`;

/** Returns when the first batch of each block arrived. */
const begunAt = (batches: readonly MessageBatch[]): ReadonlyMap<string, number> => {
  const begun = new Map<string, number>();
  for (const batch of batches) begun.set(blockOf(batch), Math.min(batch.at, begun.get(blockOf(batch)) ?? Infinity));
  return begun;
};

/**
 * Returns why a subscriber is in two blocks: the store forgot the claim of one and gave the member to another after its death.
 * So the newer block began after the death, and the older one no earlier than the store may forget: a claim comes before the
 * first batch.
 */
const causeOfTwo = (one: number, other: number, { stores }: Deaths, { unclaimed }: Policy): DuplicateReason => {
  const [older, newer] = [Math.min(one, other), Math.max(one, other)];
  const isForgotten =
    unclaimed !== undefined && stores.some(({ killed }) => newer > killed && older > killed - unclaimed);
  return isForgotten ? "claim lost" : "unexplained";
};

/** Returns, by batch, the place of the next batch of the same owner and block; Infinity if there is none. */
const whoWentOn = (batches: readonly MessageBatch[]): readonly number[] => {
  const next = batches.map(() => Infinity);
  const latest = new Map<string, number>();
  batches.forEach((batch, index) => {
    const key = `${batch.owner} ${blockOf(batch)}`;
    const before = latest.get(key);
    if (before !== undefined) next[before] = index;
    latest.set(key, index);
  });
  return next;
};

/**
 * Returns why two batches of one block share members. A slot reports each batch before the next: only its last can have been
 * unreported when it was killed, and a slot that went on with the block has not lost an earlier batch by an expired lease.
 */
const causeOf = (
  first: MessageBatch,
  second: MessageBatch,
  { isLast, isReported }: { readonly isLast: boolean; readonly isReported: boolean },
  { workers, stores }: Deaths,
  policy: Policy,
): DuplicateReason => {
  const killed = workers.get(incarnationOf(first.owner)) ?? Infinity;
  if (isLast && killed > first.at && killed < second.at) return "worker killed";
  const isForgotten = stores.some(
    (store) => second.at > store.killed && first.at > store.killed - policy.unsynced && first.at < store.back,
  );
  if (isForgotten) return "store lost";
  if (first.owner === second.owner || isReported) return "unexplained";
  return second.at - first.at >= policy.lease ? "lease expired" : "redelivered";
};

/** Returns the fullest half-open second, `[t, t + 1 s)`, which starts with an arrival, and its subscribers. */
export const fullestSecond = (batches: Tally["batches"]): { readonly at: number; readonly people: number } => {
  const byTime = batches.toSorted((a, b) => a.at - b.at);
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

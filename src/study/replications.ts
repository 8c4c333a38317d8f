/**
 * Runs a study: many replications of one scenario. Each replication has its own random draws; its twin has the same draws and
 * no fault, so that their difference is caused by the fault. The order of completion changes nothing: results are processed
 * in the order of the replications' numbers, and the number of replications never depends on the workers.
 */
import { Digest } from "../base/digest.ts";
import { looksOf, type Replications } from "./stopping.ts";
import type { Replication, ReplicationRequest } from "../simulate/replication.ts";

/** A request that can be sent to another thread or machine. */
export type RunRequest = Omit<ReplicationRequest, "onProgress">;

/** Runs replications: on threads of this machine, or on other machines. */
export interface Executor {
  /** The number of replications that run at the same time. */
  readonly workers: number;
  /** Runs one replication. */
  run(request: RunRequest): Promise<Replication>;
  /** Returns simulated seconds and events of each unfinished request. */
  underWay(): readonly { readonly request: RunRequest; readonly seconds: number; readonly events: number }[];
  /** Stops all work; unfinished requests are rejected. */
  close(): Promise<void>;
}

/** What a study runs: `least` replications, and up to `most` until every judged row is decided. */
export interface StudyPlan extends Replications {
  readonly faults: boolean;
  readonly interventions: boolean;
  /** True if each replication also runs without faults and interventions. */
  readonly twin: boolean;
}

/** A finished replication and its finished twin, if the plan has twins. */
export interface Pair {
  readonly run: Replication;
  readonly twin: Replication | undefined;
}

/** The result of a study; partial if it was interrupted. */
export interface StudyResult {
  /** Finished pairs in the order of their numbers. */
  readonly pairs: readonly Pair[];
  readonly partial: boolean;
}

/** Callbacks of the caller that waits for a study. */
export interface StudyWatch {
  /** Called after every finished pair with all finished pairs in the order of their numbers, and the planned number. */
  readonly onPair?: (pairs: readonly Pair[], planned: number) => void;
  /** Aborting it ends the study: the finished pairs are returned and marked partial. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `least` replications and, while `decided` returns false, more of them up to `most`. Leaves the executor open, but closes
 * it after an abort.
 */
export const runStudy = async (
  plan: StudyPlan,
  executor: Executor,
  decided: (pairs: readonly Pair[]) => boolean,
  { onPair, signal }: StudyWatch = {},
): Promise<StudyResult> => {
  const finished = new Map<number, Pair>();
  const inOrder = (): readonly Pair[] => [...finished.values()].sort((a, b) => a.run.replication - b.run.replication);
  const stopped = abortOf(signal);
  let from = 0;
  for (const planned of looksOf(plan)) {
    const batch = Array.from({ length: planned - from }, async (_, index) => {
      const pair = await runPair(plan, from + index, executor);
      finished.set(from + index, pair);
      onPair?.(inOrder(), planned);
    });
    const interrupted = await Promise.race([Promise.all(batch).then(() => false), stopped]);
    if (interrupted) {
      for (const one of batch) one.catch(() => undefined);
      await executor.close();
      return { pairs: inOrder(), partial: true };
    }
    from = planned;
    if (planned < plan.most && decided(inOrder())) break;
  }
  return { pairs: inOrder(), partial: false };
};

const runPair = async (plan: StudyPlan, replication: number, executor: Executor): Promise<Pair> => {
  const [run, twin] = await Promise.all([
    executor.run({ replication, faults: plan.faults, interventions: plan.interventions }),
    plan.twin ? executor.run({ replication, faults: false, interventions: false }) : undefined,
  ]);
  return { run, twin };
};

/** Resolves to true once the signal is aborted. */
const abortOf = (signal: AbortSignal | undefined): Promise<true> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve(true);
    signal?.addEventListener("abort", () => resolve(true), { once: true });
  });

/** Returns one digest of all replications, each salted by its number; twins are not part of it. */
export const combinedDigest = (runs: readonly Replication[]): string => {
  const all = new Digest();
  for (const { replication, digest } of runs)
    all.add(replication + 1, parseInt(digest.slice(0, 8), 16) | 0, parseInt(digest.slice(8, 16), 16) | 0, 0x5e);
  return all.hex;
};

/** Returns the number of the first replication whose digest differs between two runs of a study; undefined if none does. */
export const firstDifference = (first: readonly Pair[], second: readonly Pair[]): number | undefined =>
  first.find(({ run }, index) => run.digest !== second[index]?.run.digest)?.run.replication;

/**
 * The same drill many times. Each replication has its own dice; its twin has the same dice and no fault, so
 * that their difference is the fault's doing. Whoever finishes first changes nothing: all that is made of
 * replications is made in the order of their numbers, and how many there are never depends on the workers.
 */
import { Digest } from "../base/digest.ts";
import type { Replication, ReplicationRequest } from "../simulate/replication.ts";

/** A request that can travel to another thread or machine. */
export type Request = Omit<ReplicationRequest, "onProgress">;

/** Whatever can run a replication: threads here, machines elsewhere. */
export interface Executor {
  readonly workers: number;
  run(request: Request): Promise<Replication>;
  /** What is under way: simulated seconds and events of each unfinished request. */
  underWay(): readonly { readonly request: Request; readonly seconds: number; readonly events: number }[];
  /** Stops whatever is under way; what had not finished is rejected. */
  close(): Promise<void>;
}

export interface StudyPlan {
  /** Replications that are always run, and how many may be run until every judged row is decided. */
  readonly least: number;
  readonly most: number;
  readonly faults: boolean;
  readonly interventions: boolean;
  /** Whether each replication also runs without faults and interventions. */
  readonly twin: boolean;
}

/** A finished replication and, where one was asked for, its finished twin. */
export interface Pair {
  readonly run: Replication;
  readonly twin: Replication | undefined;
}

export interface StudyResult {
  /** In the order of their numbers. */
  readonly pairs: readonly Pair[];
  readonly partial: boolean;
}

export interface StudyWatch {
  /** After every finished pair, with all finished so far in the order of their numbers, and how many are planned. */
  readonly onPair?: (pairs: readonly Pair[], planned: number) => void;
  /** Aborted by whoever waits: what is finished is returned and marked partial. */
  readonly signal?: AbortSignal;
}

/** More replications are added in steps of this share of those there are (chosen): few looks, few runs too many. */
const STEP = 0.25;

/**
 * Runs `least` replications and, while `decided` says no, more of them up to `most`. The executor is
 * left open; after an abort it is closed.
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
  for (let planned = plan.least, from = 0; from < planned;) {
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
    if (planned < plan.most && !decided(inOrder())) planned = Math.min(plan.most, planned + Math.ceil(planned * STEP));
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

/** Resolves to true when the signal is aborted; never otherwise. */
const abortOf = (signal: AbortSignal | undefined): Promise<true> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve(true);
    signal?.addEventListener("abort", () => resolve(true), { once: true });
  });

/** One fingerprint for all replications, each salted by its number; twins leave no trace in it. */
export const combinedDigest = (runs: readonly Replication[]): string => {
  const all = new Digest();
  for (const { replication, digest } of runs)
    all.add(replication + 1, parseInt(digest.slice(0, 8), 16) | 0, parseInt(digest.slice(8, 16), 16) | 0, 0x5e);
  return all.hex;
};

/** The number of the first replication whose digests differ between two runs of the same study; undefined if none does. */
export const firstDifference = (first: readonly Pair[], second: readonly Pair[]): number | undefined =>
  first.find(({ run }, index) => run.digest !== second[index]?.run.digest)?.run.replication;

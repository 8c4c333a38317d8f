import { describe, expect, it } from "vitest";
import { combinedDigest, firstDifference, runStudy, type StudyPlan } from "../../src/study/replications.ts";
import { FakeExecutor, replicate } from "./fake.ts";

const plan = (more: Partial<StudyPlan> = {}): StudyPlan => ({
  least: 4,
  most: 4,
  faults: true,
  interventions: true,
  twin: true,
  ...more,
});

describe("a study", () => {
  it("gives the same pairs in the same order, whoever finishes first", async () => {
    const eager = await runStudy(plan(), new FakeExecutor(), () => true);
    const late = await runStudy(plan(), new FakeExecutor(({ replication }) => 8 - 2 * replication), () => true);
    expect(late).toEqual(eager);
    expect(eager.pairs.map(({ run }) => run.replication)).toEqual([0, 1, 2, 3]);
    expect(eager.partial).toBe(false);
  });

  it("asks the twin without faults and interventions, on the same dice", async () => {
    const executor = new FakeExecutor();
    await runStudy(plan({ least: 1, most: 1, interventions: false }), executor, () => true);
    expect(executor.asked).toEqual([
      { replication: 0, faults: true, interventions: false },
      { replication: 0, faults: false, interventions: false },
    ]);
    const alone = new FakeExecutor();
    const { pairs } = await runStudy(plan({ twin: false }), alone, () => true);
    expect(alone.asked).toHaveLength(4);
    expect(pairs[0]!.twin).toBeUndefined();
  });

  it("goes on until every row is decided, or to the most that were allowed", async () => {
    const counts: number[] = [];
    const decidedAt = (wanted: number) => (pairs: readonly unknown[]) => {
      counts.push(pairs.length);
      return pairs.length >= wanted;
    };
    const some = await runStudy(plan({ most: 40 }), new FakeExecutor(), decidedAt(6));
    expect(some.pairs).toHaveLength(7);
    expect(counts).toEqual([4, 5, 7]);
    const all = await runStudy(plan({ most: 6 }), new FakeExecutor(), () => false);
    expect(all.pairs).toHaveLength(6);
  });

  it("that is interrupted keeps what is finished, closes the executor and says so", async () => {
    const stop = new AbortController();
    const executor = new FakeExecutor(({ replication }) => (replication === 2 ? Infinity : 0));
    const study = runStudy(plan(), executor, () => true, {
      signal: stop.signal,
      onPair: (pairs) => {
        if (pairs.length === 3) stop.abort();
      },
    });
    const { pairs, partial } = await study;
    expect(pairs.map(({ run }) => run.replication)).toEqual([0, 1, 3]);
    expect(partial).toBe(true);
    expect(executor.closed).toBe(true);
  });

  it("fails when a replication does", async () => {
    const broken = new FakeExecutor();
    broken.run = () => Promise.reject(new Error("out of luck"));
    await expect(runStudy(plan(), broken, () => true)).rejects.toThrow("out of luck");
  });
});

describe("the digest of a study", () => {
  const runs = [0, 1, 2].map((replication) => replicate({ replication, faults: true, interventions: true }));

  it("is free of order but not of number: swapped results are another study", () => {
    expect(combinedDigest(runs.toReversed())).toBe(combinedDigest(runs));
    const swapped = [{ ...runs[0]!, digest: runs[1]!.digest }, { ...runs[1]!, digest: runs[0]!.digest }, runs[2]!];
    expect(combinedDigest(swapped)).not.toBe(combinedDigest(runs));
    expect(combinedDigest(runs.slice(0, 2))).not.toBe(combinedDigest(runs));
  });

  it("changes with any bit of any replication", () => {
    const changed = [{ ...runs[0]!, digest: "000000000000000e" }, ...runs.slice(1)];
    expect(combinedDigest(changed)).not.toBe(combinedDigest(runs));
  });

  it("says at which replication two studies part", () => {
    const pairs = runs.map((run) => ({ run, twin: undefined }));
    const other = pairs.map((pair, i) => (i < 1 ? pair : { run: { ...pair.run, digest: "x" }, twin: undefined }));
    expect(firstDifference(pairs, pairs)).toBeUndefined();
    expect(firstDifference(pairs, other)).toBe(1);
  });
});

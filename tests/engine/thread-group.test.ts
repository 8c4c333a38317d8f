/** Threads that share totals, with buffers so small that an exchange takes several rounds. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Barrier } from "../../src/engine/barrier.ts";
import { ThreadGroup, groupMemory } from "../../src/engine/thread-group.ts";
import { ROOT } from "../cli/shell.ts";

const built = (file: string): string => JSON.stringify(pathToFileURL(join(ROOT, "dist/engine", file)).href);

/** Runs threads and returns what each finds: `life` is the body of a function of `threads` and `place`. */
const lived = async (size: number, capacity: number, life: string): Promise<readonly unknown[]> => {
  const memory = groupMemory(size, capacity);
  const barrier = new Barrier(memory.barrier, size);
  const script = `
    const { parentPort, workerData: { memory, place } } = require("node:worker_threads");
    import(${built("thread-group.js")}).then(({ ThreadGroup }) => {
      const threads = new ThreadGroup({ memory, index: place });
      parentPort.postMessage((() => { ${life} })());
    });`;
  return Promise.all(
    Array.from(
      { length: size },
      (_, place) =>
        new Promise((resolve) => {
          const worker = new Worker(script, { eval: true, workerData: { memory, place } });
          worker.on("message", resolve);
          worker.on("error", ({ message }) => {
            barrier.abandon();
            resolve(message);
          });
        }),
    ),
  );
};

describe("a thread group", () => {
  it("has the same sums and maxima everywhere after each parallel part, however small the buffers", async () => {
    const life = `
      const sums = threads.totals(new Float64Array(100).fill(1));
      const most = threads.totals(new Float64Array(3), { combine: "max" });
      const heard = [];
      const other = threads.totals(new Float64Array(5), { beforeChange: (at) => heard.push(at) });
      const seen = [];
      for (let round = 0; round < 20; round++) {
        threads.runParallel(() => {
          for (let at = place; at < 100; at += round + 1) sums.add(at, (place + 1) * (at - 50));
          if (round % 3 === place) most.raise(place, 10 * round + place);
          if (round === 7) other.add(place, -place);
        });
        seen.push([...sums.values], [...most.values], [...other.values]);
      }
      return { seen, heard: heard.sort() };`;
    const expected = (() => {
      const [sums, most, other] = [new Float64Array(100).fill(1), new Float64Array(3), new Float64Array(5)];
      const seen: number[][] = [];
      for (let round = 0; round < 20; round++) {
        for (const place of [0, 1, 2]) {
          for (let at = place; at < 100; at += round + 1) sums[at]! += (place + 1) * (at - 50);
          if (round % 3 === place) most[place] = 10 * round + place;
          if (round === 7) other[place]! -= place;
        }
        seen.push([...sums], [...most], [...other]);
      }
      return { seen, heard: [0, 1, 2] };
    })();
    for (const capacity of [4, 7, 1_000])
      expect(await lived(3, capacity, life)).toEqual([expected, expected, expected]);
  });

  it("exchanges lazy totals when one is read, all of them and once", async () => {
    const life = `
      const heard = [];
      const one = threads.totals(new Float64Array(50), { isLazy: true, beforeChange: (at) => heard.push(at) });
      const other = threads.totals(new Float64Array(1), { isLazy: true });
      const seen = [];
      for (let round = 0; round < 9; round++) {
        threads.runParallel(() => {
          for (let at = place; at < 50; at += 3) one.add(at, round);
          other.add(0, place);
        });
        if (round % 4 === 0) seen.push([...one.values], one.values[7], [...other.values], heard.length);
      }
      return seen;`;
    const looked = (rounds: number, sum: number): unknown[] => [
      Array.from({ length: 50 }, () => sum),
      sum,
      [3 * rounds],
      50 * (1 + Math.floor(rounds / 4)),
    ];
    const expected = [...looked(1, 0), ...looked(5, 10), ...looked(9, 36)];
    for (const capacity of [4, 7, 1_000])
      expect(await lived(3, capacity, life)).toEqual([expected, expected, expected]);
  });

  it.each([1, 2])("lets none of %s read lazy totals in a parallel part", async (size) => {
    const life = `
      const late = threads.totals(new Float64Array(1), { isLazy: true });
      threads.runParallel(() => late.values);`;
    for (const message of await lived(size, 100, life))
      expect(message).toContain("lazy totals are read in a parallel part");
  });

  it("returns the numbers of each thread to all", async () => {
    const life =
      "return threads.allGather(Float64Array.from({ length: 5 * place }, (_, n) => n)).map((one) => [...one]);";
    const expected = [[], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
    expect(await lived(3, 4, life)).toEqual([expected, expected, expected]);
  });

  it("does not wait for a thread that is lost", async () => {
    const life = 'if (place === 1) throw new Error("out of luck"); threads.runParallel(() => undefined);';
    const [first, second] = await lived(2, 100, life);
    expect(second).toBe("out of luck");
    expect(first).toBe("another thread of this run was lost");
  });

  it("alone never waits, and what it adds is there at once", () => {
    const alone = new ThreadGroup();
    const sums = alone.totals(new Float64Array(2));
    sums.add(1, 3);
    expect([...sums.values]).toEqual([0, 3]);
    alone.runParallel(() => undefined);
    expect([...sums.values]).toEqual([0, 3]);
    expect(alone.allGather(Float64Array.of(5))).toEqual([Float64Array.of(5)]);
  });
});

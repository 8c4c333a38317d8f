/** Threads that add up what they do, with boxes so small that most is told in turns. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Barrier } from "../../src/engine/barrier.ts";
import { Company, tableFor } from "../../src/engine/company.ts";
import { ROOT } from "../cli/shell.ts";

const built = (file: string): string => JSON.stringify(pathToFileURL(join(ROOT, "dist/engine", file)).href);

/** What each of so many threads finds: `life` is the body of a function of `company` and `place`. */
const lived = async (size: number, box: number, life: string): Promise<readonly unknown[]> => {
  const table = tableFor(size, box);
  const barrier = new Barrier(table.barrier, size);
  const script = `
    const { parentPort, workerData: { table, place } } = require("node:worker_threads");
    import(${built("company.js")}).then(({ Company }) => {
      const company = new Company({ table, place });
      parentPort.postMessage((() => { ${life} })());
    });`;
  return Promise.all(
    Array.from(
      { length: size },
      (_, place) =>
        new Promise((resolve) => {
          const worker = new Worker(script, { eval: true, workerData: { table, place } });
          worker.on("message", resolve);
          worker.on("error", ({ message }) => {
            barrier.abandon();
            resolve(message);
          });
        }),
    ),
  );
};

describe("a company of threads", () => {
  it("has the same sums and maxima everywhere after each meeting, however little goes into a box", async () => {
    const life = `
      const sums = company.tally(new Float64Array(100).fill(1));
      const most = company.tally(new Float64Array(3), { keeps: "most" });
      const heard = [];
      const other = company.tally(new Float64Array(5), { hear: (at) => heard.push(at) });
      const seen = [];
      for (let round = 0; round < 20; round++) {
        company.apart(() => {
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
    for (const box of [4, 7, 1_000]) expect(await lived(3, box, life)).toEqual([expected, expected, expected]);
  });

  it("tells what is patient when somebody looks, all of it and once", async () => {
    const life = `
      const heard = [];
      const one = company.tally(new Float64Array(50), { isPatient: true, hear: (at) => heard.push(at) });
      const other = company.tally(new Float64Array(1), { isPatient: true });
      const seen = [];
      for (let round = 0; round < 9; round++) {
        company.apart(() => {
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
    for (const box of [4, 7, 1_000]) expect(await lived(3, box, life)).toEqual([expected, expected, expected]);
  });

  it.each([1, 2])("lets nobody of %s look at what is patient while people act", async (size) => {
    const life = `
      const late = company.tally(new Float64Array(1), { isPatient: true });
      company.apart(() => late.values);`;
    for (const message of await lived(size, 100, life)) expect(message).toContain("a look at totals while people act");
  });

  it("hands everybody the numbers of each", async () => {
    const life = "return company.gather(Float64Array.from({ length: 5 * place }, (_, n) => n)).map((one) => [...one]);";
    const expected = [[], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
    expect(await lived(3, 4, life)).toEqual([expected, expected, expected]);
  });

  it("does not wait for one that is lost", async () => {
    const life = 'if (place === 1) throw new Error("out of luck"); company.apart(() => undefined);';
    const [first, second] = await lived(2, 100, life);
    expect(second).toBe("out of luck");
    expect(first).toBe("another thread of this run was lost");
  });

  it("alone meets nobody, and what it adds is there at once", () => {
    const alone = new Company();
    const sums = alone.tally(new Float64Array(2));
    sums.add(1, 3);
    expect([...sums.values]).toEqual([0, 3]);
    alone.apart(() => undefined);
    expect([...sums.values]).toEqual([0, 3]);
    expect(alone.gather(Float64Array.of(5))).toEqual([Float64Array.of(5)]);
  });
});

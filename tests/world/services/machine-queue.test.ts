/**
 * The exact queue against closed forms. A cell of a grid is run REPS times with different seeds; its mean gets a t
 * interval, as wide as Bonferroni asks for so that all cells of all grids hold together with 95 %.
 */
import { describe, expect, it } from "vitest";
import { LoginQueues } from "../../../src/world/fleet/login-queues.ts";
import { seconds } from "../../../src/base/units.ts";
import { studentQuantile } from "../../../src/study/intervals.ts";
import { run } from "./backbone.ts";

const REPS = 10;
const CELLS = 13;
const T = studentQuantile(1 - 0.05 / 2 / CELLS, REPS - 1);
/** Intervals wider than this share of the value would prove nothing. */
const WIDEST = 0.25;

interface Cell {
  readonly cores: number;
  readonly load: number;
  readonly law: string;
  readonly queue?: number;
}

const MEAN_US = 2_000;
const REQUESTS = 20_000;

const feedOf = ({ cores, load }: Cell): number => Math.round((cores * load * 1e6) / MEAN_US);

const queueOf = (cell: Cell): string => `
hop: 0 s
tiers:
  m: { machines: 1, cores: ${String(cell.cores)}, work: ${cell.law}, queue: ${String(cell.queue ?? 10_000_000)} }
entries:
  e: { tier: m, feed: ${String(feedOf(cell))}, timeout: 1 h, deadline: 1 h }
`;

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** What `measure` says of each replication, as mean and half-width. */
const measured = (cell: Cell, measure: (count: ReturnType<typeof run>) => number) => {
  const warmup = 4_000 / feedOf(cell);
  const to = warmup + REQUESTS / feedOf(cell);
  const values = Array.from({ length: REPS }, (_, rep) =>
    measure(run(queueOf(cell), { from: warmup, to, seed: `queue ${String(rep)}` })),
  );
  const middle = mean(values);
  const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - middle) * (one - middle), 0) / (REPS - 1));
  return { middle, half: (T * spread) / Math.sqrt(REPS) };
};

let cells = 0;

const agrees = (cell: Cell, formula: number, measure: (count: ReturnType<typeof run>) => number): void => {
  cells += 1;
  const { middle, half } = measured(cell, measure);
  expect(
    Math.abs(middle - formula),
    `${JSON.stringify(cell)}: ${String(middle)} ± ${String(half)}, not ${String(formula)}`,
  ).toBeLessThanOrEqual(half);
  expect(half / formula, JSON.stringify(cell)).toBeLessThan(WIDEST);
};

const meanWait = ({ waits }: ReturnType<typeof run>): number => mean(waits[0]!);

/** Share of arrivals that find all servers busy and no room to wait. */
const erlangB = (cores: number, erlangs: number): number => {
  let blocked = 1;
  for (let n = 1; n <= cores; n++) blocked = (erlangs * blocked) / (n + erlangs * blocked);
  return blocked;
};

/** Share of arrivals that wait. */
const erlangC = (cores: number, erlangs: number): number => {
  const blocked = erlangB(cores, erlangs);
  const load = erlangs / cores;
  return blocked / (1 - load + load * blocked);
};

const exponential = `{ law: exponential, mean: ${String(MEAN_US)} us }`;
const fixed = `{ law: fixed, mean: ${String(MEAN_US)} us }`;
const lognormal = (variation: number): string =>
  `{ law: lognormal, mean: ${String(MEAN_US)} us, variation: ${String(variation)} }`;

describe("the exact queue agrees, family-wise with 95 %,", () => {
  it.each([0.3, 0.6, 0.85])("with M/M/1 at a load of %f", (load) => {
    agrees({ cores: 1, load, law: exponential }, (load / (1 - load)) * MEAN_US, meanWait);
  });

  it.each([
    [2, 0.85],
    [4, 0.7],
    [16, 0.9],
  ])("with M/M/c (Erlang C) of %i cores at a load of %f", (cores, load) => {
    const wait = (erlangC(cores, cores * load) * MEAN_US) / (cores * (1 - load));
    agrees({ cores, load, law: exponential }, wait, meanWait);
  });

  it.each([
    [0.85, "fixed", 0],
    [0.6, "lognormal", 0.5],
    [0.4, "lognormal", 1.5],
  ])("with M/G/1 (Pollaczek and Khinchine) at a load of %f, %s work of variation %f", (load, law, variation) => {
    const wait = ((load / (1 - load)) * MEAN_US * (1 + variation * variation)) / 2;
    agrees({ cores: 1, load, law: law === "fixed" ? fixed : lognormal(variation) }, wait, meanWait);
  });

  it.each([
    [1, 0.8],
    [4, 0.7],
    [16, 1.3],
  ])("with Erlang B of %i cores without room to wait at a load of %f", (cores, load) => {
    agrees(
      { cores, load, law: exponential, queue: 0 },
      erlangB(cores, cores * load),
      ({ shed, requests }) => shed[0]! / requests[0]!,
    );
  });

  it("with the insensitivity of Erlang B: work of any law is turned away alike", () => {
    agrees(
      { cores: 8, load: 1, law: lognormal(1.5), queue: 0 },
      erlangB(8, 8),
      ({ shed, requests }) => shed[0]! / requests[0]!,
    );
    expect(cells).toBe(CELLS);
  });
});

describe("a queue by priority", () => {
  interface Classes {
    readonly cores: number;
    readonly law: string;
    /** Of the computing time. */
    readonly variation: number;
    /** By class, the most important first: load of all cores, as a share. */
    readonly loads: readonly number[];
  }
  const GRID: readonly Classes[] = [
    { cores: 1, law: exponential, variation: 1, loads: [0.4, 0.4] },
    { cores: 1, law: fixed, variation: 0, loads: [0.2, 0.3, 0.3] },
    { cores: 1, law: lognormal(1.5), variation: 1.5, loads: [0.3, 0.2] },
    { cores: 4, law: exponential, variation: 1, loads: [0.5, 0.3] },
  ];
  const classes = GRID.reduce((sum, { loads }) => sum + loads.length, 0);
  const t = studentQuantile(1 - 0.05 / 2 / classes, REPS - 1);
  const sumTo = (loads: readonly number[], end: number): number =>
    loads.slice(0, end).reduce((sum, load) => sum + load, 0);

  const textOf = ({ cores, law, loads }: Classes, order: string): string => `
hop: 0 s
tiers: { m: { machines: 1, cores: ${String(cores)}, work: ${law}, queue-order: ${order} } }
entries:
${loads
  // The file's order is not that of importance.
  .map((load, rank) => [load, rank] as const)
  .reverse()
  .map(([load, rank]) => {
    const feed = Math.round((cores * load * 1e6) / MEAN_US);
    return `  p${String(rank)}: { tier: m, feed: ${String(feed)}, timeout: 5 s, deadline: 5 s, priority: ${String(7 * rank)} }`;
  })
  .join("\n")}
`;
  /** Mean task times by class over the replications. */
  const timesOf = (of: Classes, order: string): readonly (readonly number[])[] => {
    const arrivals = (of.cores * sumTo(of.loads, of.loads.length) * 1e6) / MEAN_US;
    const runs = Array.from({ length: REPS }, (_, rep) =>
      run(textOf(of, order), {
        from: 4_000 / arrivals,
        // Tasks count if their deadline lies within the run.
        to: 5 + (4_000 + REQUESTS) / arrivals,
        seed: `classes ${String(rep)}`,
      }),
    );
    return of.loads.map((_, rank) => runs.map(({ times }) => mean(times.toReversed()[rank]!)));
  };

  it.each(GRID)("agrees with Cobham's formula, family-wise with 95 percent: %o", (of) => {
    const { cores, variation, loads } = of;
    const all = sumTo(loads, loads.length);
    // Of the first in line: until a core is free. Erlang's C for several cores, which asks for exponential times.
    const residual =
      cores === 1 ? (all * MEAN_US * (1 + variation * variation)) / 2 : (erlangC(cores, cores * all) * MEAN_US) / cores;
    timesOf(of, "priority").forEach((values, rank) => {
      const formula = MEAN_US + residual / ((1 - sumTo(loads, rank)) * (1 - sumTo(loads, rank + 1)));
      const middle = mean(values);
      const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - middle) * (one - middle), 0) / (REPS - 1));
      const half = (t * spread) / Math.sqrt(REPS);
      expect(Math.abs(middle - formula), `class ${String(rank)}: ${String(middle)}`).toBeLessThanOrEqual(half);
      expect(half / formula).toBeLessThan(WIDEST);
    });
  });

  it("first come, first served makes no difference between classes", () => {
    const [important, other] = timesOf(GRID[0]!, "fifo").map(mean) as [number, number];
    expect(Math.abs(important / other - 1)).toBeLessThan(0.1);
  });
});

describe("the fluid login queue", () => {
  /** Arrivals of a flood: half the capacity, then twice for ten seconds, then half. */
  it("agrees with the exact queue, for waits above one bucket, within 5 % or a fifth of a bucket", () => {
    const [rate, bucketMs] = [1_000, 250];
    const calm = "{ machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }";
    const text = `{ hop: 0 s, tiers: { m: ${calm} }, entries: { e: { tier: m, feed: 500, timeout: 1 h, deadline: 1 h } } }`;
    const came: number[] = [];
    const exact: number[] = [];
    run(text, {
      from: 0,
      to: 60,
      at: [
        [
          10,
          (services) => {
            services.setSurge(0, 4);
          },
        ],
        [
          20,
          (services) => {
            services.setSurge(0, 1);
          },
        ],
      ],
      begun: (now, waited) => {
        came.push(now - waited);
        exact.push(waited / 1_000);
      },
    });
    const loginQueues = new LoginQueues(
      [{ name: "s", centre: "c", line: "l", ip: "192.0.2.1", connections: 1e9, loginsASecond: rate }],
      bucketMs,
    );
    let compared = 0;
    for (let bucket = 0, next = 0; bucket < 200; bucket++) {
      const first = next;
      for (; next < came.length && came[next]! < seconds(((bucket + 1) * bucketMs) / 1_000); next++)
        loginQueues.request(0, 1, 0);
      loginQueues.endBucket();
      for (let one = first; one < next; one++) {
        const wait = loginQueues.waitMs(0, came[one]! / 1_000 - bucket * bucketMs);
        if (exact[one]! <= bucketMs) continue;
        compared += 1;
        expect(Math.abs(wait - exact[one]!)).toBeLessThan(Math.max(0.05 * exact[one]!, bucketMs / 5));
      }
    }
    expect(compared).toBeGreaterThan(5_000);
  });
});

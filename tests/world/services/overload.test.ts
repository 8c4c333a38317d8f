import { describe, expect, it } from "vitest";
import { ADMIT_ALL } from "../../../src/algorithms/overload/admission.ts";
import { modelOf, run } from "./backbone.ts";

/** Tasks at `load` times what `m` can answer singly, each asking it `k` times, after a caller with room to spare. */
const chain = (
  k: number,
  admission: string,
  load: number,
  m = "cores: 4, work: { law: exponential, mean: 4 ms }",
): string => {
  const [, cores = "", mean = ""] = /cores: (\d+).*mean: (\d+) ms/.exec(m) ?? [];
  const feed = Math.round((load * Number(cores) * 1_000) / Number(mean));
  return `
hop: 500 us
tiers:
  a: { machines: 2, cores: 64, work: { law: exponential, mean: 200 us } }
  m: { machines: 1, ${m}, admission: ${admission} }
entries:
  e: { tier: a, calls: [${Array.from({ length: k }, () => "m").join(", ")}], feed: ${String(feed)} }
`;
};

/** The guard finds its level at a twentieth a window: from eightfold load that is forty windows. */
const SETTLED = { from: 55, to: 80 };
const completed = (k: number, admission: string): number => run(chain(k, admission, 2), SETTLED).ended(0, "done");

describe("at twice the load that single calls could bear, of the tasks offered", () => {
  it.each([1, 2, 3, 4])("priority completes within 15 % of the optimum, in chains of %i", (k) => {
    const optimum = 1 / (2 * k);
    const share = completed(k, "priority");
    expect(share).toBeGreaterThan(0.85 * optimum);
    expect(share).toBeLessThan(1.01 * optimum);
  });

  // Each call is let in with the same chance p, and p + p² + … is what the server can bear.
  it.each([
    [1, 0.5],
    [2, 0.134],
    [3, 0.04],
    [4, 0.0128],
  ])("dice complete chains of %i as the sum of chances says: %f", (k, theory) => {
    const share = completed(k, "random");
    expect(share / theory).toBeGreaterThan(0.75);
    expect(share / theory).toBeLessThan(1.1);
  });

  it("CoDel does no better than dice in theory, as it does not see whose calls belong together", () => {
    expect(completed(3, "codel")).toBeLessThan(1.1 * 0.04);
  });

  it("without admission control none completes: every answer comes too late", () => {
    expect(completed(2, "none")).toBeLessThan(0.01);
  });

  it("more important business is served first, whole", () => {
    const text = chain(2, "priority", 1.8).replace(/ {2}e: .*/, (entry) => {
      const important = entry.replace("  e:", "  pay:").replace(/feed: \d+/, "feed: 300");
      return `${important}\n${entry.replace(" }", ", priority: 5 }")}`;
    });
    const count = run(text, SETTLED);
    expect(count.ended(0, "done")).toBeGreaterThan(0.98);
    expect(count.ended(1, "done")).toBeLessThan(0.25);
  });
});

describe("shedding", () => {
  const WIDE = "cores: 32, work: { law: exponential, mean: 16 ms }";
  const shed = (load: number, admission: string): number => {
    const { shed: turnedAway, requests } = run(chain(1, admission, load, WIDE), { from: 20, to: 50 });
    return turnedAway[1]! / requests[0]!;
  };

  it("by queuing time begins at saturation, within 5 %, and not before", () => {
    expect(shed(0.9, "priority")).toBeLessThan(0.0005);
    expect(shed(0.95, "priority")).toBeLessThan(0.01);
    expect(shed(1.05, "priority")).toBeGreaterThan(0.03);
  });

  it("by response time begins long before, with a threshold that a request's own work comes near", () => {
    const threshold = "{ kind: response-time, threshold: 18 ms }";
    expect(shed(0.9, threshold)).toBeGreaterThan(0.02);
    expect(shed(0.9, "{ kind: priority, threshold: 18 ms }")).toBeLessThan(0.0005);
  });
});

/** Storage slows down tenfold from second 20 to 40. */
const storm = (retries: string, admission = "none", abort = true): string => `
hop: 500 us
tiers:
  logic: { machines: 2, cores: 16, work: { law: fixed, mean: 1 ms }, timeout: 200 ms, retries: ${retries}, early-abort: ${String(abort)} }
  storage: { machines: 2, cores: 8, work: { law: exponential, mean: 10 ms }, admission: ${admission}, early-abort: ${String(abort)} }
entries:
  send: { tier: logic, calls: [storage], feed: 1100, deadline: 1 s, timeout: 1 s }
`;

const SLOW = [20, 40].map(
  (second, place) =>
    [
      second,
      (services: Parameters<NonNullable<Parameters<typeof run>[1]["at"]>[number][1]>[0]) => {
        for (const machine of [0, 1]) services.setSlowness(1, machine, place === 0 ? 10 : 1);
      },
    ] as const,
);
const after = (text: string, from = 70): number => run(text, { from, to: from + 20, at: SLOW }).ended(0, "done");

describe("after a tier was slow for a while", () => {
  it("naive retries keep it down: the load they make is the overload that makes them", () => {
    expect(after(storm("naive", "none", false))).toBeLessThan(0.1);
  });

  it("a budget lets it come back, as fast as the throttle forgets: in two minutes", () => {
    expect(after(storm("budget", "none", false), 70)).toBeGreaterThan(0.5);
    expect(after(storm("budget", "none", false), 165)).toBeGreaterThan(0.999);
  });

  it("so does dropping requests whose caller has given up", () => {
    expect(after(storm("none"))).toBeGreaterThan(0.999);
  });

  it("most of the work was for nobody, even if deadlines travel with the calls, and stays so only where retries go on", () => {
    const lost = (text: string, from: number): number => {
      const { wasted, computed } = run(text, { from, to: from + 10, at: SLOW });
      return wasted[1]! / computed[1]!;
    };
    for (const text of [storm("naive", "none", false), storm("naive"), storm("none")])
      expect(lost(text, 30)).toBeGreaterThan(0.5);
    expect(lost(storm("naive"), 80)).toBeGreaterThan(0.5);
    expect(lost(storm("none"), 80)).toBeLessThan(0.01);
  });
});

describe("work for a request that begins in time and is answered too late", () => {
  it("is wasted: all but that of the tasks that are done", () => {
    const text = `
hop: 0 us
tiers: { only: { machines: 1, cores: 1, work: { law: fixed, mean: 20 ms }, queue: 1000000 } }
entries: { ask: { tier: only, feed: 120, deadline: 3 s, timeout: 3 s } }
`;
    const { computed, wasted, times } = run(text, { from: 0, to: 300 });
    expect(wasted[0]! / computed[0]!).toBeGreaterThan(0.5);
    expect(Math.abs((computed[0]! - wasted[0]!) / (times[0]!.length * 20_000) - 1)).toBeLessThan(0.05);
  });
});

describe("a retry budget", () => {
  it("keeps retries to a tenth of the requests, where naive ones are three for one", () => {
    const load = (retries: string): number => {
      const { requests } = run(storm(retries), { from: 25, to: 40, at: SLOW.slice(0, 1) });
      return requests[1]! / requests[0]!;
    };
    expect(load("naive")).toBeGreaterThan(3);
    expect(load("budget")).toBeLessThan(1.12);
  });
});

describe("units", () => {
  /** Each task waits 200 ms for something else; a machine has a gigabyte. */
  const waiting = (units: string): string => `
hop: 500 us
tiers:
  s: { machines: 1, cores: 8, work: { law: fixed, mean: 200 us }, memory: 1 GiB, queue: 50, units: ${units}, timeout: 2 s }
  far: { machines: 1, cores: 4000, work: { law: fixed, mean: 200 ms } }
entries:
  e: { tier: s, calls: [far], feed: 4000, deadline: 2 s, timeout: 2 s }
`;
  const rate = (units: string): number => run(waiting(units), { from: 5, to: 15 }).ended(0, "done") * 4_000;

  it("are bounded by memory, which limits the requests under way, and by Little's law those answered", () => {
    // 1 GiB / 8 MiB = 128 processes, of which each is busy for 200.7 ms: 638 a second, and the rest find no room to wait.
    const count = run(waiting("{ kind: processes, memory: 8 MiB, switching: 5 us }"), { from: 5, to: 15 });
    expect(count.services.tiers[0]!.machines[0]!.queue.peakUnits).toBe(128);
    expect(count.ended(0, "done") * 4_000).toBeGreaterThan(0.97 * 638);
    expect(count.ended(0, "done") * 4_000).toBeLessThan(1.03 * 638);
  });

  it("that are small are enough for all", () => {
    expect(rate("{ kind: threads, memory: 1 MiB, switching: 3 us }")).toBeGreaterThan(0.999 * 4_000);
    expect(rate("{ kind: coroutines, memory: 128 KiB, switching: 0 us }")).toBeGreaterThan(0.999 * 4_000);
  });

  it("cost a switch each time they get a core", () => {
    const busy = (switching: string): number =>
      run(waiting(`{ kind: threads, memory: 1 KiB, switching: ${switching} }`), { from: 5, to: 15 }).computed[0]!;
    // Two turns a task.
    expect(busy("50 us") / busy("0 us")).toBeCloseTo(1.5, 1);
  });
});

describe("the same seed", () => {
  it("gives the same digest twice, and another seed another", () => {
    const digest = (seed: string): string => run(chain(3, "priority", 2), { from: 1, to: 10, seed }).digest;
    expect(digest("a")).toBe(digest("a"));
    expect(digest("a")).not.toBe(digest("b"));
  });

  it("offers the same tasks with the same work under any admission control", () => {
    const offered = (admission: string): number =>
      run(chain(2, admission, 2), { from: 0, to: 10 }).services.entries[0]!.tasks;
    expect(offered("priority")).toBe(offered("none"));
    // Below saturation no guard does anything, and nothing differs.
    const calm = (admission: string): string => run(chain(2, admission, 0.3), { from: 0, to: 10 }).digest;
    expect(calm("priority")).toBe(calm("none"));
  });

  it("is not disturbed by a fault without effect", () => {
    const model = modelOf(storm("naive"));
    const digest = (times: number): string =>
      run(model, {
        from: 0,
        to: 10,
        at: [
          [
            5,
            (services) => {
              services.setSlowness(1, 0, times);
              services.setSurge(0, times);
            },
          ],
        ],
      }).digest;
    expect(digest(1)).toBe(run(model, { from: 0, to: 10 }).digest);
    expect(digest(2)).not.toBe(digest(1));
  });
});

describe("machines that are down", () => {
  const pair = (balance: string, retries = "none"): string => `
hop: 500 us
tiers:
  door: { machines: 4, cores: 8, work: { law: fixed, mean: 1 ms } }
entries:
  e: { tier: door, feed: 1000, deadline: 2 s, timeout: 500 ms, retries: ${retries}, balance: ${balance} }
`;
  const late = (text: string, from: number, to: number): number =>
    run(text, {
      from,
      to,
      at: [
        [
          10,
          (services) => {
            services.setDown(0, 0, "silent");
          },
        ],
      ],
    }).ended(0, "done");

  it("are left behind by users with a list, on their second attempt", () => {
    expect(late(pair("list", "naive"), 10, 20)).toBeGreaterThan(0.999);
    expect(late(pair("list"), 10, 20)).toBeCloseTo(0.75, 1);
  });

  it("keep users of names until the answer has aged, however often they try", () => {
    const names = "{ kind: dns, ttl: 60 s }";
    expect(late(pair(names, "naive"), 10, 20)).toBeLessThan(0.85);
    expect(late(pair(names, "naive"), 75, 85)).toBe(1);
  });
});

describe("a guard that never sheds, in place of the real one,", () => {
  it("misses the optimum by far", () => {
    const share = run(chain(2, "priority", 2), { ...SETTLED, guard: () => ADMIT_ALL }).ended(0, "done");
    expect(share).toBeLessThan(0.85 * 0.25);
  });
});

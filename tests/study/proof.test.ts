/** No verdict is green without proof: small studies in which nothing, or too little, was proved. */
import { describe, expect, it } from "vitest";
import { figuresOf } from "../../src/scenario/asked.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import { assemble } from "../../src/study/assemble.ts";
import type { RunDocument } from "../../src/study/document.ts";
import { remarksBeforehand } from "../../src/study/foresight.ts";
import { fewOf } from "../../src/study/intervals.ts";
import { judgeFigure } from "../../src/study/judge.ts";
import { tiny } from "../world/support.ts";

const study = (
  more: string,
  {
    reps = 3,
    set = [],
    twin = false,
  }: { readonly reps?: number; readonly set?: readonly string[]; readonly twin?: boolean } = {},
) => {
  const scenario = tiny(more, set);
  const pairs = Array.from({ length: reps }, (_, replication) => ({
    run: simulate(scenario, { replication, faults: true, interventions: true }),
    twin: twin ? simulate(scenario, { replication, faults: false, interventions: false }) : undefined,
  }));
  const plan = { least: reps, most: reps, faults: true };
  return assemble(scenario, figuresOf(scenario), { pairs, partial: false }, { tool: "test", plan });
};

const verdicts = ({ thresholds }: RunDocument): readonly string[] => thresholds.map(({ verdict }) => verdict);

const services = (tier: string, entry: string, rows: string): string => `
provenance: { services: { is: assumed, source: tests } }
services:
  hop: 0 us
  tiers: { a: { machines: 1, ${tier} } }
  entries: { x: { tier: a, ${entry} } }
thresholds:
${rows}
`;

describe("a time that had not ended", () => {
  const document = study(`
run: { duration: 10 min, warmup: 1 min }
faults: [{ id: out, at: 2 min, down: reset, where: { centre: [north, south] } }]
windows: { out: 3 min..10 min }
thresholds:
  - { figure: "login.time.p95{window=out}", max: 70 s }
  - { figure: "login.time.mean{window=out}", max: 61 s }
  - { figure: "back.delay.max{fault=out}", max: 20 min }
  - { figure: "back.delay.max{fault=out}", max: 5 min }
  - { figure: "back.delay.max{fault=out}", min: 5 min }
`);

  it("is never held under a limit, broken if the limit is already passed, and held above one", () => {
    expect(verdicts(document)).toEqual(["unknown", "unknown", "unknown", "broken", "held"]);
    expect(document.thresholds[2]).toMatchObject({ value: 480, atLeast: true });
    expect(document.thresholds[2]!.why).toContain("at least");
    expect(document.verdict).toBe("broken");
  });

  it("is as unknown for an alarm that never came", () => {
    const quiet = study(`
run: { duration: 5 min, warmup: 1 min }
faults: [{ id: faint, at: 200 s, loss: 0.1 %, where: { centre: north } }]
thresholds:
  - { figure: "alarm.delay.max{fault=faint}", max: 5 min }
  - { figure: "alarm.delay.max{fault=faint}", max: 90 s }
`);
    expect(verdicts(quiet)).toEqual(["unknown", "broken"]);
  });
});

describe("those who did not finish", () => {
  it("stand at their deadline, and the row says how many they are", () => {
    const { thresholds } = study(
      services(
        "cores: 1, work: { law: fixed, mean: 10 ms }, queue: 1000000",
        "feed: 500, deadline: 2 s, timeout: 2 s",
        `  - { figure: "task.time.p99{entry=x}", max: 2.5 s }
  - { figure: "task.time.p99{entry=x}", max: 1.5 s }`,
      ),
      { set: ["run.duration=2 min", "run.warmup=10 s"] },
    );
    expect(thresholds.map(({ value, verdict }) => [value, verdict])).toEqual([
      [2, "unknown"],
      [2, "broken"],
    ]);
    expect(thresholds[0]!.remarks!.join()).toContain("% had not ended");
  });

  it("are counted in the waits of a tier that is not served in time, and of one whose backlog grows", () => {
    const late = study(
      services(
        "cores: 1, work: { law: fixed, mean: 10 ms }, queue: 1000000, early-abort: true",
        "feed: 500, deadline: 2 s, timeout: 2 s",
        `  - { figure: "tier.queue.p99{tier=a}", max: 3 s }
  - { figure: "tier.queue.mean{tier=a}", max: 10 s }`,
      ),
      { set: ["run.duration=2 min", "run.warmup=10 s"] },
    );
    expect(late.thresholds[0]).toMatchObject({ verdict: "unknown", atLeast: true });
    // Nothing bounds the waits of those that gave up, neither twice the longest one nor a longer limit.
    expect(late.thresholds[1]).toMatchObject({ verdict: "unknown", atLeast: true });
    const growing = study(
      services(
        "cores: 1, work: { law: fixed, mean: 10 ms }, queue: 1000000",
        "feed: 200, deadline: 10 min, timeout: 10 min",
        `  - { figure: "tier.queue.p99{tier=a}", max: 70 s }
  - { figure: "tier.queue.mean{tier=a}", max: 70 s }`,
      ),
      { set: ["run.duration=2 min", "run.warmup=10 s"] },
    );
    expect(verdicts(growing)).toEqual(["unknown", "unknown"]);
  });

  it("are counted in the lateness of a push", () => {
    const { thresholds } = study(
      `
provenance: { push: { is: assumed, source: tests } }
run: { duration: 4 min, warmup: 10 s }
push:
  workers: { hosts: 1, slots: 4 }
  limiter: { limit: 1 k, burst: 1000 }
  service: { capacity: 2 k }
  tasks: { e: { at: 2 min, subscribers: 300 k } }
thresholds:
  - { figure: "push.lateness.max{task=e}", max: 130 s }
  - { figure: "push.lateness.p95{task=e}", max: 100 s }
`,
      { reps: 2 },
    );
    expect(thresholds.map(({ value, verdict }) => [value, verdict])).toEqual([
      [120, "unknown"],
      [expect.closeTo(120, 0), "broken"],
    ]);
  });
});

describe("few observations", () => {
  it("do not show nines: none of n leaves up to 3/n", () => {
    const { thresholds } = study(
      services(
        "cores: 4, work: { law: exponential, mean: 10 ms }",
        "feed: 1, deadline: 100 ms, timeout: 100 ms",
        `  - { figure: "task.completed.share{entry=x}", min: 99.999 % }
  - { figure: "task.completed.share{entry=x}", min: 95 % }
  - { figure: "task.late.share{entry=x}", max: 0.001 % }`,
      ),
      { set: ["run.duration=5 min", "run.warmup=1 min"] },
    );
    expect(thresholds.map(({ verdict }) => verdict)).toEqual(["unknown", "held", "unknown"]);
    expect(thresholds[0]!.why).toMatch(
      /\d+ of \d+, so that it may still be down to 99\.\d+ %; it takes 300,000 to show the limit/,
    );
  });

  it("of one replication decide nothing, and a second one does", () => {
    const rows =
      "run: { duration: 6 min }\nthresholds: [{ figure: online.share, min: 10 % }, { figure: login.count, max: 0 }]";
    expect(verdicts(study(rows, { reps: 1 }))).toEqual(["unknown", "unknown"]);
    expect(verdicts(study(rows, { reps: 2 }))).toEqual(["held", "broken"]);
  });

  it("of which none was seen meet a limit of none, and say what they show", () => {
    const { thresholds, verdict } = study("run: { duration: 6 min }\nthresholds: [{ figure: alarm.count, max: 0 }]");
    expect(verdict).toBe("held");
    expect(thresholds[0]!.remarks).toEqual(["none in 3 replications: it may still be up to 1 a replication (95 %)"]);
  });
});

describe("a percentile", () => {
  const judged = (feed: number, limits: readonly string[], length = 300) =>
    study(
      services(
        "cores: 40, work: { law: exponential, mean: 20 ms }",
        `feed: ${String(feed)}, deadline: 3 s, timeout: 3 s`,
        limits.map((limit) => `  - { figure: ${limit} }`).join("\n"),
      ),
      { set: [`run.duration=${String(60 + length)} s`, "run.warmup=60 s"] },
    ).thresholds;

  it("of fewer values than it takes to see one above it is never held under a limit, but may be broken", () => {
    const rows = judged(1, ["task.time.p99, max: 1 s", "task.time.p99, max: 1 ms", "task.time.p99, min: 1 ms"], 20);
    expect(rows.map(({ verdict }) => verdict)).toEqual(["unknown", "broken", "held"]);
    expect(rows[0]!.why).toMatch(/^the 99th percentile of \d\d values: it takes 100 in each replication$/);
  });

  it("of values that are too few in all replications together says how many it takes", () => {
    expect(judged(10, ["task.time.p95, max: 1 s"], 30)[0]!.verdict).toBe("held");
    const each = { value: 1, observations: 25 };
    expect(fewOf([each, each], "p95")).toEqual({ percent: 95, n: 50, needed: 59, in: "all" });
    expect(fewOf([each, each, each], "p95")).toBeUndefined();
    expect(fewOf([each, { ...each, observations: 19.5 }, each], "p95")).toEqual({
      percent: 95,
      n: 19,
      needed: 20,
      in: "each",
    });
    expect(fewOf([each], "mean")).toBeUndefined();
  });

  it("of login times counts rows, not the people whom they stand for", () => {
    const at = (scale: string) =>
      study(`run: { duration: 6 min, scale: ${scale} }\nthresholds: [{ figure: login.time.p95, max: 50 s }]`)
        .thresholds;
    expect(at("1")[0]!.verdict).toBe("held");
    expect(at("1/1000")[0]!.why).toContain("values: it takes 20 in each replication");
  });

  it("is not known better as a difference", () => {
    const few = { percent: 99, n: 15, needed: 100, in: "each" } as const;
    const standard = { unit: "s", replications: 3, countsEvents: false, highest: 60 };
    const found = { value: 0, ci95: [-1, 1], n: 3, few } as const;
    const verdict = (isDifference: boolean) =>
      judgeFigure(found, { ...standard, isDifference, limits: { min: -5, max: undefined } }).verdict;
    expect([verdict(true), verdict(false)]).toEqual(["unknown", "held"]);
  });
});

describe("a count of people of which none was seen", () => {
  const rows = `thresholds:
  - { figure: moved.count, max: 1000 }
  - { figure: moved.count, max: 0 }
  - { figure: homeless.last, max: 0 }
  - { figure: homeless.max, max: 10 }
  - { figure: moved.share, max: 50 % }
`;

  it("is known under no limit but none, as one event can count thousands", () => {
    const { thresholds } = study(`run: { duration: 6 min }\n${rows}`);
    expect(thresholds.map(({ verdict }) => verdict)).toEqual(["unknown", "held", "held", "unknown", "unknown"]);
    expect(thresholds[0]!.why).toContain("none in 3 replications, but one event can count many people at once");
    const remarks = ["none in 3 replications: up to 63 % of replications may still have some (95 %)"];
    expect(thresholds.slice(1, 3).map((row) => row.remarks)).toEqual([remarks, remarks]);
  });
});

describe("a difference of counts of which neither run saw any", () => {
  it("is bounded and remarked on like the count itself", () => {
    const { thresholds } = study(
      `run: { duration: 6 min }
thresholds:
  - { figure: alarm.count, of: difference, max: 0 }
  - { figure: alarm.count, of: difference, max: 0.5 }
  - { figure: moved.count, of: difference, max: 3 }
`,
      { twin: true },
    );
    expect(thresholds).toMatchObject([
      {
        ci95: [-1, 1],
        verdict: "held",
        remarks: ["none in 3 replications: it may still be up to 1 a replication (95 %)"],
      },
      { verdict: "unknown" },
      { verdict: "unknown" },
    ]);
  });
});

describe("a difference of a delay that there is only with the fault", () => {
  const rows = `faults: [{ id: a, at: 2 min, down: reset, where: { centre: north } }]
thresholds:
  - { figure: back.delay.max, of: difference, max: 60 min }
  - { figure: "alarm.delay.max{fault=a}", of: difference, max: 60 min }
`;

  it("says so instead of that there was no twin", () => {
    const { thresholds } = study(`run: { duration: 6 min, warmup: 1 min }\n${rows}`, { reps: 2, twin: true });
    for (const { verdict, why } of thresholds) {
      expect(verdict).toBe("unknown");
      expect(why).toContain("without the faults there is no such delay");
    }
    expect(study(`run: { duration: 6 min, warmup: 1 min }\n${rows}`, { reps: 2 }).thresholds[1]!.why).toContain(
      "no twin",
    );
  });
});

describe("a row that is not judged", () => {
  const rows = (more: string): string => `thresholds: [{ figure: login.queue.max, max: 20 s${more} }]`;

  it("leaves the run inconclusive, unless the scenario judges it at full scale only", () => {
    const scaled = study(rows(""), { set: ["run.scale=1/10", "run.duration=6 min", "online=60 k"] });
    expect(scaled).toMatchObject({ verdict: "unknown", thresholds: [], unproved: scaled.notJudged });
    expect(scaled.notJudged).toHaveLength(1);
    const meant = study(rows(", judge: full-scale-only"), {
      set: ["run.scale=1/10", "run.duration=6 min", "online=60 k"],
    });
    expect(meant.verdict).toBe("held");
    expect(meant.notJudged).toHaveLength(1);
    expect(meant).not.toHaveProperty("unproved");
  });
});

describe("a warm-up that is too short", () => {
  it("is seen in a queue near saturation, whose mean is then unknown near its limit", () => {
    // The steady mean of this M/M/1 is 0.98 / (1 - 0.98) * 10 ms = 490 ms.
    const { thresholds } = study(
      services(
        "cores: 1, work: { law: exponential, mean: 10 ms }, queue: 1000000",
        "feed: 98, deadline: 60 s, timeout: 60 s",
        `  - { figure: "tier.queue.mean{tier=a}", max: 470 ms }`,
      ),
      { reps: 40, set: ["run.duration=60 s", "run.warmup=5 s"] },
    );
    expect(thresholds[0]).toMatchObject({ verdict: "unknown" });
    expect(thresholds[0]!.remarks!.join()).toContain("the warm-up is too short");
  });

  it("is not seen in a queue that settles in a second", () => {
    const { thresholds } = study(
      services(
        "cores: 1, work: { law: exponential, mean: 10 ms }",
        "feed: 50, deadline: 60 s, timeout: 60 s",
        `  - { figure: "tier.queue.mean{tier=a}", max: 15 ms }`,
      ),
      { reps: 20, set: ["run.duration=60 s", "run.warmup=5 s"] },
    );
    expect(thresholds[0]).toMatchObject({ verdict: "held" });
    expect((thresholds[0]!.remarks ?? []).join()).not.toContain("warm-up");
  });
});

describe("an overloaded tier", () => {
  const calls = (machines: number): RunDocument =>
    study(
      `
provenance: { services: { is: assumed, source: tests } }
services:
  hop: 0 us
  tiers:
    door: { machines: 4, cores: 10, work: { law: fixed, mean: 1 ms }, calls: [store], timeout: 1 h }
    store: { machines: ${String(machines)}, cores: 1, work: { law: exponential, mean: 10 ms } }
    aside: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }
  entries:
    x: { tier: door, feed: 150, deadline: 1 h, timeout: 1 h }
    y: { tier: aside, feed: 10 }
thresholds:
  - { figure: "tier.queue.mean{tier=store}", max: 100 s }
  - { figure: "tier.queue.mean{tier=door}", max: 100 s }
  - { figure: "task.completed.share{entry=x}", min: 80 % }
  - { figure: "task.completed.share{entry=y}", min: 80 % }
`,
      { set: ["run.duration=2 min", "run.warmup=20 s"] },
    );
  const backlogs = ({ thresholds }: RunDocument): readonly (string | undefined)[] =>
    thresholds.map(({ why = "", remarks = [] }) =>
      [why, ...remarks].find((one) => one.includes("backlog"))?.replace(": it has no end within the window", ""),
    );

  it("is named by the rows of its own figures and of the tasks that reach it, with what it is offered and serves", () => {
    const [store, door, x, y] = backlogs(calls(1));
    expect(store).toMatch(
      /^the backlog of tier store grows by (4\d|5\d)(\.\d)? requests a second: 1[45]\d are offered, (9\d|10\d)(\.\d)? are served$/,
    );
    expect([door, x, y]).toEqual([undefined, store, undefined]);
  });

  it("holds no limit on times, waits and completion, which have no end; rates and utilisation stay judged", () => {
    const { thresholds } = study(
      services(
        "cores: 1, work: { law: fixed, mean: 20 ms }, queue: 1000000",
        "feed: 60, deadline: 60 s, timeout: 60 s",
        `  - { figure: "task.time.mean{entry=x}", max: 10 min }
  - { figure: "tier.queue.mean{tier=a}", max: 10 min }
  - { figure: "task.completed.share{entry=x}", min: 50 % }
  - { figure: "task.late.share{entry=x}", max: 50 % }
  - { figure: "task.time.mean{entry=x}", max: 2 s }
  - { figure: "task.time.mean{entry=x}", min: 2 s }
  - { figure: "task.completed.rate{entry=x}", max: 55 /s }
  - { figure: "tier.utilisation.mean{tier=a}", max: 100 % }`,
      ),
      { set: ["run.duration=3 min", "run.warmup=60 s"] },
    );
    expect(thresholds.map(({ verdict }) => verdict)).toEqual([
      ...["unknown", "unknown", "unknown", "unknown"],
      ...["broken", "held", "held", "held"],
    ]);
    for (const { why, remarks = [] } of thresholds.slice(0, 4)) {
      expect(why).toMatch(
        /^the backlog of tier a grows by .* a second: .* are served: it has no end within the window$/,
      );
      expect(remarks.join()).not.toContain("backlog");
    }
  });

  it("is not found in one that keeps up", () => {
    expect(backlogs(calls(2))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("before it runs", () => {
  const remarks = (more: string, least = 3, set: readonly string[] = [], twin = false): string =>
    remarksBeforehand(tiny(more, set), { least, most: least, faults: true, interventions: true, twin }).join("\n");

  it.each<[string, string, string, boolean?]>([
    ["a limit that every value meets", "thresholds: [{ figure: loss.mean, max: 100 % }]", "proves nothing"],
    ["a limit of none", "thresholds: [{ figure: alarm.count, max: 0 }]", "none seen"],
    [
      "people of whom none may be counted",
      "thresholds: [{ figure: moved.count, max: 0 }]",
      "up to 63 % of replications",
    ],
    [
      "a difference of what there is only with a fault",
      "faults: [{ id: a, at: 5 min, loss: 10 %, where: { centre: north } }]\nthresholds: [{ figure: alarm.delay.max, of: difference, max: 5 min }]",
      "without the faults there is no such delay",
      true,
    ],
    ["a difference without a twin", "thresholds: [{ figure: loss.mean, of: difference, max: 5 % }]", "no twin"],
    [
      "a window without a whole minute",
      "windows: { w: 100 s..160 s }\nthresholds: [{ figure: 'online.share{window=w}', min: 90 % }]",
      "whole minutes",
    ],
    [
      "a delay that the window cannot show",
      "faults: [{ id: a, at: 5 min, loss: 10 %, where: { centre: north } }]\nwindows: { w: 5 min..6 min }\nthresholds: [{ figure: 'alarm.delay.max{window=w}', max: 5 min }]",
      "followed no further",
    ],
    [
      "a fault in the warm-up",
      "faults: [{ id: a, at: 1 s, loss: 10 %, where: { centre: north } }]",
      "within the warm-up",
    ],
    [
      "a wait at a coarse scale",
      "run: { scale: 1/10 }\nthresholds: [{ figure: login.queue.max, max: 9 s }]",
      "--scale 1",
    ],
  ])("%s is remarked on", (_, more, text, twin = false) => {
    expect(remarks(more, 3, [], twin)).toContain(text);
  });

  it("a figure of a tier in a world without services is remarked on as such", () => {
    const text = remarks('thresholds: [{ figure: "tier.shed.share", max: 1 % }]');
    expect(text).toContain("tier.shed.share: the world has no services: no value can come");
  });

  it("a figure of a tier that no task reaches, because an option or a base has it so, is remarked on", () => {
    const tiers = "b: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }, a:";
    const text = services(
      "cores: 1, work: { law: fixed, mean: 1 ms }",
      "feed: 5",
      "  - { figure: 'tier.queue.p99{tier=b}', max: 1 s }",
    );
    expect(remarks(text.replace(" a:", ` ${tiers}`), 3, ["services.hop=1 us"])).toContain(
      "neither people nor tasks reach what it is about",
    );
    expect(remarks(text.replace("tier=b", "tier=a"))).not.toContain("reach what");
  });

  it("one replication is remarked on", () => {
    expect(remarks("thresholds: [{ figure: loss.mean, max: 5 % }]", 1)).toContain("decides no row");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFigure } from "../../src/scenario/figure.ts";
import { METRIC_NAMES, METRICS } from "../../src/scenario/metrics.ts";
import { namesOfScenario } from "../../src/scenario/known.ts";
import { HEAD, read, scenarioOf } from "./reading.ts";

const scenario = scenarioOf(
  read(`${HEAD}
faults: [{ id: route, at: 1 h, loss: 25 %, where: { region: hainan } }]
windows: { fault: 1 h..2 h }
expect:
  - { figure: loss.mean, between: [3 %, 4 %], source: qq-scale, kind: by-construction, fixed-by: faults.route.loss }
  - { figure: login.time.mean, between: [500 ms, 2 s], source: qq-scale, kind: as-it-comes }
  - { figure: move.count, between: [0, 2], source: qq-scale, kind: as-it-comes, published: hardly any }
thresholds:
  - { figure: alarm.delay.max, max: 5 min }
  - { figure: login.time.max, max: 60 s }
  - { figure: loss.mean, min: 1 %, max: 2 % }
  - { figure: loss.mean, of: difference, min: -0.2 %, max: 0.2 % }
  - { figure: move.hourly.max, max: 4 /h }
  - { figure: moved.count, max: 20 k }
services:
  hop: 500 us
  tiers: { logic: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } } }
  entries: { send: { tier: logic, feed: 10 } }
push:
  workers: { hosts: 1, slots: 1 }
  limiter: { limit: 10 }
  service: { capacity: 20 }
  tasks: { evening: { at: 1 h, subscribers: 100 } }
provenance: { services: { is: assumed, source: firedrill }, push: { is: assumed, source: firedrill } }
`),
);
const names = namesOfScenario(scenario);
const textOf = (given: string): string => {
  const read = readFigure(given, names);
  if ("value" in read) return read.value.text;
  return `${read.wrong}; ${typeof read.hint === "string" ? read.hint : read.hint()}`;
};

describe("a figure", () => {
  it("has one canonical text whatever the order and the blanks", () => {
    const canonical = "loss.mean{access=[2g,3g],carrier!=mobile,region=hainan,by=gateway,window=fault}";
    expect(textOf("loss.mean{by=gateway, window=fault, region=hainan, carrier != mobile, access=[3g, 2g, 3g]}")).toBe(
      canonical,
    );
    expect(textOf(canonical)).toBe(canonical);
    expect(textOf("loss.mean{region=[hainan],window=run}")).toBe("loss.mean{region=hainan}");
    expect(textOf("loss.mean{}")).toBe("loss.mean");
  });

  it("is parsed into metric, stat, labels, window, group and unit", () => {
    expect(readFigure("move.hourly.max{carrier!=[unicom,mobile],by=region}", names)).toEqual({
      value: {
        text: "move.hourly.max{carrier!=[mobile,unicom],by=region}",
        metric: "move.hourly",
        stat: "max",
        labels: [{ label: "carrier", values: ["mobile", "unicom"], negated: true }],
        window: "run",
        by: "region",
        unit: "/h",
      },
    });
  });

  it("can be asked of every metric with each of its labels", () => {
    for (const metric of METRICS)
      for (const stat of metric.stats)
        for (const label of metric.labels) {
          const text = `${metric.name}.${stat.name}{${label}=${names[label]?.[0] ?? ""},by=${label}}`;
          expect(textOf(text)).toBe(text);
        }
    expect(new Set(METRIC_NAMES).size).toBe(METRIC_NAMES.length);
  });

  it("has an error for each mistake in its labels", () => {
    expect(textOf("loss.mean{region=hainan,region=beijing}")).toBe('duplicate label "region"; write region=[a,b]');
    expect(textOf("loss.mean{window!=fault}")).toContain("window takes one value");
    expect(textOf("loss.mean{by=gateway,by=region}")).toContain("duplicate by");
    expect(textOf("loss.mean{by=kind}")).toContain('loss has no label "kind"');
    expect(textOf("loss.mean{region}")).toContain("is not a label");
    expect(textOf("loss.mean{region=}")).toContain("is not a label");
    expect(textOf("loss.mean{region=[]}")).toContain("is not a label");
    expect(textOf("loss.mean{region=[,]}")).toContain("is not a label");
    expect(textOf("login.tme.p95")).toContain('did you mean "login.time.p95"?');
  });

  it("read from any text has a stable canonical text, or is a problem with a hint", () => {
    const word = fc.constantFrom(
      "loss",
      "mean",
      "login.time",
      "p95",
      "region",
      "hainan",
      "by",
      "window",
      "fault",
      "[",
      "]",
      "{",
      "}",
      "=",
      "!=",
      ",",
      ".",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 14 }).map((words) => words.join("")),
        ),
        (text) => {
          const read = readFigure(text, names);
          if ("value" in read) expect(textOf(read.value.text)).toBe(read.value.text);
          else expect(read.hint).not.toBe("");
        },
      ),
    );
  });
});

it("limits are in the figure's unit, printed as text, and marked if they are judged at full scale only", () => {
  expect(scenario.thresholds.map(({ min, max, limit, onlyFullScale }) => [min, max, limit, onlyFullScale])).toEqual([
    [undefined, 300, "≤ 300 s", false],
    [undefined, 60, "≤ 60 s", true],
    [1, 2, "≥ 1 % and ≤ 2 %", false],
    [-0.2, 0.2, "difference ≥ −0.2 % and ≤ 0.2 %", false],
    [undefined, 4, "≤ 4 /h", false],
    [undefined, 20_000, "≤ 20,000", false],
  ]);
  expect(scenario.thresholds.findIndex((threshold) => threshold.of === "difference")).toBe(3);
});

it("expectations keep the band in the figure's unit and in the words of the source", () => {
  expect(scenario.expect.map(({ between, published, fixedBy }) => [between, published, fixedBy])).toEqual([
    [[3, 4], "3–4 %", ["faults.route.loss"]],
    [[0.5, 2], "500 ms–2 s", []],
    [[0, 2], "hardly any", []],
  ]);
});

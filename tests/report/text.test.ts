import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { missOf } from "../../src/report/bounds.ts";
import { renderCsv } from "../../src/report/csv.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { printJson, renderJson } from "../../src/report/json.ts";
import { labelOf, labelWithGroup } from "../../src/report/labels.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { printClock, printDifference, printInterval, printNumber } from "../../src/report/numbers.ts";
import { chartDefinitions } from "../../src/report/charts/definitions.ts";
import { boundsInText } from "../../src/report/older.ts";
import { renderTable, wrap } from "../../src/report/table.ts";
import { renderText } from "../../src/report/text.ts";
import { summarise } from "../../src/report/verdict.ts";
import { ALL, chongqing, crowded, evacuated, partial, quietDay, red, strange, unsure } from "./fixtures/runs.ts";

// eslint-disable-next-line no-control-regex
const withoutColour = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, "");
const plain = (run: typeof chongqing, columns = 120): string => renderText(run.document, { color: false, columns });

describe("the answer on a terminal", () => {
  it("names scenario, scale, replications and seed in its first line", () => {
    expect(plain(chongqing).split("\n")[0]).toBe(
      "chongqing-unicom-2014 · scale 1/1000 · 10 replications · seed chongqing",
    );
  });

  it.each(Object.entries(ALL))("is never wider than the terminal and wastes no blanks: %s", (_, run) => {
    for (const columns of [80, 93, 100, 120]) {
      const lines = plain(run, columns).split("\n");
      // The first line stays one, whatever a scenario and its seed are called: scripts take it with `head -1`.
      expect(lines.slice(1).filter((line) => [...line].length > columns)).toEqual([]);
      expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    }
  });

  it("wraps to 80 columns on a narrower terminal and to 120 on a wider one", () => {
    expect(plain(chongqing, 20)).toBe(plain(chongqing, 80));
    expect(plain(chongqing, 400)).toBe(plain(chongqing, 120));
  });

  it("is the same text with and without colour", () => {
    for (const run of Object.values(ALL)) {
      const coloured = renderText(run.document, { color: true, columns: 100 });
      expect(coloured).toContain("\u001b[");
      expect(withoutColour(coloured)).toBe(plain(run, 100));
    }
  });

  it("sets published beside simulated, twin and difference", () => {
    const line = plain(chongqing)
      .split("\n")
      .find((one) => one.includes("3–4 %"));
    expect(line).toMatch(/3–4 % +3\.52 % \[3\.44, 3\.60\] +1\.41 % \[1\.38, 1\.44\] +\+2\.11 pp \[2\.03, 2\.19\]/);
  });

  it("says which row broke, by how much, and whether model or design is to blame", () => {
    expect(plain(red)).toContain(
      "MODEL  Packet loss · Chongqing Unicom 2G/3G · window fault is 5.20 % [5.05, 5.36]; published",
    );
    const findings = summarise(red.document).findings.map(({ text }) => text.replaceAll("\u00a0", " "));
    expect(findings[0]).toMatch(/published is 3–4 %, 1\.20 pp above it$/);
    expect(findings[1]).toMatch(/403 s \[371, 434\]; the limit is ≤ 300 s, 103 s above it$/);
    expect(summarise(red.document).headline).toContain("the model misses a published figure");
    expect(summarise(red.document).headline).toContain("the design misses its own threshold");
  });

  it("names the bottleneck in findings and in the table", () => {
    const [finding] = summarise(evacuated.document).findings.map(({ text }) => text.replaceAll("\u00a0", " "));
    expect(finding).toMatch(/is 110 %; the limit is ≤ 100 %, 10(\.0)* pp above it; the bottleneck is shanghai logic$/);
    expect(plain(evacuated)).toMatch(/✗ broken +Load, maximum .*\n +bottleneck: shanghai logic/);
  });

  it("names the thresholds that are green only while something fails, and blames the story if they are red", () => {
    const note = "Shows a failure: 1 of 3 thresholds can be green only while something fails: N−1 margin, minimum";
    expect(plain(evacuated)).toContain(note);
    expect(plain(chongqing)).not.toContain("Shows a failure");
    const gone = evacuated.document.thresholds.map((row) =>
      row.shows === undefined ? { ...row, verdict: "held" as const } : { ...row, verdict: "broken" as const },
    );
    const { headline, findings } = summarise({ ...evacuated.document, thresholds: gone });
    expect(headline).toBe("broken: the failure that the story is meant to show does not happen");
    expect(findings.map(({ kind }) => kind)).toEqual(["STORY"]);
  });

  it("calls what the twin lacked by its name", () => {
    const both = evacuated.document;
    const only = (what: RegExp) => ({ ...both, timeline: both.timeline.filter((one) => what.test(one.what)) });
    const cause = (document: typeof both): string | undefined =>
      /without (the fault|the intervention|fault and)/.exec(renderText(document, { color: false }))?.[1];
    expect(cause(both)).toBe("fault and");
    expect(cause(only(/^fault/))).toBe("the fault");
    expect(cause(only(/^intervention/))).toBe("the intervention");
  });

  it("distinguishes a row without data from one whose interval is partly outside its limit", () => {
    const texts = summarise(unsure.document).findings.map(({ text }) => text);
    expect(texts[0]).toContain("no data");
    expect(texts[1]).toContain("against ≤ 300 s: its interval is partly outside");
  });

  it("states that one replication has no interval, and that a run was interrupted", () => {
    expect(plain(partial)).toContain("1 replication, interrupted");
    expect(plain(partial)).toContain("one replication: its values have no interval");
    expect(plain(partial).split("Published figures")[0]).not.toMatch(/\d, \d+\.\d+\]/);
  });

  it("names what was not judged", () => {
    expect(plain(chongqing)).toContain("Not judged\n  login.queue.max{window=fault} ≤ 2 s");
  });

  it("shows twelve decisions with their reasons and counts the rest", () => {
    const text = plain(crowded);
    expect(text.match(/^ {2,3}\d+:\d\d:\d\d {2}(alert|move|step|restore|fail-open|all-clear): /gm)).toHaveLength(12);
    expect(text).toContain("… and 588 more");
  });

  it("leaves the twin's columns out where there is no twin", () => {
    expect(plain(quietDay)).not.toContain("without the fault");
  });
});

describe("a table", () => {
  const columns = [
    { title: "name", align: "left" },
    { title: "value", align: "right" },
  ] as const;
  const options = { width: 20, header: String };

  it("aligns columns by what is seen, not by what colours them", () => {
    const rows = [
      { cells: [{ text: "a", paint: (text: string) => `\u001b[31m${text}\u001b[39m` }, { text: "1" }] },
      { cells: [{ text: "bcd" }, { text: "100" }] },
    ];
    expect(renderTable(columns, rows, options).map(withoutColour)).toEqual([
      "name  value",
      "a         1",
      "bcd     100",
    ]);
  });

  it("wraps between words, keeps what belongs together, and cuts only what is wider than its share", () => {
    expect(wrap("one two 3\u00a0%", 8)).toEqual(["one two", "3 %"]);
    expect(wrap("unbreakable", 4)).toEqual(["unbr", "eaka", "ble"]);
    expect(wrap("", 4)).toEqual([""]);
  });
});

describe("a figure's label", () => {
  it.each([
    [
      "loss.mean{access=[2g,3g],carrier=unicom,region=chongqing,window=fault}",
      "Packet loss · Chongqing Unicom 2G/3G · window fault",
    ],
    ["login.time.p95{access=wifi}", "Login time, 95th percentile · Wi-Fi"],
    ["loss.mean{by=region,region!=hong-kong}", "Packet loss · not Hong Kong · by region"],
    ["alarm.delay.max", "Time from fault to alarm, maximum"],
    ["server.connections.max{centre=north}", "Server connections, maximum · centre north"],
    ["no figure at all", "No figure at all"],
  ])("reads for people: %s", (figure, label) => {
    expect(labelOf({ figure })).toBe(label);
  });

  it("names the largest group, a machine by its own name", () => {
    const groups = {
      hainan: { value: 2, ci95: [1, 3] as const },
      tibet: { value: 5, ci95: [4, 6] as const },
    };
    expect(labelWithGroup("loss.mean{by=region}", { value: 5, groups })).toBe(
      "Packet loss · by region (largest: Tibet)",
    );
    const gateways = { "cq-unicom-3g-2": { value: 5, ci95: [4, 6] as const } };
    expect(labelWithGroup("loss.mean{by=gateway}", { value: 5, groups: gateways })).toBe(
      "Packet loss · by gateway (largest: cq-unicom-3g-2)",
    );
  });
});

describe("numbers", () => {
  const show = (value: number, low: number, high: number, unit = ""): string =>
    printInterval({ value, ci95: [low, high] }, unit).replaceAll("\u00a0", " ");

  it("have the digits that their interval supports", () => {
    expect(show(3.5213, 3.4417, 3.6009, "%")).toBe("3.52 % [3.44, 3.60]");
    expect(show(186.4, 170.9, 204.2, "s")).toBe("186 s [171, 204]");
    expect(show(0.0096, -0.0121, 0.0311)).toBe("0.010 [−0.012, 0.031]");
    expect(show(179_612_345, 179_411_221, 179_813_469, "people")).toBe("179.6 M people [179.4, 179.8]");
    expect(show(1.35442, 1.35362, 1.35522)).toBe("1.354 [1.354, 1.355]");
    expect(show(4, 4, 4)).toBe("4");
    expect(show(0, 0, 0, "%")).toBe("0 %");
    expect(show(-0.00001, -0.00001, -0.00001)).toBe("−0.000010");
    expect(show(0.0000281, -0.0113, 0.0114, "pp")).toBe("0.000 pp [−0.011, 0.011]");
    expect(show(1e-15, 1e-15, 1e-15, "pp")).toBe("0 pp");
  });

  it("of a thousandth of a second and less are written in µs, in every document alike", () => {
    expect(show(0.000008, 0.000007, 0.0000091, "s")).toBe("8.0 µs [7.0, 9.1]");
    expect(show(0.000008, 0.000008, 0.000008, "s")).toBe("8 µs");
    expect(show(0.0008, 0.0002, 0.0014, "s")).toBe("800 µs [200, 1,400]");
    expect(show(0, 0, 0.0004, "s")).toBe("0 µs [0, 400]");
    expect(show(0, 0, 0, "s")).toBe("0 s");
    expect(show(0.0008, 0, 3, "s")).not.toContain("µs");
    expect(show(0.000008, 0.000007, 0.0000091, "%")).not.toContain("µs");
    const { document, pictures } = chongqing;
    const row = {
      ...document.thresholds[0]!,
      limit: "≤ 0.00001 s",
      max: 0.00001,
      value: 0.000008,
      ci95: [0.000008, 0.000008],
      unit: "s",
      verdict: "held",
    } as const;
    const [chart] = pictures.charts;
    const values = [0.000004, 0.000008, null];
    const line = { ...chart!.series[0]!, unit: "s", at: [0, 60, 120], value: values, low: values, high: values };
    const { noFault, ...alone } = line;
    const run = {
      ...chongqing,
      document: { ...document, figures: {}, expect: [], thresholds: [row] },
      pictures: { ...pictures, charts: [{ name: "work", title: "Work", unit: "s", series: [alone] }] },
    };
    const definitions = chartDefinitions(run.document, run.pictures);
    const [limits, work] = definitions;
    expect(work).toMatchObject({ unit: "µs", description: expect.stringContaining("from 4 to 8 µs") as string });
    expect(JSON.stringify([limits, work!.table])).not.toContain("0.0000");
    const documents = [plain(run), renderMarkdown(run, []), renderPage(run, [])];
    for (const text of documents) {
      expect(text.replaceAll("\u00a0", " ")).toContain("8 µs");
      expect(text.replaceAll("\u00a0", " ")).toContain("≤ 10 µs");
      expect(text).not.toContain("0.0000");
    }
  });

  it("are written as people do, at any size and with any interval", () => {
    const anySize = fc
      .tuple(fc.double({ min: -10, max: 10, noNaN: true }), fc.integer({ min: -20, max: 20 }))
      .map(([mantissa, exponent]) => mantissa * Number(`1e${String(exponent)}`));
    fc.assert(
      fc.property(anySize, anySize, (value, width) => {
        const number = String.raw`−?\d{1,3}(,\d{3})*(\.\d+)?`;
        expect(show(value, value - Math.abs(width), value + Math.abs(width))).toMatch(
          new RegExp(`^${number}( M| bn)?( \\[${number}, ${number}\\])?$`),
        );
      }),
    );
  });

  it.each([
    [{ n: 1, of: 3, seen: 150, beyond: 4_650 }, { atLeast: true }, "+150 s in 2 of 3, at least +4,650 s in 1"],
    [{ n: 2, of: 2, seen: null, beyond: -4_650 }, { atMost: true }, "at most −4,650 s in all 2"],
    [{ n: 2, of: 3, seen: 5, beyond: null }, { atLeast: true, atMost: true }, "+5 s in 1 of 3, unknown in 2"],
  ] as const)("prints a difference with cut-off replications %j as what is known of them", (cutOff, open, text) => {
    const difference = { value: 1_650, ci95: [-4_800, 4_800], ...open, cutOff } as const;
    expect(printDifference(difference, "s").replaceAll("\u00a0", " ")).toBe(text);
  });

  it("group thousands and print times and differences", () => {
    expect(printNumber(180_000_000)).toBe("180,000,000");
    expect(printClock(9261)).toBe("2:34:21");
    expect(printDifference({ value: -1.23, ci95: [-1.36, -1.1] }, "%").replaceAll("\u00a0", " ")).toBe(
      "−1.23 pp [−1.36, −1.10]",
    );
  });
});

describe("bounds read back from text", () => {
  it.each([
    ["3–4 %", "%", { min: 3, max: 4 }],
    ["3 % to 4 %", "%", { min: 3, max: 4 }],
    ["[2 min, 5 min]", "s", { min: 120, max: 300 }],
    ["2–5 min", "s", { min: 120, max: 300 }],
    ["≤ 5 min", "s", { max: 300 }],
    ["≥ 99.5 %", "%", { min: 99.5 }],
    ["1,000,000", "people", { min: 1e6, max: 1e6 }],
    ["≤ -2", "", { max: -2 }],
    ["over 180 M", "people", { min: 180e6 }],
    ["some routes up to 10 %", "%", { max: 10 }],
    ["back to 1–2 % after two adjustments", "%", { min: 1, max: 2 }],
    ["difference ≥ -0.2 % and ≤ 0.2 %", "%", { min: -0.2, max: 0.2 }],
    ["difference ≥ −0.2 % and ≤ 20,000 %", "%", { min: -0.2, max: 20_000 }],
  ])("%s", (text, unit, bounds) => {
    expect(boundsInText(text, unit)).toEqual(bounds);
  });

  it("are none where a text names no number", () => {
    expect(boundsInText("as good as before", "%")).toBeUndefined();
    expect(missOf(5, {})).toBeUndefined();
  });
});

describe("JSON", () => {
  it("comes back as it was, with lists of numbers on one line", () => {
    for (const { document } of Object.values(ALL)) expect(JSON.parse(printJson(document))).toEqual(document);
    expect(printJson(chongqing.document)).toContain('"ci95": [3.4417, 3.6009]');
  });

  it("keeps what depends on the machine apart under meta", () => {
    const { meta, ...document } = JSON.parse(renderJson(chongqing.document, chongqing.meta)) as Record<string, unknown>;
    expect(meta).toEqual(chongqing.meta);
    expect(printJson(document)).toBe(printJson(chongqing.document));
  });

  it("refuses a number that JSON has no word for", () => {
    expect(() => printJson({ value: NaN })).toThrow("document.value is NaN");
  });
});

describe("CSV", () => {
  it("has one line a replication and figure, quotes commas, and leaves no data empty", () => {
    const figure = "loss.mean{carrier=unicom,window=fault}";
    const rows = [
      { replication: 0, figure, value: 3.5, noFault: 1.4 },
      { replication: 1, figure: 'say "x"', value: null, noFault: null },
    ];
    expect(renderCsv(rows)).toBe(`replication,figure,value,noFault\n0,"${figure}",3.5,1.4\n1,"say ""x""",,\n`);
  });
});

describe("markdown", () => {
  it.each(Object.entries(ALL))("has tables whose rows have as many cells as their header: %s", (_, run) => {
    const lines = renderMarkdown(run, chartDefinitions(run.document, run.pictures)).split("\n");
    let cells = 0;
    for (const [i, line] of lines.entries()) {
      const count = line.startsWith("|") ? [...line.matchAll(/(?<!\\)\|/g)].length : 0;
      if (count > 0 && lines[i - 1]?.startsWith("|") !== true) cells = count;
      if (count > 0) expect(count, line).toBe(cells);
    }
    expect(cells).toBeGreaterThan(0);
  });

  it("names the bottleneck, rows that are green only while something fails, and the cause of a difference", () => {
    const text = renderMarkdown(evacuated, chartDefinitions(evacuated.document, evacuated.pictures));
    expect(text).toContain("the bottleneck is shanghai logic");
    expect(text).toMatch(/\| Load, maximum[^|]*\(bottleneck: shanghai logic\) \|/);
    expect(text).toContain("Shows a failure: 1 of 3 thresholds");
    expect(text).toContain("| without fault and intervention | caused by fault and intervention |");
  });

  it("links every picture and lets no text become markup", () => {
    const definitions = chartDefinitions(strange.document, strange.pictures);
    const text = renderMarkdown(strange, definitions);
    for (const { name } of definitions) expect(text).toContain(`](charts/${name}.png)`);
    expect(text.replace(/```sh[\s\S]*```/, "")).not.toMatch(/<\/?(script|img|i)\b/);
  });
});

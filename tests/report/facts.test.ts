/** Facts of a document are read as facts; where a document has none, its texts say the same. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bandOf, limitOf } from "../../src/report/bounds.ts";
import { causeBy, causeOf } from "../../src/report/causes.ts";
import { gather } from "../../src/report/decisions.ts";
import { chartDefinitions } from "../../src/report/charts/definitions.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { groupOf, labelOf, partsIn, placeOfFigure } from "../../src/report/labels.ts";
import { levelsOf } from "../../src/report/charts/levels.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { momentsOf } from "../../src/report/moments.ts";
import { renderText } from "../../src/report/text.ts";
import { runJsonSchema } from "../../src/report/schema.ts";
import { partsInText } from "../../src/report/older.ts";
import { bothOf, matchesOf, only, textOf } from "../../src/scenario/figure-parts.ts";
import type { RunDocument } from "../../src/study/document.ts";
import { olderOf } from "./fixtures/older.ts";
import { ALL, chongqing, evacuated } from "./fixtures/runs.ts";

describe("a document of an earlier version", () => {
  it.each(Object.entries(ALL))("reads like one with facts, in every view: %s", (_, run) => {
    const older = olderOf(run);
    const definitions = chartDefinitions(run.document, run.pictures);
    expect(chartDefinitions(older.document, older.pictures)).toEqual(definitions);
    expect(renderText(older.document, { color: false })).toBe(renderText(run.document, { color: false }));
    expect(renderMarkdown(older, definitions)).toBe(renderMarkdown(run, definitions));
    expect(renderPage(older, definitions)).toBe(renderPage(run, definitions));
  });

  it("fits the schema, with facts and without", () => {
    const schema = z.fromJSONSchema(runJsonSchema());
    for (const { document } of [chongqing, evacuated].flatMap((run) => [run, olderOf(run)]))
      expect(schema.safeParse(document).error).toBeUndefined();
    const timeline = [{ ...chongqing.document.timeline[1]!, kind: "earthquake" }];
    expect(schema.safeParse({ ...chongqing.document, timeline }).success).toBe(false);
  });
});

describe("the facts of a document", () => {
  const timeline: RunDocument["timeline"] = [
    { at: 10, kind: "intervention", id: "leave", what: "everybody is asked to go", who: "north" },
    { at: 20, kind: "fault-begins", id: "dark", what: "the lights go out", who: "north" },
    { at: 30, kind: "fault-ends", id: "dark", what: "and on", who: "north" },
  ];

  it("say what had begun, whatever an event is called", () => {
    const document = { ...chongqing.document, timeline };
    expect([5, 15, 25].map((until) => causeBy(document, until))).toEqual([
      undefined,
      "the intervention",
      "fault and intervention",
    ]);
    expect(causeOf({ ...document, timeline: timeline.slice(1) })).toBe("the fault");
    const text = { at: 1, kind: "fault-ends", id: "x", what: "fault x begins", who: "" } as const;
    expect(causeBy({ ...document, timeline: [text] }, Infinity)).toBeUndefined();
  });

  it("mark the moments that are told, and nothing else", () => {
    const document = { ...chongqing.document, timeline: [{ at: 1, what: "warm-up ends", who: "" }, ...timeline] };
    expect(momentsOf(document).map(({ at }) => at)).toEqual([10, 20, 30]);
  });

  it("bound rows, whatever their texts say", () => {
    const row = { limit: "as agreed", unit: "s" };
    expect(limitOf(row)).toBeUndefined();
    expect(limitOf({ ...row, max: 5 })).toMatchObject({ max: 5 });
    expect(limitOf({ ...row, limit: "≤ 300 s", min: 2 })!.max).toBeUndefined();
    expect(bandOf({ published: "3–4 %", between: [2, 5], unit: "%" })).toEqual({ min: 2, max: 5 });
  });

  it("name a figure, whatever its text is", () => {
    const parts = { metric: "loss", stat: "mean", labels: { carrier: ["unicom"] }, by: "region", window: "dark" };
    expect(labelOf({ figure: "f1", parts })).toBe("Packet loss · Unicom · by region · window dark");
    expect(groupOf({ figure: "f1", parts }, "inner-mongolia")).toBe("Inner Mongolia");
    expect(placeOfFigure({ figure: "f1", parts })).toBeUndefined();
    expect(placeOfFigure({ figure: "f1", parts: { metric: "loss", stat: "mean", labels: parts.labels } })).toBe(
      "Unicom",
    );
    expect(partsIn({ figure: "loss.mean{window=dark}", parts })).toBe(parts);
  });

  it("gather decisions by their cause, whatever their reasons begin with", () => {
    const decision = { at: 60, by: "scheduler", kind: "move", what: "to a", ip: "" } as const;
    const told = gather([
      { ...decision, who: "a", why: ["go there: first", "common"], cause: "storm" },
      { ...decision, who: "b", why: ["go elsewhere: second", "common"], cause: "storm" },
      { ...decision, who: "c", why: ["go elsewhere: second", "common"], cause: "flood" },
    ]);
    expect(told.map(({ who, why }) => [who, ...why])).toEqual([
      ["2 gateways: a, b", "storm", "common"],
      ["c", "go elsewhere: second", "common"],
    ]);
  });

  it("draw a chart's limit and ceiling, whatever it is called", () => {
    const [line] = evacuated.pictures.charts[0]!.series;
    const chart = { name: "water", title: "Water", unit: "m", series: [line!] };
    const [limit, ceiling] = [
      { at: 3, text: "the dyke" },
      { at: 9, text: "more is drawn as 9 m" },
    ];
    expect(levelsOf({ ...chart, limit, ceiling })).toMatchObject({ limit, ceiling });
    expect(levelsOf({ ...chart, name: "load" }).limit).toBeUndefined();
    const [drawn] = chartDefinitions(
      { ...evacuated.document, expect: [], thresholds: [] },
      {
        ...evacuated.pictures,
        charts: [{ ...chart, limit, ceiling }],
      },
    );
    expect(drawn).toMatchObject({ title: "Water, more is drawn as 9 m", limit, ceiling: 9 });
  });
});

describe("the parts of a figure", () => {
  const labels = [only("access", "2g"), { label: "carrier", values: ["mobile", "unicom"], negated: true }];

  it("leave out what a figure does not say, and give its text back", () => {
    expect(bothOf({ metric: "loss", stat: "mean", labels: [], window: "run", by: undefined })).toEqual({
      figure: "loss.mean",
      parts: { metric: "loss", stat: "mean", labels: {} },
    });
    const { figure, parts } = bothOf({ metric: "loss", stat: "mean", labels, window: "dark", by: "region" });
    expect(figure).toBe("loss.mean{access=2g,carrier!=[mobile,unicom],by=region,window=dark}");
    expect(matchesOf(parts)).toEqual(labels);
    expect(textOf(parts)).toBe(figure);
  });

  it("come out of a text as they went in", () => {
    const { figure, parts } = bothOf({ metric: "login.time", stat: "p95", labels, window: "dark", by: "region" });
    expect(partsInText(figure)).toEqual(parts);
    expect(partsInText("no figure at all")).toEqual({ metric: "no figure at all", stat: "", labels: {} });
  });
});

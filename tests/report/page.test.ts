import { createHash } from "node:crypto";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { chartDefinitions } from "../../src/report/charts/definitions.ts";
import { ORDER } from "../../src/report/effect.ts";
import type { FinishedRun } from "../../src/report/finished.ts";
import { html, jsonMarkup } from "../../src/report/html/markup.ts";
import { COMMON, restore, shorten } from "../../src/report/html/repeats.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderText } from "../../src/report/text.ts";
import type { FigureResult } from "../../src/study/document.ts";
import { ALL, chongqing, crowded, evacuated, partial, quietDay, strange } from "./fixtures/runs.ts";

const pageOf = (run: FinishedRun): string => renderPage(run, chartDefinitions(run.document, run.pictures));

const PAGES = Object.fromEntries(Object.entries(ALL).map(([name, run]) => [name, pageOf(run)]));
const each = Object.entries(PAGES);

const between = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, inner = ""]) => inner);
const scriptsOf = (page: string): readonly string[] => between(page, /<script>([\s\S]*?)<\/script>/g);
const stylesOf = (page: string): readonly string[] => between(page, /<style>([\s\S]*?)<\/style>/g);
/** Returns the page without its scripts, styles and data. */
const shellOf = (page: string): string =>
  page.replaceAll(/<script[\s\S]*?<\/script>/g, "").replaceAll(/<style[\s\S]*?<\/style>/g, "");

describe("the page", () => {
  it.each(each)("is smaller than 500 KB: %s", (_, page) => {
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  });

  it("stays small when all lists are twenty times as long", () => {
    const { document, pictures } = crowded;
    const many = <Item>(items: readonly Item[], count: number): readonly Item[] =>
      Array.from({ length: count }, () => items).flat();
    const huge: FinishedRun = {
      ...crowded,
      document: { ...document, assumptions: many(document.assumptions, 20), decisions: many(document.decisions, 20) },
      pictures: {
        ...pictures,
        charts: many(pictures.charts, 20).map((chart, i) => ({ ...chart, name: `chart-${String(i)}` })),
      },
      decisions: Array.from({ length: 60 }, (_, replication) => ({ replication, decisions: document.decisions })),
    };
    expect(Buffer.byteLength(pageOf(huge))).toBeLessThan(500_000);
  });

  it.each(each)("allows exactly the scripts and styles it carries: %s", (_, page) => {
    const policy =
      /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1]?.replaceAll("&#39;", "'") ?? "";
    const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${scriptsOf(page).map(hash).join(" ")};`);
    expect(policy).toContain(`style-src ${stylesOf(page).map(hash).join(" ")};`);
    expect(policy).not.toContain("unsafe");
    expect(shellOf(page)).not.toMatch(/\sstyle=|\son\w+=(?!&)/);
  });

  it.each(each)("loads nothing: %s", (name, page) => {
    expect(page).not.toMatch(/https?:\/\/|@import|url\(|sourceMappingURL/);
    if (name !== "strange")
      expect(page.replaceAll(/<script>[\s\S]*?<\/script>/g, "")).not.toMatch(/\ssrc=|href="(?!#)/);
  });

  it.each(each)("carries scripts that parse and data that reads: %s", (_, page) => {
    for (const script of scriptsOf(page)) expect(() => new vm.Script(script)).not.toThrow();
    const data = /<script type="application\/json" id="chart-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
    const definitions = JSON.parse(data) as readonly { readonly name: string }[];
    const canvases = between(page, /<canvas\s+id="chart-([^"]+)"/g);
    expect(definitions.map(({ name }) => name)).toEqual(canvases);
  });

  it("draws every sample of an ordinary run", () => {
    const data = /id="chart-data">([\s\S]*?)<\/script>/.exec(PAGES["chongqing"] ?? "")?.[1] ?? "";
    const definitions = JSON.parse(data) as readonly {
      readonly series?: readonly { readonly at?: unknown[]; readonly value: unknown[] }[];
    }[];
    const series = definitions.flatMap((definition) => definition.series ?? []);
    expect(series.map(({ value }) => value.length)).toEqual([180, 180, 180, 180]);
    expect(series.map(({ at }) => at?.length)).toEqual([180, undefined, 180, 180]);
  });

  it("shows all charts of three centres beside hundreds of decisions", () => {
    const { document, pictures } = crowded;
    const [first] = evacuated.pictures.charts;
    const minutes = Array.from({ length: 100 }, (_, minute) => minute);
    const wave = minutes.map((minute) => 50 + 40 * Math.sin(minute / 7) + minute / 13);
    const charts = Array.from({ length: 16 }, (_, i) => ({
      ...first!,
      name: `load-${String(i)}`,
      series: ["connections", "logins", "access", "logic", "storage"].map((title) => {
        const at = minutes.map((minute) => 60 * minute);
        return {
          figure: `${title}-${String(i)}`,
          title,
          unit: "%",
          at,
          value: wave,
          low: wave,
          high: wave,
          noFault: wave,
        };
      }),
    }));
    const page = pageOf({
      ...crowded,
      document: {
        ...document,
        assumptions: document.assumptions.slice(0, 280),
        timeline: document.timeline.slice(0, 5),
      },
      pictures: { ...pictures, charts },
    });
    expect(between(page, /<canvas\s+id="chart-(load-[^"]+)"/g)).toHaveLength(16);
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
    const data = /id="chart-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
    const lines = JSON.parse(data) as readonly { readonly series?: readonly { readonly value: unknown[] }[] }[];
    for (const { series = [] } of lines) for (const { value } of series) expect(value.length).toBeGreaterThan(30);
  });

  it.each(Object.entries(ALL))("gives its script back what charts have in common: %s", (_, { document, pictures }) => {
    const definitions = chartDefinitions(document, pictures);
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Parameters<typeof restore>[0];
    const short = shorten(definitions);
    expect(restore(plain(short), COMMON)).toEqual(plain(definitions));
    if (document === evacuated.document) expect(JSON.stringify(short).match(/"markers"/g)).toHaveLength(1);
  });

  it("lets no text of a scenario become markup", () => {
    const shell = shellOf(PAGES["strange"] ?? "");
    expect(shell).not.toMatch(/<img|<b>|<i>/);
    expect(shell).toContain(
      "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; &quot;quotes&quot;",
    );
    expect(PAGES["strange"]?.match(/<\/script>/g)).toHaveLength(3);
  });

  it("tells from the top what happened, the verdict, and what the fault caused", () => {
    const text = shellOf(PAGES["chongqing"] ?? "").replaceAll("\u00a0", " ");
    const places = [
      "held: 2 published figures",
      "Fault gateway begins (cq-unicom-3g-2) at 0:40:00",
      "caused by the fault:",
      "+2.11 pp",
      'id="regions"',
      'id="charts"',
      'id="published"',
      'id="thresholds"',
      'id="events"',
      'id="assumptions"',
      'id="method"',
      'id="reproduce"',
    ].map((part) => text.indexOf(part));
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
    expect(text).toContain(chongqing.meta.reproduce);
  });

  it("is the same whenever, wherever and however fast the run was", () => {
    const meta = Object.fromEntries(
      Object.entries(chongqing.meta).map(([key, value]) => [
        key,
        key === "reproduce" ? value : typeof value === "number" ? value + 7 : `${value} elsewhere`,
      ]),
    ) as unknown as FinishedRun["meta"];
    expect(pageOf({ ...chongqing, meta })).toBe(PAGES["chongqing"]);
    expect(shellOf(PAGES["chongqing"] ?? "")).toContain("only in meta.json");
  });

  it("explains of the charts only what is drawn", () => {
    const saidOf = (run: FinishedRun): string => shellOf(pageOf(run)).replaceAll(/\s+/g, " ");
    expect(saidOf(chongqing)).toMatch(/Dashed lines are .+ Triangles are decisions/);
    expect(saidOf(chongqing)).toContain("The numbers and triangles are those in the charts.");
    expect(saidOf(quietDay)).not.toMatch(/Dashed|[Tt]riangles/);
    expect(saidOf(quietDay)).toContain("Lines are means");
    const { document, pictures } = quietDay;
    expect(saidOf({ ...quietDay, pictures: { ...pictures, charts: [] } })).not.toContain("Lines are");
    expect(saidOf({ ...quietDay, document: { ...document, replications: 1 } })).toContain("the only replication");
  });

  it("shows first what touches most people, then machines by relative change, and says so", () => {
    const moved = (value: number, touched?: number): FigureResult => ({
      value,
      unit: "%",
      ci95: [value, value],
      n: 10,
      noFault: { value: 1, ci95: [1, 1] },
      difference: { value: value - 1, ci95: [value - 1, value - 1] },
      ...(touched === undefined ? {} : { touched }),
    });
    const figures = {
      "server.load.max": moved(50),
      "loss.mean": moved(3, 60_000),
      "centre.load.max": moved(90),
      "login.success.share": moved(2, 0),
      "online.share": moved(1.5, 900_000),
    };
    const document = { ...chongqing.document, figures, expect: [], thresholds: [] };
    const page = pageOf({ ...chongqing, document });
    const names = between(/<ul class="cards">[\s\S]*?<\/ul>/.exec(page)![0], /<p class="name">\s*([^<]*?)\s*</g);
    expect(names).toEqual([
      "People online",
      "Packet loss",
      "Load, maximum",
      "Server load, maximum",
      "Logins that succeed within 30\u00a0s",
    ]);
    expect(page).toContain(ORDER);
    expect(page).toContain("Largest effect on people: People online, 1 % without".replaceAll(" %", "\u00a0%"));
  });

  it("names the cause of each figure's difference by the end of its window: fault, intervention, both or neither", () => {
    const cards = shellOf(PAGES["evacuated"] ?? "").replaceAll("\u00a0", " ");
    expect(cards).toMatch(/window evacuation[\s\S]*?caused by the intervention: <strong>\+0\.90* s/);
    expect(cards).toMatch(/window dark[\s\S]*?caused by fault and intervention: <strong>\+20(\.0)* pp/);
    expect(cards).toMatch(/window before[\s\S]*?neither fault nor intervention by then: 0 pp/);
    expect(cards).not.toContain("the fault:");
    expect(cards).not.toContain("without the fault");
  });

  it.each([
    [{ n: 1, of: 3, seen: 150, beyond: 4_800 }, "150 s in 2 of 3, not within 80 min in 1"],
    [{ n: 3, of: 3, seen: null, beyond: 4_800 }, "not within 80 min in any of 3"],
    [{ n: 1, of: 1, seen: null, beyond: 34.5 }, "not within 34.5 s"],
    [undefined, "cut off at a mean of 1,700 s"],
  ])("prints a row with cut-off replications %j as %j, as text and markdown do", (cutOff, words) => {
    const { document } = chongqing;
    const [first, ...rest] = document.thresholds;
    const open = { atLeast: true, ...(cutOff === undefined ? {} : { cutOff }) } as const;
    const censored = { ...first!, value: 1_700, unit: "s", ci95: [100, 4_800], ...open } as const;
    const run: FinishedRun = { ...chongqing, document: { ...document, thresholds: [censored, ...rest] } };
    const thresholds = /<section id="thresholds"[\s\S]*?<\/section>/.exec(pageOf(run))![0];
    expect(thresholds.replaceAll("\u00a0", " ")).toContain(`>${words}<`);
    expect(renderText(run.document, { color: false }).replaceAll(/\s+/g, " ")).toContain(words.slice(0, 20));
    expect(renderMarkdown(run, []).replaceAll("\u00a0", " ")).toContain(`${words} |`);
  });

  it("names no bottleneck where nothing is loaded", () => {
    const [row] = evacuated.document.thresholds.filter(({ binds }) => binds !== undefined);
    const shellFor = (value: number): string => {
      const thresholds = [{ ...row!, value, ci95: [value, value] as const }];
      return shellOf(pageOf({ ...evacuated, document: { ...evacuated.document, thresholds } }));
    };
    expect(shellFor(3)).toContain("bottleneck: ");
    expect(shellFor(0)).not.toContain("bottleneck");
  });

  it("names the bottleneck, and which rows are green only while something fails", () => {
    const shell = shellOf(PAGES["evacuated"] ?? "");
    expect(shell).toContain("the bottleneck is shanghai logic");
    expect(shell).toContain('<div class="note">bottleneck: shanghai logic</div>');
    expect(shell).toContain("Shows a failure: 1 of 3 thresholds can be green only while something fails");
    expect(shell).toContain('<div class="note">green only while something fails</div>');
    expect(shellOf(PAGES["chongqing"] ?? "")).not.toContain("Shows a failure");
  });

  it("writes a source once, for any number of parameters", () => {
    const shell = shellOf(PAGES["crowded"] ?? "");
    const [source] = crowded.document.assumptions.map((one) => one.source);
    expect(shell.split(source ?? "").length - 1).toBe(1);
  });

  it("gives every chart a name, words and a table, and every tile words", () => {
    const shell = shellOf(PAGES["chongqing"] ?? "");
    const canvases = [...shell.matchAll(/<canvas[^>]+>/g)].map(([tag]) => tag);
    expect(canvases).toHaveLength(5);
    for (const tag of canvases) expect(tag).toMatch(/role="img"[^>]*aria-label="[^"]{30,}"/);
    expect(shell.match(/as a table<\/summary>/g)).toHaveLength(6);
    expect(shell.match(/<g class="tile/g)).toHaveLength(33);
    expect(shell).toMatch(/<title>Chongqing: 2\.60 %, without fault and intervention 1\.05 % \(\+1\.55.pp\)<\/title>/);
  });

  it("has a heading for each section and a link to each", () => {
    for (const [, page] of each) {
      const ids = between(page, /<section\s+id="([\w-]+)"/g);
      expect(between(page, /<a href="#([\w-]+)"/g).filter((id) => id !== "main")).toEqual(ids);
      const all = between(shellOf(page), /\sid="([^"]+)"/g);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it("shows on its map what is judged: another figure than the loss in its own unit and colours, the worst darkest", () => {
    const mapOf = (stat: string, metric: string, values: readonly (number | null)[], unit: string): string => {
      const { document, pictures } = chongqing;
      const map = { figure: `${metric}.${stat}`, parts: { metric, stat, labels: {} }, unit };
      const tiles = pictures.tiles.slice(0, values.length).map((tile, i) => ({
        ...tile,
        value: values[i]!,
        valueNoFault: values[0]!,
      }));
      return shellOf(pageOf({ ...chongqing, document, pictures: { ...pictures, map, tiles } })).replaceAll(
        "\u00a0",
        " ",
      );
    };
    const classes = (page: string): readonly string[] => between(page, /<g class="(tile [^"]+)"/g);
    const times = mapOf("p95", "login.time", [2, 2.5, 9, null], "s");
    expect(times).toContain("Login time, 95th percentile, by region");
    expect(times).toMatch(/9\.0 s, without fault and intervention 2\.0 s \(\+7\.0 s\)/);
    expect(classes(times)).toEqual(["tile loss-0", "tile loss-0 hit", "tile loss-6 hit", "tile none"]);
    for (const [metric, alike] of [
      ["login.success", [100, 100, 99.7]],
      ["login.time", [1, 1, 1.004]],
    ] as const)
      for (const one of classes(mapOf("mean", metric, alike, "%"))) expect(one).toMatch(/loss-[01]$/);
    expect(mapOf("share", "crossing", [0, 100], "%")).not.toContain("100–120");
    const online = mapOf("share", "login.success", [99, 60], "%");
    expect(online).toContain("(−39 pp)");
    const [good, bad] = classes(online).map((one) => Number(/loss-(\d)/.exec(one)![1]));
    expect(bad).toBeGreaterThan(good!);
    expect(PAGES["chongqing"]).toContain("Packet loss by region, worst window");
  });

  it("names each cell of a table that a narrow page breaks into lines", () => {
    for (const [, page] of each)
      for (const table of between(shellOf(page), /<table class="stack">([\s\S]*?)<\/table>/g))
        for (const cell of between(table, /(<td[^>]*>)/g)) expect(cell).toMatch(/data-label="[^"]+"/);
  });

  it("states that it has no twin, no interval, or not all entries", () => {
    expect(PAGES["quietDay"]).not.toContain("caused by the fault:");
    expect(pageOf(quietDay)).toContain("no figure shows what they caused");
    expect(pageOf(partial)).toContain("values have no interval");
    expect(PAGES["crowded"]).toMatch(/further events?: see run\.json/);
    expect(PAGES["crowded"]?.match(/data-provenance="/g)).toHaveLength(crowded.document.assumptions.length);
  });
});

describe("markup", () => {
  it("escapes what is put in, and keeps what it made itself", () => {
    const inner = html`<b>${"a & b"}</b>`;
    expect(html`<p title="${'"'}">${inner}${[inner]}${1}</p>`.markup).toBe(
      '<p title="&quot;"><b>a &amp; b</b><b>a &amp; b</b>1</p>',
    );
  });

  it("keeps data from ending its script", () => {
    const { markup } = jsonMarkup({ text: strange.document.scenario.title });
    expect(markup).not.toContain("<");
    expect(JSON.parse(markup)).toEqual({ text: strange.document.scenario.title });
  });
});

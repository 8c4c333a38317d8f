import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import vm from "node:vm";
import { limitOf } from "../../src/report/bounds.ts";
import { describe, expect, it } from "vitest";
import { DIGITS_SCRIPT } from "../../src/base/digits.ts";
import { LOOKS, renderPng } from "../../src/report/charts/png.ts";
import { configure as configureWith, CONFIGURE_SCRIPT, type Looks } from "../../src/report/charts/configure.ts";
import type { ChartDefinition, IntervalChart, LineChart } from "../../src/report/charts/chart.ts";
import { chartDefinitions } from "../../src/report/charts/definitions.ts";
import { LEGEND_SCRIPT, legendOf } from "../../src/report/charts/legend.ts";
import { MARKS_SCRIPT, marksOf } from "../../src/report/charts/marks.ts";
import { markersOf } from "../../src/report/moments.ts";
import { colorsOf } from "../../src/report/charts/palette.ts";
import type { DrawnChart } from "../../src/report/charts/pen.ts";
import { ROWS_SCRIPT, rowsOf } from "../../src/report/charts/rows.ts";
import { chongqing, crowded, evacuated, strange, unsure } from "./fixtures/runs.ts";

const definitionsOf = ({ document, pictures }: typeof chongqing): readonly ChartDefinition[] =>
  chartDefinitions(document, pictures);

const configure = (definition: ChartDefinition, looks: Looks) =>
  configureWith(definition, looks, legendOf(definition, looks));

const named = (definitions: readonly ChartDefinition[], name: string): ChartDefinition => {
  const found = definitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no chart ${name}`);
  return found;
};

const lines = (definition: ChartDefinition): LineChart => {
  if (definition.kind !== "lines") throw new Error("not a chart of lines");
  return definition;
};

/** Dark pixels in the upper fifth, where only title and caption stand. */
const inkOf = async (
  png: Uint8Array,
): Promise<{ readonly width: number; readonly height: number; readonly ink: number }> => {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, Math.floor(image.height / 8));
  let ink = 0;
  for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 160) ink += 1;
  return { width: image.width, height: image.height, ink };
};

describe("a picture", () => {
  it("is a PNG twice as dense as its size, and its text draws", async () => {
    const definition = named(definitionsOf(chongqing), "loss");
    const { width, height, ink } = await inkOf(await renderPng(definition));
    const blank = await inkOf(await renderPng({ ...definition, title: " ", caption: " " }));
    expect([width, height]).toEqual([2000, 1120]);
    expect(ink).toBeGreaterThan(5_000);
    expect(blank.ink).toBeLessThan(ink / 5);
  });

  it("draws with the font that comes with it", async () => {
    await renderPng(named(definitionsOf(chongqing), "loss"));
    expect(GlobalFonts.has("Inter")).toBe(true);
  });

  it("is the same bytes for the same run", async () => {
    const definition = named(definitionsOf(chongqing), "published-percent");
    expect(Buffer.compare(await renderPng(definition), await renderPng(definition))).toBe(0);
  });

  it("is drawn even where there is nothing to draw", async () => {
    for (const definition of [...definitionsOf(strange), ...definitionsOf(unsure)])
      expect((await renderPng(definition)).length).toBeGreaterThan(10_000);
  });
});

/** Calls of the pen that draw something, with where and what. */
type Call = readonly [name: string, ...given: unknown[]];

/** Returns what plugins draw on a chart whose lines lie between 100 and 900 across and 100 and 400 down. */
const written = (
  definition: ChartDefinition,
  plugins: readonly ((definition: ChartDefinition, looks: Looks) => object)[],
  { min = 0, max = 100, looks = LOOKS }: { readonly min?: number; readonly max?: number; readonly looks?: Looks } = {},
): readonly Call[] => {
  const calls: Call[] = [];
  const held = new Map<string, unknown>();
  const pen = new Proxy(
    {},
    {
      set: (_, name: string, value: unknown) => held.set(name, value).size > 0,
      get: (_, name: string) => {
        if (held.has(name)) return held.get(name);
        if (name === "measureText") return (text: string) => ({ width: 6 * text.length });
        return (...given: unknown[]) => calls.push([name, ...given]);
      },
    },
  );
  const end = definition.kind === "lines" ? definition.time.end : 100;
  const chart: DrawnChart = {
    ctx: pen,
    chartArea: { left: 100, right: 900, top: 100, bottom: 400 },
    data: { datasets: [] },
    width: 1_000,
    height: 560,
    scales: {
      x: { min: definition.kind === "lines" ? 0 : min, max, getPixelForValue: (value) => 100 + (800 * value) / end },
      y: { min, max, getPixelForValue: (value) => 400 - 3 * value },
    },
  };
  for (const plugin of plugins) {
    const { beforeDatasetsDraw, afterDatasetsDraw } = plugin(definition, looks) as Record<
      string,
      (on: DrawnChart) => void
    >;
    beforeDatasetsDraw!(chart);
    afterDatasetsDraw!(chart);
  }
  return calls;
};

const textsOf = (calls: readonly Call[]): readonly string[] =>
  calls.flatMap(([name, text]) => (name === "fillText" ? [String(text)] : []));

const ALL_RUNS = [chongqing, crowded, evacuated, strange, unsure];

describe("a judged figure", () => {
  it("stands in a chart with its limit or its published range, whatever the run", () => {
    for (const run of ALL_RUNS) {
      const rows = definitionsOf(run).flatMap((one) => (one.kind === "intervals" ? one.rows : []));
      expect(rows).toHaveLength(run.document.expect.length + run.document.thresholds.length);
      const limited = rows.slice(run.document.expect.length);
      run.document.thresholds.forEach((row, i) => {
        if (limitOf(row) !== undefined) expect(limited[i]!.limits.length).toBeGreaterThan(0);
      });
    }
    const texts = definitionsOf(chongqing).flatMap((one) => textsOf(written(one, [rowsOf])));
    expect(texts).toContain("at most 300 s");
  });

  it("lies on the allowed side of its limit if it holds", () => {
    for (const run of ALL_RUNS)
      for (const definition of definitionsOf(run))
        if (definition.kind === "intervals" && definition.isOwnScale)
          for (const { value, limits, verdict } of definition.rows)
            for (const { at, side } of limits)
              if (value !== null && verdict === "held") expect(side === "max" ? value <= at : value >= at).toBe(true);
  });

  it("is drawn with its limit among the lines that show it", () => {
    const { document, pictures } = chongqing;
    const [first] = document.expect;
    const row = {
      figure: first!.figure,
      limit: "≤ 5 %",
      max: 5,
      value: 1,
      ci95: [1, 1],
      unit: "%",
      verdict: "held",
    } as const;
    const loss = lines(named(chartDefinitions({ ...document, thresholds: [row] }, pictures), "loss"));
    expect(loss.limits.map(({ at }) => at)).toEqual([5]);
    const [mean, ...others] = pictures.charts.find(({ name }) => name === "loss")!.series;
    const worst = { ...mean!, figure: "loss.max", parts: { metric: "loss", stat: "max", labels: {} }, title: "worst" };
    const whole = { ...worst, figure: "loss.mean", parts: { ...worst.parts, stat: "mean" }, title: "mean" };
    const charts = [{ name: "loss", title: "Loss", unit: "%", series: [whole, worst, ...others] }];
    const peak = { ...row, figure: "loss.max", parts: worst.parts };
    const drawn = lines(named(chartDefinitions({ ...document, thresholds: [peak] }, { ...pictures, charts }), "loss"));
    expect(drawn.limits[0]!.text).toBe("limit: at most 5 % (worst)");
    expect(loss.limits[0]!.text).toMatch(/^limit: at most 5 % \(.+\)$/);
    const chart = { data: { datasets: [] }, isDatasetVisible: () => true };
    const { labels } = legendOf(loss, LOOKS);
    expect(labels.generateLabels(chart as never).map(({ text }) => text)).toContain(loss.limits[0]!.text);
  });
});

describe("a judged figure without data", () => {
  const { document, pictures } = chongqing;
  const [first] = document.thresholds;
  const nothing = { ...first!, limit: "≤ 5 %", max: 5, value: null, ci95: null, verdict: "unknown" } as const;
  const chartOf = (...thresholds: readonly (typeof nothing)[]): IntervalChart => {
    const chart = named(chartDefinitions({ ...document, figures: {}, thresholds }, pictures), "limits");
    if (chart.kind !== "intervals") throw new Error("not a chart of judged figures");
    return chart;
  };

  it("says so in its own row, and nothing is written over the others", () => {
    const texts = textsOf(written(chartOf(nothing, nothing), [marksOf, rowsOf]));
    expect(texts.filter((text) => /no data/i.test(text))).toEqual(["no data", "no data"]);
  });

  it("has an axis from 0 to its limit, not a broken one", () => {
    expect(chartOf(nothing).rows.map(({ begins, isCut }) => ({ begins, isCut }))).toEqual([
      { begins: "0", isCut: false },
    ]);
  });
});

it("a count of none has no interval to print or draw that reaches to everybody, and one that reaches to few", () => {
  const [row] = chongqing.document.thresholds;
  const rowsWith = (high: number) => {
    const thresholds = [{ ...row!, value: 0, unit: "", ci95: [0, high] as const, limit: "≤ 0", max: 0 }];
    const [chart] = chartDefinitions({ ...chongqing.document, thresholds }, chongqing.pictures).filter(
      ({ name }) => name === "limits",
    );
    return chart?.kind === "intervals" ? chart.rows[0]! : undefined;
  };
  expect(rowsWith(180e6)).toMatchObject({ text: "0", ci95: null });
  expect(rowsWith(0.3)?.text).toMatch(/^0\.00 \[0\.00,\s0\.30\]$/);
  expect(rowsWith(0.3)?.ci95).toHaveLength(2);
});

describe("a line", () => {
  it("is covered by no label: names of windows and marks stand outside its area", () => {
    for (const run of ALL_RUNS)
      for (const definition of definitionsOf(run).filter(({ kind }) => kind === "lines"))
        for (const [name, text, x, y] of written(definition, [marksOf]))
          if (name === "fillText" && text !== "No data")
            expect([text, (y as number) < 100 || (y as number) > 400, x]).toEqual([text, true, x]);
  });

  it("says in a picture that stands alone what its triangles are, if it has any", () => {
    const loss = lines(named(definitionsOf(chongqing), "loss"));
    const titleOf = (chart: LineChart, looks: Looks): string =>
      (configure(chart, looks).options.scales as { x: { title: { text: string } } }).x.title.text;
    expect(loss.decisions.length).toBeGreaterThan(0);
    expect(titleOf(loss, LOOKS)).toContain("(triangles: decisions of the scheduler)");
    expect(titleOf({ ...loss, decisions: [] }, LOOKS)).not.toContain("triangles");
    expect(titleOf(loss, { ...LOOKS, alone: false })).not.toContain("triangles");
  });

  it("has an axis that says so, and is broken, where it does not begin at 0", () => {
    const online = lines(named(definitionsOf(chongqing), "online"));
    const from = (least: number): LineChart => ({
      ...online,
      limit: undefined,
      series: online.series.map((one) => ({ ...one, value: [least, 100], low: [], high: [], noFault: [] })),
    });
    const titleOf = (chart: LineChart): string =>
      (configure(chart, LOOKS).options.scales as { y: { title: { text: string } } }).y.title.text;
    expect(titleOf(from(97))).toContain("axis cut: no 0");
    expect(titleOf(from(3))).not.toContain("cut");
    const strokes = (min: number): number =>
      written(from(97), [marksOf], { min }).filter(([name]) => name === "stroke").length;
    expect(strokes(96)).toBe(strokes(0) + 2);
    const published = named(definitionsOf(chongqing), "published-percent");
    const broken = (min: number): number =>
      written(published, [rowsOf], { min }).filter(([name]) => name === "stroke").length;
    expect(broken(96)).toBe(broken(0) + 2);
  });

  it("has an axis that reaches over its band, or says so and is broken where a band reaches higher", () => {
    const online = lines(named(definitionsOf(chongqing), "online"));
    const upTo = (high: number): LineChart => ({
      ...online,
      limit: undefined,
      limits: [],
      published: [],
      series: online.series.map((one) => ({ ...one, value: [1, 10], low: [1, 5], high: [2, high], noFault: [] })),
    });
    const yOf = (chart: LineChart) =>
      (configure(chart, LOOKS).options.scales as { y: { title: { text: string }; suggestedMax: number; max?: number } })
        .y;
    expect(yOf(upTo(18)).suggestedMax).toBe(18);
    expect(yOf(upTo(18)).title.text).not.toContain("higher");
    expect(yOf(upTo(90)).title.text).toContain("a band reaches higher");
    expect(yOf(upTo(90)).max).toBe(20);
    const cuts = (high: number): readonly unknown[] =>
      written(upTo(high), [marksOf], { max: 20 }).flatMap(([name, , y, width]) =>
        name === "fillRect" && width === 8 ? [y] : [],
      );
    expect(cuts(18)).toEqual([]);
    expect(cuts(90)).toEqual([105]);
  });

  it("has one colour for one centre in all charts, and no other line of a chart looks like it", () => {
    const [template] = evacuated.pictures.charts[0]!.series;
    const line = (centre: string, resource?: string) => ({
      ...template!,
      figure: `centre.load.max{centre=${centre},resource=${String(resource)}}`,
      parts: {
        metric: "centre.load",
        stat: "max",
        labels: { centre: [centre], ...(resource === undefined ? {} : { resource: [resource] }) },
      },
      title: resource === undefined ? `Centre ${centre}` : `${centre}, ${resource}`,
    });
    const chartOf = (name: string, series: readonly ReturnType<typeof line>[]) => ({
      name,
      title: name,
      unit: "%",
      series,
    });
    const [servers, load] = chartDefinitions(
      { ...evacuated.document, expect: [], thresholds: [] },
      {
        ...evacuated.pictures,
        charts: [
          chartOf("servers", [line("north"), line("shanghai")]),
          chartOf(
            "load",
            ["shanghai", "north"].flatMap((centre) => [line(centre, "logins"), line(centre, "storage")]),
          ),
        ],
      },
    ).map(lines);
    const [north, shanghai] = servers!.series.map(({ color }) => color);
    expect(north).not.toBe(shanghai);
    expect(load!.series.map(({ color, shade }) => [color, shade])).toEqual([
      [shanghai, 0],
      [shanghai, 1],
      [north, 0],
      [north, 1],
    ]);
    const drawn = configure(load!, LOOKS).data.datasets.map(({ borderColor }) => borderColor);
    expect(new Set(drawn).size).toBe(4);
  });

  it("has the colour of its centre in all pages of a world, whatever is judged and drawn first", () => {
    const [template] = evacuated.pictures.charts[0]!.series;
    const colorIn = (centre: string, ...drawn: readonly string[]): number => {
      const series = drawn.map((name) => ({
        ...template!,
        figure: `server.load.max{centre=${name}}`,
        parts: { metric: "server.load", stat: "max", labels: { centre: [name] } },
        title: name,
      }));
      const charts = [{ name: "load", title: "Load", unit: "%", series }];
      const chart = lines(
        named(
          chartDefinitions(
            { ...evacuated.document, expect: [], thresholds: [] },
            { ...evacuated.pictures, charts, centres: ["east", "north", "west"] },
          ),
          "load",
        ),
      );
      return chart.series[drawn.indexOf(centre)]!.color;
    };
    const colors = [colorIn("east", "west", "east"), colorIn("east", "east", "north"), colorIn("east", "east")];
    expect(colors).toEqual([0, 0, 0]);
    expect([colorIn("west", "west", "east"), colorIn("west", "west")]).toEqual([2, 2]);
  });

  it("keeps its colour beside any others, as long as there are colours", () => {
    const charts = [
      ["shenzhen", "shanghai"],
      ["everybody"],
      ["shanghai", "north", "shenzhen"],
      ["everybody", "hainan"],
    ];
    const colors = colorsOf(charts);
    for (const chart of charts) expect(new Set(chart.map((one) => colors.get(one))).size).toBe(chart.length);
    expect(new Set(colors.values()).size).toBe(5);
  });
});

describe("the texts of a chart", () => {
  it("have no sign that the font of pictures lacks", () => {
    for (const run of ALL_RUNS)
      for (const definition of definitionsOf(run).filter(({ name }) => !name.startsWith("published")))
        expect(textsOf(written(definition, [marksOf, rowsOf])).join(" ")).not.toMatch(/[≤≥]/);
  });

  it("name rows where there is no room beside them", () => {
    const limits = named(definitionsOf(chongqing), "limits");
    const { y } = configure(limits, { ...LOOKS, narrow: true }).options.scales as {
      y: { ticks: { display: boolean } };
    };
    expect(y.ticks.display).toBe(false);
    if (limits.kind === "intervals")
      expect(textsOf(written(limits, [rowsOf], { looks: { ...LOOKS, narrow: true } })).join(" ")).toContain(
        limits.rows[0]!.label[0]!.split(" ")[0]!,
      );
  });
});

describe("a definition", () => {
  it("numbers the moments of faults and interventions, several of one instant under one number", () => {
    expect(markersOf(chongqing.document).map(({ at, number }) => [at, number])).toEqual([
      [2400, "1"],
      [2700, "2"],
      [5700, "3"],
      [7500, "4"],
    ]);
  });

  it("sets the published band over its window, on the series that it speaks of", () => {
    const loss = lines(named(definitionsOf(chongqing), "loss"));
    expect(loss.published).toMatchObject([
      { from: 50, to: 95, min: 3, max: 4, text: "published 3–4 % (Chongqing Unicom 2G/3G)" },
      { from: 140, to: 180, min: 1, max: 2, text: "published 1–2 % (Chongqing Unicom 2G/3G)" },
    ]);
    expect(lines(named(definitionsOf(chongqing), "logins")).published).toEqual([]);
  });

  it("counts millions as millions", () => {
    const online = lines(named(definitionsOf(chongqing), "online"));
    expect(online.unit).toBe("million people");
    expect(online.series[0]?.value[0]).toBeCloseTo(179.6, 0);
  });

  it("says in words and as a table what it shows", () => {
    for (const { description, table } of [...definitionsOf(chongqing), ...definitionsOf(crowded)]) {
      expect(description.length).toBeGreaterThan(20);
      expect(table.rows.length).toBeGreaterThan(1);
      for (const row of table.rows) expect(row).toHaveLength(table.header.length);
    }
  });

  it("never puts more published figures on one picture than can be read, and gives each picture its own name", () => {
    const row = chongqing.document.expect[0];
    if (row === undefined) throw new Error("fixture lost its rows");
    const expected = Array.from({ length: 19 }, (_, i) => ({ ...row, unit: i < 17 ? "%" : "s" }));
    const definitions = chartDefinitions(
      { ...chongqing.document, expect: expected, thresholds: [] },
      { ...chongqing.pictures, charts: [] },
    );
    expect(definitions.map(({ name }) => name)).toEqual([
      "published-percent",
      "published-percent-2",
      "published-percent-3",
      "published-s".replace("-s", "-seconds"),
    ]);
  });
});

describe("a chart of how full things are", () => {
  const looks = LOOKS;
  const chart = (name: string): LineChart => lines(named(definitionsOf(evacuated), `${name}-shanghai`));
  const axisOf = (name: string) => (configure(chart(name), looks).options.scales as { y: object }).y;

  it("always shows where all is used, on no other chart", () => {
    expect(chart("load").limit?.at).toBe(100);
    expect(chart("headroom").limit?.at).toBe(0);
    expect(chart("margin").limit?.at).toBe(0);
    expect(lines(named(definitionsOf(chongqing), "loss")).limit).toBeUndefined();
    const low = { ...chart("load"), series: chart("load").series.slice(0, 1) };
    const { y } = configure(low, looks).options.scales as { y: { suggestedMax?: number; max?: number } };
    expect(Math.max(y.suggestedMax ?? 0, y.max ?? 0)).toBe(100);
  });

  it("draws plenty as plenty, says so, and keeps what it was", () => {
    const { title, series, description } = chart("margin");
    expect(title).toBe("margin · Shanghai, more than 100 % drawn as 100 %");
    expect(series[1]).toMatchObject({ value: [800, 40, null], low: [null, 30, null], high: [null, 50, null] });
    const { datasets } = configure(chart("margin"), looks).data;
    expect(datasets[2]!.data).toMatchObject([{ y: 100 }, { y: 40 }, { y: null }]);
    expect(axisOf("margin")).toMatchObject({ suggestedMin: 0, max: 100 });
    expect(description).toContain("access: from 40 to 800 %");
    expect(chart("load").title).toBe("load · Shanghai");
  });

  it("tells of what is left when it is least, and of load when it is most", () => {
    const twin = "without fault and intervention";
    expect(chart("load").description).toContain(`logic: from 40 to 60 %, highest at 0:01:00; ${twin} at most 60 %`);
    expect(chart("margin").description).toContain(`logic: from 40 to 60 %, lowest at 0:02:00; ${twin} at least 60 %`);
  });
});

describe("the page's copy of the drawing code", () => {
  it("makes of a definition what the pictures are made of", () => {
    const scope = vm.createContext({});
    const scripts = [DIGITS_SCRIPT, MARKS_SCRIPT, ROWS_SCRIPT, LEGEND_SCRIPT, CONFIGURE_SCRIPT].join("\n");
    vm.runInContext(
      `${scripts}\nObject.assign(this, { configure, legendOf, marksOf, rowsOf, printFixed, printShort });`,
      scope,
    );
    const inPage = scope as {
      readonly configure: typeof configureWith;
      readonly legendOf: typeof legendOf;
      readonly marksOf: typeof marksOf;
      readonly rowsOf: typeof rowsOf;
      readonly printFixed: Looks["fixed"];
    };
    for (const definition of [chongqing, evacuated, strange].flatMap(definitionsOf)) {
      const made = inPage.configure(definition, LOOKS, inPage.legendOf(definition, LOOKS));
      expect(JSON.stringify(made)).toBe(JSON.stringify(configure(definition, LOOKS)));
      const drawn = (marks: typeof marksOf, rows: typeof rowsOf) => written(definition, [marks, rows]);
      expect(drawn(inPage.marksOf, inPage.rowsOf)).toEqual(drawn(marksOf, rowsOf));
    }
    expect(inPage.printFixed(-1_234.5, 1)).toBe("−1,234.5");
  });

  it("marks of a figure that was cut off what was seen of it, not its mean", () => {
    const [first, ...rest] = chongqing.document.expect;
    const row = { ...first!, value: 1_700, ci95: [100, 4_800], atLeast: true } as const;
    const marked = (seen: number | null) => {
      const cutOff = { n: 1, of: 3, seen, beyond: 4_800 };
      const document = { ...chongqing.document, expect: [{ ...row, cutOff }, ...rest] };
      const definition = named(chartDefinitions(document, chongqing.pictures), "published-percent");
      return definition.kind === "intervals" ? definition.rows[0]!.value : undefined;
    };
    expect([marked(150), marked(null)]).toEqual([150, null]);
  });
});

import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { renderPng } from "../../src/report/charts.ts";
import { configure, CONFIGURE_SCRIPT } from "../../src/report/configure.ts";
import { chartDefinitions, type ChartDefinition, type LineChart } from "../../src/report/definitions.ts";
import { MARKS_SCRIPT } from "../../src/report/marks.ts";
import { markersOf } from "../../src/report/moments.ts";
import { LIGHT } from "../../src/report/palette.ts";
import { chongqing, crowded, evacuated, strange, unsure } from "./fixtures/runs.ts";

const definitionsOf = ({ document, pictures }: typeof chongqing): readonly ChartDefinition[] =>
  chartDefinitions(document, pictures);

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
    expect(loss.published).toEqual([
      { from: 50, to: 95, min: 3, max: 4, text: "published 3–4 %" },
      { from: 140, to: 180, min: 1, max: 2, text: "published 1–2 %" },
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
      { ...chongqing.document, expect: expected },
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
  const looks = { palette: LIGHT, font: "Inter", alone: true };
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
    vm.runInContext(`${MARKS_SCRIPT}\n${CONFIGURE_SCRIPT}\nthis.configure = configure; this.marksOf = marksOf;`, scope);
    const inPage = scope as { readonly configure: typeof configure };
    const looks = { palette: LIGHT, font: "Inter", alone: true };
    for (const definition of [chongqing, evacuated, strange].flatMap(definitionsOf))
      expect(JSON.stringify(inPage.configure(definition, looks))).toBe(JSON.stringify(configure(definition, looks)));
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

/**
 * Draws charts as PNG, one at a time and asynchronously, as many at once would keep all their pixels in memory. The font
 * comes with the tool, as a bare machine has none and would draw no text.
 */
import { createRequire } from "node:module";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import { configure, type Looks } from "./configure.ts";
import type { ChartDefinition } from "./chart.ts";
import { printFixed } from "../../base/digits.ts";
import { legendOf } from "./legend.ts";
import { LIGHT } from "./palette.ts";
import { marksOf } from "./marks.ts";
import { rowsOf } from "./rows.ts";

const WIDTH = 1000;
const HEIGHT = 560;
const PIXEL_RATIO = 2;
const FONT = "Inter";
const FONT_FILES = ["latin-400", "latin-600", "latin-ext-400", "latin-ext-600"];

/** The look of pictures that stand alone. */
export const LOOKS: Looks = { palette: LIGHT, font: FONT, alone: true, narrow: false, fixed: printFixed };

type Configuration = Parameters<ChartJSNodeCanvas["renderToBuffer"]>[0];

let renderer: ChartJSNodeCanvas | undefined;

/** Returns the shared renderer, whose fonts are registered before the first canvas exists. */
const rendererOf = (): ChartJSNodeCanvas => {
  if (renderer !== undefined) return renderer;
  const made = new ChartJSNodeCanvas({ width: WIDTH, height: HEIGHT });
  const { resolve } = createRequire(import.meta.url);
  for (const name of FONT_FILES)
    made.registerFont(resolve(`@fontsource/inter/files/inter-${name}-normal.woff2`), { family: FONT });
  renderer = made;
  return made;
};

/** Draws a PNG of 2000 × 1120 pixels on white, title and key included. */
export const renderPng = async (definition: ChartDefinition): Promise<Uint8Array> => {
  const configured = configure(definition, LOOKS, legendOf(definition, LOOKS));
  return drawPng({ ...configured, plugins: [marksOf(definition, LOOKS), rowsOf(definition, LOOKS)] });
};

/** Draws a chart.js configuration as a PNG of 2000 × 1120 pixels. */
export const drawPng = async (configured: {
  readonly options: object;
  readonly plugins?: unknown;
}): Promise<Uint8Array> => {
  const options = { ...configured.options, devicePixelRatio: PIXEL_RATIO };
  return rendererOf().renderToBuffer({ ...configured, options } as unknown as Configuration);
};

/**
 * Renders a run as one HTML file. It loads nothing (its content policy forbids it), contains the data of its charts, and is
 * complete without scripts and pictures.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ChartDefinition, LineChart } from "../charts/chart.ts";
import type { ReportedRun } from "../finished.ts";
import { assumptionSection, methodSection, reproduceSection } from "./footing.ts";
import { html, jsonMarkup, Markup, NOTHING } from "./markup.ts";
import { shorten } from "./repeats.ts";
import { PAGE_SCRIPT } from "./script.ts";
import type { PageLimits } from "./pieces.ts";
import { eventSection, heading, keySection } from "./sections.ts";
import { mapSection } from "./tiles.ts";
import { STYLES } from "./styles.ts";
import { chartSection, figureSection, publishedSection, thresholdSection } from "./tables.ts";

/** Bytes that mail and review tools still show inline. */
const LARGEST = 500_000;
const SAFETY = 15_000;
/** The least number of bytes for the data of charts. */
const LEAST_DATA = 85_000;
/** Shares of the long lists that are shown, tried in turn. */
const SHARES = [1, 0.8, 0.6, 0.45, 0.35, 0.25, 0.15, 0.1, 0.05];
const POINTS = [Infinity, 720, 360, 240, 180, 120, 90, 60, 40, 20, 10];
const DIGITS = 4;

/** Returns chart.js for browsers, without its reference to a source map and without addresses in its comments. */
const chartLibrary = (): string => {
  const folder = dirname(createRequire(import.meta.url).resolve("chart.js"));
  const text = readFileSync(join(folder, "chart.umd.min.js"), "utf8");
  return text.replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "").replaceAll(/\bhttps?:\/\//g, "");
};

const every = <Item>(items: readonly Item[], step: number): readonly Item[] => items.filter((_, i) => i % step === 0);

const thinned = (definition: ChartDefinition, most: number): ChartDefinition => {
  if (definition.kind === "intervals") return definition;
  const thin = (series: LineChart["series"][number]): LineChart["series"][number] => {
    const step = Math.max(1, Math.ceil(series.at.length / most));
    const { at, value, low, high, noFault } = series;
    return {
      ...series,
      at: every(at, step),
      value: every(value, step),
      low: every(low, step),
      high: every(high, step),
      ...(noFault === undefined ? {} : { noFault: every(noFault, step) }),
    };
  };
  return { ...definition, series: definition.series.map(thin) };
};

/** Returns the data that the script draws from, without the tables, which are in the page already. */
const dataOf = (definitions: readonly ChartDefinition[], most: number): Markup =>
  jsonMarkup(
    shorten(definitions.map((definition) => rounded(thinned(definition, most)))).map((definition) => ({
      ...definition,
      table: undefined,
      description: undefined,
    })),
  );

const rounded = (definition: ChartDefinition): ChartDefinition =>
  JSON.parse(
    JSON.stringify(definition, (_, value: unknown) =>
      typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value,
    ),
  ) as ChartDefinition;

/** Returns the lengths of lists; charts and assumptions are shortened last, as all numbers depend on them. */
const limitsOf = (share: number): PageLimits => ({
  events: Math.ceil(400 * share),
  decisions: Math.ceil(400 * share),
  charts: Math.ceil(48 * Math.min(1, 8 * share)),
  figures: Math.ceil(300 * share),
  assumptions: Math.ceil(1000 * Math.min(1, 10 * share)),
});

const sizeOf = ({ markup }: Markup): number => Buffer.byteLength(markup);

const fitting = (definitions: readonly ChartDefinition[], room: number): Markup => {
  for (const most of POINTS) {
    const data = dataOf(definitions, most);
    if (sizeOf(data) <= room) return data;
  }
  return dataOf(definitions.slice(0, 1), 10);
};

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const PARTS = [
  ["figures", "Key figures"],
  ["regions", "Regions"],
  ["charts", "Charts"],
  ["published", "Published and simulated"],
  ["thresholds", "Thresholds"],
  ["events", "Events"],
  ["all-figures", "All figures"],
  ["assumptions", "Assumptions"],
  ["method", "Method"],
  ["reproduce", "Reproduce"],
] as const;

const raw = (markup: string): Markup => new Markup(markup);

const contents = (main: Markup): Markup =>
  html`<nav aria-label="On this page">
    <ul>
      ${PARTS.filter(([id]) => main.markup.includes(`<section id="${id}"`)).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;

const head = (title: string, policy: string): Markup =>
  html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · Firedrill</title>
    ${raw(`<style>${STYLES}</style>`)}
  </head>`;

/** Returns the page without the data of its charts. */
const bodyOf = (run: ReportedRun, definitions: readonly ChartDefinition[], limits: PageLimits): Markup => {
  const { document, pictures } = run;
  const main = [
    keySection(document, pictures),
    mapSection(document, pictures),
    chartSection(document, definitions, limits),
    publishedSection(document),
    thresholdSection(document),
    eventSection(run, limits),
    figureSection(document, limits),
    assumptionSection(document, limits),
    methodSection(document),
    reproduceSection(run),
  ];
  return html`<a class="skip" href="#main">To the findings</a>
    <header>${heading(run)}${contents(html`${main}`)}</header>
    <main id="main" tabindex="-1">${main}</main>
    <footer>Firedrill ${document.tool}</footer>`;
};

/** Returns the longest page that fits: long lists have their first entries and the number of those left out. */
const fittingBody = (run: ReportedRun, definitions: readonly ChartDefinition[], room: number) => {
  for (const share of SHARES) {
    const limits = limitsOf(share);
    const body = bodyOf(run, definitions, limits);
    if (sizeOf(body) <= room || share === SHARES.at(-1)) return { body, shown: definitions.slice(0, limits.charts) };
  }
  return { body: NOTHING, shown: [] };
};

/** Returns the whole page, at most 500 KB for any run. */
export const renderPage = (run: ReportedRun, definitions: readonly ChartDefinition[]): string => {
  const library = chartLibrary();
  const policy = `default-src 'none'; script-src ${hashOf(library)} ${hashOf(PAGE_SCRIPT)}; style-src ${hashOf(STYLES)}; base-uri 'none'; form-action 'none'`;
  const top = head(run.document.scenario.title, policy);
  const scripts = raw(`<script>${library}</script>\n<script>${PAGE_SCRIPT}</script>`);
  const room = LARGEST - SAFETY - sizeOf(top) - sizeOf(scripts);
  const { body, shown } = fittingBody(run, definitions, room - LEAST_DATA);
  const data = raw(
    `<script type="application/json" id="chart-data">${fitting(shown, room - sizeOf(body)).markup}</script>`,
  );
  return html`<!doctype html>
    <html lang="en">
      ${top}
      <body>
        ${body} ${data} ${scripts}
      </body>
    </html> `.markup;
};

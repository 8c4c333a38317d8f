/** The script of the page: charts in the reader's colours, a filter for the assumptions, printing, copying. */
import { DIGITS_SCRIPT } from "../../base/digits.ts";
import { CONFIGURE_SCRIPT } from "../charts/configure.ts";
import { LEGEND_SCRIPT } from "../charts/legend.ts";
import { MARKS_SCRIPT } from "../charts/marks.ts";
import { DARK, LIGHT } from "../charts/palette.ts";
import { ROWS_SCRIPT } from "../charts/rows.ts";
import { COMMON, restore } from "./repeats.ts";

const PAGE = `
const root = document.documentElement;
root.classList.add("scripted");
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const definitions = restore(JSON.parse(find("#chart-data").textContent), COMMON);
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
const font = getComputedStyle(document.body).fontFamily;
const small = matchMedia("(max-width: 640px)");
const LEAST_HEIGHT = 190;
let drawn = [];

const clock = (value, unit) => {
  const seconds = Math.round(value * (unit === "hours" ? 3600 : unit === "minutes" ? 60 : 1));
  const two = (count) => String(count).padStart(2, "0");
  return Math.floor(seconds / 3600) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
};
const digits = (value) => (value === null || value === undefined ? "no data" : printShort(value, 4));

const tooltipOf = (definition) => ({
  callbacks: {
    title: (items) =>
      definition.kind === "lines" ? clock(items[0].parsed.x, definition.time.unit) : String(items[0].label).replaceAll(",", " · "),
    label: (item) => {
      if (definition.kind === "intervals") {
        const row = definition.rows[item.dataIndex];
        if (definition.isOwnScale) return row.text + ", limit " + row.limits.map((limit) => limit.text).join(" and ");
        const raw = item.raw;
        return item.dataset.label + ": " + (Array.isArray(raw) ? raw.map(digits).join(" – ") : digits(raw)) + " " + definition.unit;
      }
      const series = definition.series.find((one) => one.label === item.dataset.label);
      const range = series && series.low[item.dataIndex] != null
        ? " [" + digits(series.low[item.dataIndex]) + ", " + digits(series.high[item.dataIndex]) + "]" : "";
      return item.dataset.label + ": " + digits(item.parsed.y) + " " + definition.unit + range;
    },
  },
});

const drawAll = (palette) => {
  drawn.forEach((chart) => chart.destroy());
  drawn = definitions.map((definition) => {
    const looks = { palette, font, alone: false, narrow: small.matches, fixed: printFixed };
    const plugins = [marksOf(definition, looks), rowsOf(definition, looks)];
    const configuration = { ...configure(definition, looks, legendOf(definition, looks)), plugins };
    configuration.options.plugins.tooltip = tooltipOf(definition);
    const canvas = document.getElementById("chart-" + definition.name);
    const box = canvas.parentElement;
    box.style.height = "";
    const chart = new Chart(canvas, configuration);
    const lacking = LEAST_HEIGHT - (chart.chartArea.bottom - chart.chartArea.top);
    if (lacking > 0) {
      box.style.height = box.clientHeight + lacking + "px";
      chart.resize();
    }
    return chart;
  });
};
const redraw = () => drawAll(isDark() ? DARK : LIGHT);
small.addEventListener("change", redraw);

const themeButton = find("#theme");
const nameTheme = () => { themeButton.textContent = isDark() ? "Light colours" : "Dark colours"; };
themeButton.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); redraw(); });
system.addEventListener("change", () => { nameTheme(); redraw(); });

const copyButton = find("#copy");
copyButton.addEventListener("click", async () => {
  const line = find("#reproduce-line");
  try {
    await navigator.clipboard.writeText(line.textContent);
    copyButton.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(line);
    copyButton.textContent = "Selected: press Ctrl+C";
  }
});

const words = find("#assumption-words");
const provenance = find("#assumption-provenance");
const filter = () => {
  const wanted = words.value.trim().toLowerCase();
  const kind = provenance.value;
  const isFiltering = wanted !== "" || kind !== "";
  let count = 0;
  all("#assumption-list .group").forEach((group) => {
    let here = 0;
    const sources = [...group.querySelectorAll(".sources li")].map((one) => one.textContent);
    group.querySelectorAll("tbody tr").forEach((row) => {
      const text = row.textContent + " " + sources[Number(row.lastElementChild.textContent) - 1];
      const fits = (kind === "" || row.dataset.provenance === kind) && text.toLowerCase().includes(wanted);
      row.hidden = !fits;
      here += fits ? 1 : 0;
    });
    group.hidden = here === 0;
    if (isFiltering && here > 0) group.open = true;
    count += here;
  });
  find("#assumption-count").textContent = count + " shown";
};
if (words) { words.addEventListener("input", filter); provenance.addEventListener("change", filter); }

const printedHeight = (one) => (one.kind === "lines" ? 300 : 112 + 78 * one.rows.length);

let opened = [];
addEventListener("beforeprint", () => {
  opened = all("#thresholds details:not([open]), #all-figures details:not([open]), #assumptions details:not([open])");
  opened.forEach((one) => { one.open = true; });
  drawAll(LIGHT);
  drawn.forEach((chart, i) => chart.resize(680, printedHeight(definitions[i])));
});
addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); redraw(); });

nameTheme();
redraw();
`;

/** The page's own script, which runs after chart.js. */
export const PAGE_SCRIPT = `"use strict";
(() => {
const LIGHT = ${JSON.stringify(LIGHT)};
const DARK = ${JSON.stringify(DARK)};
const COMMON = ${JSON.stringify(COMMON)};
const restore = ${restore.toString()};
${DIGITS_SCRIPT}
${MARKS_SCRIPT}
${ROWS_SCRIPT}
${LEGEND_SCRIPT}
${CONFIGURE_SCRIPT}
${PAGE}})();`;

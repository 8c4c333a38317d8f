/**
 * Draws everything on a chart except lines and bars: windows, bands, published ranges, numbered events. These functions run
 * here for PNG and, as text, inside the report page, so they use no imported value.
 */
import type { Looks } from "./configure.ts";
import type { ChartDefinition, IntervalChart, LineChart } from "./definitions.ts";
import type { DrawnChart, Frame, Pen } from "./pen.ts";

const frameOf = (chart: DrawnChart, looks: Looks): Frame => ({
  pen: chart.ctx as Pen,
  area: chart.chartArea,
  looks,
  width: chart.width,
  height: chart.height,
  x: (value) => chart.scales["x"]?.getPixelForValue(value) ?? 0,
  y: (value) => chart.scales["y"]?.getPixelForValue(value) ?? 0,
});

const drawWindows = ({ pen, area, looks, x }: Frame, windows: LineChart["windows"]): void => {
  for (const { from, to } of windows) {
    const [left, right] = [Math.max(area.left, x(from)), Math.min(area.right, x(to))];
    if (right <= left) continue;
    pen.fillStyle = looks.palette.window;
    pen.fillRect(left, area.top, right - left, area.bottom - area.top - 1);
    pen.fillStyle = looks.palette.grid;
    pen.fillRect(left, area.top, 1, area.bottom - area.top - 1);
    pen.fillRect(right - 1, area.top, 1, area.bottom - area.top - 1);
  }
};

/** Writes text over lines, on a background of its own. */
const writeOver = ({ pen, looks }: Frame, text: string, left: number, top: number, color: string): void => {
  pen.font = `600 11px ${looks.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "top";
  pen.fillStyle = looks.palette.background;
  pen.globalAlpha = 0.75;
  pen.fillRect(left - 3, top - 2, pen.measureText(text).width + 6, 15);
  pen.globalAlpha = 1;
  pen.fillStyle = color;
  pen.fillText(text, left, top);
};

const nameWindows = (frame: Frame, windows: LineChart["windows"]): void => {
  const { pen, area, looks, x } = frame;
  const ends: number[] = [];
  for (const { name, from, to } of windows) {
    const left = Math.max(area.left, x(from));
    if (Math.min(area.right, x(to)) <= left) continue;
    const free = ends.findIndex((end) => end <= left);
    const row = free < 0 ? ends.length : free;
    writeOver(frame, name, left + 5, area.top + 5 + row * 14, looks.palette.muted);
    ends[row] = left + 10 + pen.measureText(name).width;
  }
};

const drawBand = ({ pen, x, y }: Frame, series: LineChart["series"][number], color: string): void => {
  const flush = (points: readonly (readonly [number, number, number])[]): void => {
    if (points.length < 2) return;
    pen.beginPath();
    points.forEach(([at, , high], i) => (i === 0 ? pen.moveTo(x(at), y(high)) : pen.lineTo(x(at), y(high))));
    points.toReversed().forEach(([at, low]) => pen.lineTo(x(at), y(low)));
    pen.closePath();
    pen.fill();
  };
  pen.fillStyle = color;
  pen.globalAlpha = 0.2;
  let run: [number, number, number][] = [];
  series.at.forEach((at, i) => {
    const [low, high] = [series.low[i] ?? null, series.high[i] ?? null];
    if (low !== null && high !== null) run.push([at, low, high]);
    else {
      flush(run);
      run = [];
    }
  });
  flush(run);
  pen.globalAlpha = 1;
};

const drawPublished = ({ pen, looks, x, y, area }: Frame, bands: LineChart["published"]): void => {
  pen.font = `600 11px ${looks.font}`;
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  for (const { from, to, min, max, text } of bands) {
    if (y(min) < area.top) {
      pen.fillStyle = looks.palette.published;
      pen.textBaseline = "top";
      pen.fillText(`${text} ↑`, Math.max(x(to), area.left + 120) - 4, area.top + 30);
      continue;
    }
    const [left, right, top, bottom] = [x(from), x(to), y(max), Math.max(y(min), y(max) + 2)];
    pen.fillStyle = looks.palette.published;
    pen.globalAlpha = 0.16;
    pen.fillRect(left, top, right - left, bottom - top);
    pen.globalAlpha = 1;
    pen.strokeStyle = looks.palette.published;
    pen.lineWidth = 1.5;
    pen.setLineDash([]);
    pen.strokeRect(left, top, right - left, bottom - top);
    const above = top - 4 > area.top + 30;
    pen.textBaseline = above ? "bottom" : "top";
    pen.fillText(text, right - 4, above ? top - 3 : bottom + 4);
  }
};

/** Draws a level across the chart, such as full capacity. */
const drawLimit = (frame: Frame, limit: LineChart["limit"]): void => {
  if (limit === undefined) return;
  const { pen, area, looks, y } = frame;
  const height = Math.round(y(limit.at)) + 0.5;
  if (height < area.top - 1 || height > area.bottom + 1) return;
  pen.strokeStyle = looks.palette.broken;
  pen.lineWidth = 1.5;
  pen.setLineDash([10, 3, 2, 3]);
  pen.beginPath();
  pen.moveTo(area.left, height);
  pen.lineTo(area.right, height);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `600 11px ${looks.font}`;
  const isAtTop = height - 18 < area.top;
  const left = area.right - 6 - pen.measureText(limit.text).width;
  writeOver(frame, limit.text, left, isAtTop ? height + 5 : height - 16, looks.palette.broken);
};

const drawMarkers = ({ pen, area, looks, x }: Frame, markers: LineChart["markers"]): void => {
  pen.font = `600 11px ${looks.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  let last = -Infinity;
  for (const { at, number } of markers) {
    const place = Math.round(x(at)) + 0.5;
    if (place < area.left - 1 || place > area.right + 1) continue;
    pen.strokeStyle = looks.palette.muted;
    pen.lineWidth = 1;
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(place, area.top - 4);
    pen.lineTo(place, area.bottom);
    pen.stroke();
    pen.setLineDash([]);
    const badge = Math.max(place, last + 18);
    last = badge;
    pen.fillStyle = looks.palette.text;
    pen.beginPath();
    pen.arc(badge, area.top - 13, 8.5, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = looks.palette.background;
    pen.fillText(number, badge, area.top - 12.5);
  }
};

const drawDecisions = ({ pen, area, looks, x }: Frame, decisions: readonly number[]): void => {
  pen.fillStyle = looks.palette.text;
  for (const at of decisions) {
    const place = x(at);
    pen.beginPath();
    pen.moveTo(place, area.bottom - 7);
    pen.lineTo(place - 4, area.bottom);
    pen.lineTo(place + 4, area.bottom);
    pen.closePath();
    pen.fill();
  }
};

/** Writes the key to the numbered marks at the picture's foot; texts that do not fit end in three dots. */
const drawKey = ({ pen, looks, width, height }: Frame, definition: LineChart): void => {
  const { rows, columns, lineHeight } = definition.key;
  const columnWidth = (width - 48) / columns;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  definition.markers.forEach(({ number, text }, i) => {
    const left = 24 + Math.floor(i / rows) * columnWidth;
    const top = height - 14 - (rows - 1 - (i % rows)) * lineHeight;
    pen.font = `600 12px ${looks.font}`;
    pen.fillStyle = looks.palette.text;
    pen.fillText(number, left, top);
    pen.font = `12px ${looks.font}`;
    pen.fillStyle = looks.palette.muted;
    let shown = text;
    while (shown.length > 1 && pen.measureText(shown).width > columnWidth - 40)
      shown = `${shown.slice(0, -2).trimEnd()}…`;
    pen.fillText(shown, left + 22, top);
  });
};

/** Writes each simulated value above its mark. */
const drawValues = ({ pen, looks, x, y, area }: Frame, rows: IntervalChart["rows"]): void => {
  pen.font = `600 12px ${looks.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  rows.forEach(({ value, text, verdict }, i) => {
    const half = pen.measureText(text).width / 2;
    const middle = value === null ? (area.left + area.right) / 2 : x(value);
    pen.fillStyle = looks.palette[verdict];
    pen.fillText(text, Math.min(area.right - half, Math.max(area.left + half + 4, middle)), y(i) - 16);
  });
};

const drawNothing = ({ pen, area, looks }: Frame): void => {
  pen.font = `600 16px ${looks.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = looks.palette.muted;
  pen.fillText("No data", (area.left + area.right) / 2, (area.top + area.bottom) / 2);
};

const hasValues = (definition: ChartDefinition): boolean =>
  definition.kind === "lines"
    ? definition.series.some(({ value }) => value.some((one) => one !== null))
    : definition.rows.some(({ value, published }) => value !== null || published !== null);

/** Makes the legend higher, so that the numbered marks fit between it and the chart. */
const roomForBadges = ({ legend }: DrawnChart): void => {
  if (legend === undefined) return;
  const fit = legend.fit.bind(legend);
  legend.fit = () => {
    fit();
    legend.height += 24;
  };
};

/** Returns a chart.js plugin that draws everything except lines and bars. */
export const marksOf = (definition: ChartDefinition, looks: Looks) => ({
  id: "marks",
  beforeInit: (chart: DrawnChart): void => {
    if (definition.kind === "lines" && definition.markers.length > 0) roomForBadges(chart);
  },
  beforeDraw: (chart: DrawnChart): void => {
    const { pen, width, height } = frameOf(chart, looks);
    pen.fillStyle = looks.palette.background;
    pen.fillRect(0, 0, width, height);
  },
  beforeDatasetsDraw: (chart: DrawnChart): void => {
    if (definition.kind === "intervals") return;
    const frame = frameOf(chart, looks);
    frame.pen.save();
    drawWindows(frame, definition.windows);
    frame.pen.beginPath();
    frame.pen.rect(
      frame.area.left,
      frame.area.top,
      frame.area.right - frame.area.left,
      frame.area.bottom - frame.area.top,
    );
    frame.pen.clip();
    const lines = chart.data.datasets.filter(({ twin }) => twin !== true);
    definition.series.forEach((series, i) => drawBand(frame, series, String(lines[i]?.borderColor)));
    frame.pen.restore();
  },
  afterDatasetsDraw: (chart: DrawnChart): void => {
    const frame = frameOf(chart, looks);
    frame.pen.save();
    if (definition.kind === "lines") {
      drawPublished(frame, definition.published);
      nameWindows(frame, definition.windows);
      drawLimit(frame, definition.limit);
      drawMarkers(frame, definition.markers);
      drawDecisions(frame, definition.decisions);
      if (looks.alone) drawKey(frame, definition);
    }
    if (definition.kind === "intervals") drawValues(frame, definition.rows);
    if (!hasValues(definition)) drawNothing(frame);
    frame.pen.restore();
  },
});

/** A script that declares the functions above. */
export const MARKS_SCRIPT = Object.entries({
  frameOf,
  drawWindows,
  writeOver,
  nameWindows,
  drawBand,
  drawPublished,
  drawLimit,
  drawMarkers,
  drawDecisions,
  drawKey,
  drawValues,
  drawNothing,
  hasValues,
  roomForBadges,
  marksOf,
})
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");

/**
 * Draws everything on a chart of lines except the lines: windows, bands, published ranges, limits, numbered events. Names of
 * windows stand in a strip above the lines, and those of levels in the legend, so that no label covers a line. These functions
 * run here for PNG and, as text, inside the report page, so they use no imported value.
 */
import type { Looks } from "./configure.ts";
import type { ChartDefinition, LineChart } from "./chart.ts";
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

/** Heights in the strip above the lines: of the numbered marks, and of each row of windows. */
const stripSizes = () => ({ badges: 24, row: 17, gap: 4 });

/**
 * Returns the row of each window in the strip, in which its bar and its name run into no other; a name is moved to the left
 * where it would leave the picture.
 */
const stripRows = (
  { pen, looks, area }: Pick<Frame, "pen" | "looks" | "area">,
  windows: LineChart["windows"],
  x: (value: number) => number,
) => {
  pen.font = `600 11px ${looks.font}`;
  const taken: [number, number][][] = [];
  return windows.flatMap(({ name, from, to }) => {
    const [begins, ends] = [Math.max(area.left, x(from)), Math.min(area.right, x(to))];
    if (ends <= begins) return [];
    const width = pen.measureText(name).width;
    const left = Math.max(area.left, Math.min(begins, area.right - width));
    const [low, high] = [Math.min(left, begins), Math.max(left + width, ends) + 8];
    const free = taken.findIndex((row) => row.every(([one, other]) => high <= one || low >= other));
    const row = free < 0 ? taken.length : free;
    taken[row] = [...(taken[row] ?? []), [low, high]];
    return [{ name, begins, ends, left, row }];
  });
};

/** Draws a bar with its name for each window, above the numbered marks. */
const drawStrip = (frame: Frame, { windows, markers }: LineChart): void => {
  const { pen, area, looks, x } = frame;
  const { badges, row: height, gap } = stripSizes();
  const foot = area.top - gap - (markers.length > 0 ? badges : 0);
  const placed = stripRows(frame, windows, x);
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  for (const { name, begins, ends, left, row } of placed) {
    const bottom = foot - row * height;
    pen.fillStyle = looks.palette.muted;
    pen.globalAlpha = 0.45;
    pen.fillRect(begins, bottom - 3, ends - begins, 3);
    pen.globalAlpha = 1;
    pen.fillText(name, left, bottom - 4);
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
  for (const { from, to, min, max } of bands) {
    if (y(min) < area.top) continue;
    const [left, right] = [Math.max(area.left, x(from)), Math.min(area.right, x(to))];
    const [top, bottom] = [Math.max(area.top, y(max)), Math.max(y(min), y(max) + 2)];
    pen.fillStyle = looks.palette.published;
    pen.globalAlpha = 0.16;
    pen.fillRect(left, top, right - left, bottom - top);
    pen.globalAlpha = 1;
    pen.strokeStyle = looks.palette.published;
    pen.lineWidth = 1.5;
    pen.setLineDash([]);
    pen.strokeRect(left, top, right - left, bottom - top);
  }
};

/** Draws a level, such as full capacity or the limit of a window. */
const drawLevel = ({ pen, area, looks, y }: Frame, at: number, left: number, right: number): void => {
  const height = Math.round(y(at)) + 0.5;
  if (height < area.top - 1 || height > area.bottom + 1) return;
  pen.strokeStyle = looks.palette.broken;
  pen.lineWidth = 1.5;
  pen.setLineDash([10, 3, 2, 3]);
  pen.beginPath();
  pen.moveTo(Math.max(area.left, left), height);
  pen.lineTo(Math.min(area.right, right), height);
  pen.stroke();
  pen.setLineDash([]);
};

/** Breaks the line of the vertical axis, with the foot of the break here. */
const drawCut = ({ pen, area, looks }: Frame, bottom: number): void => {
  const x = area.left;
  pen.fillStyle = looks.palette.background;
  pen.fillRect(x - 4, bottom - 9, 8, 9);
  pen.strokeStyle = looks.palette.text;
  pen.lineWidth = 1.5;
  pen.setLineDash([]);
  for (const top of [bottom - 11, bottom - 4]) {
    pen.beginPath();
    pen.moveTo(x - 6, top + 4);
    pen.lineTo(x + 6, top);
    pen.stroke();
  }
};

/** Breaks the vertical axis below, where it does not begin at 0, and above, where a band reaches higher. */
const drawCuts = (
  frame: Frame,
  { series, ceiling = Infinity }: LineChart,
  scale: DrawnChart["scales"][string],
): void => {
  if (scale === undefined) return;
  if (scale.min > 0) drawCut(frame, frame.area.bottom - 4);
  const isOver = series.some(({ high }) => high.some((one) => Math.min(one ?? -Infinity, ceiling) > scale.max));
  if (isOver) drawCut(frame, frame.area.top + 14);
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

/** Draws a triangle below the axis for each decision. */
const drawDecisions = ({ pen, area, looks, x }: Frame, decisions: readonly number[]): void => {
  pen.fillStyle = looks.palette.text;
  for (const at of decisions) {
    const place = x(at);
    pen.beginPath();
    pen.moveTo(place, area.bottom + 1);
    pen.lineTo(place - 4, area.bottom + 8);
    pen.lineTo(place + 4, area.bottom + 8);
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

const drawNothing = ({ pen, area, looks }: Frame): void => {
  pen.font = `600 16px ${looks.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = looks.palette.muted;
  pen.fillText("No data", (area.left + area.right) / 2, (area.top + area.bottom) / 2);
};

const hasValues = ({ series }: LineChart): boolean => series.some(({ value }) => value.some((one) => one !== null));

/** Makes the legend higher, so that the strip of windows and numbered marks fits between it and the lines. */
const roomForStrip = (chart: DrawnChart, { windows, markers, time }: LineChart, looks: Looks): void => {
  const { legend } = chart;
  if (legend === undefined) return;
  const fit = legend.fit.bind(legend);
  legend.fit = () => {
    fit();
    // The axes are placed later: about here, and a little narrower, so that no row is missing then.
    const area = { left: 56, right: chart.width - 34, top: 0, bottom: 0 };
    const x = (at: number): number => area.left + (at / time.end) * (area.right - area.left);
    const placed = stripRows({ pen: chart.ctx as Pen, looks, area }, windows, x);
    const { badges, row, gap } = stripSizes();
    const rows = Math.max(0, ...placed.map((one) => one.row + 1));
    if (rows > 0 || markers.length > 0) legend.height += rows * row + gap + (markers.length > 0 ? badges : 0);
  };
};

/** Returns a chart.js plugin that draws everything except lines and bars. */
export const marksOf = (definition: ChartDefinition, looks: Looks) => ({
  id: "marks",
  beforeInit: (chart: DrawnChart): void => {
    if (definition.kind === "lines") roomForStrip(chart, definition, looks);
  },
  beforeDraw: (chart: DrawnChart): void => {
    const { pen, width, height } = frameOf(chart, looks);
    pen.fillStyle = looks.palette.background;
    pen.fillRect(0, 0, width, height);
  },
  beforeDatasetsDraw: (chart: DrawnChart): void => {
    if (definition.kind === "intervals") return;
    const frame = frameOf(chart, looks);
    const { left, right, top, bottom } = frame.area;
    frame.pen.save();
    drawWindows(frame, definition.windows);
    frame.pen.beginPath();
    frame.pen.rect(left, top, right - left, bottom - top);
    frame.pen.clip();
    const lines = chart.data.datasets.filter(({ twin }) => twin !== true);
    definition.series.forEach((series, i) => drawBand(frame, series, String(lines[i]?.borderColor)));
    frame.pen.restore();
  },
  afterDatasetsDraw: (chart: DrawnChart): void => {
    const frame = frameOf(chart, looks);
    const { pen, x } = frame;
    pen.save();
    if (definition.kind === "lines") {
      drawPublished(frame, definition.published);
      drawStrip(frame, definition);
      if (definition.limit !== undefined) drawLevel(frame, definition.limit.at, frame.area.left, frame.area.right);
      for (const { from, to, at } of definition.limits) drawLevel(frame, at, x(from), x(to));
      drawMarkers(frame, definition.markers);
      drawDecisions(frame, definition.decisions);
      drawCuts(frame, definition, chart.scales["y"]);
      if (looks.alone) drawKey(frame, definition);
      if (!hasValues(definition)) drawNothing(frame);
    }
    pen.restore();
  },
});

/** A script that declares the functions above. */
export const MARKS_SCRIPT = Object.entries({
  frameOf,
  drawWindows,
  stripSizes,
  stripRows,
  drawStrip,
  drawBand,
  drawPublished,
  drawLevel,
  drawCut,
  drawCuts,
  drawMarkers,
  drawDecisions,
  drawKey,
  drawNothing,
  hasValues,
  roomForStrip,
  marksOf,
})
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");

/**
 * Draws what stands around the marks of judged figures: values, limits, and in a narrow picture names. These functions run
 * here for PNG and, as text, inside the report page, so they use no imported value.
 */
import type { ChartDefinition, IntervalChart } from "./chart.ts";
import type { Looks } from "./configure.ts";
import type { Area, DrawnChart, Pen } from "./pen.ts";

type Row = IntervalChart["rows"][number];

interface RowFrame {
  readonly pen: Pen;
  readonly area: Area;
  readonly looks: Looks;
  readonly x: (value: number) => number;
  /** The middle of the row. */
  readonly middle: number;
}

/** Returns the left end of a text that is centred here, or moved so that it stays inside. */
const leftOf = ({ pen, area }: RowFrame, center: number, text: string): number => {
  const { width } = pen.measureText(text);
  return Math.max(area.left + 2, Math.min(area.right - width, center - width / 2));
};

/** Shades the side of each limit that breaks it, before values are drawn. */
const drawForbidden = ({ pen, area, looks, x, middle }: RowFrame, { limits }: Row): void => {
  pen.fillStyle = looks.palette.broken;
  for (const { at, side } of limits) {
    const [left, right] = side === "max" ? [x(at), area.right] : [area.left, x(at)];
    pen.globalAlpha = 0.1;
    pen.fillRect(left, middle - 12, right - left, 24);
    pen.globalAlpha = 1;
  }
};

/** Breaks the left end of an axis at this height, as it does not begin at 0. */
const drawBreak = ({ pen, area, looks }: Pick<RowFrame, "pen" | "area" | "looks">, height: number): void => {
  pen.fillStyle = looks.palette.background;
  pen.fillRect(area.left + 8, height - 3.5, 8, 7);
  pen.strokeStyle = looks.palette.text;
  pen.lineWidth = 1.5;
  pen.setLineDash([]);
  for (const left of [area.left + 6, area.left + 13]) {
    pen.beginPath();
    pen.moveTo(left, height + 4.5);
    pen.lineTo(left + 4, height - 4.5);
    pen.stroke();
  }
};

/** Draws the row's own scale: a line from its beginning, cut if that is not 0, and each limit with its text. */
const drawScale = (frame: RowFrame, { limits, begins, isCut }: Row): void => {
  const { pen, area, looks, x, middle } = frame;
  pen.font = `11px ${looks.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "top";
  pen.setLineDash([]);
  pen.strokeStyle = looks.palette.muted;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(area.left, middle + 12.5);
  pen.lineTo(area.right, middle + 12.5);
  pen.stroke();
  if (isCut) drawBreak(frame, middle + 12.5);
  let end = area.left;
  if (begins !== "") {
    pen.fillStyle = looks.palette.muted;
    const left = leftOf(frame, x(4), begins);
    pen.fillText(begins, left, middle + 17);
    end = left + pen.measureText(begins).width + 6;
  }
  pen.fillStyle = looks.palette.broken;
  pen.font = `600 11px ${looks.font}`;
  for (const { at, text } of limits) {
    pen.fillRect(Math.round(x(at)) - 1, middle - 12, 2, 24);
    const left = Math.max(end, leftOf(frame, x(at), text));
    pen.fillText(text, left, middle + 17);
    end = left + pen.measureText(text).width + 6;
  }
};

/** Writes the simulated value above its mark. */
const drawValue = (frame: RowFrame, { value, text, verdict }: Row): void => {
  const { pen, area, looks, x, middle } = frame;
  pen.font = `600 12px ${looks.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  pen.fillStyle = looks.palette[verdict];
  pen.fillText(text, leftOf(frame, value === null ? (area.left + area.right) / 2 : x(value), text), middle - 14);
};

/** Writes the row's name above its value, in at most two lines. */
const drawName = ({ pen, area, looks, middle }: RowFrame, { label }: Row): void => {
  pen.font = `12px ${looks.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  pen.fillStyle = looks.palette.text;
  const room = area.right - area.left - 4;
  const lines: string[] = [];
  for (const word of label.join(" · ").split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const shown = lines.length <= 2 ? lines : [lines[0] ?? "", `${lines[1] ?? ""} …`];
  shown.forEach((line, i) => pen.fillText(line, area.left + 2, middle - 30 - 15 * (shown.length - 1 - i)));
};

/** Returns a chart.js plugin that draws around the marks of judged figures. */
export const rowsOf = (definition: ChartDefinition, looks: Looks) => {
  const each = (chart: DrawnChart, draw: (frame: RowFrame, row: Row) => void): void => {
    if (definition.kind === "lines") return;
    const pen = chart.ctx as Pen;
    const at = (axis: string, value: number): number => chart.scales[axis]?.getPixelForValue(value) ?? 0;
    pen.save();
    definition.rows.forEach((row, i) => {
      draw({ pen, area: chart.chartArea, looks, x: (value) => at("x", value), middle: Math.round(at("y", i)) }, row);
    });
    pen.restore();
  };
  return {
    id: "rows",
    beforeDatasetsDraw: (chart: DrawnChart): void => {
      each(chart, drawForbidden);
    },
    afterDatasetsDraw: (chart: DrawnChart): void => {
      each(chart, (frame, row) => {
        if (row.limits.length > 0) drawScale(frame, row);
        drawValue(frame, row);
        if (looks.narrow) drawName(frame, row);
      });
      if (definition.kind === "intervals" && !definition.isOwnScale && (chart.scales["x"]?.min ?? 0) > 0)
        drawBreak({ pen: chart.ctx as Pen, area: chart.chartArea, looks }, chart.chartArea.bottom);
    },
  };
};

/** A script that declares the functions above. */
export const ROWS_SCRIPT = Object.entries({
  leftOf,
  drawForbidden,
  drawBreak,
  drawScale,
  drawValue,
  drawName,
  rowsOf,
})
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");

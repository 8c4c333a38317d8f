/** Types of the canvas and the chart, as far as marks need them. */
import type { Looks } from "./configure.ts";

/** The part of a canvas context that marks are drawn with; its members are those of `CanvasRenderingContext2D`. */
export interface Pen {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  globalAlpha: number;
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  setLineDash(dashes: number[]): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

/** A rectangle in pixels. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The part of a chart.js chart that marks read. */
export interface DrawnChart {
  readonly ctx: unknown;
  readonly chartArea: Area;
  readonly legend?: { fit(): void; height: number };
  readonly data: { readonly datasets: readonly { readonly twin?: boolean; readonly borderColor?: unknown }[] };
  readonly width: number;
  readonly height: number;
  readonly scales: Readonly<
    Record<string, { readonly min: number; readonly max: number; getPixelForValue(value: number): number } | undefined>
  >;
}

/** Everything that marks are drawn with: `x` and `y` turn values into pixels. */
export interface Frame {
  readonly pen: Pen;
  readonly area: Area;
  readonly looks: Looks;
  readonly width: number;
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

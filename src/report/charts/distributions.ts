/** Draws measured beside simulated distributions, one picture for each kind of cell: the share that ended by each time. */
import { printFixed, printPlain, printShort } from "../../base/digits.ts";
import type { MeasuredCell } from "../../scenario/measured.ts";
import type { FidelityDocument } from "../../study/fidelity.ts";
import { drawPng, LOOKS } from "./png.ts";
import { NO_BREAK, printCount } from "../numbers.ts";

/** One cell: the shares, in percent, that ended by given times, in ms. */
interface Pair {
  readonly label: string;
  readonly measured: readonly Point[];
  readonly model: readonly Point[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture of the cells of one kind. */
export interface DistributionChart {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly pairs: readonly Pair[];
}

/** Cells in one picture: more lines cannot be told apart. */
const MOST = 6;
/** A logarithmic axis has no 0. */
const LEAST_MS = 0.1;
const TICKS_MS = [0.1, 1, 10, 100, 1_000, 10_000, 100_000].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/** Returns a picture for each kind, with the cells whose distributions differ most. */
export const distributionsOf = (
  cells: readonly MeasuredCell[],
  { cells: judged }: FidelityDocument,
): readonly DistributionChart[] => {
  const measuredOf = new Map(cells.map((cell) => [cell.id, cell]));
  const kinds = new Map<string, typeof judged>();
  for (const one of judged) if (one.model !== null) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  return [...kinds].map(([kind, members]): DistributionChart => {
    const shown = members.toSorted((a, b) => b.ks! - a.ks!).slice(0, MOST);
    const varying = varyingOf(members.map(({ id }) => measuredOf.get(id)!.params));
    const held = members.filter(({ verdict }) => verdict === "held").length;
    const which = shown.length < members.length ? `; shown: the ${String(MOST)} that differ most` : "";
    return {
      name: kind.replaceAll(/[^\w-]+/g, "-"),
      title: `${kind.replaceAll("_", " ")}: measured (dots) and simulated (lines)`,
      caption: `${printCount(members.length, "measured condition")}, ${String(held)} held${which}${commonOf(measuredOf.get(members[0]!.id)!.params, varying)}`,
      pairs: shown.map(({ id, ks, model }) => {
        const { params, stats } = measuredOf.get(id)!;
        return {
          label: `${labelOf(params, varying) || id}  (up to ${printFixed(100 * ks!, 1)} points apart)`,
          measured: pointsOf(stats.q101_ms),
          model: pointsOf(model!["q101_ms"] as readonly (number | null)[]),
        };
      }),
    };
  });
};

const pointsOf = (quantiles: readonly (number | null)[]): readonly Point[] =>
  quantiles.flatMap((ms, percent) => (ms === null ? [] : [{ x: Math.max(LEAST_MS, ms), y: percent }]));

type Params = MeasuredCell["params"];

/** Returns the parameters that are not the same for all. */
const varyingOf = (all: readonly Params[]): readonly string[] =>
  [...new Set(all.flatMap((params) => Object.keys(params)))].filter(
    (key) => new Set(all.map((params) => JSON.stringify(params[key]))).size > 1,
  );

const UNITS: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/loss|^mean$/, (share) => `${printShort(100 * share, 3)}${NO_BREAK}%`],
  [/_ms$/, (ms) => `${printPlain(ms)}${NO_BREAK}ms`],
  [
    /bytes/,
    (bytes) => (bytes >= 1024 ? `${printFixed(bytes / 1024, 0)}${NO_BREAK}KiB` : `${printPlain(bytes)}${NO_BREAK}B`),
  ],
  [/_mbit$/, (rate) => `${printPlain(rate)}${NO_BREAK}Mbit/s`],
];

const labelOf = (params: Params, varying: readonly string[]): string => {
  const isEven = params["loss_up"] !== undefined && params["loss_up"] === params["loss_down"];
  const words = varying.flatMap((key) => {
    const given = params[key];
    if (given === undefined || (isEven && key === "loss_down")) return [];
    const name = (isEven && key === "loss_up" ? "loss" : key).replace(/_(ms|bytes|mbit)$/, "").replaceAll("_", " ");
    const written = typeof given === "string" ? given : JSON.stringify(given);
    const print = UNITS.find(([pattern]) => pattern.test(key))?.[1];
    const value = Number(written);
    return [`${name} ${print !== undefined && Number.isFinite(value) ? print(value) : written.replace(/ \(.*/, "")}`];
  });
  return words.join(", ");
};

/** Returns the main parameters that all cells have in common, in words. */
const commonOf = (params: Params, varying: readonly string[]): string => {
  const common = Object.keys(params).filter(
    (key) => !varying.includes(key) && /^(rtt_ms|loss|loss_up|loss_down|mean|cc)$/.test(key),
  );
  return common.length === 0 ? "" : ` · all ${labelOf(params, common)}`;
};

const printTime = (ms: number): string =>
  ms >= 1_000 ? `${printPlain(ms / 1_000)}${NO_BREAK}s` : `${printPlain(ms)}${NO_BREAK}ms`;

/** Draws the picture, 2000 × 1120 pixels on white. */
export const drawDistributions = ({ title, caption, pairs }: DistributionChart): Promise<Uint8Array> => {
  const { palette, font } = LOOKS;
  const heading = (text: string, size: number, weight: string, color: string, bottom: number) => ({
    display: true,
    text,
    align: "start",
    color,
    font: { family: font, size, weight },
    padding: { top: 0, bottom },
  });
  const axis = (text: string) => ({
    title: { display: true, text, color: palette.muted, font: { family: font, size: 12 } },
    grid: { color: palette.grid },
    border: { color: palette.muted },
  });
  const ticks = { color: palette.muted, font: { family: font, size: 12 } };
  const sets = pairs.flatMap(({ label, measured, model }, index) => {
    const color = palette.series[index % palette.series.length]!;
    const common = { borderColor: color, backgroundColor: color };
    return [
      { ...common, label, data: model, borderWidth: 2, pointRadius: 0, isKey: true },
      { ...common, label, data: measured, showLine: false, pointRadius: 2.5, pointBorderWidth: 0, isKey: false },
    ];
  });
  return drawPng({
    type: "line",
    data: { datasets: sets },
    options: {
      animation: false,
      locale: "en-US",
      maintainAspectRatio: false,
      layout: { padding: { left: 20, right: 24, top: 18, bottom: 12 } },
      scales: {
        x: {
          ...axis("time, logarithmic"),
          type: "logarithmic",
          min: Math.min(...sets.flatMap(({ data }) => data.map(({ x }) => x))) / 1.5,
          afterBuildTicks: (scale: { readonly min: number; readonly max: number; ticks: object[] }) => {
            scale.ticks = TICKS_MS.filter((ms) => ms >= scale.min && ms <= scale.max).map((value) => ({ value }));
          },
          ticks: { ...ticks, autoSkip: false, maxRotation: 0, callback: printTime },
        },
        y: {
          ...axis("ended by then"),
          type: "linear",
          min: 0,
          max: 100,
          ticks: { ...ticks, callback: (share: number) => `${printPlain(share)}${NO_BREAK}%` },
        },
      },
      plugins: {
        title: heading(title, 18, "600", palette.text, 4),
        subtitle: heading(caption, 12, "400", palette.muted, 10),
        legend: {
          position: "bottom",
          align: "start",
          labels: {
            color: palette.text,
            font: { family: font, size: 12 },
            usePointStyle: true,
            pointStyle: "line",
            filter: ({ datasetIndex }: { readonly datasetIndex: number }) => sets[datasetIndex]!.isKey,
          },
        },
      },
    },
  } as { readonly options: object });
};

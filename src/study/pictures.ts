/** The data of charts and map: means over replications with their bands, and the map's tiles. */
import { inSeconds } from "../base/units.ts";
import { bothOf } from "../scenario/figure-parts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { RegionFigure, Replication, SeriesSample } from "../simulate/replication.ts";
import type { ChartData, RunPictures, SeriesResult } from "./document.ts";
import { figureResult } from "./figures.ts";
import { intervalOf, observed } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** Returns charts, in the order of the first replication's lines, and tiles. */
export const picturesOf = (scenario: Scenario, pairs: readonly Pair[]): RunPictures => {
  const samples = pairs[0]?.run.series ?? [];
  const map = mapOf(scenario, pairs);
  const charts = new Map(samples.map(({ chart }) => [chart.name, chart]));
  return {
    charts: [...charts.values()].map(({ name, title, ...levels }): ChartData => {
      const series = samples.filter(({ chart }) => chart.name === name).map((sample) => seriesOf(sample, pairs));
      return { name, title, unit: series[0]?.unit ?? "", ...levels, series };
    }),
    centres: Object.keys(scenario.world.centres).sort(),
    tiles: tilesOf(scenario, pairs, map?.figure),
    ...(map === undefined ? {} : { map }),
    durationSeconds: inSeconds(scenario.run.duration),
    windows: Object.entries(scenario.windows).map(([name, { from, to }]) => ({
      name,
      from: inSeconds(from),
      to: inSeconds(to),
    })),
  };
};

/** Returns the map's tiles; none if the run has no loss by region. */
const tilesOf = ({ world }: Scenario, pairs: readonly Pair[], figure: string | undefined): RunPictures["tiles"] => {
  const [runs, twins] = [pairs.map(({ run }) => run), pairs.map(({ twin }) => twin)];
  if (runs.every(({ regionLoss }) => Object.keys(regionLoss).length === 0)) return [];
  return Object.entries(world.regions).map(([region, { code, title, tile }]) => {
    const loss = { loss: lossOf(region, runs), noFault: lossOf(region, twins) };
    const value =
      figure === undefined
        ? {}
        : { value: valueOf(region, figure, runs), valueNoFault: valueOf(region, figure, twins) };
    return { region, code, title, tile, ...loss, ...value };
  });
};

/**
 * Returns what the map shows beside the loss: of the judged figures that are known by region, the one whose difference
 * touches most people, else the first; undefined if that is the loss, or without any.
 */
const mapOf = (scenario: Scenario, pairs: readonly Pair[]): RunPictures["map"] => {
  const judged = [...scenario.expect, ...scenario.thresholds].map(({ figure }) => figure);
  const touchedBy = (shown: RegionFigure): number =>
    Math.max(
      0,
      ...judged
        .filter(({ metric, stat, window }) => bothOf({ metric, stat, window }).figure === shown.figure)
        .map((figure) => figureResult(figure, scenario, pairs)?.touched ?? 0),
    );
  const [most] = (pairs[0]?.run.regionFigures ?? [])
    .map((shown) => ({ shown, touched: touchedBy(shown) }))
    .toSorted((a, b) => b.touched - a.touched);
  if (most === undefined || most.shown.parts.metric === "loss") return undefined;
  const { figure, parts, unit } = most.shown;
  return { figure, parts, unit };
};

const ANYTHING = { low: -Infinity, high: Infinity };

const seriesOf = (sample: SeriesSample, pairs: readonly Pair[]): SeriesResult => {
  const same = (one: Replication | undefined): SeriesSample | undefined =>
    one?.series.find(({ chart, figure }) => chart.name === sample.chart.name && figure === sample.figure);
  const runs = pairs.map(({ run }) => same(run));
  const twins = pairs.flatMap(({ twin }) => same(twin) ?? []);
  const at = (samples: readonly (SeriesSample | undefined)[], index: number): readonly number[] =>
    samples.flatMap((one) => one?.value[index] ?? []);
  // The t interval of three replications reaches far beyond all values: it is clipped to them, so as not to mislead.
  const intervals = sample.at.map((_, index) => {
    const values = at(runs, index);
    return intervalOf(observed(values), { bounds: { low: Math.min(...values), high: Math.max(...values) } });
  });
  return {
    figure: sample.figure,
    parts: sample.parts,
    title: sample.title,
    unit: sample.unit,
    at: sample.at,
    value: intervals.map((one) => one?.value ?? null),
    low: intervals.map((one) => one?.ci95[0] ?? null),
    high: intervals.map((one) => one?.ci95[1] ?? null),
    ...(twins.length === 0
      ? {}
      : {
          noFault: sample.at.map(
            (_, index) => intervalOf(observed(at(twins, index)), { bounds: ANYTHING })?.value ?? null,
          ),
        }),
  };
};

const valueOf = (region: string, figure: string, replications: readonly (Replication | undefined)[]): number | null => {
  const values = replications.flatMap(
    (one) => one?.regionFigures?.find((shown) => shown.figure === figure)?.values[region] ?? [],
  );
  return intervalOf(observed(values), { bounds: ANYTHING })?.value ?? null;
};

const lossOf = (region: string, replications: readonly (Replication | undefined)[]): number | null => {
  const values = replications.flatMap((one) => one?.regionLoss[region] ?? []);
  return intervalOf(observed(values), { bounds: { low: 0, high: 100 } })?.value ?? null;
};

/** The data of charts and map: means over replications with their bands, and the map's tiles. */
import { inSeconds } from "../base/units.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Replication, SeriesSample } from "../simulate/replication.ts";
import type { ChartData, RunPictures, SeriesResult } from "./document.ts";
import { intervalOf, observed } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** Returns charts, in the order of the first replication's lines, and tiles. */
export const picturesOf = (scenario: Scenario, pairs: readonly Pair[]): RunPictures => {
  const samples = pairs[0]?.run.series ?? [];
  const charts = new Map(samples.map(({ chart }) => [chart.name, chart]));
  return {
    charts: [...charts.values()].map(({ name, title, ...levels }): ChartData => {
      const series = samples.filter(({ chart }) => chart.name === name).map((sample) => seriesOf(sample, pairs));
      return { name, title, unit: series[0]?.unit ?? "", ...levels, series };
    }),
    tiles: tilesOf(scenario, pairs),
    ...mapOf(pairs),
    durationSeconds: inSeconds(scenario.run.duration),
    windows: Object.entries(scenario.windows).map(([name, { from, to }]) => ({
      name,
      from: inSeconds(from),
      to: inSeconds(to),
    })),
  };
};

/** Returns the map's tiles; none if the run has no loss by region. */
const tilesOf = ({ world }: Scenario, pairs: readonly Pair[]): RunPictures["tiles"] => {
  const [runs, twins] = [pairs.map(({ run }) => run), pairs.map(({ twin }) => twin)];
  if (runs.every(({ regionLoss }) => Object.keys(regionLoss).length === 0)) return [];
  return Object.entries(world.regions).map(([region, { code, title, tile }]) => {
    const loss = { loss: lossOf(region, runs), noFault: lossOf(region, twins) };
    const hasFigure = runs.some(({ regionFigure }) => regionFigure !== undefined);
    const value = hasFigure ? { value: valueOf(region, runs), valueNoFault: valueOf(region, twins) } : {};
    return { region, code, title, tile, ...loss, ...value };
  });
};

/** Returns the figure that the map shows beside the loss, if a replication has one. */
const mapOf = (pairs: readonly Pair[]): Pick<RunPictures, "map"> => {
  const shown = pairs[0]?.run.regionFigure;
  if (shown === undefined) return {};
  const { figure, parts, unit } = shown;
  return { map: { figure, parts, unit } };
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

const valueOf = (region: string, replications: readonly (Replication | undefined)[]): number | null => {
  const values = replications.flatMap((one) => one?.regionFigure?.values[region] ?? []);
  return intervalOf(observed(values), { bounds: ANYTHING })?.value ?? null;
};

const lossOf = (region: string, replications: readonly (Replication | undefined)[]): number | null => {
  const values = replications.flatMap((one) => one?.regionLoss[region] ?? []);
  return intervalOf(observed(values), { bounds: { low: 0, high: 100 } })?.value ?? null;
};

/** What pictures are drawn from: means over replications with their bands, and the map's tiles. */
import { inSeconds } from "../base/units.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Replication, SeriesSample } from "../simulate/replication.ts";
import type { ChartData, RunPictures, SeriesResult } from "./document.ts";
import { intervalOf } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** Charts in the order in which the first replication names them. */
export const picturesOf = (scenario: Scenario, pairs: readonly Pair[]): RunPictures => {
  const charts = new Map<string, SeriesResult[]>();
  for (const sample of pairs[0]?.run.series ?? [])
    charts.set(sample.chart, [...(charts.get(sample.chart) ?? []), seriesOf(sample, pairs)]);
  return {
    charts: [...charts].map(([name, series]): ChartData => ({
      name,
      title: titleOf(name, scenario),
      unit: series[0]?.unit ?? "",
      series,
    })),
    tiles: tilesOf(scenario, pairs),
    durationSeconds: inSeconds(scenario.run.duration),
    windows: Object.entries(scenario.windows).map(([name, { from, to }]) => ({
      name,
      from: inSeconds(from),
      to: inSeconds(to),
    })),
  };
};

/** None where nothing is told of people. */
const tilesOf = ({ world }: Scenario, pairs: readonly Pair[]): RunPictures["tiles"] => {
  const [runs, twins] = [pairs.map(({ run }) => run), pairs.map(({ twin }) => twin)];
  if (runs.every(({ regionLoss }) => Object.keys(regionLoss).length === 0)) return [];
  return Object.entries(world.regions).map(([region, { code, title, tile }]) => {
    return { region, code, title, tile, loss: lossOf(region, runs), noFault: lossOf(region, twins) };
  });
};

/** `login-time` reads "Login time", and `load-north` "Load · Tianjin". */
const titleOf = (name: string, { world }: Scenario): string => {
  const [, measure = "", centre] = /^(load|headroom|margin)(?:-(.+))?$/.exec(name) ?? [];
  const noun = MEASURES[measure];
  if (noun !== undefined)
    return `${noun} ${centre === undefined ? "by centre and tier" : `· ${world.centres[centre]!.title}`}`;
  return (TITLES[name] ?? name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("-", " ");
};

const ANYTHING = { low: -Infinity, high: Infinity };

const MEASURES: Readonly<Record<string, string>> = { load: "Load", headroom: "Headroom", margin: "N−1 margin" };

const TITLES: Readonly<Record<string, string>> = {
  "still-there": "People still in the evacuated centre",
  "login-time": "Login time, mean",
  "push-rate": "Messages that come to the message service",
  told: "Subscribers told",
};

const seriesOf = (sample: SeriesSample, pairs: readonly Pair[]): SeriesResult => {
  const same = (one: Replication | undefined): SeriesSample | undefined =>
    one?.series.find(({ chart, figure }) => chart === sample.chart && figure === sample.figure);
  const runs = pairs.map(({ run }) => same(run));
  const twins = pairs.flatMap(({ twin }) => same(twin) ?? []);
  const at = (samples: readonly (SeriesSample | undefined)[], index: number): readonly number[] =>
    samples.flatMap((one) => one?.value[index] ?? []);
  // A t interval of three replications reaches far beyond all that was seen, and reads as if that might happen.
  const intervals = sample.at.map((_, index) => {
    const values = at(runs, index);
    return intervalOf(values, { low: Math.min(...values), high: Math.max(...values) });
  });
  return {
    figure: sample.figure,
    title: sample.title,
    unit: sample.unit,
    at: sample.at,
    value: intervals.map((one) => one?.value ?? null),
    low: intervals.map((one) => one?.ci95[0] ?? null),
    high: intervals.map((one) => one?.ci95[1] ?? null),
    ...(twins.length === 0
      ? {}
      : { noFault: sample.at.map((_, index) => intervalOf(at(twins, index), ANYTHING)?.value ?? null) }),
  };
};

const lossOf = (region: string, replications: readonly (Replication | undefined)[]): number | null => {
  const values = replications.flatMap((one) => one?.regionLoss[region] ?? []);
  return intervalOf(values, { low: 0, high: 100 })?.value ?? null;
};

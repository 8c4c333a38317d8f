/** Many replications become one document: figures, rows with their verdicts, and the story of the first replication. */
import type { Expectation, Figure, Scenario, Threshold } from "../scenario/scenario.ts";
import { combinedDigest, type Pair, type StudyResult } from "./replications.ts";
import type { ExpectRow, FigureResult, InvariantRow, RunDocument, ThresholdRow } from "./document.ts";
import { figureResult } from "./figures.ts";
import { judge, verdictOf } from "./judge.ts";

/** `1/1000`, or `1` where every row is one person. */
export const scaleText = (peopleARow: number): string => (peopleARow === 1 ? "1" : `1/${String(peopleARow)}`);

/** Peaks and waits do not survive scaling: their thresholds are judged at 1:1 only. */
const isJudged = (threshold: Threshold, scenario: Scenario): boolean =>
  !threshold.onlyFullScale || scenario.run.peopleARow === 1;

type Results = ReadonlyMap<string, FigureResult>;

const resultsOf = (figures: readonly Figure[], scenario: Scenario, pairs: readonly Pair[]): Results => {
  const results = new Map<string, FigureResult>();
  for (const figure of figures) {
    const result = figureResult(figure, scenario, pairs);
    if (result !== undefined) results.set(figure.text, result);
  }
  return results;
};

const expectRow = ({ figure, between, kind, published, source, fixedBy }: Expectation, results: Results): ExpectRow => {
  const result = results.get(figure.text);
  const ci95 = result?.ci95 ?? null;
  return {
    figure: figure.text,
    between,
    kind,
    published,
    source,
    ...(fixedBy.length === 0 ? {} : { fixedBy }),
    value: result?.value ?? null,
    unit: figure.unit,
    ci95,
    verdict: judge(ci95, { min: between[0], max: between[1] }),
  };
};

/** Without a twin there is no difference, and a threshold on it is unknown. */
const thresholdRow = ({ figure, of, limit, min, max }: Threshold, results: Results): ThresholdRow => {
  const whole = results.get(figure.text);
  const result = of === "difference" ? whole?.difference : whole;
  const ci95 = result?.ci95 ?? null;
  return {
    figure: figure.text,
    limit,
    value: result?.value ?? null,
    unit: figure.unit,
    ci95,
    verdict: judge(ci95, { min, max }),
  };
};

/** An invariant holds when it held in every replication and every twin; the first that broke says why. */
const invariantRows = (pairs: readonly Pair[]): readonly InvariantRow[] => {
  const rows = new Map<string, InvariantRow>();
  const add = ({ run, twin }: Pair): void => {
    for (const [name, replication] of [
      ["", run],
      [" without faults", twin],
    ] as const)
      for (const result of replication?.invariants ?? []) {
        const before = rows.get(result.name);
        if (before?.verdict === "broken") continue;
        if (result.held) rows.set(result.name, { name: result.name, verdict: "held" });
        else {
          const why = `replication ${String(run.replication)}${name}: ${result.why ?? "it did not say why"}`;
          rows.set(result.name, { name: result.name, verdict: "broken", why });
        }
      }
  };
  for (const pair of pairs) add(pair);
  return [...rows.values()];
};

/** Whether every published figure and every threshold that can be judged here is held or broken. */
export const isDecided = (scenario: Scenario, pairs: readonly Pair[]): boolean => {
  const thresholds = scenario.thresholds.filter((threshold) => isJudged(threshold, scenario));
  const results = resultsOf(
    [...scenario.expect, ...thresholds].map(({ figure }) => figure),
    scenario,
    pairs,
  );
  return (
    scenario.expect.every((one) => expectRow(one, results).verdict !== "unknown") &&
    thresholds.every((one) => thresholdRow(one, results).verdict !== "unknown")
  );
};

/** Needs at least one finished pair. */
export const assemble = (
  scenario: Scenario,
  figures: readonly Figure[],
  { pairs, partial }: StudyResult,
  tool: string,
): RunDocument => {
  const runs = pairs.map(({ run }) => run);
  const first = runs[0]!;
  const results = resultsOf(figures, scenario, pairs);
  const judged = scenario.thresholds.filter((threshold) => isJudged(threshold, scenario));
  const expect = scenario.expect.map((one) => expectRow(one, results));
  const thresholds = judged.map((one) => thresholdRow(one, results));
  const invariants = invariantRows(pairs);
  return {
    schema: "firedrill.run/1",
    tool,
    scenario: { name: scenario.name, title: scenario.title, fingerprint: scenario.fingerprint },
    seed: scenario.seed,
    scale: scaleText(scenario.run.peopleARow),
    replications: pairs.length,
    digest: combinedDigest(runs),
    population: first.population,
    events: runs.reduce((sum, { events }) => sum + events, 0),
    figures: Object.fromEntries(results),
    expect,
    thresholds,
    notJudged: scenario.thresholds
      .filter((threshold) => !isJudged(threshold, scenario))
      .map(({ figure, limit }) => `${figure.text} ${limit}`),
    invariants,
    timeline: first.timeline,
    decisions: first.decisions,
    assumptions: scenario.assumptions,
    verdict: verdictOf([...expect, ...thresholds, ...invariants]),
    ...(partial ? { partial } : {}),
  };
};

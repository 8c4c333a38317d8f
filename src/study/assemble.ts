/** Assembles the replications of a study into one document: figures, judged rows, and the events of the first replication. */
import { type Figure, partsOf } from "../scenario/figure-parts.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { Expectation, Scenario, Threshold } from "../scenario/scenario.ts";
import { combinedDigest, type Pair, type StudyResult } from "./replications.ts";
import type { ExpectRow, FigureResult, InvariantRow, RunDocument, ThresholdRow } from "./document.ts";
import { bindsOf, figureResult } from "./figures.ts";
import { judge, verdictOf } from "./judge.ts";

/** Returns a scale as text: `1/1000`, or `1` if every row is one person. */
export const scaleText = (peopleARow: number): string => (peopleARow === 1 ? "1" : `1/${String(peopleARow)}`);

/** The rows that a run can judge, and those that it cannot, each with the reason. */
interface Asked {
  readonly expect: readonly Expectation[];
  readonly thresholds: readonly Threshold[];
  readonly notJudged: readonly string[];
}

/** Selects the rows that can be judged: peaks and waits only at full scale, published figures only with the faults. */
const askedOf = (scenario: Scenario, faults: boolean): Asked => {
  const isPeace = !faults && scenario.faults.length > 0;
  const notJudged: string[] = [];
  const expect = scenario.expect.filter(({ figure, published }) => {
    if (isPeace) notJudged.push(`${figure.text} ${published} (the faults were left out)`);
    return !isPeace;
  });
  const thresholds = scenario.thresholds.filter(({ figure, limit, onlyFullScale }) => {
    const isAboutFaults =
      metricOf(figure.metric)?.needsFault === true || figure.labels.some(({ label }) => label === "fault");
    const why =
      isPeace && isAboutFaults
        ? "the faults were left out"
        : onlyFullScale && scenario.run.peopleARow !== 1
          ? "peaks and waits do not survive scaling: run it with --scale 1"
          : undefined;
    if (why !== undefined) notJudged.push(`${figure.text} ${limit} (${why})`);
    return why === undefined;
  });
  return { expect, thresholds, notJudged };
};

type Results = ReadonlyMap<string, FigureResult>;

const resultsOf = (figures: readonly Figure[], scenario: Scenario, pairs: readonly Pair[]): Results => {
  const results = new Map<string, FigureResult>();
  for (const figure of figures) {
    const result = figureResult(figure, scenario, pairs);
    if (result !== undefined) results.set(figure.text, result);
  }
  return results;
};

/** Everything that rows are made from. */
interface Found {
  readonly results: Results;
  readonly pairs: readonly Pair[];
}

const bound = (figure: Figure, pairs: readonly Pair[]): { readonly binds?: string } => {
  const binds = bindsOf(figure, pairs);
  return binds === undefined ? {} : { binds };
};

const expectRow = (expectation: Expectation, { results, pairs }: Found): ExpectRow => {
  const { figure, between, kind, published, source, fixedBy } = expectation;
  const result = results.get(figure.text);
  const ci95 = result?.ci95 ?? null;
  return {
    figure: figure.text,
    parts: partsOf(figure),
    between,
    kind,
    published,
    source,
    ...(fixedBy.length === 0 ? {} : { fixedBy }),
    value: result?.value ?? null,
    unit: figure.unit,
    ci95,
    ...(result?.atLeast === true ? { atLeast: true } : {}),
    ...bound(figure, pairs),
    verdict: judge(ci95, { min: between[0], max: between[1] }),
  };
};

/** Judges a threshold; one on the difference is unknown without a twin. */
const thresholdRow = (threshold: Threshold, { results, pairs }: Found): ThresholdRow => {
  const { figure, of, limit, min, max, shows } = threshold;
  const whole = results.get(figure.text);
  const result = of === "difference" ? whole?.difference : whole;
  const ci95 = result?.ci95 ?? null;
  return {
    figure: figure.text,
    parts: partsOf(figure),
    limit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    value: result?.value ?? null,
    unit: figure.unit,
    ci95,
    ...(result?.atLeast === true ? { atLeast: true } : {}),
    ...(of === "difference" ? {} : bound(figure, pairs)),
    ...(shows === undefined ? {} : { shows }),
    verdict: judge(ci95, { min, max }),
  };
};

/** Judges each invariant: held if it held in all replications and twins, else broken with the first breach. */
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

/** True if every published figure and threshold that can be judged here is held or broken. */
export const isDecided = (scenario: Scenario, pairs: readonly Pair[], faults: boolean): boolean => {
  const { expect, thresholds } = askedOf(scenario, faults);
  const results = resultsOf(
    [...expect, ...thresholds].map(({ figure }) => figure),
    scenario,
    pairs,
  );
  const found = { results, pairs };
  return (
    expect.every((one) => expectRow(one, found).verdict !== "unknown") &&
    thresholds.every((one) => thresholdRow(one, found).verdict !== "unknown")
  );
};

/** Assembles the document of at least one finished pair; `faults` is false if they were left out. */
export const assemble = (
  scenario: Scenario,
  figures: readonly Figure[],
  { pairs, partial }: StudyResult,
  { tool, faults }: { readonly tool: string; readonly faults: boolean },
): RunDocument => {
  const runs = pairs.map(({ run }) => run);
  const first = runs[0]!;
  const results = resultsOf(figures, scenario, pairs);
  const asked = askedOf(scenario, faults);
  const expect = asked.expect.map((one) => expectRow(one, { results, pairs }));
  const thresholds = asked.thresholds.map((one) => thresholdRow(one, { results, pairs }));
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
    notJudged: asked.notJudged,
    invariants,
    timeline: first.timeline,
    decisions: first.decisions,
    assumptions: scenario.assumptions,
    verdict: verdictOf([...expect, ...thresholds, ...invariants]),
    ...(partial ? { partial } : {}),
  };
};

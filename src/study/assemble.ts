/** Assembles the replications of a study into one document: figures, judged rows, and the events of the first replication. */
import { changeOf, printChange } from "../scenario/changes.ts";
import { type Figure, partsOf } from "../scenario/figure-parts.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { Expectation, Scenario, Threshold } from "../scenario/scenario.ts";
import { combinedDigest, type Pair, type StudyResult } from "./replications.ts";
import type { ExpectRow, FigureResult, InvariantRow, RunDocument, ThresholdRow } from "./document.ts";
import { backlogText, bindsOf, figureResult, whyNoData } from "./figures.ts";
import { boundsOf, countsAtOnce, largestEvent } from "./bounds.ts";
import { remarksOnAsked, withoutCause } from "./foresight.ts";
import { driftOf, endlessOf } from "./drift.ts";
import { type JudgedFigure, judgeFigure, type Limits, remarksOn, type Standard, verdictOf } from "./judge.ts";
import { oddOneOut } from "./odd.ts";
import { ERROR, errorAt, type Replications } from "./stopping.ts";

/** Returns a scale as text: `1/1000`, or `1` if every row is one person. */
export const scaleText = (peopleARow: number): string => (peopleARow === 1 ? "1" : `1/${String(peopleARow)}`);

/** The rows that a run can judge, and those that it cannot, each with the reason. */
interface Asked {
  readonly expect: readonly Expectation[];
  readonly thresholds: readonly Threshold[];
  readonly notJudged: readonly string[];
  /** Those of them that leave the run inconclusive. */
  readonly unproved: readonly string[];
}

/** Selects the rows that can be judged: peaks and waits only at full scale, published figures only with the faults. */
const askedOf = (scenario: Scenario, faults: boolean): Asked => {
  const isPeace = !faults && scenario.faults.length > 0;
  const isScaled = scenario.run.peopleARow !== 1;
  const notJudged: string[] = [];
  const unproved: string[] = [];
  const expect = scenario.expect.filter(({ figure, published, fixedBy }) => {
    const change = changeOf(scenario.changes ?? [], fixedBy);
    const why = isPeace ? "the faults were left out" : change && `fixed by ${printChange(change)}`;
    if (why !== undefined) notJudged.push(`${figure.text} ${published} (${why})`);
    return why === undefined;
  });
  const thresholds = scenario.thresholds.filter(({ figure, limit, onlyFullScale, isJudgedAtFullScaleOnly }) => {
    const isAboutFaults =
      metricOf(figure.metric)?.needsFault === true || figure.labels.some(({ label }) => label === "fault");
    if (isPeace && isAboutFaults) {
      notJudged.push(`${figure.text} ${limit} (the faults were left out)`);
      return false;
    }
    if (!isScaled || !(onlyFullScale || isJudgedAtFullScaleOnly)) return true;
    const why = isJudgedAtFullScaleOnly ? "judged at full scale only" : "peaks and waits do not survive scaling";
    const text = `${figure.text} ${limit} (${why}: run it with --scale 1)`;
    notJudged.push(text);
    if (!isJudgedAtFullScaleOnly) unproved.push(text);
    return false;
  });
  return { expect, thresholds, notJudged, unproved };
};

type Results = ReadonlyMap<string, FigureResult>;

const resultsOf = (figures: readonly Figure[], scenario: Scenario, pairs: readonly Pair[], error?: number): Results => {
  const results = new Map<string, FigureResult>();
  for (const figure of figures) {
    const result = figureResult(figure, scenario, pairs, error === undefined ? {} : { error });
    if (result !== undefined) results.set(figure.text, result);
  }
  return results;
};

/** Everything that rows are made from. */
interface Found {
  readonly scenario: Scenario;
  /** Figures with their 95 % intervals. */
  readonly results: Results;
  /** The same figures with the intervals that rows are judged by: wider if the study may stop early. */
  readonly strict: Results;
  readonly error: number;
  readonly pairs: readonly Pair[];
}

const foundOf = (scenario: Scenario, figures: readonly Figure[], pairs: readonly Pair[], plan: Replications): Found => {
  const error = errorAt(plan, pairs.length);
  const results = resultsOf(figures, scenario, pairs);
  const strict = error === ERROR ? results : resultsOf(figures, scenario, pairs, error);
  return { scenario, results, strict, error, pairs };
};

const bound = (figure: Figure, pairs: readonly Pair[]): { readonly binds?: string } => {
  const binds = bindsOf(figure, pairs);
  return binds === undefined ? {} : { binds };
};

type Of = "value" | "difference";

/** True if a figure counts events, or is a share of trials; of a difference, if neither run saw any event. */
const countsEvents = (figure: Figure, scenario: Scenario, result: FigureResult | undefined, of: Of): boolean => {
  const isCount = largestEvent(figure, scenario) !== undefined;
  if (of === "value") return isCount || result?.trials !== undefined;
  return isCount && result?.value === 0 && result.noFault?.value === 0;
};

const partOf = (result: FigureResult | undefined, of: Of): JudgedFigure | undefined => {
  if (result === undefined || of === "value") return result;
  const few = result.few ?? result.fewInTwins;
  return result.difference === undefined
    ? undefined
    : {
        ...result.difference,
        n: result.n,
        ...(few === undefined ? {} : { few }),
      };
};

/**
 * Returns the figure that a row is judged by, also with the interval of the study's error. Of several groups it is the one
 * that is nearest to a limit: the smallest if there is no limit but a least value.
 */
const resultsFor = (figure: Figure, { min, max }: Limits, { scenario, pairs, results, strict, error }: Found) => {
  if (figure.by === undefined || min === undefined || max !== undefined)
    return [results.get(figure.text), strict.get(figure.text)] as const;
  const smallest = (at: number): FigureResult | undefined =>
    figureResult(figure, scenario, pairs, { error: at, is: "smallest" });
  return [smallest(ERROR), smallest(error)] as const;
};

/** Returns the judged part of a row. */
const judgedPart = (figure: Figure, limits: Limits, of: Of, found: Found) => {
  const { scenario, pairs, error } = found;
  const [whole, wholeStrict] = resultsFor(figure, limits, found);
  const [result, strict] = [partOf(whole, of), partOf(wholeStrict, of)];
  const metric = metricOf(figure.metric);
  const bounds = boundsOf(figure, scenario);
  const backlog = of === "value" ? backlogText(figure, pairs) : undefined;
  const endless = endlessOf(figure, backlog, result?.value, bounds);
  const drift =
    of === "value" && endless === undefined
      ? driftOf(figure, scenario, pairs, { bounds, group: whole?.group?.name })
      : undefined;
  const standard: Standard = {
    limits,
    heading: endless?.heading ?? drift?.heading,
    endless: endless?.why,
    unit: figure.unit,
    isDifference: of === "difference",
    replications: pairs.length,
    isExact: metric?.isExact === true,
    countsEvents: countsEvents(figure, scenario, whole, of),
    countsAtOnce: countsAtOnce(figure),
    highest: bounds.high,
  };
  const noData = of === "difference" && whole !== undefined ? whyNoDifference(figure, pairs) : whyNoData(figure, pairs);
  const judgement = judgeFigure(strict, standard, noData);
  const isReason = endless !== undefined && judgement.why === endless.why;
  const remarks = [
    ...remarksOnAsked({ figure, of, ...limits }, scenario),
    ...remarksOn(result, standard),
    ...(drift === undefined ? [] : [drift.text]),
    ...(backlog === undefined || isReason ? [] : [backlog]),
    ...(error === ERROR ? [] : [judgedAt(strict, error, figure.unit)]),
  ];
  return {
    value: result?.value ?? null,
    unit: figure.unit,
    ci95: result?.ci95 ?? null,
    ...(result?.atLeast === true ? { atLeast: true as const } : {}),
    ...(result?.atMost === true ? { atMost: true as const } : {}),
    ...(result?.cutOff === undefined ? {} : { cutOff: result.cutOff }),
    ...(whole?.group === undefined ? {} : { group: whole.group }),
    ...judgement,
    ...(remarks.length === 0 ? {} : { remarks }),
  };
};

/** Returns why a figure that has a value has no difference. */
const whyNoDifference = (figure: Figure, pairs: readonly Pair[]): string => {
  if (pairs.every(({ twin }) => twin === undefined))
    return "the run had no twin without faults to take the difference from";
  return withoutCause(figure) ?? "no replication has a value both with and without the faults";
};

/** Says by which interval a row of a study that may stop early is judged. */
const judgedAt = (strict: JudgedFigure | undefined, error: number, unit: string): string => {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const range = strict === undefined ? "" : ` [${strict.ci95.map(short).join(", ")}]${unit === "" ? "" : ` ${unit}`}`;
  const confidence = `${short(100 * (1 - error))} %`;
  return `judged by its ${confidence} interval${range}, because the study may stop early`;
};

const expectRow = (expectation: Expectation, found: Found): ExpectRow => {
  const { figure, between, kind, published, source, fixedBy } = expectation;
  return {
    figure: figure.text,
    parts: partsOf(figure),
    between,
    kind,
    published,
    source,
    ...(fixedBy.length === 0 ? {} : { fixedBy }),
    ...bound(figure, found.pairs),
    ...judgedPart(figure, { min: between[0], max: between[1] }, "value", found),
  };
};

/** Judges a threshold; one on the difference is unknown without a twin. */
const thresholdRow = (threshold: Threshold, found: Found): ThresholdRow => {
  const { figure, of = "value", limit, min, max, shows } = threshold;
  return {
    figure: figure.text,
    parts: partsOf(figure),
    limit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(of === "difference" ? {} : bound(figure, found.pairs)),
    ...(shows === undefined ? {} : { shows }),
    ...judgedPart(figure, { min, max }, of, found),
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
          const why = `replication ${String(run.replication + 1)}${name}: ${result.why ?? "it did not say why"}`;
          rows.set(result.name, { name: result.name, verdict: "broken", why });
        }
      }
  };
  for (const pair of pairs) add(pair);
  return [...rows.values()];
};

const figuresIn = ({ expect, thresholds }: Pick<Asked, "expect" | "thresholds">): readonly Figure[] =>
  [...expect, ...thresholds].map(({ figure }) => figure);

/** True if every published figure and threshold that can be judged here is held or broken. */
export const isDecided = (scenario: Scenario, pairs: readonly Pair[], plan: Plan): boolean => {
  const asked = askedOf(scenario, plan.faults);
  const { expect, thresholds } = asked;
  const found = foundOf(scenario, figuresIn(asked), pairs, plan);
  return (
    expect.every((one) => expectRow(one, found).verdict !== "unknown") &&
    thresholds.every((one) => thresholdRow(one, found).verdict !== "unknown")
  );
};

/** How a study was planned, as far as its rows depend on it. */
export type Plan = Replications & { readonly faults: boolean };

/** Assembles the document of at least one finished pair; `plan.faults` is false if they were left out. */
export const assemble = (
  scenario: Scenario,
  figures: readonly Figure[],
  { pairs, partial }: StudyResult,
  { tool, plan }: { readonly tool: string; readonly plan: Plan },
): RunDocument => {
  const runs = pairs.map(({ run }) => run);
  const first = runs[0]!;
  const found = foundOf(scenario, figures, pairs, plan);
  const { notJudged, unproved, ...asked } = askedOf(scenario, plan.faults);
  const expect = asked.expect.map((one) => expectRow(one, found));
  const thresholds = asked.thresholds.map((one) => thresholdRow(one, found));
  const invariants = invariantRows(pairs);
  const odd = oddOneOut(figuresIn(asked), scenario, pairs);
  const isInconclusive = unproved.length > 0 || partial;
  return {
    schema: "firedrill.run/1",
    tool,
    scenario: { name: scenario.name, title: scenario.title, fingerprint: scenario.fingerprint },
    ...(scenario.changes === undefined ? {} : { changes: scenario.changes }),
    seed: scenario.seed,
    scale: scaleText(scenario.run.peopleARow),
    replications: pairs.length,
    digest: combinedDigest(runs),
    population: first.population,
    events: runs.reduce((sum, { events }) => sum + events, 0),
    figures: Object.fromEntries(found.results),
    expect,
    thresholds,
    notJudged,
    ...(unproved.length === 0 ? {} : { unproved }),
    invariants,
    ...(odd === undefined ? {} : { oddOneOut: odd }),
    timeline: first.timeline,
    decisions: first.decisions,
    assumptions: scenario.assumptions,
    verdict: verdictOf([
      ...expect,
      ...thresholds,
      ...invariants,
      ...(isInconclusive ? [{ verdict: "unknown" as const }] : []),
    ]),
    ...(partial ? { partial } : {}),
  };
};

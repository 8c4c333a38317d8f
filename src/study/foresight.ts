/**
 * Remarks on the rows of a scenario that can be made before it runs: limits that mean nothing, rows that cannot be judged, and
 * what a limit of "none" shows. They say what the verdict will rest on, or why there will be none.
 */
import { printPlain, printShort } from "../base/digits.ts";
import { inSeconds, wholeMinutes } from "../base/units.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import { allows } from "../scenario/metric.ts";
import { metricOf, sectionOfMetric } from "../scenario/metrics.ts";
import type { Scenario, Threshold } from "../scenario/scenario.ts";
import { boundsOf, countsAtOnce, leastEvent } from "./bounds.ts";
import type { Bounds } from "./intervals.ts";
import { someMayHave } from "./judge.ts";
import type { StudyPlan } from "./replications.ts";

/** Returns the remarks on a scenario's rows and run, each one sentence. */
export const remarksBeforehand = (scenario: Scenario, plan: StudyPlan): readonly string[] => [
  ...faultsInWarmup(scenario),
  ...(plan.most === 1 && scenario.expect.length + scenario.thresholds.length > 0
    ? ["one replication decides no row: run two or more"]
    : []),
  ...windowsInWarmup(scenario),
  ...scenario.expect.flatMap(({ figure, published, between: [min, max] }) => {
    const text = trivial({ figure, min, max }, scenario);
    return text === undefined ? [] : [`${figure.text} ${published}: ${text}`];
  }),
  ...scenario.thresholds.flatMap((threshold) =>
    [trivial, none, scaled, withoutTwin, tooLong].flatMap((remark) => {
      const text = remark(threshold, scenario, plan);
      return text === undefined ? [] : [`${threshold.figure.text} ${threshold.limit}: ${text}`];
    }),
  ),
  ...new Set(
    [...scenario.expect, ...scenario.thresholds].flatMap(({ figure }) => {
      const text = withoutData(figure, scenario);
      return text === undefined ? [] : [`${figure.text}: ${text}`];
    }),
  ),
];

const faultsInWarmup = ({ faults, run }: Scenario): readonly string[] =>
  faults
    .filter(({ at }) => at > 0 && at < run.warmup)
    .map(
      ({ id, at }) =>
        `fault ${id} begins ${String(inSeconds(at))} s after the start, within the warm-up of ${String(inSeconds(run.warmup))} s: what happens before its end is not measured`,
    );

type Remark = (threshold: Threshold, scenario: Scenario, plan: StudyPlan) => string | undefined;

/** What a row asks of a figure. */
interface Asked extends Pick<Threshold, "figure" | "min" | "max"> {
  readonly of?: "value" | "difference";
}

/** Returns the remarks that hold of a row whatever its run finds: on its limits, and on its window. */
export const remarksOnAsked = (asked: Asked, scenario: Scenario): readonly string[] =>
  [trivial(asked, scenario), inWarmup(asked.figure, scenario)].filter((text) => text !== undefined);

const inWarmup = ({ window }: Figure, { windows, run }: Scenario): string | undefined =>
  (windows[window]?.from ?? run.warmup) < run.warmup
    ? `window ${window} begins before the warm-up ends, while the world is still filling`
    : undefined;

const windowsInWarmup = (scenario: Scenario): ReadonlySet<string> =>
  new Set([...scenario.expect, ...scenario.thresholds].flatMap(({ figure }) => inWarmup(figure, scenario) ?? []));

const trivial = ({ figure, of, min, max }: Asked, scenario: Scenario): string | undefined => {
  const { low, high } = rangeOf(of ?? "value", boundsOf(figure, scenario));
  // The greatest time that a run can show does not limit the figure itself.
  const isMet = (min === undefined || min <= low) && (max === undefined || (figure.unit !== "s" && max >= high));
  return isMet ? "every value meets this limit, so it proves nothing" : undefined;
};

const rangeOf = (of: "value" | "difference", { low, high }: Bounds): Bounds =>
  of === "value" ? { low, high } : { low: low - high, high: high - low };

const none: Remark = ({ figure, of, max }, scenario, { least }) => {
  const each = leastEvent(figure, scenario);
  if (of === "difference" || max !== 0 || each === undefined || least < 2) return undefined;
  if (countsAtOnce(figure)) return `it is judged as “none seen” in ${String(least)} replications${someMayHave(least)}`;
  const most = printShort((3 / least) * each, 2);
  return `it is judged as “none seen”; ${String(least)} replications without any show at most ${most} ${figure.unit} a replication (95 %)`.replace(
    "  ",
    " ",
  );
};

const scaled: Remark = ({ onlyFullScale, isJudgedAtFullScaleOnly }, { run }) =>
  onlyFullScale && !isJudgedAtFullScaleOnly && run.peopleARow !== 1
    ? "it cannot be judged at this scale, which leaves the run inconclusive: run it with --scale 1, or write judge: full-scale-only"
    : undefined;

const withoutTwin: Remark = ({ of, figure }, _, { twin }) => {
  if (of !== "difference") return undefined;
  return twin ? withoutCause(figure) : "this run has no twin without faults to take the difference from";
};

/** Says that a figure about a fault or an intervention has no value in the twin; undefined for other figures. */
export const withoutCause = ({ metric }: Figure): string | undefined => {
  const { labels = [], censored, dimension } = metricOf(metric) ?? {};
  const isAboutFault = labels.includes("fault");
  if (!isAboutFault && (censored === undefined || "atSeconds" in censored)) return undefined;
  const cause = isAboutFault ? "faults" : "interventions";
  return `without the ${cause} there is no such ${dimension === "time" ? "delay" : "figure"} to take the difference from`;
};

const tooLong: Remark = ({ figure, max }, scenario) => {
  const censored = metricOf(figure.metric)?.censored;
  if (max === undefined || censored === undefined || "atSeconds" in censored) return undefined;
  const { high } = boundsOf(figure, scenario);
  return high > 0 && high < max
    ? `the window ends ${printPlain(high)} s after it begins, so that a delay can be followed no further; if it has not ended by then it is unknown`
    : undefined;
};

const withoutData = (figure: Figure, scenario: Scenario): string | undefined => {
  const { from, to } = scenario.windows[figure.window]!;
  const metric = metricOf(figure.metric);
  if (metric?.isByMinute === true && wholeMinutes(from, to).length === 0)
    return "it is read in whole minutes, and its window has none: no value can come";
  if (metric?.needsFault === true && !scenario.faults.some(({ id }) => allows(figure.labels, "fault", id)))
    return "the scenario has no such fault: no value can come";
  const section = sectionOfMetric(figure.metric);
  if (section?.isIn(scenario.world) === false) return `the world has no ${section.name}: no value can come`;
  if (section?.concerned(scenario.world, figure, inSeconds(to) - inSeconds(from)) === 0)
    return "neither people nor tasks reach what it is about, so it shows nothing";
  if (figure.metric.startsWith("task.") && isBeyond(figure, scenario))
    return "the deadlines of all tasks of its window lie beyond the end of the run: no value can come";
  return undefined;
};

/** True if no task that is offered in the window can be judged, as shares and times count tasks whose deadline lies within the run. */
const isBeyond = ({ labels, stat, window }: Figure, { world: { services }, windows, run }: Scenario): boolean => {
  const entries = Object.entries(services?.entries ?? {}).filter(([name]) => allows(labels, "entry", name));
  const isJudged = stat !== "rate" && stat !== "count";
  return (
    isJudged &&
    entries.length > 0 &&
    entries.every(([, { deadline }]) => windows[window]!.from + deadline > run.duration)
  );
};

/** Turns one value per replication into one figure of the document: its interval, its twin's, and the difference. */
import { mean } from "simple-statistics";
import { printShort } from "../base/digits.ts";
import { type Figure, only, partsOf } from "../scenario/figure-parts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Replication } from "../simulate/replication.ts";
import type { Measured } from "../simulate/samples.ts";
import { boundsOf, largestEvent } from "./bounds.ts";
import type { FigureResult, Interval, SpeakingGroup } from "./document.ts";
import {
  fewOf,
  intervalOf,
  type IntervalRule,
  type Observation,
  pairedDifference,
  rounded,
  trialsOf,
} from "./intervals.ts";
import type { Pair } from "./replications.ts";
import { peopleTouched } from "./touched.ts";
import { ERROR } from "./stopping.ts";

type Reader = (replication: Replication) => Measured | undefined;

/** Returns what is known in each replication with data. */
const observationsOf = (replications: readonly (Replication | undefined)[], pick: Reader): readonly Observation[] =>
  replications.flatMap((one) => {
    const observation = one === undefined ? undefined : observationOf(pick(one));
    return observation === undefined ? [] : [observation];
  });

/** Returns what is known in one replication; undefined without data. */
export const observationOf = (measured: Measured | undefined): Observation | undefined => {
  if (measured === undefined || measured.value === null) return undefined;
  const { value, atLeast, atMost, trials, observations } = measured;
  return {
    value,
    ...(atLeast === true ? { atLeast } : {}),
    slack: atMost === undefined ? 0 : atMost - value,
    trials,
    ...(observations === undefined ? {} : { observations }),
  };
};

/** Returns a figure over all replications, its interval with the given error; undefined without data. With `by=` the group that `is` names speaks for it. */
export const figureResult = (
  figure: Figure,
  scenario: Scenario,
  pairs: readonly Pair[],
  { error = ERROR, is = "largest" }: { readonly error?: number; readonly is?: SpeakingGroup["is"] } = {},
): FigureResult | undefined => {
  const parts = partsOf(figure);
  const rule: IntervalRule = { bounds: boundsOf(figure, scenario), oneEvent: largestEvent(figure, scenario), error };
  if (figure.by === undefined) {
    const result = resultOf(figure, rule, pairs, pickFigure(figure));
    return result === undefined ? undefined : { ...result, ...touchedIn(figure, scenario, result), parts };
  }
  const groups = groupsOf(figure, rule, runsOf(pairs));
  const name = farthestOf(groups, is);
  if (name === undefined) return undefined;
  const twins = pairs.flatMap(({ twin }) => twin ?? []);
  // The twin's own farthest group, as its run alone shows it; the difference is that of the two.
  const nameInTwin = farthestOf(groupsOf(figure, rule, twins), is) ?? name;
  const result = resultOf(figure, rule, pairs, pickGroup(figure, name), pickGroup(figure, nameInTwin))!;
  const one = { ...figure, labels: [...figure.labels, only(figure.by, name)] };
  return { ...result, ...touchedIn(one, scenario, result), groups, group: { name, is }, parts };
};

const touchedIn = (figure: Figure, scenario: Scenario, { difference }: FigureResult): Pick<FigureResult, "touched"> => {
  const touched = difference === undefined ? undefined : peopleTouched(figure, scenario, difference);
  return touched === undefined ? {} : { touched: rounded(touched) };
};

type Groups = Readonly<Record<string, Interval>>;

const groupsOf = (figure: Figure, rule: IntervalRule, replications: readonly Replication[]): Groups =>
  Object.fromEntries(
    groupNames(figure, replications).flatMap((name) => {
      const interval = intervalOf(observationsOf(replications, pickGroup(figure, name)), rule);
      return interval === undefined ? [] : [[name, interval] as const];
    }),
  );

/** Returns the name of the largest or smallest group, of equal ones the first; undefined without any. */
const farthestOf = (groups: Groups, is: SpeakingGroup["is"]): string | undefined => {
  const sign = is === "largest" ? 1 : -1;
  return Object.entries(groups).reduce<readonly [string, Interval] | undefined>(
    (farthest, group) => (farthest === undefined || sign * (group[1].value - farthest[1].value) > 0 ? group : farthest),
    undefined,
  )?.[0];
};

const runsOf = (pairs: readonly Pair[]): readonly Replication[] => pairs.map(({ run }) => run);

const pickFigure =
  (figure: Figure): Reader =>
  ({ figures }) =>
    figures[figure.text];

const pickGroup =
  (figure: Figure, name: string): Reader =>
  ({ figures }) =>
    figures[figure.text]?.groups?.[name];

const groupNames = (figure: Figure, replications: readonly Replication[]): readonly string[] =>
  [...new Set(replications.flatMap(({ figures }) => Object.keys(figures[figure.text]?.groups ?? {})))].sort();

const resultOf = (
  figure: Figure,
  rule: IntervalRule,
  pairs: readonly Pair[],
  pick: Reader,
  pickTwin = pick,
): FigureResult | undefined => {
  const runs = observationsOf(runsOf(pairs), pick);
  const interval = intervalOf(runs, rule);
  if (interval === undefined) return undefined;
  const twins = observationsOf(
    pairs.map(({ twin }) => twin),
    pickTwin,
  );
  const noFault = intervalOf(twins, rule);
  const difference = pairedDifference(bothOf(pairs, pick, pickTwin), rule);
  const unfinished = unfinishedOf(pairs, pick);
  const within = withinOf(pairs, pick);
  const trials = trialsOf(runs);
  const few = fewOf(runs, figure.stat);
  const fewInTwins = fewOf(twins, figure.stat);
  const { value, ci95, ...ends } = interval;
  return {
    value,
    unit: figure.unit,
    ci95,
    ...ends,
    n: runs.length,
    ...(few === undefined ? {} : { few }),
    ...(fewInTwins === undefined ? {} : { fewInTwins }),
    ...(within === 0 ? {} : { within }),
    ...(unfinished === undefined ? {} : { unfinished }),
    ...(trials === undefined ? {} : { trials: Math.round(trials) }),
    ...(noFault === undefined ? {} : { noFault }),
    ...(difference === undefined ? {} : { difference }),
  };
};

/** Returns how far the value may be from that at full scale: the most of any replication. */
const withinOf = (pairs: readonly Pair[], pick: Reader): number =>
  rounded(Math.max(0, ...runsOf(pairs).map((run) => pick(run)?.within ?? 0)));

/** Returns the mean share, in percent, of what had not ended when it was cut off; undefined if all had. */
const unfinishedOf = (pairs: readonly Pair[], pick: Reader): number | undefined => {
  const shares = runsOf(pairs).flatMap((run) => {
    const { value = null, unfinished = 0 } = pick(run) ?? {};
    return value === null ? [] : [unfinished];
  });
  const all = shares.reduce((total, one) => total + one, 0);
  return all === 0 ? undefined : rounded(all / shares.length);
};

/** Returns why a figure has no data: the reason that the first replication gives. */
export const whyNoData = (figure: Figure, pairs: readonly Pair[]): string | undefined =>
  runsOf(pairs).find(({ figures }) => figures[figure.text]?.why !== undefined)?.figures[figure.text]?.why;

/** Returns the fullest resource of a figure about load: the one named by most replications, with their number if they differ. */
export const bindsOf = (figure: Figure, pairs: readonly Pair[]): string | undefined => {
  const names = pairs.flatMap(({ run }) => run.figures[figure.text]?.binds ?? []);
  const times = (name: string): number => names.filter((one) => one === name).length;
  const [first, ...others] = [...new Set(names)].toSorted((a, b) => times(b) - times(a));
  if (first === undefined || others.length === 0) return first;
  return `${first} (in ${String(times(first))} of ${String(names.length)} replications)`;
};

/** Returns which backlog grows behind a figure, if one does in most replications: the means of those. */
export const backlogText = (figure: Figure, pairs: readonly Pair[]): string | undefined => {
  const found = pairs.flatMap(({ run }) => run.figures[figure.text]?.backlog ?? []);
  const [first] = found;
  const own = found.filter(({ tier }) => tier === first?.tier);
  if (first === undefined || own.length * 2 <= pairs.length) return undefined;
  const [growth, served] = [mean(own.map((one) => one.growth)), mean(own.map((one) => one.served))];
  const print = (rate: number): string => printShort(rate, 3);
  return `the backlog of tier ${first.tier} grows by ${print(growth)} requests a second: ${print(served + growth)} are offered, ${print(served)} are served`;
};

const bothOf = (
  pairs: readonly Pair[],
  pick: Reader,
  pickTwin: Reader,
): readonly (readonly [Observation, Observation])[] =>
  pairs.flatMap(({ run, twin }) => {
    const faulty = observationOf(pick(run));
    const without = twin === undefined ? undefined : observationOf(pickTwin(twin));
    return faulty === undefined || without === undefined ? [] : [[faulty, without] as const];
  });

/** The value of one figure in one replication, a row of a spreadsheet. */
export interface ReplicationRow {
  readonly replication: number;
  readonly figure: string;
  readonly value: number | null;
  readonly noFault: number | null;
}

/** Returns a row for each replication and figure. */
export const replicationRows = (figures: readonly Figure[], pairs: readonly Pair[]): readonly ReplicationRow[] =>
  pairs.flatMap(({ run, twin }) =>
    figures.map((figure) => ({
      replication: run.replication,
      figure: figure.text,
      value: pickFigure(figure)(run)?.value ?? null,
      noFault: twin === undefined ? null : (pickFigure(figure)(twin)?.value ?? null),
    })),
  );

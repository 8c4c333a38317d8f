/**
 * A figure taken apart: as the program asks it, and as documents and charts carry it beside its text, so that no reader
 * needs the grammar of that text.
 */

/** One figure of a run, such as the mean loss of one region. */
export interface Figure {
  /** Canonical text, labels sorted and without blanks; the key in the run's document. */
  readonly text: string;
  /** Metric name without the stat, e.g. `login.time`. */
  readonly metric: string;
  /** The last dotted part: mean, p50, p95, p99, max, rate, share, count. */
  readonly stat: string;
  /** Matchers of labels, sorted by label; without `window` and `by`. */
  readonly labels: readonly LabelMatch[];
  /** Name of the window that it covers; `run` by default. */
  readonly window: string;
  /** Label by which it is split into groups; undefined for one value. */
  readonly by: string | undefined;
  /** `%`, `s`, `/s`, `/h`, or empty for a count. */
  readonly unit: string;
}

/** One condition on a label, such as `carrier!=mobile`. */
export interface LabelMatch {
  /** Name of the label. */
  readonly label: string;
  /** Accepted values, or excluded ones if `negated`. */
  readonly values: readonly string[];
  /** True for `!=`. */
  readonly negated: boolean;
}

/** Values by label. */
export type Labelled = Readonly<Record<string, readonly string[]>>;

/** E.g. of `loss.mean{carrier!=unicom,region=[beijing,tianjin],window=fault}`. */
export interface FigureParts {
  /** Without the stat, e.g. `loss`. */
  readonly metric: string;
  /** The last dotted part, e.g. `mean`. */
  readonly stat: string;
  /** What the figure is about; empty where it is about everything. */
  readonly labels: Labelled;
  /** What is left out (`label!=value`). */
  readonly except?: Labelled;
  /** The label whose values are the groups. */
  readonly by?: string;
  /** Absent where it is the whole run. */
  readonly window?: string;
}

/** What parts are made from: a figure, or a line over time, which has neither window nor groups. */
interface Whole {
  readonly metric: string;
  readonly stat: string;
  readonly labels?: readonly LabelMatch[];
  readonly by?: string | undefined;
  readonly window?: string;
}

const WHOLE_RUN = "run";

const labelled = (labels: readonly LabelMatch[]): Labelled =>
  Object.fromEntries(labels.map(({ label, values }) => [label, values]));

/** Returns the parts of a figure. */
export const partsOf = ({ metric, stat, labels = [], by, window = WHOLE_RUN }: Whole): FigureParts => {
  const except = labels.filter(({ negated }) => negated);
  return {
    metric,
    stat,
    labels: labelled(labels.filter(({ negated }) => !negated)),
    ...(except.length === 0 ? {} : { except: labelled(except) }),
    ...(by === undefined ? {} : { by }),
    ...(window === WHOLE_RUN ? {} : { window }),
  };
};

/** Returns labels and exceptions as one list, sorted by label. */
export const matchesOf = ({ labels, except = {} }: FigureParts): readonly LabelMatch[] => {
  const listed = (all: Labelled, negated: boolean): LabelMatch[] =>
    Object.entries(all).map(([label, values]) => ({ label, values, negated }));
  return [...listed(labels, false), ...listed(except, true)].sort((a, b) =>
    a.label < b.label ? -1 : a.label > b.label ? 1 : 0,
  );
};

/** Returns the figure's canonical text. */
export const textOf = (parts: FigureParts): string => {
  const { metric, stat, by, window } = parts;
  const inside = matchesOf(parts).map(
    ({ label, values, negated }) =>
      `${label}${negated ? "!=" : "="}${values.length === 1 ? values[0]! : `[${values.join(",")}]`}`,
  );
  if (by !== undefined) inside.push(`by=${by}`);
  if (window !== undefined) inside.push(`window=${window}`);
  return inside.length === 0 ? `${metric}.${stat}` : `${metric}.${stat}{${inside.join(",")}}`;
};

/** Returns a figure as parts and as text. */
export const bothOf = (whole: Whole): { readonly figure: string; readonly parts: FigureParts } => {
  const parts = partsOf(whole);
  return { figure: textOf(parts), parts };
};

/** Returns a match of one value. */
export const only = (label: string, value: string): LabelMatch => ({ label, values: [value], negated: false });

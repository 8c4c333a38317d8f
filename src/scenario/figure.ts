/**
 * Parses figures, such as the mean loss of one region in one window.
 *
 * Grammar: `name.stat{label=value,label!=value,label=[a,b],window=w,by=label}`. Names, labels and their values are
 * resolved before the run starts.
 */
import { type Figure, type LabelMatch, partsOf, textOf } from "./figure-parts.ts";
import type { Hint } from "./findings.ts";
import type { Metric } from "./metric.ts";
import { findMetric, METRIC_NAMES } from "./metrics.ts";
import { quote } from "./quantities.ts";
import type { Names } from "./section.ts";
import { didYouMean, nearest } from "./suggest.ts";
import { checkName } from "./where.ts";

const FIGURE = /^([a-z0-9.-]+)(?:\{([^{}]*)\})?$/;
const LABEL = /^([a-z]+)(!?=)(?:\[([a-z0-9-]+(?:,[a-z0-9-]+)*)\]|([a-z0-9-]+))$/;

interface Wrong {
  readonly wrong: string;
  readonly hint: Hint;
}

/** Parses a figure and resolves its names; a hint that is expensive to compute is a function. */
export const readFigure = (given: string, names: Names): { readonly value: Figure } | Wrong => {
  const compact = given.replace(/\s+/g, "");
  const [, name, inside = ""] = FIGURE.exec(compact) ?? [];
  if (name === undefined)
    return {
      wrong: `${quote(given)} is not a figure`,
      hint: "write name.stat{label=value}, such as loss.mean{region=beijing}",
    };
  const found = findMetric(name);
  if (found === undefined)
    return { wrong: `unknown figure ${quote(name)}`, hint: () => `${meantFigure(name)} (firedrill list metrics)` };
  const read: Draft = { labels: [], window: undefined, by: undefined };
  for (const part of splitLabels(inside)) {
    const wrong = readLabel(part, read, found.metric, names);
    if (wrong !== undefined) return wrong;
  }
  const figure = {
    metric: found.metric.name,
    stat: found.stat.name,
    labels: read.labels.toSorted((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)),
    window: read.window ?? "run",
    by: read.by,
    unit: found.stat.unit,
  };
  return { value: { text: textOf(partsOf(figure)), ...figure } };
};

/** Suggests the nearest name, else one with the same first and last part: login.time.p95 for login.latency.p95. */
const meantFigure = (name: string): string => {
  const [first = "", last = ""] = [name.split(".", 1)[0], name.split(".").at(-1)];
  const meant =
    nearest(name, METRIC_NAMES) ??
    METRIC_NAMES.find((known) => known.startsWith(`${first}.`) && known.endsWith(`.${last}`)) ??
    METRIC_NAMES.find((known) => known.startsWith(`${first}.`));
  return meant === undefined ? didYouMean(name, METRIC_NAMES) : `did you mean "${meant}"?`;
};

interface Draft {
  readonly labels: LabelMatch[];
  window: string | undefined;
  by: string | undefined;
}

/** Splits at commas outside brackets. */
const splitLabels = (inside: string): readonly string[] => (inside === "" ? [] : inside.split(/,(?![^[]*\])/));

const readLabel = (part: string, read: Draft, metric: Metric, names: Names): Wrong | undefined => {
  const match = LABEL.exec(part);
  const label = match?.[1];
  if (match === null || label === undefined)
    return { wrong: `${quote(part)} is not a label`, hint: "write label=value, label!=value or label=[a,b]" };
  const negated = match[2] === "!=";
  const values = [...new Set((match[3] ?? match[4] ?? "").split(",").filter((value) => value !== ""))].sort();
  const [first = ""] = values;
  if (label === "by" || label === "window") {
    if (negated || values.length !== 1) return { wrong: `${label} takes one value`, hint: `write ${label}=${first}` };
    if (read[label] !== undefined) return { wrong: `duplicate ${label}`, hint: "remove one of them" };
    read[label] = first;
    if (label === "window") return unknownName("window", first, names);
    if (metric.labels.some((known) => known === first)) return undefined;
    return { wrong: `${metric.name} has no label ${quote(first)}`, hint: () => didYouMean(first, metric.labels) };
  }
  const known = metric.labels.find((candidate) => candidate === label);
  if (known === undefined)
    return {
      wrong: `${metric.name} has no label ${quote(label)}`,
      hint: () => didYouMean(label, [...metric.labels, "window", "by"]),
    };
  if (read.labels.some((other) => other.label === label))
    return { wrong: `duplicate label ${quote(label)}`, hint: `write ${label}=[a,b]` };
  read.labels.push({ label, values, negated });
  for (const value of values) {
    const wrong = unknownName(known, value, names);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

const unknownName = (kind: string, name: string, names: Names) => {
  const known = names[kind];
  let wrong: Wrong | undefined;
  if (known !== undefined)
    checkName(kind, name, known, (message, hint) => {
      wrong = { wrong: message, hint };
    });
  return wrong;
};

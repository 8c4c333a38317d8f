/**
 * Figures: what can be asked of a run, such as the mean loss of one region in one window.
 *
 * Grammar: `name.stat{label=value,label!=value,label=[a,b],window=w,by=label}`. Names, labels and their
 * values are resolved before anything runs.
 */
import type { Hint } from "./findings.ts";
import type { Label, Metric } from "./metric.ts";
import { ALERT_KINDS, RESOURCES, findMetric, METRIC_NAMES } from "./metrics.ts";
import { gatewayNames, serverNames } from "./people/names.ts";
import { CAUSES } from "./push/section.ts";
import { quote, type Read } from "./quantities.ts";
import type { Figure, LabelMatch, Scenario } from "./scenario.ts";
import { didYouMean, nearest } from "./suggest.ts";
import { checkName, type Names } from "./where.ts";

/** The names a figure may use: those of the world and of the scenario. Unknown ones (undefined) are not checked. */
export type FigureContext = Pick<Names, Label | "window">;

/** What figures about a resolved scenario may name. */
export const figureContext = ({
  world,
  faults,
  windows,
}: Pick<Scenario, "world" | "faults" | "windows">): FigureContext => ({
  region: Object.keys(world.regions),
  carrier: Object.keys(world.carriers),
  line: Object.keys(world.carriers),
  access: Object.keys(world.access),
  centre: Object.keys(world.centres),
  home: Object.keys(world.centres),
  resource: [...RESOURCES, ...Object.keys(world.tiers)],
  gateway: gatewayNames(world).map(({ name }) => name),
  server: serverNames(world).map(({ name }) => name),
  port: world.ports.map(String),
  fault: faults.map(({ id }) => id),
  window: Object.keys(windows),
  kind: ALERT_KINDS,
  tier: Object.keys(world.services?.tiers ?? {}),
  entry: Object.keys(world.services?.entries ?? {}),
  task: Object.keys(world.push?.tasks ?? {}),
  cause: CAUSES,
});

const FIGURE = /^([a-z0-9.-]+)(?:\{([^{}]*)\})?$/;
const LABEL = /^([a-z]+)(!?=)(?:\[([a-z0-9-]+(?:,[a-z0-9-]+)*)\]|([a-z0-9-]+))$/;

/** Understands a figure and resolves its names, before anything runs. */
export const parseFigure = (given: string, context: FigureContext): Read<Figure> => {
  const read = readFigure(given, context);
  if ("value" in read) return read;
  return { wrong: read.wrong, hint: typeof read.hint === "string" ? read.hint : read.hint() };
};

interface Wrong {
  readonly wrong: string;
  readonly hint: Hint;
}

/** As `parseFigure`, with suggestions that are looked for only when somebody asks. */
export const readFigure = (given: string, context: FigureContext): { readonly value: Figure } | Wrong => {
  const compact = given.replace(/\s+/g, "");
  const [, name, inside = ""] = FIGURE.exec(compact) ?? [];
  if (name === undefined)
    return {
      wrong: `${quote(given)} is not a figure`,
      hint: "write name.stat{label=value}, such as loss.mean{region=beijing}",
    };
  const found = findMetric(name);
  if (found === undefined)
    return { wrong: `no figure ${quote(name)}`, hint: () => `${meantFigure(name)} (firedrill list metrics)` };
  const read: Draft = { labels: [], window: undefined, by: undefined };
  for (const part of splitLabels(inside)) {
    const wrong = readLabel(part, read, found.metric, context);
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
  return { value: { text: canonical(figure), ...figure } };
};

/** Nearest by letters, else one that begins and ends alike: of login.latency.p95 login.time.p95. */
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

/** At commas outside of brackets. */
const splitLabels = (inside: string): readonly string[] => (inside === "" ? [] : inside.split(/,(?![^[]*\])/));

const readLabel = (part: string, read: Draft, metric: Metric, context: FigureContext): Wrong | undefined => {
  const match = LABEL.exec(part);
  const label = match?.[1];
  if (match === null || label === undefined)
    return { wrong: `${quote(part)} is not a label`, hint: "write label=value, label!=value or label=[a,b]" };
  const negated = match[2] === "!=";
  const values = [...new Set((match[3] ?? match[4] ?? "").split(",").filter((value) => value !== ""))].sort();
  const [first = ""] = values;
  if (label === "by" || label === "window") {
    if (negated || values.length !== 1) return { wrong: `${label} takes one value`, hint: `write ${label}=${first}` };
    if (read[label] !== undefined) return { wrong: `${label} is there twice`, hint: "remove one of them" };
    read[label] = first;
    if (label === "window") return unknownName("window", first, context);
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
    return { wrong: `the label ${quote(label)} is there twice`, hint: `write ${label}=[a,b]` };
  read.labels.push({ label, values, negated });
  for (const value of values) {
    const wrong = unknownName(known, value, context);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

const unknownName = (kind: Label | "window", name: string, context: FigureContext) => {
  const known = context[kind];
  let wrong: Wrong | undefined;
  if (known !== undefined)
    checkName(kind, name, known, (message, hint) => {
      wrong = { wrong: message, hint };
    });
  return wrong;
};

const canonical = (figure: Omit<Figure, "text">): string => {
  const parts = figure.labels.map(({ label, values, negated }) => {
    const value = values.length === 1 ? values.join("") : `[${values.join(",")}]`;
    return `${label}${negated ? "!=" : "="}${value}`;
  });
  if (figure.by !== undefined) parts.push(`by=${figure.by}`);
  if (figure.window !== "run") parts.push(`window=${figure.window}`);
  const name = `${figure.metric}.${figure.stat}`;
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
};

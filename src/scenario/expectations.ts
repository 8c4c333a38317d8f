/**
 * Reads the limits on figures: expectations are published values, and a miss means that the model is wrong; thresholds
 * are requirements, and a miss means that the design is not good enough.
 */
import { printPlain } from "../base/digits.ts";
import { z } from "zod";
import { readFigure } from "./figure.ts";
import type { Figure } from "./figure-parts.ts";
import { either, oneOrMore, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { demandOneOf, judgeFields } from "./judge.ts";
import { findMetric, metricOf } from "./metrics.ts";
import { nodeAt, type MapNode, type Path } from "./positions.ts";
import { quote, readCount, readDuration, readPercent, readRate, type Read } from "./quantities.ts";
import type { Expectation, Threshold } from "./scenario.ts";
import type { Names } from "./section.ts";
import { didYouMean } from "./suggest.ts";

/** Reads a limit in the figure's unit: percent as percent, seconds, or a plain number. */
const readLimit = (given: string | number, unit: string, { signed }: { readonly signed: boolean }): Read<number> => {
  const read = readUnsigned(given, unit, signed);
  if ("value" in read && read.value < 0 && !signed)
    return {
      wrong: `${quote(given)} is negative`,
      hint: "write 0 or more, or add of: difference to limit a difference",
    };
  return read;
};

const readUnsigned = (given: string | number, unit: string, signed: boolean): Read<number> => {
  if (unit === "%") return readPercent(given);
  if (unit === "s") {
    const read = readDuration(given, { signed });
    return "value" in read ? { value: read.value / 1_000_000 } : read;
  }
  if (unit === "") {
    if (typeof given === "number" && Number.isFinite(given)) return { value: given };
    return readCount(given, signed ? { min: -Number.MAX_SAFE_INTEGER } : {});
  }
  return readRate(given, unit);
};

const LIMIT = "in the figure's unit, such as 3 %, 1.5 s or 4 /h; a bare number for counts";
const limit = either(z.string(), z.number(), `Value ${LIMIT}`);
const figureText = text(
  "Figure: name.stat{label=value,label!=value,label=[a,b],window=w,by=label}; firedrill list metrics prints all names",
);

/** The keys of an expectation. */
export const expectShape = {
  figure: figureText,
  between: z.tuple([limit, limit]).meta({ description: "Lowest and highest published value, both inclusive" }),
  source: text("Source of the published value, a key of sources"),
  kind: z.enum(["by-construction", "as-it-comes"]).meta({
    description:
      "by-construction: parameters of the scenario determine the figure; as-it-comes: the simulation produces it",
  }),
  "fixed-by": z.exactOptional(
    oneOrMore(text("Path of a parameter"), "Paths of the parameters that determine it, such as faults.gateway.loss"),
  ),
  published: z.exactOptional(text("Published value as the source words it; the range of between by default")),
};

/** The keys of a threshold. */
export const thresholdShape = {
  figure: figureText,
  of: z.exactOptional(
    z
      .enum(["value", "difference"])
      .meta({ description: "Limits apply to the value (default), or to its difference from the run without faults" }),
  ),
  min: z.exactOptional(
    limit.meta({
      description: `Lowest allowed value, ${LIMIT}; without max, a figure with by= is judged by its smallest group`,
    }),
  ),
  max: z.exactOptional(
    limit.meta({ description: `Highest allowed value, ${LIMIT}; a figure with by= is judged by its largest group` }),
  ),
  judge: z.exactOptional(
    z.enum(["full-scale-only"]).meta({
      description:
        "full-scale-only: a run at another scale leaves the row out; without it such a run is inconclusive if the row cannot be judged there",
    }),
  ),
  shows: z.exactOptional(
    z
      .enum(["failure"])
      .meta({ description: "failure: the limit holds only while the design fails, and the report says so" }),
  ),
};

interface Surroundings {
  readonly names: Names;
  readonly sources: readonly string[];
  readonly pathExists: (path: string) => boolean;
  readonly report: Reporter;
}

/** Returns the figure and the unit of its limits, each undefined if it cannot be determined. */
const figureOf = (
  given: string | undefined,
  path: Path,
  { names, report }: Surroundings,
): { readonly figure: Figure | undefined; readonly unit: string | undefined } => {
  if (given === undefined) return { figure: undefined, unit: undefined };
  const read = readFigure(given, names);
  if ("value" in read) return { figure: read.value, unit: read.value.unit };
  report([...path, "figure"], read.wrong, read.hint);
  return { figure: undefined, unit: findMetric(given.split("{", 1)[0]?.trim() ?? "")?.stat.unit };
};

interface Limit {
  readonly given: string | number | undefined;
  readonly unit: string | undefined;
  readonly signed?: boolean;
}

const limitOf = ({ given, unit, signed = false }: Limit, path: Path, report: Reporter): number | undefined => {
  if (given === undefined || unit === undefined) return undefined;
  const read = readLimit(given, unit, { signed });
  if ("value" in read) return read.value;
  report(path, read.wrong, read.hint);
  return undefined;
};

/** Returns the expectation, or reports why it cannot be read and returns undefined. */
export const resolveExpectation = (item: MapNode, path: Path, around: Surroundings): Expectation | undefined => {
  const { report, sources } = around;
  const given = judgeFields(expectShape, item, path, report);
  const { figure, unit } = figureOf(given.figure, path, around);
  const { source, kind, between, "fixed-by": fixedBy = [] } = given;
  if (source !== undefined && !sources.includes(source))
    report([...path, "source"], `${quote(source)} is not a key of sources`, () => didYouMean(source, sources));
  checkFixedBy(item, { kind, fixedBy }, path, around);
  if (between === undefined) return undefined;
  const low = limitOf({ given: between[0], unit }, [...path, "between", 0], report);
  const high = limitOf({ given: between[1], unit }, [...path, "between", 1], report);
  if (low === undefined || high === undefined) return undefined;
  if (low > high) report([...path, "between"], "the lowest value is above the highest", "swap them");
  if (figure === undefined || source === undefined || kind === undefined) return undefined;
  return { figure, between: [low, high], source, kind, fixedBy, published: given.published ?? range(between) };
};

/** Checks that `fixed-by` names existing parameters for kind `by-construction`, and is absent for `as-it-comes`. */
const checkFixedBy = (
  item: MapNode,
  { kind, fixedBy }: { readonly kind: Expectation["kind"] | undefined; readonly fixedBy: readonly string[] },
  path: Path,
  { pathExists, report }: Surroundings,
): void => {
  const below = [...path, "fixed-by"];
  if (kind === "by-construction" && !item.entries.has("fixed-by"))
    report(below, "is missing", "write the parameters that determine the figure, such as [faults.gateway.loss]", "key");
  if (kind === "as-it-comes" && fixedBy.length > 0)
    report(below, "does not apply to kind: as-it-comes", "remove it, or write kind: by-construction");
  fixedBy.forEach((parameter, i) => {
    if (pathExists(parameter)) return;
    const at = nodeAt(item, ["fixed-by"])?.kind === "list" ? [...below, i] : below;
    report(at, `unknown parameter ${quote(parameter)}`, "write a path such as faults.gateway.loss");
  });
};

/** Returns a range as text: "3–4 %" for 3 % and 4 %, "500 ms–2 s" for 500 ms and 2 s. */
const range = ([low, high]: readonly [string | number, string | number]): string => {
  const [, number, unit] = /^([\d.]+)\s*(\D*)$/.exec(String(low)) ?? [];
  const same = number !== undefined && unit !== "" && String(high).endsWith(unit ?? "");
  return `${same ? number : String(low)}–${String(high)}`;
};

/** Reports a limit that no value can meet, such as at least 101 % of a share. */
const checkPossible = (
  { metric, unit }: Figure,
  { min, max }: Pick<Threshold, "min" | "max">,
  path: Path,
  report: Reporter,
): void => {
  const { low, high } = metricOf(metric)?.range ?? { low: 0, high: unit === "%" ? 100 : Infinity };
  if (min !== undefined && min > high)
    report([...path, "min"], `no value is above ${String(high)} ${unit}`, `write less than ${String(high)} ${unit}`);
  if (max !== undefined && max < low)
    report([...path, "max"], `no value is below ${String(low)} ${unit}`, `write more than ${String(low)} ${unit}`);
};

/** Returns the threshold, or reports why it cannot be read and returns undefined. */
export const resolveThreshold = (item: MapNode, path: Path, around: Surroundings): Threshold | undefined => {
  const { report } = around;
  demandOneOf(["min", "max"], thresholdShape, { item, path, report }, "has no limit");
  const given = judgeFields(thresholdShape, item, path, report);
  const { figure, unit } = figureOf(given.figure, path, around);
  const signed = given.of === "difference";
  const min = limitOf({ given: given.min, unit, signed }, [...path, "min"], report);
  const max = limitOf({ given: given.max, unit, signed }, [...path, "max"], report);
  if (figure === undefined || (min === undefined && max === undefined)) return undefined;
  if (min !== undefined && max !== undefined && min > max)
    report([...path, "min"], "min is above max", "swap min and max");
  if (!signed) checkPossible(figure, { min, max }, path, report);
  const printed = figure.unit === "" ? "" : ` ${figure.unit}`;
  const limits = [
    ...(min === undefined ? [] : [`≥ ${printPlain(min)}${printed}`]),
    ...(max === undefined ? [] : [`≤ ${printPlain(max)}${printed}`]),
  ];
  return {
    figure,
    ...(signed ? { of: "difference" } : {}),
    min,
    max,
    limit: `${signed ? "difference " : ""}${limits.join(" and ")}`,
    ...(given.shows === undefined ? {} : { shows: given.shows }),
    onlyFullScale: findMetric(`${figure.metric}.${figure.stat}`)?.stat.onlyFullScale ?? false,
    isJudgedAtFullScaleOnly: given.judge !== undefined,
  };
};

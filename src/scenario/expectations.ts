/**
 * What is asked of figures: expectations (published: a miss means the model is wrong) and thresholds
 * (ours: a miss means the design is not good enough).
 */
import { z } from "zod";
import { readFigure } from "./figure.ts";
import type { Figure } from "./figure-parts.ts";
import { either, oneOrMore, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { demandOneOf, judgeFields } from "./judge.ts";
import { findMetric } from "./metrics.ts";
import { nodeAt, type MapNode, type Path } from "./positions.ts";
import { quote, readCount, readDuration, readPercent, readRate, type Read } from "./quantities.ts";
import type { Expectation, Threshold } from "./scenario.ts";
import type { Names } from "./section.ts";
import { didYouMean } from "./suggest.ts";

/** A limit in the figure's unit: percent as percent, seconds, or a plain number. */
const readLimit = (given: string | number, unit: string, { signed }: { readonly signed: boolean }): Read<number> => {
  const read = readUnsigned(given, unit, signed);
  if ("value" in read && read.value < 0 && !signed)
    return { wrong: `${quote(given)} is negative`, hint: "no figure is; a difference may be: of: difference" };
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

const limit = either(
  z.string(),
  z.number(),
  "A value in the figure's unit, such as 3 %, 1.5 s or 4 /h; a bare number for counts",
);
const figureText = text(
  "name.stat{label=value,label!=value,label=[a,b],window=w,by=label}; see firedrill list metrics",
);

export const expectShape = {
  figure: figureText,
  between: z.tuple([limit, limit]).meta({ description: "Lowest and highest published value, both included" }),
  source: text("A key of sources"),
  kind: z.enum(["by-construction", "as-it-comes"]).meta({ description: "Whether a parameter we typed fixes it" }),
  "fixed-by": z.exactOptional(
    oneOrMore(text("A path"), "Paths of the parameters that fix it, such as faults.gateway.loss"),
  ),
  published: z.exactOptional(text("As the source puts it")),
};

export const thresholdShape = {
  figure: figureText,
  of: z.exactOptional(
    z
      .enum(["value", "difference"])
      .meta({ description: "Judge the value (default), or its difference to the run without faults" }),
  ),
  min: z.exactOptional(limit),
  max: z.exactOptional(limit),
  shows: z.exactOptional(
    z.enum(["failure"]).meta({ description: "It is green only while something fails, and the report says so" }),
  ),
};

interface Surroundings {
  readonly names: Names;
  readonly sources: readonly string[];
  readonly pathExists: (path: string) => boolean;
  readonly report: Reporter;
}

/** The figure, and the unit of its limits as far as that can be told. */
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

/** The expectation, or undefined when it cannot be told; that is reported. */
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

/** A figure by construction names what fixes it, and one that is as it comes names nothing. */
const checkFixedBy = (
  item: MapNode,
  { kind, fixedBy }: { readonly kind: Expectation["kind"] | undefined; readonly fixedBy: readonly string[] },
  path: Path,
  { pathExists, report }: Surroundings,
): void => {
  const below = [...path, "fixed-by"];
  if (kind === "by-construction" && !item.entries.has("fixed-by"))
    report(below, "is missing", "name the parameters that fix the figure, such as [faults.gateway.loss]", "key");
  if (kind === "as-it-comes" && fixedBy.length > 0)
    report(below, "nothing fixes a figure that is as it comes", "write kind: by-construction");
  fixedBy.forEach((parameter, i) => {
    if (pathExists(parameter)) return;
    const at = nodeAt(item, ["fixed-by"])?.kind === "list" ? [...below, i] : below;
    report(at, `there is no parameter ${quote(parameter)}`, "write a path such as faults.gateway.loss");
  });
};

/** "3–4 %" of 3 % and 4 %, "500 ms–2 s" of the two. */
const range = ([low, high]: readonly [string | number, string | number]): string => {
  const [, number, unit] = /^([\d.]+)\s*(\D*)$/.exec(String(low)) ?? [];
  const same = number !== undefined && unit !== "" && String(high).endsWith(unit ?? "");
  return `${same ? number : String(low)}–${String(high)}`;
};

/** The threshold, or undefined when it cannot be told; that is reported. */
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
    report([...path, "min"], "the least allowed is above the most", "swap min and max");
  const printed = figure.unit === "" ? "" : ` ${figure.unit}`;
  const limits = [
    ...(min === undefined ? [] : [`≥ ${String(min)}${printed}`]),
    ...(max === undefined ? [] : [`≤ ${String(max)}${printed}`]),
  ];
  return {
    figure,
    ...(signed ? { of: "difference" } : {}),
    min,
    max,
    limit: `${signed ? "difference " : ""}${limits.join(" and ")}`,
    ...(given.shows === undefined ? {} : { shows: given.shows }),
    onlyFullScale: findMetric(`${figure.metric}.${figure.stat}`)?.stat.onlyFullScale ?? false,
  };
};

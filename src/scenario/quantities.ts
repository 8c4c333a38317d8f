/**
 * Reads quantities as people write them: "1 h 30 min", "9 %", "29.91 M". A bare number where a unit is needed is
 * ambiguous, so it is rejected with the text to write instead.
 */
import { wholePower } from "../base/math.ts";
import type { Duration } from "../base/units.ts";
import { meantCounts, meantDurations, meantRates, meantScales, meantShares, meantSizes } from "./meant.ts";

/** The value of a quantity, or what is wrong with the text and what to write. */
export type Read<T> = { readonly value: T } | { readonly wrong: string; readonly hint: string };

const DAY = 86_400_000_000;
/** Longest duration: longer than any incident, and short enough for exact integers of microseconds. */
export const LONGEST_DAYS = 400;

const TIME_UNITS: Readonly<Record<string, number>> = {
  d: DAY,
  h: 3_600_000_000,
  min: 60_000_000,
  s: 1_000_000,
  ms: 1_000,
  us: 1,
};

/** Returns a value as written in the file, cut for a message and free of control characters. */
export const quote = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
};

/** Returns the hint: what can be written instead, of all that was meant and is accepted, or else in general. */
const hintOf = (meant: readonly string[], isAccepted: (text: string) => boolean, general: string): string => {
  const accepted = meant.filter((text) => isAccepted(text.replace(/ \(.*\)$/, "")));
  return accepted.length === 0 ? general : `write ${accepted.join(" or ")}`;
};

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const PART = /(\d+(?:\.\d+)?)\s*([a-zµ]+)/gy;

const KINDS_OF_TIME = "(a duration: ms, s, min, h, d)";

/** Reads a duration of at most 400 days as whole microseconds; a minus sign is accepted only if `signed`. */
export const readDuration = (given: string | number, { signed = false } = {}): Read<Duration> => {
  const text = String(given).trim();
  const isAccepted = (other: string): boolean => {
    const time = durationParts(other.replace(/^-/, ""));
    return "value" in time && time.value <= LONGEST_DAYS * DAY && (signed || !other.startsWith("-"));
  };
  const negative = text.startsWith("-");
  if (negative && !signed) return { wrong: `${quote(given)} is negative`, hint: "write a duration of 0 s or more" };
  if (NUMBER.test(text)) {
    const units = Number(text) >= FEW_SECONDS ? ["ms", "s"] : ["s", "ms"];
    const meant = Number(text) === 0 ? ["0 s"] : units.map((unit) => `${text} ${unit}`);
    const hint = hintOf(meant, isAccepted, "write a number and a unit");
    return { wrong: `${quote(given)} has no unit`, hint: `${hint} ${KINDS_OF_TIME}` };
  }
  const parts = durationParts(negative ? text.slice(1).trim() : text);
  if (!("value" in parts))
    return { wrong: `${quote(given)} is not a duration`, hint: hintOf(meantDurations(text), isAccepted, parts.hint) };
  if (parts.value > LONGEST_DAYS * DAY)
    return { wrong: `${quote(given)} is too long`, hint: `write at most ${String(LONGEST_DAYS)} d` };
  return { value: (negative ? -parts.value : parts.value) as Duration };
};

/** A number of this size without a unit is rather milliseconds than seconds; chosen. */
const FEW_SECONDS = 1_000;

/** Reads parts in falling order, each unit once: "1 h 30 min". */
const durationParts = (text: string): Read<number> => {
  let sum = 0;
  let last = Infinity;
  let end = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const [whole, count = "", unit = ""] = part;
    const size = TIME_UNITS[unit];
    if (size === undefined) return { wrong: "", hint: "the units are us, ms, s, min, h and d" };
    if (size >= last) return { wrong: "", hint: "write the largest unit first and each unit once, such as 1 h 30 min" };
    sum += Number(count) * size;
    last = size;
    end = part.index + whole.length;
    while (text[end] === " ") end++;
    PART.lastIndex = end;
  }
  if (end === 0 || end < text.length)
    return { wrong: "", hint: "write a number and a unit, such as 90 s, 5 min or 1 h 30 min" };
  return { value: Math.round(sum) };
};

/** Reads a share as a fraction: "9 %" is 0.09. Bounds are 0 to 100 %, or −100 to 100 % if `signed`. */
export const readShare = (given: string | number, { signed = false } = {}): Read<number> => {
  const bounds = `write a share from ${signed ? "-100 %" : "0 %"} to 100 %`;
  const isInside = (percent: number): boolean => (percent >= 0 || signed) && Math.abs(percent) <= 100;
  const percent = readPercent(given, isInside);
  if (!("value" in percent)) return { ...percent, hint: percent.hint === "" ? bounds : percent.hint };
  const { value } = percent;
  if (isInside(value)) return { value: shiftPoint(value, -2) };
  return {
    wrong: `${quote(given)} is ${value < 0 && !signed ? "negative" : value < 0 ? "below -100 %" : "above 100 %"}`,
    hint: bounds,
  };
};

/** Reads the number before the percent sign; a hint offers only what `isInside` accepts, and is empty if it accepts nothing. */
export const readPercent = (
  given: string | number,
  isInside = (percent: number) => !Number.isNaN(percent),
): Read<number> => {
  const text = String(given).trim();
  const match = /^([-+]?\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (match?.[1] !== undefined) return { value: Number(match[1]) };
  const meant = meantShares(text);
  const hint = hintOf(meant, (other) => isInside(Number.parseFloat(other)), "");
  if (NUMBER.test(text)) return { wrong: `${quote(given)} has no unit`, hint: hint === "" ? "" : `${hint} (a share)` };
  const general = meant.length === 0 ? "write a number and a percent sign, such as 9 %" : "";
  return { wrong: `${quote(given)} is not a share`, hint: hint === "" ? general : hint };
};

/** Moves the decimal point in the decimal text, so that 62.5 % is the double nearest to 0.625. */
const shiftPoint = (value: number, places: number): number => {
  const [digits = "0", exponent = "0"] = value.toString().split("e");
  return Number(`${digits}e${String(Number(exponent) + places)}`);
};

const MULTIPLES: Readonly<Record<string, string>> = { "": "e0", k: "e3", M: "e6", G: "e9" };

/** Returns a number that a count within the bounds can be: of `COUNTS` the largest, else the highest. */
export const countWithin = (min: number, max: number): number =>
  COUNTS.find((one) => one >= min && one <= max) ?? (max < COUNTS.at(-1)! ? max : min);

/** Examples of counts; chosen. */
const COUNTS = [30_000, 100, 10, 1] as const;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Returns the number that a text is as a count, whole or not; undefined for another text. */
const countOf = (text: string): number | undefined => {
  const match = /^(-?\d+(?:\.\d+)?)\s*([kMG]?)$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1] + MULTIPLES[match[2] ?? ""]!);
};

const countHint = (text: string, { min, max }: Bounds): string => {
  const isAccepted = (other: string): boolean => {
    const value = countOf(other);
    return Number.isInteger(value) && value! >= min && value! <= max;
  };
  const examples = max < 1_500_000 ? String(countWithin(min, max)) : "30000, 20 k or 1.5 M";
  return hintOf(meantCounts(text), isAccepted, `write a whole number, such as ${examples}`);
};

/** Reads a whole number: "180 M", "20 k", "30000". */
export const readCount = (given: string | number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Read<number> => {
  const text = String(given).trim();
  const value = countOf(text);
  if (value === undefined) return { wrong: `${quote(given)} is not a count`, hint: countHint(text, { min, max }) };
  if (!Number.isInteger(value)) return { wrong: `${quote(given)} is not a whole number`, hint: "write a whole number" };
  if (value < min || value > max)
    return {
      wrong: `${quote(given)} is out of range`,
      hint: `write a whole number from ${String(min)} to ${String(max)}`,
    };
  return { value };
};

/** A number of replications: `least` always run, and more up to `most` until every judged row is decided. */
export interface Repetitions {
  /** Replications that always run. */
  readonly least: number;
  /** Highest number of replications; equal to `least` for a fixed number. */
  readonly most: number;
}

/** Reads a number of replications from 1 to `max`: 10, or "4..10" for at least four. */
export const readRepetitions = (given: string | number, max: number): Read<Repetitions> => {
  const [, first, last] = /^(.*\d.*)\.\.(.*\d.*)$/.exec(String(given)) ?? [undefined, given, given];
  const ends = [first, last].map((end) => readCount(end, { min: 1, max }));
  const bad = ends.find((end) => "wrong" in end);
  if (bad !== undefined) return bad;
  const [least, most] = ends.map((end) => ("value" in end ? end.value : 0)) as [number, number];
  if (least > most) return { wrong: `${quote(given)} is the wrong way round`, hint: "write the lower number first" };
  return { value: { least, most } };
};

const RATE_SECONDS: Readonly<Record<string, number>> = { "/s": 1, "/min": 60, "/h": 3_600, "/d": 86_400 };

/** Returns the rate that a text is, in `unit`; undefined for another text. */
const rateOf = (text: string, unit: string): number | undefined => {
  const [, number = "", multiple = "", per = ""] = /^(-?\d+(?:\.\d+)?)\s*([kMG]?)\s*(\/[a-z]+)$/.exec(text) ?? [];
  const seconds = RATE_SECONDS[per];
  return seconds === undefined ? undefined : (Number(number + MULTIPLES[multiple]!) * RATE_SECONDS[unit]!) / seconds;
};

/** Reads a rate: "120 /h", "56 k /s". `unit` is that of the result, such as `/h`; the text may have /s, /min, /h or /d. */
export const readRate = (given: string | number, unit: string): Read<number> => {
  const text = String(given).trim();
  const value = rateOf(text, unit);
  if (value !== undefined) return { value };
  const isAccepted = (other: string): boolean => rateOf(other, unit) !== undefined;
  const hint = hintOf(meantRates(text, [unit]), isAccepted, `write a rate such as 4 ${unit}`);
  return NUMBER.test(text)
    ? { wrong: `${quote(given)} has no unit`, hint: `${hint} (a rate: /s, /min, /h, /d)` }
    : { wrong: `${quote(given)} is not a rate`, hint };
};

const PEOPLE_A_ROW_MAX = 1_000_000;

/** Returns the people per row of a scale; undefined for another text. */
const scaleOf = (text: string): number | undefined => {
  const match = /^1(?:\s*\/\s*(\d+))?$/.exec(text);
  const people = match === null ? NaN : Number(match[1] ?? "1");
  return people >= 1 && people <= PEOPLE_A_ROW_MAX ? people : undefined;
};

/** Reads a scale as people per row: "1/1000" is 1000, "1" is 1. */
export const readScale = (given: string | number): Read<number> => {
  const text = String(given).trim();
  const value = scaleOf(text);
  if (value !== undefined) return { value };
  const general = `write 1 or 1/n, such as 1/1000, with n up to ${String(PEOPLE_A_ROW_MAX)}`;
  const isAccepted = (other: string): boolean => scaleOf(other) !== undefined;
  return { wrong: `${quote(given)} is not a scale`, hint: hintOf(meantScales(text), isAccepted, general) };
};

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Returns the bytes of a size; undefined for another text. */
const bytesOf = (text: string): number | undefined => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text) ?? [];
  const power = SIZES.indexOf(unit);
  return power < 0 ? undefined : Math.round(Number(number) * wholePower(1_024, power));
};

/** Reads a size as whole bytes. */
export const readBytes = (given: string | number): Read<number> => {
  const text = String(given).trim();
  const value = bytesOf(text);
  if (value !== undefined) return { value };
  const isAccepted = (other: string): boolean => bytesOf(other) !== undefined;
  const hint = hintOf(meantSizes(text), isAccepted, "write a size such as 128 KiB");
  return { wrong: `${quote(given)} ${NUMBER.test(text) ? "has no unit" : "is not a size"}`, hint };
};

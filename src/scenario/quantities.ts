/**
 * Reads quantities as people write them: "1 h 30 min", "9 %", "29.91 M". A bare number where a unit is needed is
 * ambiguous, so it is rejected with the text to write instead.
 */
import { wholePower } from "../base/math.ts";
import type { Duration } from "../base/units.ts";

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

const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  day: "d",
  days: "d",
  hour: "h",
  hours: "h",
  hr: "h",
  hrs: "h",
  minute: "min",
  minutes: "min",
  mins: "min",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  msec: "ms",
  millisecond: "ms",
  milliseconds: "ms",
  µs: "us",
  usec: "us",
};

/** Returns a value as written in the file, cut for a message and free of control characters. */
export const quote = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
};

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const PART = /(\d+(?:\.\d+)?)\s*([a-zµ]+)/gy;

/** Reads a duration of at most 400 days as whole microseconds; a minus sign is accepted only if `signed`. */
export const readDuration = (given: string | number, { signed = false } = {}): Read<Duration> => {
  const text = String(given).trim();
  if (NUMBER.test(text)) {
    const number = signed ? text : text.replace("-", "");
    return { wrong: `${quote(given)} has no unit`, hint: `write ${number} s (a duration: ms, s, min, h, d)` };
  }
  const negative = text.startsWith("-");
  if (negative && !signed) return { wrong: `${quote(given)} is negative`, hint: "write a duration of 0 s or more" };
  const parts = durationParts(negative ? text.slice(1).trim() : text);
  if (!("value" in parts)) return { wrong: `${quote(given)} is not a duration`, hint: parts.hint };
  if (parts.value > LONGEST_DAYS * DAY)
    return { wrong: `${quote(given)} is too long`, hint: `write at most ${String(LONGEST_DAYS)} d` };
  return { value: (negative ? -parts.value : parts.value) as Duration };
};

/** Reads parts in falling order, each unit once: "1 h 30 min". */
const durationParts = (text: string): Read<number> => {
  let sum = 0;
  let last = Infinity;
  let end = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const [whole, count = "", unit = ""] = part;
    const size = TIME_UNITS[unit];
    if (size === undefined) return { wrong: "", hint: spelling(count, unit) };
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

const spelling = (count: string, unit: string): string => {
  if (unit === "m") return `write ${count} min (minutes) or ${count} ms (milliseconds)`;
  const known = OTHER_SPELLINGS[unit];
  return known === undefined ? "the units are ms, s, min, h and d" : `write ${count} ${known}`;
};

/** Reads a share as a fraction: "9 %" is 0.09. Bounds are 0 to 100 %, or −100 to 100 % if `signed`, unless `unbounded`. */
export const readShare = (given: string | number, { signed = false, unbounded = false } = {}): Read<number> => {
  const percent = readPercent(given);
  if (!("value" in percent)) return percent;
  const { value } = percent;
  if (value < 0 && !signed) return { wrong: `${quote(given)} is negative`, hint: "write a share from 0 % to 100 %" };
  if (Math.abs(value) > 100 && !unbounded)
    return { wrong: `${quote(given)} is above 100 %`, hint: "write a share from 0 % to 100 %" };
  return { value: shiftPoint(value, -2) };
};

/** Reads the number before the percent sign, without bounds. */
export const readPercent = (given: string | number): Read<number> => {
  const text = String(given).trim();
  const match = /^([-+]?\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (match?.[1] !== undefined) return { value: Number(match[1]) };
  if (NUMBER.test(text)) {
    const fraction = Math.abs(Number(text)) < 1 && text.includes(".");
    const percent = fraction ? String(shiftPoint(Number(text), 2)) : text;
    return { wrong: `${quote(given)} has no unit`, hint: `write ${percent} % (a share)` };
  }
  return { wrong: `${quote(given)} is not a share`, hint: "write a number and a percent sign, such as 9 %" };
};

/** Moves the decimal point in the decimal text, so that 62.5 % is the double nearest to 0.625. */
const shiftPoint = (value: number, places: number): number => {
  const [digits = "0", exponent = "0"] = value.toString().split("e");
  return Number(`${digits}e${String(Number(exponent) + places)}`);
};

const MULTIPLES: Readonly<Record<string, string>> = { "": "e0", k: "e3", M: "e6", G: "e9" };

/** Reads a whole number: "180 M", "20 k", "30000". */
export const readCount = (given: string | number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Read<number> => {
  const text = String(given).trim();
  const match = /^(-?\d+(?:\.\d+)?)\s*([kMG]?)$/.exec(text);
  if (match?.[1] === undefined)
    return { wrong: `${quote(given)} is not a count`, hint: "write a whole number, such as 30000, 20 k or 1.5 M" };
  const value = Number(match[1] + (MULTIPLES[match[2] ?? ""] ?? "e0"));
  if (!Number.isInteger(value)) return { wrong: `${quote(given)} is not a whole number`, hint: "write a whole number" };
  if (value < min || value > max)
    return {
      wrong: `${quote(given)} is out of range`,
      hint: `write a whole number from ${String(min)} to ${String(max)}`,
    };
  return { value };
};

/** Reads a rate: "120 /h", "56 k /s". `unit` is the text after the number, such as `/h`; a minus sign is accepted. */
export const readRate = (given: string | number, unit: string): Read<number> => {
  const [, number = "4", multiple = "", per] =
    /^(-?\d+(?:\.\d+)?)\s*([kMG]?)\s*(\/[a-z]+)?$/.exec(String(given).trim()) ?? [];
  if (per === unit) return { value: Number(number + MULTIPLES[multiple]!) };
  const wrong = per === undefined && NUMBER.test(String(given)) ? "has no unit" : `is not a rate in ${unit}`;
  return { wrong: `${quote(given)} ${wrong}`, hint: `write ${number}${multiple === "" ? "" : ` ${multiple}`} ${unit}` };
};

/** Reads a scale as people per row: "1/1000" is 1000, "1" is 1. */
export const readScale = (given: string | number): Read<number> => {
  const match = /^1(?:\s*\/\s*(\d+))?$/.exec(String(given).trim());
  const people = match === null ? NaN : Number(match[1] ?? "1");
  if (people >= 1 && people <= 1_000_000) return { value: people };
  return { wrong: `${quote(given)} is not a scale`, hint: "write 1 or 1/n, such as 1/1000, with n up to 1000000" };
};

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Reads a size as whole bytes. */
export const readBytes = (given: string | number): Read<number> => {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(String(given).trim()) ?? [];
  if (number === undefined) return { wrong: `${quote(given)} is not a size`, hint: "write a size such as 128 KiB" };
  const power = SIZES.indexOf(unit);
  if (power >= 0) return { value: Math.round(Number(number) * wholePower(1_024, power)) };
  if (unit === "")
    return { wrong: `${quote(given)} has no unit`, hint: `write ${number} KiB (a size: B, KiB, MiB, GiB)` };
  return { wrong: `${quote(given)} is not a size`, hint: `write ${number} followed by ${SIZES.join(", ")}` };
};

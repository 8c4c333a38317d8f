/**
 * Guesses what was meant by a quantity in another notation: `1m30s`, `PT5M`, `0,5 %`, `30,000`, `16 GB`. Each function returns
 * what can be written instead, every text with the meaning of the original; several if the original has several meanings,
 * none if it has no known one. The readers of `quantities.ts` offer only those that they accept.
 */
import { wholePower } from "../base/math.ts";
import { printDuration, type Duration } from "../base/units.ts";

const SIZES: Readonly<Record<string, number>> = {
  d: 86_400_000_000,
  h: 3_600_000_000,
  min: 60_000_000,
  s: 1_000_000,
  ms: 1_000,
  us: 1,
};

/** Other spellings of the units of time. `m` is left out: it can be minutes or milliseconds. */
const TIME_WORDS: readonly (readonly [string, RegExp])[] = [
  ["d", /^d(ays?)?$/i],
  ["h", /^h(ours?|rs?)?$/i],
  ["min", /^min(ute)?s?$|^mn$/i],
  ["s", /^s(ec(ond)?s?)?$/i],
  ["ms", /^ms(ecs?)?$|^milli(second)?s?$/i],
  ["us", /^[uµμ]s(ecs?)?$|^micro(second)?s?$/i],
];

const NUMBER = String.raw`\d{1,3}(?:[ _'’]\d{3})+|\d[\d.,]*(?:e[-+]?\d{1,3}(?![\d.]))?|\.\d+`;
const LONE = new RegExp(`^([-+−]?)\\s*(${NUMBER})\\s*(.*)$`, "is");
const PARTS = new RegExp(`(${NUMBER})\\s*([a-zµμ]*)\\s*(?:,|and\\b|&)?\\s*`, "giy");

/** Prints a number without exponent; undefined if it needs one. */
const plain = (value: number): string | undefined => {
  const text = String(Number(value.toPrecision(15)));
  return /^-?\d+(\.\d+)?$/.test(text) ? text : undefined;
};

/** Returns the values of a number with any separators: a comma before three digits can be either kind. */
const valuesOf = (text: string): readonly number[] => {
  const bare = text.replaceAll(/[ _'’]/g, "");
  const [whole = "", ...groups] = bare.split(/[.,]/);
  const marks = new Set(bare.replaceAll(/[^.,]/g, ""));
  const isGrouped = groups.length > 0 && groups.every((group) => group.length === 3) && /^[1-9]\d{0,2}$/.test(whole);
  const ungrouped = Number([whole, ...groups].join(""));
  if (groups.length > 1 && marks.size === 1) return isGrouped ? [ungrouped] : [];
  if (marks.size === 2) return /^\d{1,3}(,\d{3})+\.\d+$/.test(bare) ? [Number(bare.replaceAll(",", ""))] : [];
  const value = Number(bare.replace(",", "."));
  if (Number.isNaN(value)) return [];
  return marks.has(",") && isGrouped ? [ungrouped, value] : [value];
};

interface Lone {
  readonly sign: string;
  readonly values: readonly number[];
  readonly suffix: string;
}

/** Returns the number at the begin of a text and what follows it; undefined if it does not begin with a number. */
const loneOf = (text: string): Lone | undefined => {
  const [, sign = "", number, suffix = ""] = LONE.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const values = valuesOf(number);
  return { sign: sign === "" || sign === "+" ? "" : "-", values, suffix: suffix.trim() };
};

const withUnit = ({ sign }: Lone, value: number, unit: string): readonly string[] => {
  const number = plain(value);
  return number === undefined ? [] : [`${sign}${number}${unit === "" ? "" : ` ${unit}`}`];
};

/** Returns the durations that a text can mean, as the scenario reads them. */
export const meantDurations = (given: string): readonly string[] => {
  const [, sign = "", text = ""] = /^([-+−]?)\s*(.*)$/s.exec(given.trim()) ?? [];
  const signed = (times: readonly number[], wasOnePart: boolean): readonly string[] =>
    times.map((time) => `${sign === "" || sign === "+" ? "" : "-"}${wasOnePart ? inOneUnit(time) : inParts(time)}`);
  const iso = isoDuration(text) ?? clockDurations(text);
  if (iso !== undefined) return signed(iso, false);
  const parts = partsOf(text);
  if (parts === undefined) return [];
  const [only] = parts;
  if (parts.length === 1 && /^m$/i.test(only!.word))
    return only!.values.flatMap((value) => [
      `${sign}${String(value)} min (minutes)`,
      `${sign}${String(value)} ms (milliseconds)`,
    ]);
  return signed(sumsOf(parts), parts.length === 1);
};

/** Prints a time in the largest unit that gives a whole number, e.g. "90 s". */
const inOneUnit = (time: number): string => {
  for (const [unit, size] of Object.entries(SIZES))
    if (time > 0 && time % size === 0) return `${String(time / size)} ${unit}`;
  return printDuration(time as Duration);
};

const inParts = (time: number): string => {
  const [one, parts] = [inOneUnit(time), printDuration(time as Duration)];
  return one === parts ? one : `${one} (${parts})`;
};

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/i;

/** Reads an ISO 8601 duration such as PT1M30S. */
const isoDuration = (text: string): readonly number[] | undefined => {
  const [whole, ...counts] = ISO.exec(text) ?? [];
  if (whole === undefined || counts.every((count) => count === undefined)) return undefined;
  const sizes = [7 * SIZES["d"]!, SIZES["d"]!, SIZES["h"]!, SIZES["min"]!, SIZES["s"]!];
  return [sizes.reduce((sum, size, i) => sum + size * Number((counts[i] ?? "0").replace(",", ".")), 0)];
};

/** Reads hours:minutes:seconds; two numbers can be hours and minutes, or minutes and seconds. */
const clockDurations = (text: string): readonly number[] | undefined => {
  const [whole, first, second, third] = /^(\d{1,3}):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  if (third !== undefined) return [(Number(first) * 3_600 + Number(second) * 60 + Number(third)) * 1e6];
  const seconds = Number(first) * 60 + Number(second);
  return [seconds * 1e6, seconds * 60e6];
};

interface Part {
  readonly values: readonly number[];
  readonly word: string;
}

const partsOf = (text: string): readonly Part[] | undefined => {
  const parts: Part[] = [];
  let end = 0;
  PARTS.lastIndex = 0;
  for (let part = PARTS.exec(text); part !== null; part = PARTS.exec(text)) {
    parts.push({ values: valuesOf(part[1]!), word: part[2]! });
    end = PARTS.lastIndex;
  }
  return end < text.length || parts.length === 0 ? undefined : parts;
};

/** Returns the sums of parts in microseconds: none if a unit is unknown, several if a number is ambiguous. */
const sumsOf = (parts: readonly Part[]): readonly number[] => {
  let sums: readonly number[] = [0];
  let last: string | undefined;
  for (const [place, { values, word }] of parts.entries()) {
    const units = unitsOf(word, last, parts[place + 1]?.word);
    sums = sums.flatMap((sum) => units.flatMap((unit) => values.map((value) => sum + value * SIZES[unit]!)));
    last = units[0];
  }
  return [...new Set(sums.filter((sum) => sum >= 1 || parts.length === 1).map(Math.round))];
};

const BELOW: Readonly<Record<string, string>> = { d: "h", h: "min", min: "s", s: "ms", ms: "us" };

const unitsOf = (word: string, before: string | undefined, next: string | undefined): readonly string[] => {
  // The second number of 1h30 is in the next smaller unit.
  if (word === "") return before === undefined || next !== undefined ? [] : [BELOW[before] ?? []].flat();
  if (/^m$/i.test(word)) {
    if (before !== undefined) return [SIZES[before]! > SIZES["min"]! ? "min" : "ms"];
    return ["min"];
  }
  const known = TIME_WORDS.find(([, spelling]) => spelling.test(word));
  return known === undefined ? [] : [known[0]];
};

/** Returns the shares that a text can mean; a number of at most 1 without a unit can be a fraction or percent. */
export const meantShares = (given: string): readonly string[] => {
  const [, above, below] = /^(\d+(?:\.\d+)?)\s*(?:\/|:|in|of|out of)\s*(\d+)$/i.exec(given.trim()) ?? [];
  const lone: Lone | undefined =
    above !== undefined && Number(below) > 0
      ? { sign: "", values: [Number(above) / Number(below)], suffix: "fraction" }
      : loneOf(given);
  if (lone === undefined) return [];
  const scales = shareScales(lone);
  return [...new Set(lone.values.flatMap((value) => scales.flatMap((scale) => withUnit(lone, value * scale, "%"))))];
};

const PERCENT = /^([%％]|per ?cent|pct|p\.?c\.?|pp|percentage points?)$/i;

const shareScales = ({ values, suffix }: Lone): readonly number[] => {
  if (PERCENT.test(suffix)) return [1];
  if (/^(‰|per ?mille?)$/i.test(suffix)) return [0.1];
  if (/^ppm$/i.test(suffix)) return [1e-4];
  if (suffix === "fraction") return [100];
  if (suffix !== "") return [];
  const isFraction = values.length === 1 && values[0]! > 0 && values[0]! <= 1;
  return isFraction ? [100, 1] : [1];
};

const MULTIPLES: readonly (readonly [string, RegExp])[] = [
  ["k", /^(k|thousand|tsd\.?|千)$/i],
  ["M", /^(m|mm|mio\.?|mn|mln|mil|millions?)$/i],
  ["G", /^(g|b|bn|bln|billions?)$/i],
];

const multipleOf = (word: string): string | undefined =>
  word === "" ? "" : MULTIPLES.find(([, spelling]) => spelling.test(word))?.[0];

const COUNTED = /^(?:\/ ?s|per second|[rqt]ps|(?:of )?[a-z]{4,})?$/i;

/** Returns the counts that a text can mean: other separators and multiples, and a number with what it counts. */
export const meantCounts = (given: string): readonly string[] => {
  const lone = loneOf(given);
  if (lone === undefined) return [];
  const [, word = "", after = ""] = /^([a-z.千]*)\s*(.*)$/i.exec(lone.suffix) ?? [];
  const multiple = multipleOf(word);
  const counted = multiple === undefined ? `${word} ${after}`.trim() : after;
  if (!COUNTED.test(counted)) return [];
  const meant = (multiple ?? "") === "" ? lone.values.slice(0, 1) : lone.values;
  return meant.flatMap((value) => withUnit(lone, value, multiple ?? ""));
};

/** Returns the numbers that a text can mean: `3x`, `0,5` and `150 %` of a factor or a ratio. */
export const meantNumbers = (given: string): readonly string[] => {
  const lone = loneOf(given.trim().replace(/^[x×]\s*/i, ""));
  const isFactor = /^(?:[x×]|times|[- ]?fold)?$/i.test(lone?.suffix ?? "");
  if (lone === undefined || !(isFactor || PERCENT.test(lone.suffix))) return [];
  return lone.values.flatMap((value) => withUnit(lone, isFactor ? value : value / 100, ""));
};

const RATE_UNITS: readonly (readonly [string, RegExp])[] = [
  ["/s", /^(?:(?:\/|per|p|a)\s*s(?:ec(?:ond)?)?|[rqtp]ps|hz)$/i],
  ["/min", /^(?:(?:\/|per|a)\s*(?:m|mins?|minutes?)|[rqtp]pm)$/i],
  ["/h", /^(?:\/|per|an?)\s*h(?:r|rs|ours?)?$/i],
  ["/d", /^(?:\/|per|a)\s*d(?:ays?)?$/i],
];

/** Returns the rates that a text can mean, with the unit that it names; without one, in each of `units`. */
export const meantRates = (given: string, units: readonly string[]): readonly string[] => {
  const lone = loneOf(given);
  if (lone === undefined) return [];
  const [, word = "", rest = ""] = /^([a-z]*?)\s*((?:\/|per\b|[a-z]?p[sm]\b|hz\b|an?\b).*)?$/i.exec(lone.suffix) ?? [];
  const multiple = multipleOf(word);
  if (multiple === undefined || (rest === "" && word === "" && lone.suffix !== "")) return [];
  const named = RATE_UNITS.filter(([, spelling]) => spelling.test(rest)).map(([unit]) => unit);
  const meant = rest === "" ? units : named;
  const before = multiple === "" ? "" : `${multiple} `;
  return lone.values.flatMap((value) => meant.flatMap((unit) => withUnit(lone, value, `${before}${unit}`)));
};

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Returns the sizes that a text can mean: `16 GB` is decimal or binary, a number without a unit any size. */
export const meantSizes = (given: string): readonly string[] => {
  const lone = loneOf(given);
  if (lone === undefined || lone.sign !== "") return [];
  const { values, suffix } = lone;
  if (suffix === "")
    return values.flatMap((value) => BINARY.slice(0, 4).flatMap((unit) => withUnit(lone, value, unit)));
  const [, letter, binary, byte] = /^([kmgt]?)(i?)(b|bytes?|ytes?)?$/i.exec(suffix) ?? [];
  if (letter === undefined || (letter === "" && byte === undefined)) return [];
  const power = letter === "" ? 0 : "kmgt".indexOf(letter.toLowerCase()) + 1;
  return values.flatMap((value) => [
    ...withUnit(lone, value, BINARY[power]!),
    ...(binary === "" && power > 0 ? withUnit(lone, value * wholePower(1_000, power), "B") : []),
  ]);
};

/** Returns the scales that a text can mean: a number of people, or a share of the rows. */
export const meantScales = (given: string): readonly string[] => {
  const [, above = "1", below] = /^(?:(\d+)\s*[/:]\s*)?(\d+)$/.exec(given.trim()) ?? [];
  if (below !== undefined && Number(above) > 0) return [`1/${String(Number(below) / Number(above))}`];
  const lone = loneOf(given);
  const [value = 0] = lone?.values ?? [];
  const share = lone?.suffix === "%" ? value / 100 : lone?.suffix === "" ? value : 0;
  return share > 0 && share < 1 ? [`1/${plain(1 / share) ?? ""}`] : [];
};

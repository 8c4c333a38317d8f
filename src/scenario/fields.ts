/**
 * Building blocks of the schema: one field per kind of quantity, with the notation that it accepts, the error for any
 * other, and its JSON Schema for editors.
 */
import { z } from "zod";
import { type Duration, hours, minutes, printDuration } from "../base/units.ts";
import {
  countWithin,
  quote,
  readBytes,
  readCount,
  readDuration,
  readRate,
  readRepetitions,
  readScale,
  readShare,
  type Read,
} from "./quantities.ts";

/** A kebab-case key in camelCase: `delay-per-1000-km` is `delayPer1000Km`. */
export type CamelKey<K extends string> = K extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelKey<Tail>>}`
  : K;
type Camel<T> = { [K in keyof T as K extends string ? CamelKey<K> : K]: T[K] };

type Scalar = string | number | boolean | bigint | symbol | null | undefined;
type ReadonlyDeep<T> = T extends Scalar ? T : { readonly [K in keyof T]: ReadonlyDeep<T[K]> };

/** The output of a schema: every unit parsed, every default filled in, all of it read-only. */
export type Model<S extends z.ZodType> = ReadonlyDeep<z.output<S>>;

/** Returns the schema of a map with exactly these keys, kebab-case in the file and camelCase in the program. */
export const fields = <S extends z.core.$ZodLooseShape>(shape: S, description: string) =>
  z
    .strictObject(shape)
    .transform((value) => camel(value) as Camel<typeof value>)
    .meta({ description });

const camel = (value: object): unknown =>
  Object.fromEntries(Object.entries(value).map(([key, field]) => [camelCase(key), field as unknown]));

/** Returns a kebab-case key in camelCase: `delay-per-1000-km` becomes `delayPer1000Km`. */
export const camelCase = (key: string): string =>
  key.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The JSON Schema of a quantity; it replaces what zod would write. */
type Json = Readonly<Record<string, unknown>>;

const quantity = <T>(noun: string, read: (given: string | number) => Read<T>, description: string, json: Json) =>
  z
    .union([z.string(), z.number()], { error: ({ input }) => `expected ${noun}, not ${nameOf(input)}` })
    .transform((given, context): T => {
      const result = read(given);
      if ("value" in result) return result.value;
      context.addIssue({ code: "custom", message: result.wrong, params: { hint: result.hint } });
      return z.NEVER;
    })
    .meta({ description, json });

/** Returns a value as errors print it, such as `a list` or `"12"`. */
export const nameOf = (value: unknown): string => {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number" && !Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : ".inf";
  return quote(value);
};

const TIME = "\\d+(\\.\\d+)? ?(d|h|min|s|ms|us)";

/** Words in the description of a time on networks and processors, whose example is in milliseconds. */
const IS_SHORT = /\b(delay|latency|round-trip|computing time|core time|context switch)\b/i;

/** Returns two durations of at most `max`, in microseconds, as people write them. */
const durationExamples = (isShort: boolean, max: number): readonly [string, string] => {
  if (isShort) return ["80 ms", "1 s 500 ms"];
  if (max < minutes(2)) return ["8 s", "1 s 500 ms"];
  return ["90 s", max < hours(2) ? "20 min" : "1 h 30 min"];
};

/** Returns the schema of a duration such as `90 s`, in microseconds, at most `max`. */
export const duration = (description: string, { signed = false, positive = false, max = Infinity } = {}) => {
  const examples = durationExamples(IS_SHORT.test(description), max);
  return quantity<Duration>(
    `a duration such as ${examples[0]}`,
    (given) => {
      const read = readDuration(given, { signed });
      if (positive && "value" in read && read.value <= 0)
        return {
          wrong: `${quote(given)} is not above zero`,
          hint: `write a duration above 0 s, such as ${examples[0]}`,
        };
      if ("value" in read && read.value > max)
        return { wrong: `${quote(given)} is too long`, hint: `write at most ${printDuration(max as Duration)}` };
      return read;
    },
    description,
    { type: "string", pattern: `^${signed ? "-?" : ""}${TIME}( ${TIME})*$`, examples },
  );
};

/** Returns the schema of a share such as `9 %`, as a fraction. */
export const share = (description: string, { signed = false } = {}) =>
  quantity("a share such as 9 %", (given) => readShare(given, { signed }), description, {
    type: "string",
    pattern: `^${signed ? "-?" : ""}\\d+(\\.\\d+)? ?%$`,
    examples: ["9 %", "0.15 %"],
  });

/** Returns the schema of a whole number such as `20 k`. */
export const count = (description: string, bounds: { min?: number; max?: number } = {}) =>
  quantity("a whole number", (given) => readCount(given, bounds), description, {
    examples: countExamples(bounds),
    anyOf: [
      { type: "integer", minimum: bounds.min ?? 0, ...(bounds.max === undefined ? {} : { maximum: bounds.max }) },
      { type: "string", pattern: "^\\d+(\\.\\d+)? ?[kMG]?$" },
    ],
  });

/** Returns the schema of a number of replications such as `10` or `4..10`, of at most `max`. */
export const repetitions = (description: string, max: number) =>
  quantity("a number of replications such as 10 or 4..10", (given) => readRepetitions(given, max), description, {
    examples: [10, "4..10"],
    anyOf: [
      { type: "integer", minimum: 1, maximum: max },
      { type: "string", pattern: "^\\d+(\\.\\d+)? ?[kMG]?( ?\\.\\. ?\\d+(\\.\\d+)? ?[kMG]?)?$" },
    ],
  });

/** Returns numbers that the bounds allow. */
const countExamples = ({ min = 0, max = Infinity }: { min?: number; max?: number }): readonly (number | string)[] => [
  countWithin(min, max),
  ...(max >= 180e6 ? ["180 M"] : []),
];

/** Returns the schema of a rate such as `4 /h`, from 0 to `max` in the unit. */
export const rate = (description: string, { unit, max }: { readonly unit: string; readonly max: number }) =>
  quantity(
    `a rate such as 4 ${unit}`,
    (given) => {
      const read = readRate(given, unit);
      if ("value" in read && (read.value < 0 || read.value > max))
        return { wrong: `${quote(given)} is out of range`, hint: `write 0 ${unit} to ${String(max)} ${unit}` };
      return read;
    },
    description,
    { type: "string", pattern: "^\\d+(\\.\\d+)? ?[kMG]? ?/(s|min|h|d)$", examples: [`4 ${unit}`] },
  );

/** Returns the schema of a scale such as `1/1000`, as people per row. */
export const scale = (description: string) =>
  quantity("a scale such as 1/1000", readScale, description, {
    anyOf: [{ const: 1 }, { type: "string", pattern: "^1(/[1-9][0-9]{0,6})?$" }],
    examples: ["1/1000", 1],
  });

/** Returns the schema of a number without a unit, such as a ratio or a mean. */
export const number = (description: string, { min, max }: { min: number; max: number }) =>
  z
    .number({ error: ({ input }) => `expected a number from ${String(min)} to ${String(max)}, not ${nameOf(input)}` })
    .min(min)
    .max(max)
    .meta({ description });

/** Returns a number by which a fault multiplies something, e.g. `service times of servers grow`. */
export const factor = (what: string) => number(`Factor by which ${what}; 1 changes nothing`, { min: 1, max: 1_000 });

/** Returns the schema of a text of 1 to 2,000 characters. */
export const text = (description: string) =>
  z
    .string({ error: ({ input }) => `expected text, not ${nameOf(input)}` })
    .min(1)
    .max(2_000)
    .meta({ description });

/** What a name looks like: lower-case letters, digits and hyphens. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Returns the schema of a map from names to values of one kind. */
export const named = <V extends z.ZodType>(value: V, description: string) =>
  z.record(z.string().regex(NAME), value).meta({ description });

/** Returns the schema of an id, by which the scenario and reports refer to an item; it starts with a letter, unlike a time. */
export const id = (description: string) =>
  z
    .string({ error: ({ input }) => `expected an id, not ${nameOf(input)}` })
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .meta({ description });

/** Returns the schema of a value that matches `a` or `b`. */
export const either = <A extends z.ZodType, B extends z.ZodType>(a: A, b: B, description: string) =>
  z.union([a, b]).meta({ description });

/** Returns the schema of one value or a list of them; the output is always a list. */
export const oneOrMore = <V extends z.ZodType>(value: V, description: string) =>
  z
    .union([value, z.array(value).min(1)])
    .transform((given): readonly z.output<V>[] => (Array.isArray(given) ? (given as z.output<V>[]) : [given]))
    .meta({ description });

/** Returns the schema of a size such as `128 KiB`, in bytes. */
export const bytes = (description: string) =>
  quantity("a size such as 128 KiB", readBytes, description, {
    type: "string",
    pattern: "^\\d+(\\.\\d+)? ?([KMGT]iB|B)$",
    examples: ["128 KiB", "64 GiB"],
  });

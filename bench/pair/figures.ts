/** Reads figures out of what programs print: the shell's `times`, the rows of a benchmark, the last line of the tests. */
import type { Row } from "../row.ts";
import type { Figure } from "./compare.ts";

/**
 * Returns the processor time, user and system, of all child processes that have ended, in seconds: the second line of
 * POSIX `times`. Undefined if the text does not have it.
 */
export const childSeconds = (times: string): number | undefined => {
  const children = times.split("\n")[1] ?? "";
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  return parts.length === 2 ? parts[0]! + parts[1]! : undefined;
};

/** The other words of a row's `impl` tell which version or scheduler took part, which may differ between runs. */
const PROGRAMS = ["firedrill", "ns-3", "C++", "SimPy"];
const short = (impl: string): string =>
  impl
    .split(" / ")
    .map((part) => PROGRAMS.find((program) => part.startsWith(program)) ?? part)
    .join(" / ");

const power = (n: number): string => {
  const [factor, exponent] = n.toExponential().split("e+");
  return `${factor === "1" ? "" : `${factor!}×`}10^${exponent!}`;
};

const UNITS: readonly Row["unit"][] = ["ratio", "s", "GiB"];

/** Returns the rows of a benchmark that can be compared: its ratios, seconds and GiB, under short names. */
export const benchFigures = (rows: readonly Row[]): readonly Figure[] =>
  rows
    .filter(({ unit }) => UNITS.includes(unit))
    .map(({ impl, n, unit, value }) => ({ name: `${short(impl)}, ${power(n)}`, unit, value }));

/** Returns how many tests have failed, by the last line of the form `N passed, N failed`; undefined without one. */
export const failedTests = (text: string): number | undefined => {
  const failed = [...text.matchAll(/^\d+ passed, (\d+) failed/gm)].at(-1)?.[1];
  return failed === undefined ? undefined : Number(failed);
};

/**
 * Problems of the input: values, not exceptions, that tell where, what is wrong, and what to write. All problems of a
 * scenario are reported at once.
 */
import { printable as withoutControls } from "../base/printable.ts";

/** One problem. */
export interface Problem {
  /** The file as the user named it, or an option such as `--set`. */
  readonly file: string;
  /** Line, from 1; 1 in an option. */
  readonly line: number;
  /** Column, from 1; in an option it counts from the start of the value. */
  readonly column: number;
  /** E.g. `faults[0].loss`; empty if it concerns the whole text. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What to write; empty if it cannot be known. */
  readonly hint: string;
  /** Text of the line, printed under the message; not part of the JSON. */
  readonly excerpt: string;
}

/** Returns the problems as `firedrill validate --json` prints them. */
export const problemsAsJson = (problems: readonly Problem[]): readonly Omit<Problem, "excerpt">[] =>
  problems.map(({ file, line, column, path, message, hint }) => ({ file, line, column, path, message, hint }));

const SHOWN_MAX = 50;
const WIDTH_MAX = 120;

/** Returns the text for a terminal, without colour: each message with its line and a caret with the hint. */
export const renderProblems = (problems: readonly Problem[]): string => {
  const shown = problems.slice(0, SHOWN_MAX).map(renderProblem);
  const left = problems.length - shown.length;
  if (left > 0) shown.push(`… and ${String(left)} more problems`);
  return shown.join("\n");
};

const renderProblem = (problem: Problem): string => {
  const { file, line, column, path, message, hint, excerpt } = problem;
  const option = file.startsWith("--");
  // A file that cannot be read as text has no line to point at.
  const whole = option || (path === "" && excerpt === "" && line === 1);
  const place = whole ? file : `${file}:${String(line)}:${String(column)}`;
  const head = printable(`error ${place}  ${path === "" ? "" : `${path}: `}${message}`);
  if (excerpt.trim() === "") return hint === "" ? head : `${head} (${hint})`;
  const gutter = option ? "      " : `${String(line).padStart(7)} | `;
  const { text, caret } = around(excerpt, column);
  const below = option ? " ".repeat(gutter.length) : `${" ".repeat(7)} | `;
  return `${head}\n${gutter}${text}\n${below}${" ".repeat(caret)}^${hint === "" ? "" : ` ${printable(hint)}`}`;
};

/** Cuts a long line to the part around the caret. */
const around = (line: string, column: number): { text: string; caret: number } => {
  const start = column <= WIDTH_MAX - 20 ? 0 : column - WIDTH_MAX / 2;
  const before = start > 0 ? "…" : "";
  const after = line.length > start + WIDTH_MAX ? "…" : "";
  return {
    text: before + printable(line.slice(start, start + WIDTH_MAX)) + after,
    caret: column - 1 - start + before.length,
  };
};

/** Returns a text on one line that cannot control the terminal. */
const printable = (text: string): string => withoutControls(text).replaceAll(/[\n\t]/g, "▯");

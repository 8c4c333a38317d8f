/**
 * What a user can get wrong: never an exception but a value that says where, what, and what to write
 * instead. All problems of a scenario are reported at once.
 */

export interface Problem {
  /** As the user named it; for `--set` and the like the option itself. */
  readonly file: string;
  /** Both from 1. In an option the line is 1 and the column counts from the option's value. */
  readonly line: number;
  readonly column: number;
  /** E.g. `faults[0].loss`; empty when it is about the whole text. */
  readonly path: string;
  readonly message: string;
  /** What to write instead; empty when nobody can know. */
  readonly hint: string;
  /** The line of the file, for the picture under the message; not part of the JSON. */
  readonly excerpt: string;
}

/** As `firedrill validate --json` prints them. */
export const problemsAsJson = (problems: readonly Problem[]): readonly Omit<Problem, "excerpt">[] =>
  problems.map(({ file, line, column, path, message, hint }) => ({ file, line, column, path, message, hint }));

const SHOWN_MAX = 50;
const WIDTH_MAX = 120;

/** Text for a terminal: a message, the line it is about and a caret with the hint. Plain, without colour. */
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

/** A long line is cut to what surrounds the caret. */
const around = (line: string, column: number): { text: string; caret: number } => {
  const start = column <= WIDTH_MAX - 20 ? 0 : column - WIDTH_MAX / 2;
  const before = start > 0 ? "…" : "";
  const after = line.length > start + WIDTH_MAX ? "…" : "";
  return {
    text: before + printable(line.slice(start, start + WIDTH_MAX)) + after,
    caret: column - 1 - start + before.length,
  };
};

/** A file must not be able to drive the terminal: control characters are shown as a box, one for one. */
const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "▯");

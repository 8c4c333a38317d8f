/** Collects the problems of one reading; only the first problem of each path is kept. */
import type { Problem } from "./problem.ts";
import { keyPlaceOf, locate, placeOf, printPath, type Path, type Place, type TreeNode } from "./positions.ts";

/** What to write instead; a function if it is expensive to compute. */
export type Hint = string | (() => string);

/** Problems after this many get no computed hint, which bounds the time for a file of many mistakes. */
const SUGGESTIONS_MAX = 100;

/** The problems of one reading. */
export class Findings {
  readonly #problems: { readonly problem: Problem; readonly order: number }[] = [];
  readonly #paths = new Set<string>();
  readonly #files = new Map<string, number>();

  /** Reserves the position of a file in the order of reports, and returns it. */
  mention(file: string): number {
    const order = this.#files.get(file) ?? this.#files.size;
    this.#files.set(file, order);
    return order;
  }

  /** Adds a problem at a place of a text, unless its path has one already. */
  add(place: Place, path: string, message: string, hint: Hint = ""): void {
    if (path !== "" && this.#paths.has(path)) return;
    this.#paths.add(path);
    const { line, column, excerpt } = locate(place);
    const file = place.source.name;
    const said = typeof hint === "string" ? hint : this.#problems.length < SUGGESTIONS_MAX ? hint() : "";
    const order = this.mention(file);
    this.#problems.push({ problem: { file, line, column, path, message, hint: said, excerpt }, order });
  }

  /** Number of problems. */
  get count(): number {
    return this.#problems.length;
  }

  /** True if the path or one of its parents has a problem. */
  covers(path: Path): boolean {
    return path.some((_, i) => this.#paths.has(printPath(path.slice(0, i + 1))));
  }

  /** Returns the problems by file in order of first mention, then by line and column. */
  sorted(): readonly Problem[] {
    return this.#problems
      .toSorted((a, b) => a.order - b.order || a.problem.line - b.problem.line || a.problem.column - b.problem.column)
      .map(({ problem }) => problem);
  }
}

/** Reports a problem at a path of one tree: at its value, or at its key. */
export type Reporter = (path: Path, message: string, hint?: Hint, at?: "key" | "value") => void;

/** Returns a reporter for paths of the tree `root`. */
export const reporterFor =
  (findings: Findings, root: TreeNode): Reporter =>
  (path, message, hint = "", at = "value") => {
    const place = at === "key" ? keyPlaceOf(root, path) : placeOf(root, path);
    findings.add(place, printPath(path), message, hint);
  };

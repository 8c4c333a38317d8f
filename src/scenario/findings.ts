/** Collects the problems of one reading. Of a cascade only the first counts: one problem a path. */
import type { Problem } from "./problem.ts";
import { keyPlaceOf, locate, placeOf, printPath, type Path, type Place, type TreeNode } from "./positions.ts";

/** What to write instead; as a function where finding it out takes time. */
export type Hint = string | (() => string);

/** Nobody reads more suggestions than this, and a file can hold very many mistakes. */
const SUGGESTIONS_MAX = 100;

export class Findings {
  readonly #problems: { readonly problem: Problem; readonly order: number }[] = [];
  readonly #paths = new Set<string>();
  readonly #files = new Map<string, number>();

  /** Gives a file its place in the order of reports, before anything is known to be wrong with it. */
  mention(file: string): number {
    const order = this.#files.get(file) ?? this.#files.size;
    this.#files.set(file, order);
    return order;
  }

  /** About a place in a text. A second problem of one path is dropped. */
  add(place: Place, path: string, message: string, hint: Hint = ""): void {
    if (path !== "" && this.#paths.has(path)) return;
    this.#paths.add(path);
    const { line, column, excerpt } = locate(place);
    const file = place.source.name;
    const said = typeof hint === "string" ? hint : this.#problems.length < SUGGESTIONS_MAX ? hint() : "";
    const order = this.mention(file);
    this.#problems.push({ problem: { file, line, column, path, message, hint: said, excerpt }, order });
  }

  get count(): number {
    return this.#problems.length;
  }

  /** True when the path or one that it lies below has a problem already. */
  covers(path: Path): boolean {
    return path.some((_, i) => this.#paths.has(printPath(path.slice(0, i + 1))));
  }

  /** By file in order of first mention, then by line and column. */
  sorted(): readonly Problem[] {
    return this.#problems
      .toSorted((a, b) => a.order - b.order || a.problem.line - b.problem.line || a.problem.column - b.problem.column)
      .map(({ problem }) => problem);
  }
}

/** Reports about paths of one tree. */
export type Reporter = (path: Path, message: string, hint?: Hint, at?: "key" | "value") => void;

export const reporterFor =
  (findings: Findings, root: TreeNode): Reporter =>
  (path, message, hint = "", at = "value") => {
    const place = at === "key" ? keyPlaceOf(root, path) : placeOf(root, path);
    findings.add(place, printPath(path), message, hint);
  };

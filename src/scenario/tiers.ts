/** What services must be besides well written: calls that lead somewhere and come to an end. */
import type { Reporter } from "./findings.ts";
import type { Path } from "./positions.ts";
import { quote } from "./quantities.ts";
import type { ServicesModel } from "./services.ts";
import { didYouMean } from "./suggest.ts";

/** Tiers that call one another, in a row (chosen; three are usual). */
const DEPTH_MAX = 6;
/** Requests that one task becomes (chosen). */
const CALLS_MAX = 256;

export const checkServices = ({ tiers, entries }: ServicesModel, report: Reporter): void => {
  const names = Object.keys(tiers);
  const known = (name: string, path: Path): boolean => {
    if (names.includes(name)) return true;
    report(path, `${quote(name)} is not a tier of this world`, () => didYouMean(name, names));
    return false;
  };
  const unknown = [
    ...Object.entries(tiers).flatMap(([tier, { calls }]) =>
      calls.map((name, i) => known(name, ["services", "tiers", tier, "calls", i])),
    ),
    ...Object.entries(entries).flatMap(([entry, { tier, calls = [] }]) => [
      known(tier, ["services", "entries", entry, "tier"]),
      ...calls.map((name, i) => known(name, ["services", "entries", entry, "calls", i])),
    ]),
  ].includes(false);
  if (names.length === 0) report(["services", "tiers"], "no tier", "name at least one");
  if (Object.keys(entries).length === 0) report(["services", "entries"], "no entry", "name at least one");
  if (unknown) return;

  const counted = new Map<string, number>();
  /** Requests that one with these calls becomes; Infinity when they never end. */
  const requests = (calls: readonly string[], depth: number): number => {
    if (depth > DEPTH_MAX) return Infinity;
    const key = `${String(depth)} ${calls.join(" ")}`;
    const before = counted.get(key);
    if (before !== undefined) return before;
    const count = calls.reduce((sum, name) => sum + requests(tiers[name]!.calls, depth + 1), 1);
    counted.set(key, count);
    return count;
  };
  for (const [entry, { tier, calls }] of Object.entries(entries)) {
    const path = ["services", "entries", entry, "tier"];
    const count = requests(calls ?? tiers[tier]!.calls, 1);
    if (count === Infinity)
      report(
        path,
        "its calls go round, or too deep",
        `tiers may call one another ${String(DEPTH_MAX)} deep, in no circle`,
      );
    else if (count > CALLS_MAX)
      report(path, `a task becomes ${String(count)} requests`, `at most ${String(CALLS_MAX)}: fewer calls`);
  }
};

/** Checks the consistency of services: calls name existing tiers and form no cycle. */
import type { Path } from "../positions.ts";
import { quote } from "../quantities.ts";
import type { CheckContext } from "../section.ts";
import { checkEffects } from "./effects.ts";
import { routeOf, type TaskRoute } from "./routes.ts";
import type { ServicesModel } from "./shape.ts";
import { didYouMean } from "../suggest.ts";

/** Reports inconsistencies in services. */
export const checkServices = (services: ServicesModel, context: CheckContext): void => {
  const { report } = context;
  const { tiers, entries } = services;
  const names = Object.keys(tiers);
  const known = (name: string, path: Path): boolean => {
    if (names.includes(name)) return true;
    report(path, `${quote(name)} is not a tier of this world`, () => didYouMean(name, names));
    return false;
  };
  const found = [
    ...Object.entries(tiers).flatMap(([tier, { calls }]) =>
      calls.map((name, i) => known(name, ["services", "tiers", tier, "calls", i])),
    ),
    ...Object.entries(entries).flatMap(([entry, { tier, calls = [] }]) => [
      known(tier, ["services", "entries", entry, "tier"]),
      ...calls.map((name, i) => known(name, ["services", "entries", entry, "calls", i])),
    ]),
  ];
  if (names.length === 0) report(["services", "tiers"], "has no tier", "write at least one");
  if (Object.keys(entries).length === 0) report(["services", "entries"], "has no entry", "write at least one");
  if (found.includes(false)) return;
  const routes = new Map<string, TaskRoute>();
  for (const [name, entry] of Object.entries(entries)) {
    const path = ["services", "entries", name];
    if (entry.method !== undefined && entry.calls !== undefined)
      report(
        [...path, "calls"],
        "does not apply with method, which defines its own calls",
        "write either method or calls",
      );
    const read = routeOf(services, entry);
    if ("wrong" in read) report([...path, read.field], read.wrong, read.hint);
    else routes.set(name, read.route);
  }
  if (routes.size === Object.keys(entries).length) checkEffects(services, routes, context);
};

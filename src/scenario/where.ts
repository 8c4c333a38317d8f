/** Selectors: the schema of the names in `where`, and the check that these names exist. */
import { z } from "zod";
import { oneOrMore, text } from "./fields.ts";
import type { Hint, Reporter } from "./findings.ts";
import type { Path } from "./positions.ts";
import { quote } from "./quantities.ts";
import type { Names } from "./section.ts";
import { didYouMean } from "./suggest.ts";

/** Returns the schema of a selector that takes one name or a list of alternatives. */
export const selector = (what: string) => z.exactOptional(oneOrMore(text(what), `${what}, or a list of alternatives`));

/** Reports every unknown name in the selectors at `path`; returns true if all names are known. */
export const checkNames = (where: object, path: Path, names: Names, report: Reporter): boolean => {
  let allKnown = true;
  for (const [kind, given] of Object.entries(where)) {
    const known = names[kind];
    if (!Array.isArray(given) || known === undefined) continue;
    given.forEach((name, i) => {
      checkName(kind, String(name), known, (message, hint) => {
        allKnown = false;
        report(given.length > 1 ? [...path, kind, i] : [...path, kind], message, hint);
      });
    });
  }
  return allKnown;
};

/** Kinds whose names the scenario gives; the names of all others are in the world. */
const OF_SCENARIO = ["fault", "intervention", "window"];

/** Calls `say` with an error and a suggestion if the name is unknown. */
export const checkName = (
  kind: string,
  name: string,
  known: readonly string[],
  say: (message: string, hint: Hint) => void,
): void => {
  if (known.includes(name)) return;
  const article = /^[aeiou]/.test(kind) ? "an" : "a";
  const place = OF_SCENARIO.includes(kind) ? "scenario" : "world";
  say(`${quote(name)} is not ${article} ${kind} of this ${place}`, () => didYouMean(name, known));
};

/** Plain English as a test: comments, messages and prose are free of the phrases below. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect, it } from "vitest";
import { OURS, ROOT } from "./files.ts";

/** Phrases that are not plain English, each with what to write instead; a blank stands for any gap, also over lines. */
const PRIVATE: readonly (readonly [phrase: string, instead: string])[] = [
  ["(?:who|whom)ever", "the client, worker … that"],
  ["whom", "a clause with a subject: the clients that …"],
  ["besides", "also, in addition"],
  ["told of", "notified of, informed about"],
  ["(?:says?|said) nothing", "does not apply, does not tell"],
  [
    "(?<!\\bthere )(?:is|are) no (?!(?:longer|more|less|fewer|better|worse|faster|slower|larger|smaller|wider|clearer)\\b)\\w+",
    "is not a …",
  ],
  [
    "(?<!\\bevery )so (?:many|few|much|long|often)\\b(?! as\\b)(?![^.;:]{0,60}\\bthat\\b)",
    "a given number, this long, this often",
  ],
  ["(?:from|of) which on", "from the point at which"],
  ["(?:is|are|was) said of", "applies to, is reported for"],
  ["li(?:ves?|ved) through", "simulates, runs until"],
  ["(?:is|are|be|was|were) lived", "is simulated"],
  ["befalls?", "happens to"],
  ["for dead", "as failed"],
  ["nobody of", "none of the"],
  ["home-made|fellows", "a usual word"],
];

/** Texts that goldens hold, as names of invariants or in the fingerprint of a story: they stay. */
const KEPT = [
  "whoever misses the word hears it with the next beat",
  "whoever is claimed has left the source",
  "whoever is to be told is in the store",
  "whoever subscribed to a task that is done was told",
];

const isProse = (path: string): boolean => /\.(ts|js|md|ya?ml)$/.test(path);
/** Returns a file's text with everything but prose blanked: the code of tests, and texts that goldens hold. */
const proseOf = (path: string): string => {
  const text = KEPT.reduce((all, kept) => all.replaceAll(kept, " ".repeat(kept.length)), readFileSync(path, "utf8"));
  if (!/^tests\/.*\.(ts|js)$/.test(relative(ROOT, path))) return text;
  return text.replaceAll(/(\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$)|[^\n]/gm, (_, comment?: string) => comment ?? " ");
};
const proseProblems = (name: string, text: string): string[] =>
  PRIVATE.flatMap(([phrase, instead]) => {
    const pattern = new RegExp(`\\b(?:${phrase.replaceAll(" ", "(?:[\\s*#]|//)+")})\\b`, "gi");
    return [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split("\n").length;
      return `${name}:${String(line)}: "${match[0].replaceAll(/(?:[\s*#]|\/\/)+/g, " ")}" (rather: ${instead})`;
    });
  });

it("comments, messages and prose are plain English", () => {
  const problems = OURS.filter(isProse).flatMap((path) => proseProblems(relative(ROOT, path), proseOf(path)));
  expect(problems).toEqual([]);
});

it("the check sees phrases over two lines, and none in plain sentences", () => {
  for (const text of ["so long before", "it is\n * no host", "is said\n// of it", "Whoever asks", "so many a second"])
    expect(proseProblems("x", text), text).toHaveLength(1);
  for (const text of ["there is no host", "is no longer", "as long as", "so many that all wait", "so long as it lasts"])
    expect(proseProblems("x", text), text).toEqual([]);
});

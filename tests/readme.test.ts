/** What the documents say is tried here: their commands, exit codes, scenarios, paths, links, figures and quoted code. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../src/cli/exit.ts";
import { METRICS, METRIC_NAMES } from "../src/scenario/metrics.ts";
import { readScenario } from "../src/scenario/read.ts";
import { scenarioJsonSchema } from "../src/scenario/schema.ts";
import { SECTIONS } from "../src/scenario/sections.ts";
import { shippedFile } from "../src/scenario/shipped.ts";
import { emptyFolder, firedrill, ROOT } from "./cli/shell.ts";

const TOP = readdirSync(ROOT).filter((name) => !["node_modules", "dist", ".git"].includes(name));
const FLOORS = readdirSync(join(ROOT, "src"), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

const readmesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.name === "README.md" ? [relative(ROOT, join(entry.parentPath, entry.name))] : [],
  );

/** By path from the root. */
const DOCUMENTS: ReadonlyMap<string, string> = new Map(
  [
    "README.md",
    ".github/CONTRIBUTING.md",
    ...["src", "scenarios", "tests", "bench"].flatMap((folder) => readmesIn(join(ROOT, folder))),
  ].map((path) => [path, readFileSync(join(ROOT, path), "utf8")]),
);
const README = DOCUMENTS.get("README.md")!;

interface Fence {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;
const fencesIn = (text: string): readonly Fence[] =>
  [...text.matchAll(FENCE)].map((match) => ({ language: match[1]!, text: match[2]! }));
const blocks = (language: string, text = README): readonly string[] =>
  fencesIn(text).flatMap((fence) => (fence.language === language ? [fence.text.trim()] : []));

/** What stands between backticks outside of fences. */
const codeIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);

/** Every problem of every document, each with its document. */
const problems = (look: (text: string, path: string) => readonly string[]): readonly string[] =>
  [...DOCUMENTS].flatMap(([path, text]) => look(text, path).map((problem) => `${path}: ${problem}`));

describe("the README", () => {
  it("begins with two commands that set everything up: a replay and all tests", () => {
    expect(blocks("sh").slice(0, 2)).toEqual([
      "npm ci && npm run -s firedrill -- run scenarios/chongqing-unicom-2014.yaml",
      "npm ci && npm test",
    ]);
  });

  it("is short enough to be read", () => {
    expect(README.split("\n").length).toBeLessThan(170);
  });

  it("names every command that there is, and none that there is not", () => {
    const help = firedrill(["--help"]).stdout;
    const offered = [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}(\w+)/gm)].map((match) => match[1]!);
    const named = [...README.matchAll(/^\| `firedrill (\w+)/gm)].map((match) => match[1]!);
    expect(named.toSorted()).toEqual(offered.filter((name) => name !== "help").toSorted());
  });

  it("lists the exit codes as they are", () => {
    const table = README.slice(README.indexOf("### Exit codes"), README.indexOf("### A scenario"));
    const listed = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap((match) => match[1]!.split(", ").map(Number));
    expect(listed.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });

  it("shows a scenario that is valid", () => {
    const file = join(emptyFolder(), "example.yaml");
    writeFileSync(file, blocks("yaml")[0]!);
    expect(readScenario(file)).toMatchObject({ scenario: { name: "my-drill" } });
  });

  it("leads to every other document", () => {
    const linked = [...README.matchAll(/\]\(([^)#]+)/g)].map((match) => match[1]!);
    const lost = [...DOCUMENTS.keys()].filter((path) => path !== "README.md" && !linked.includes(path));
    expect(lost.filter((path) => !linked.includes(dirname(path)))).toEqual([]);
  });
});

/** Each system for `<system>`, and each part of `{a,b}`. */
const spelledOut = (path: string): readonly string[] => {
  const [all, inside] = /\{([^{}]*)\}/.exec(path) ?? [];
  const parts = path.includes("<system>") ? SECTIONS.map(({ name }) => name) : inside?.split(",");
  return parts?.flatMap((part) => spelledOut(path.replace(all ?? "<system>", part))) ?? [path];
};

/** True if it looks like a path of this repository: it begins with one of its folders, or ends like one of its files. */
const looksLikePath = (word: string): boolean => {
  if (!/^[\w.{}<>,/-]+$/.test(word) || /<(?!system>)/.test(word)) return false;
  const [first = "", ...rest] = word.split("/");
  const isWritten = first === "reports" && rest[0] !== "golden";
  return rest.length > 0 && !isWritten
    ? TOP.includes(first) || FLOORS.includes(first) || /\.(ts|js|md|yaml)$/.test(word)
    : /\.(ts|js|md|yaml)$/.test(word) && first !== "report.md" && first !== "my.yaml";
};

const exists = (path: string, from: string): boolean =>
  [ROOT, join(ROOT, "src"), dirname(join(ROOT, from))].some((folder) => existsSync(join(folder, path)));

/** As GitHub makes an anchor of a heading. */
const anchorsIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, "").matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("every document", () => {
  it("names paths that exist", () => {
    const lost = (text: string, from: string): readonly string[] =>
      codeIn(text)
        .flatMap((code) => code.split(/[\s=]+/))
        .filter(looksLikePath)
        .flatMap(spelledOut)
        .filter((path) => !exists(path, from));
    expect(problems(lost)).toEqual([]);
    expect(lost("see `src/nowhere.ts`, `world/nobody` and `scenario/<system>/nothing.ts`", "README.md")).toHaveLength(
      2 + SECTIONS.length,
    );
  });

  it("links to files and headings that exist", () => {
    const lost = (text: string, from: string): readonly string[] =>
      [...text.replaceAll(FENCE, "").matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap((match) => {
        const [, path = "", anchor] = match;
        const file = path === "" ? join(ROOT, from) : join(ROOT, dirname(from), path);
        if (!existsSync(file)) return [path];
        return anchor === undefined || anchorsIn(readFileSync(file, "utf8")).includes(anchor) ? [] : [`#${anchor}`];
      });
    expect(problems(lost)).toEqual([]);
    expect(lost("[a](nowhere.md) and [b](#no-such-heading)", "README.md")).toHaveLength(2);
  });

  it("names flags of the command line that exist", () => {
    const known = ["run", "verify", "report", "list"].map((command) => firedrill([command, "--help"]).stdout).join("");
    const flags = [...DOCUMENTS.values()].flatMap((text) =>
      [...codeIn(text), ...blocks("sh", text).flatMap((block) => /firedrill run[\s\S]*/.exec(block) ?? [])]
        .filter((code) => !code.includes("npm") && !code.includes("npx vitest"))
        .flatMap((code) => [...code.matchAll(/(--[a-z][a-z-]*)/g)].map((match) => match[1]!)),
    );
    expect([...new Set(flags)].filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it("names scripts of package.json that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly scripts: object };
    const lost = (text: string): readonly string[] =>
      [...text.matchAll(/npm run (?:-s )?([a-z]+)/g)].map((match) => match[1]!).filter((name) => !(name in scripts));
    expect(problems(lost)).toEqual([]);
  });

  it("runs scenarios that are shipped, with settings that they take", () => {
    const runs = [...DOCUMENTS.values()]
      .flatMap((text) => [...codeIn(text), ...blocks("sh", text)])
      .flatMap((code) => [...code.matchAll(/firedrill(?: --)? (?:run|verify|validate) ([a-z0-9][\w./-]*)([\s\S]*)/g)])
      .map((match) => ({
        story: match[1]!,
        set: [...match[2]!.matchAll(/--set (\S+)/g)].map((setting) => setting[1]!.replace("$n", "170")),
      }))
      .filter(({ story }) => story !== "my.yaml");
    expect(runs.length).toBeGreaterThan(2);
    for (const { story, set } of runs) {
      const file = existsSync(join(ROOT, story)) ? join(ROOT, story) : shippedFile(story);
      expect(file, story).toBeDefined();
      expect(readScenario(file!, { set }), story).toHaveProperty("scenario");
    }
  });

  it("shows scenarios, and parts of scenarios, that are valid", () => {
    const wrong = (text: string): readonly string[] =>
      blocks("yaml", text).flatMap((block) => {
        const file = join(emptyFolder(), "example.yaml");
        const head = /^version:/m.test(block)
          ? ""
          : "version: 1\nname: part\nsources: { mine: me }\nextends: worlds/china-2015.yaml\nrun: { duration: 3 h }\n";
        writeFileSync(file, `${head}${block}\n`);
        const reading = readScenario(file);
        return "problems" in reading ? reading.problems.map(({ message }) => `${message} in\n${block}`) : [];
      });
    expect(problems(wrong)).toEqual([]);
    expect(wrong("```yaml\nfaults: [{ id: x, at: 1 min, slow: 2, where: { region: hainan } }]\n```")).toHaveLength(1);
  });

  it("names figures and keys that exist", () => {
    const lost = (text: string): readonly string[] =>
      codeIn(text)
        .map((code) => code.replace(/\{.*$/, ""))
        .filter((name) => /^[a-z]+(\.[a-z-]+)+$/.test(name) && !name.endsWith(".json"))
        .filter((name) => HEADS.has(name.split(".")[0]!) && !isFigure(name) && !isKey(name.split(".")));
    expect(problems(lost)).toEqual([]);
    expect(lost("`push.bussy.mean`, `push.limiter.horizont`, `push.busy`, `push.tasks.evening.at`")).toHaveLength(2);
  });

  it("quotes code as it is: a block that begins with a path is in that file, … standing for what is left out", () => {
    const lost = (text: string): readonly string[] =>
      blocks("ts", text).flatMap((block) => {
        const [, path, code] = /^\/\/ (\S+)\n([\s\S]*)$/.exec(block) ?? [];
        if (path === undefined || code === undefined) return [];
        const pattern = new RegExp(code.split("…").map(pieceOf).join("[\\s\\S]*?"));
        return existsSync(join(ROOT, path)) && pattern.test(dense(readFileSync(join(ROOT, path), "utf8")))
          ? []
          : [`not in ${path}:\n${code}`];
      });
    expect(problems(lost)).toEqual([]);
    expect(lost("```ts\n// src/scenario/sections.ts\nexport const SECTIONS = [PUSH…];\n```")).toHaveLength(1);
    expect(lost("```ts\n// src/scenario/sections.ts\nexport const SECTIONS =\n  [PEOPLE…] as const;\n```")).toEqual([]);
  });
});

/** Code without white space, as its layout may differ. */
const dense = (code: string): string => code.replaceAll(/\s+/g, "");
const pieceOf = (code: string): string => dense(code).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

const SCHEMA = scenarioJsonSchema() as Schema;
/** First parts of figures and of keys that have parts below them. */
const HEADS = new Set([...METRIC_NAMES.map((name) => name.split(".")[0]!), ...Object.keys(SCHEMA.properties ?? {})]);

/** True for a figure or a metric, and for the beginning of one. */
const isFigure = (name: string): boolean =>
  METRIC_NAMES.includes(name) || METRICS.some((metric) => metric.name === name);

/** True if a scenario may have a key at this path; names of things in a map may be any. */
const isKey = (
  [key, ...below]: readonly string[],
  { properties, additionalProperties, anyOf }: Schema = SCHEMA,
): boolean => {
  if (key === undefined) return true;
  if (anyOf?.some((one) => isKey([key, ...below], one)) === true) return true;
  const next = properties?.[key] ?? additionalProperties;
  return typeof next === "object" && isKey(below, next);
};

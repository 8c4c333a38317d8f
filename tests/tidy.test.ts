/**
 * Architecture as a test: which file may import which, what the repository holds, and that every algorithm names its
 * drivers. The table of floors is in src/README.md too; a rule changes here and there in one commit.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { camelCase } from "../src/scenario/fields.ts";
import { FORMS } from "../src/scenario/forms.ts";
import type { Form } from "../src/scenario/section.ts";
import { SECTIONS } from "../src/scenario/sections.ts";
import { SYSTEMS } from "../src/simulate/systems.ts";
import { filesUnder, NOT_OURS, OURS, ROOT } from "./files.ts";
import { exportedTypes, functionSizes, parse, undocumented } from "./syntax.ts";

const FLOORS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  engine: ["base"],
  measure: ["base"],
  algorithms: ["base"],
  deploy: ["base", "algorithms"],
  scenario: ["base", "algorithms"],
  world: ["base", "engine", "measure", "algorithms", "scenario"],
  simulate: ["base", "engine", "measure", "algorithms", "scenario", "world"],
  study: ["base", "engine", "measure", "scenario", "simulate"],
  report: ["base", "measure", "scenario", "simulate", "study"],
  cli: ["base", "scenario", "simulate", "study", "report"],
};

/** Floors that stand on the language alone. */
const BARE = ["base", "engine", "measure", "algorithms"];
const PACKAGE_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = { "base/random.ts": ["seedrandom"] };

/** Files that bring families of their floor together; all others keep to their own family. */
const GATHERERS = [
  /^scenario\/(sections|forms)\.ts$/,
  // The page holds the charts, and the folder holds both.
  /^report\/(html\/|folder\.ts$)/,
  /^simulate\/systems\.ts$/,
  /^world\/population\//,
  /^world\/seams\//,
  /^world\/weather\//,
  /^world\/(build|assignment|topology|bulk-updates|where|places|centre-failover)\.ts$/,
  /^deploy\/(push\/processes\.ts$|drill\/)/,
];

const TOP_LEVEL = [
  "package.json package-lock.json tsconfig.json README.md LICENSE CHANGELOG.md".split(" "),
  "src scenarios reports bench tests".split(" "),
].flat();

/** Client libraries: large, and loaded only where their service is used. */
const CLIENTS: Readonly<Record<string, RegExp>> = {
  ioredis: /^deploy\/redis\//,
  mysql2: /^deploy\/mysql\//,
  amqplib: /^deploy\/rabbitmq\//,
};

/** Folders whose exports and public members all have a docstring. */
const DOCUMENTED = [/^algorithms\//, /^(base|engine|measure)\//];

const FUNCTION_LINES = 70;
const PARAMETERS = 5;
/** Systems that only some worlds have. Only the lists import from their folders, and `deploy/` runs their algorithms. */
const OPTIONAL = SECTIONS.filter((section) => !section.isIn({})).map(({ name }) => name as string);
const SYSTEM_LISTS = ["scenario/sections.ts", "scenario/forms.ts", "simulate/systems.ts"];

interface Import {
  readonly from: string;
  readonly line: number;
  /** Path under src of what is imported, or undefined for a package. */
  readonly to: string | undefined;
  readonly package: string | undefined;
}

const SOURCES = filesUnder(join(ROOT, "src")).filter((path) => path.endsWith(".ts"));
const nameOf = (path: string): string => relative(join(ROOT, "src"), path).replaceAll("\\", "/");
const linesOf = (path: string): string[] => readFileSync(path, "utf8").split("\n");
const floorOf = (name: string): string => name.split("/")[0]!;
/** The family's folder, or undefined for a file that lies on the floor itself. */
const familyOf = (name: string): string | undefined => (name.split("/").length > 2 ? name.split("/")[1] : undefined);

/** Static and dynamic imports and re-exports, over several lines too. Comments are blanked first. */
const importsIn = (name: string, text: string): Import[] => {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, " "));
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)"([^"\n]+)"/g;
  return [...code.matchAll(pattern)].map((match) => {
    const target = match[1]!;
    const line = code.slice(0, match.index).split("\n").length;
    if (!target.startsWith(".")) return { from: name, line, to: undefined, package: packageOf(target) };
    return { from: name, line, to: nameOf(resolve(ROOT, "src", dirname(name), target)), package: undefined };
  });
};

const packageOf = (specifier: string): string => {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return specifier;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
};

const IMPORTS = SOURCES.flatMap((path) => importsIn(nameOf(path), readFileSync(path, "utf8")));
const at = (one: Import): string => `src/${one.from}:${String(one.line)}`;

const layerProblems = (imports: readonly Import[]): string[] =>
  imports.flatMap((one) => {
    const floor = floorOf(one.from);
    const allowed = FLOORS[floor];
    if (allowed === undefined) return [`src/${one.from}: there is no floor "${floor}"`];
    if (one.package !== undefined) {
      const fine = !BARE.includes(floor) || PACKAGE_EXCEPTIONS[one.from]?.includes(one.package) === true;
      return fine ? [] : [`${at(one)}: ${floor} imports no package, not even ${one.package}`];
    }
    const target = floorOf(one.to!);
    return target === floor || allowed.includes(target) ? [] : [`${at(one)}: ${floor} may not import ${target}`];
  });

const clientProblems = (imports: readonly Import[]): string[] =>
  imports
    .filter((one) => one.package !== undefined && CLIENTS[one.package]?.test(one.from) === false)
    .map((one) => `${at(one)}: ${one.package!} is imported only where its service is talked to`);

const familyProblems = (imports: readonly Import[]): string[] => {
  const problems: string[] = [];
  const gathered = new Map<string, Set<string>>();
  for (const one of imports) {
    if (one.to === undefined || floorOf(one.to) !== floorOf(one.from)) continue;
    if (GATHERERS.some((pattern) => pattern.test(one.from))) continue;
    const mine = familyOf(one.from);
    const theirs = familyOf(one.to);
    if (theirs === undefined || theirs === mine) continue;
    if (mine !== undefined) problems.push(`${at(one)}: family ${mine} may not import family ${theirs}`);
    else gathered.set(one.from, (gathered.get(one.from) ?? new Set()).add(theirs));
  }
  for (const [name, families] of gathered)
    if (families.size > 1) problems.push(`src/${name}: gathers ${[...families].sort().join(", ")} without being named`);
  return problems;
};

const systemOf = (name: string): string | undefined =>
  OPTIONAL.find((system) => name.split("/").slice(1, -1).includes(system));

const systemProblems = (imports: readonly Import[]): string[] =>
  imports.flatMap((one) => {
    const system = one.to === undefined ? undefined : systemOf(one.to);
    if (system === undefined || systemOf(one.from) === system) return [];
    if (SYSTEM_LISTS.includes(one.from) || floorOf(one.from) === "deploy") return [];
    return [`${at(one)}: only ${SYSTEM_LISTS.join(" and ")} may know the system ${system}`];
  });

/** Each cycle once, as the chain of files that closes it. */
const cycles = (imports: readonly Import[]): string[] => {
  const next = new Map<string, string[]>();
  for (const one of imports) if (one.to !== undefined) next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const place = path.indexOf(name);
    if (place >= 0) found.push([...path.slice(place), name].join(" → "));
    if (place >= 0 || done.has(name)) return;
    for (const target of next.get(name) ?? []) visit(target, [...path, name]);
    done.add(name);
  };
  for (const name of next.keys()) visit(name, []);
  return found;
};

describe("the floors", () => {
  it("import only the floors below them, and packages only where packages belong", () => {
    expect(layerProblems(IMPORTS)).toEqual([]);
  });

  it("load a service's client only where that service is talked to", () => {
    expect(clientProblems(IMPORTS)).toEqual([]);
    expect(clientProblems(importsIn("deploy/push/x.ts", 'import { Redis } from "ioredis";'))).toHaveLength(1);
  });

  it("keep their families apart, but for the named gatherers", () => {
    expect(familyProblems(IMPORTS)).toEqual([]);
  });

  it("know a system only in its own folders and in the two lists, which name the same systems in one order", () => {
    expect(systemProblems(IMPORTS)).toEqual([]);
    expect(systemProblems(importsIn("study/x.ts", 'import { a } from "../world/push/push.ts";'))).toHaveLength(1);
    expect(systemProblems(importsIn("world/push/x.ts", 'import { a } from "../services/law.ts";'))).toHaveLength(1);
    expect(SYSTEMS.map(({ section }) => section.name)).toEqual(SECTIONS.map(({ name }) => name));
    expect(OPTIONAL).toEqual(["services", "push"]);
  });

  it("import in no circle", () => {
    expect(cycles(IMPORTS)).toEqual([]);
  });

  it("import only files that exist", () => {
    const lost = IMPORTS.filter((one) => one.to !== undefined && !existsSync(join(ROOT, "src", one.to)));
    expect(lost.map((one) => `${at(one)}: ${one.to!}`)).toEqual([]);
  });

  it("stand in src/README.md with what each may import", () => {
    const rows = readFileSync(join(ROOT, "src/README.md"), "utf8").matchAll(/^\| `(\w+)` *\|[^|]*\| ([^|]*?) *\|$/gm);
    const written = [...rows].map(([, floor, may]) => [floor!, may === "–" ? [] : may!.split(", ")] as const);
    expect(Object.fromEntries(written)).toEqual(FLOORS);
  });

  it("are at most three folders deep", () => {
    expect(SOURCES.map(nameOf).filter((name) => name.split("/").length > 3)).toEqual([]);
  });
});

describe("the check itself", () => {
  const inFile = (name: string, text: string): Import[] => importsIn(name, text);

  it("sees a floor reach up, a package on a bare floor, families that touch, and a circle", () => {
    expect(layerProblems(inFile("base/x.ts", 'import { a } from "../world/build.ts";'))).toHaveLength(1);
    expect(layerProblems(inFile("engine/x.ts", 'import fs from "node:fs";'))).toHaveLength(1);
    expect(layerProblems(inFile("base/math.ts", 'import seedrandom from "seedrandom";'))).toHaveLength(1);
    expect(familyProblems(inFile("world/fleet/x.ts", 'import { a } from "../network/path.ts";'))).toHaveLength(1);
    expect(familyProblems(inFile("world/seams/x.ts", 'import { a } from "../network/path.ts";'))).toHaveLength(0);
    const gather = 'import { a } from "./network/path.ts";\nimport { b } from "./fleet/server.ts";';
    expect(familyProblems(inFile("world/anywhere.ts", gather))).toHaveLength(1);
    const circle = [...inFile("base/a.ts", 'import "./b.ts";'), ...inFile("base/b.ts", 'export { x } from "./a.ts";')];
    expect(cycles(circle)).toEqual(["base/a.ts → base/b.ts → base/a.ts"]);
  });

  it("reads imports over several lines, on demand and of types, but none in comments", () => {
    const text =
      '/* from "./no.ts" */\n// from "./no.ts"\nimport type {\n  A,\n} from "./a.ts";\nawait import("./b.ts");';
    expect(inFile("cli/x.ts", text).map((one) => [one.to, one.line])).toEqual([
      ["cli/a.ts", 5],
      ["cli/b.ts", 6],
    ]);
  });
});

describe("the sources", () => {
  it("say in every algorithm which file of the world or of deploy it is met by", () => {
    const problems = SOURCES.filter((path) => nameOf(path).startsWith("algorithms/")).flatMap((path) => {
      const named = /^ \* Met by: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1]?.split(/,\s*/) ?? [];
      if (named.length === 0) return [`src/${nameOf(path)}: no "Met by:" line`];
      return named
        .filter((one) => !/^src\/(world|deploy)\//.test(one) || !existsSync(join(ROOT, one)))
        .map((one) => `src/${nameOf(path)}: met by ${one}, which does not exist`);
    });
    expect(problems).toEqual([]);
  });

  it("hold one idea a file: at most 350 lines", () => {
    const long = SOURCES.filter((path) => linesOf(path).length > 351);
    expect(long.map((path) => `${nameOf(path)}: ${String(linesOf(path).length - 1)} lines`)).toEqual([]);
  });

  it("open by saying what they are", () => {
    const silent = SOURCES.filter((path) => !/^(#!.*\n)?(?:import[^;]*;\s*)*\/\*\*/.test(readFileSync(path, "utf8")));
    expect(silent.map(nameOf)).toEqual([]);
  });
});

describe("the code", () => {
  const PARSED = SOURCES.map((path) => parse(nameOf(path), readFileSync(path, "utf8")));
  const SIZES = PARSED.flatMap(functionSizes);
  const namesWhere = (isTooLarge: (size: (typeof SIZES)[number]) => boolean): readonly string[] =>
    [...new Set(SIZES.filter(isTooLarge).map(({ name }) => name))].sort();

  it("says of every export and public member what it is, in the folders that people take home", () => {
    const asked = PARSED.filter(({ fileName }) => DOCUMENTED.some((pattern) => pattern.test(fileName)));
    expect(asked.flatMap(undocumented)).toEqual([]);
  });

  it("has functions that fit 70 lines", () => {
    expect(namesWhere(({ lines }) => lines > FUNCTION_LINES)).toEqual([]);
  });

  it("passes at most five positional parameters", () => {
    expect(namesWhere(({ parameters }) => parameters > PARAMETERS)).toEqual([]);
  });

  it("gives every exported type one home", () => {
    const homes = new Map<string, string[]>();
    for (const file of PARSED)
      for (const type of exportedTypes(file)) homes.set(type, [...(homes.get(type) ?? []), file.fileName]);
    const shared = [...homes].filter(([, files]) => files.length > 1);
    expect(shared.map(([type, files]) => `${type}: ${files.join(", ")}`)).toEqual([]);
  });

  it("is judged by its syntax", () => {
    const text = `
      export class A {
        #hidden = 1;
        open = 2;
        constructor(a: number, b: number) {}
        /** Told. */
        get told() { return [1].map((x) => x); }
      }
      export interface B { readonly of: number }
      /** Said. */
      export const c = (a: 1, b: 2, c: 3, d: 4, e: 5, f: 6): void => {\n${"\n".repeat(80)}};
      type Inner = A;
      export type { Inner };`;
    const file = parse("x.ts", text);
    const missing = ["A", "A.open", "A.constructor", "B", "B.of"];
    expect(undocumented(file)).toEqual(missing.map((name) => `x.ts: ${name}`));
    expect(functionSizes(file).map(({ name, parameters }) => [name, parameters])).toEqual([
      ["x.ts: constructor", 2],
      ["x.ts: told", 0],
      ["x.ts: told", 1],
      ["x.ts: c", 6],
    ]);
    expect(functionSizes(file).filter(({ lines }) => lines > FUNCTION_LINES)).toHaveLength(1);
    expect(exportedTypes(file)).toEqual(["A", "B"]);
  });
});

describe("the systems", () => {
  it("know in a run the selectors and actions that a file may have", () => {
    expect(FORMS.map(({ section }) => section)).toEqual(SECTIONS);
    for (const { section, targets, interventions } of FORMS as readonly Form[]) {
      const selectors = Object.values(targets).flatMap((target) => Object.keys(target.selectors));
      expect(section.selectors.toSorted()).toEqual(selectors.toSorted());
      expect(section.actions.toSorted()).toEqual(Object.keys(interventions).toSorted());
    }
  });

  it("are run by threads that load nothing of what reads a file", () => {
    const loaded = new Set<string>();
    const load = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const { to, package: other } of importsIn(name, readFileSync(join(ROOT, "dist", name), "utf8")))
        if (to !== undefined) load(to);
        else loaded.add(other!);
    };
    load("study/executors/worker.js");
    expect(loaded).toContain("scenario/people/section.js");
    expect(["commander", "protobufjs", "yaml", "zod"].filter((name) => loaded.has(name))).toEqual([]);
  });

  it("apply every effect that a fault may declare", () => {
    const problems = FORMS.flatMap(({ section: { name }, targets }: Form) => {
      // People's effects are families of world/weather.
      const folder = name === "people" ? "world/weather/" : `world/${name}/`;
      const code = SOURCES.filter((path) => nameOf(path).startsWith(folder)).map((path) => readFileSync(path, "utf8"));
      return Object.values(targets)
        .flatMap(({ effects }) => Object.keys(effects))
        .filter((effect) => !code.some((text) => new RegExp(`\\b${camelCase(effect)}\\b`).test(text)))
        .map((effect) => `${name}: nothing in ${folder} reads ${effect}`);
    });
    expect(problems).toEqual([]);
  });
});

describe("the repository", () => {
  it("holds at its top only what a reader expects there", () => {
    const strange = readdirSync(ROOT).filter(
      (name) => !name.startsWith(".") && !TOP_LEVEL.includes(name) && !NOT_OURS.includes(name),
    );
    expect(strange).toEqual([]);
  });

  // Spelt in pieces, so that this file is not its own finding.
  const PROMISES = new RegExp(`\\b(?:${["TO", "DO|FIX", "ME|X", "XX"].join("")})\\b`);
  const MACHINE = new RegExp(`(?:^|[^\\w.~-])/(?:${["home", "root", "Users", "work", "mnt"].join("|")})/\\w`);
  const findings = (pattern: RegExp): string[] =>
    OURS.flatMap((path) =>
      linesOf(path).flatMap((line, index) =>
        pattern.test(line) ? [`${relative(ROOT, path)}:${String(index + 1)}: ${line.trim()}`] : [],
      ),
    );

  it("leaves nothing to be done later in a comment", () => {
    expect(findings(PROMISES)).toEqual([]);
    expect(PROMISES.test(`// ${"TO"}DO: later`)).toBe(true);
  });

  it("gives no test a time limit of its own, which a slow machine could exceed", () => {
    const limited = OURS.filter((path) => path.endsWith(".test.ts")).filter((path) =>
      /\{ timeout: [\d_]+ \},?\s*(async )?\(/.test(readFileSync(path, "utf8")),
    );
    expect(limited).toEqual([]);
  });

  it("knows no machine's paths", () => {
    expect(findings(MACHINE)).toEqual([]);
    expect(MACHINE.test(`see ${"/ho"}me/someone/file`)).toBe(true);
  });
});

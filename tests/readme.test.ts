/** What the front door says is tried here: its commands, its exit codes, its example. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../src/cli/exit.ts";
import { readScenario } from "../src/scenario/read.ts";
import { emptyFolder, firedrill, ROOT } from "./cli/shell.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((match) => match[1]!.trim());

describe("the README", () => {
  it("begins with two commands that set everything up: a replay and all tests", () => {
    expect(blocks("sh").slice(0, 2)).toEqual([
      "npm ci && npm run -s firedrill -- run scenarios/chongqing-unicom-2014.yaml",
      "npm ci && npm test",
    ]);
  });

  it("names every command that there is, and none that there is not", () => {
    const help = firedrill(["--help"]).stdout;
    const offered = [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}(\w+)/gm)].map((match) => match[1]!);
    const named = [...README.matchAll(/^\| `firedrill (\w+)/gm)].map((match) => match[1]!);
    expect(named.toSorted()).toEqual(offered.filter((name) => name !== "help").toSorted());
  });

  it("names flags that exist", () => {
    const known =
      firedrill(["run", "--help"]).stdout +
      firedrill(["verify", "--help"]).stdout +
      firedrill(["report", "--help"]).stdout;
    const flags = new Set([...README.matchAll(/`[^`\n]*?(--[a-z][a-z-]*)/g)].map((match) => match[1]!));
    expect([...flags].filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it("lists the exit codes as they are", () => {
    const table = README.slice(README.indexOf("### Exit codes"), README.indexOf("### Scenarios"));
    const listed = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap((match) => match[1]!.split(", ").map(Number));
    expect(listed.toSorted((a, b) => a - b)).toEqual(
      [...Object.values(EXIT).filter((code) => code !== EXIT.unavailable), 143].toSorted((a, b) => a - b),
    );
  });

  it("shows a scenario that is valid", () => {
    const file = join(emptyFolder(), "example.yaml");
    writeFileSync(file, blocks("yaml")[0]!);
    expect(readScenario(file)).toMatchObject({ scenario: { name: "my-drill" } });
  });
});

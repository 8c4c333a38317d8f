import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { programWords, quoted, scenarioWord, withoutComment } from "../../src/cli/command.ts";
import { emptyFolder, firedrill, lastLine, ROOT } from "./shell.ts";

describe("a printed command", () => {
  it("has words that a shell reads as they were", () => {
    const words = ["a b", "it's", "", "$HOME", "a=1/2 %", "=ls", "~", "*", "#", "x\ny", "--reps", "10..20", "1/1000"];
    const out = execFileSync("sh", ["-c", `printf '%s\\0' ${words.map(quoted).join(" ")}`], { encoding: "utf8" });
    expect(out.split("\0").slice(0, -1)).toEqual(words);
  });

  it("names this Firedrill by its path, unless the shell finds the same one as firedrill", () => {
    const folder = emptyFolder();
    const main = join(folder, "main.js");
    writeFileSync(main, "");
    const linked = emptyFolder();
    symlinkSync(main, join(linked, "firedrill"));
    const stranger = emptyFolder();
    writeFileSync(join(stranger, "firedrill"), "");
    expect(programWords(`/usr/bin:${linked}`, main)).toEqual(["firedrill"]);
    expect(programWords("/usr/bin", main)).toEqual(["node", main]);
    expect(programWords(`${stranger}:${linked}`, main)).toEqual(["node", main]);
    // npx puts this folder on the path for one command only.
    const npms = join(folder, "node_modules", ".bin");
    mkdirSync(npms, { recursive: true });
    symlinkSync(main, join(npms, "firedrill"));
    expect(programWords(npms, main)).toEqual(["node", main]);
  });

  it("names a file with its whole path, and a shipped scenario as it is", () => {
    expect(scenarioWord("tests/cli/small.yaml")).toBe(join(ROOT, "tests/cli/small.yaml"));
    expect(scenarioWord("chongqing-unicom-2014")).toBe("chongqing-unicom-2014");
  });

  it("can be pasted with its comment into a shell that knows no comments", () => {
    expect(withoutComment(["run", "x", "#", "firedrill", "0.1.0,", "digest", "ab"])).toEqual(["run", "x"]);
    expect(withoutComment(["run", "x", "--seed", "#"])).toEqual(["run", "x", "--seed", "#"]);
    const { code } = firedrill(["validate", "quiet-day", "#", "firedrill", "0.1.0"]);
    expect(code).toBe(0);
  });

  it("is the last line of a run whose seed needs quotes", () => {
    const flags = ["--reps", "1", "--no-twin", "--seed", "it's = 5", "--quiet", "--out", emptyFolder()];
    const { stderr } = firedrill(["run", "tests/cli/small.yaml", ...flags]);
    expect(lastLine(stderr)).toContain(`run ${join(ROOT, "tests/cli/small.yaml")} --seed 'it'\\''s = 5' --reps 1`);
  });
});

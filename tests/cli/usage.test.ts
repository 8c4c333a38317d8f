import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, firedrill, MAIN, plainEnv, ROOT } from "./shell.ts";

const STORY = "scenarios/chongqing-unicom-2014.yaml";

describe("help", () => {
  it("is printed on stdout, with code 0 and without colour", () => {
    const { code, stdout, stderr } = firedrill(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("run [options] <scenario>");
    expect(stdout).toContain("verify");
    expect(stderr).toBe("");
  });

  it("loads no package except the one that parses flags", () => {
    // A hook that records every loaded module.
    const folder = emptyFolder();
    const list = join(folder, "loaded.txt");
    writeFileSync(
      join(folder, "hooks.mjs"),
      `import { appendFileSync } from "node:fs";
       export const load = (url, context, next) => { appendFileSync(${JSON.stringify(list)}, url + "\\n"); return next(url, context); };`,
    );
    const register = `data:text/javascript,import{register}from"node:module";register(${JSON.stringify(`file://${folder}/hooks.mjs`)});`;
    writeFileSync(list, "");
    execFileSync(process.execPath, ["--import", register, MAIN, "--help"], { cwd: ROOT, env: plainEnv() });
    const loaded = execFileSync("cat", [list], { encoding: "utf8" });
    const packages = [...loaded.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map((match) => match[1]);
    expect([...new Set(packages)]).toEqual(["commander"]);
  });

  it("is printed on stderr, with code 64, if no command is given", () => {
    const { code, stdout, stderr } = firedrill([]);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("Usage: firedrill");
  });
});

describe("a typing mistake", () => {
  it.each([
    [["rnu", STORY], "run"],
    [["run", STORY, "--repz", "3"], "--reps"],
    [["verfy"], "verify"],
  ])("in %j exits with 64 and suggests %s", (args, meant) => {
    const { code, stdout, stderr } = firedrill(args);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });

  it.each([
    [["--reps", "0"], "whole number"],
    [["--reps", "20..10"], "wrong way round"],
    [["--scale", "3"], "1/1000"],
    [["--set", "loss"], "path=value"],
    [["--workers", "-1"], "whole number"],
    [["--color", "blue"], "auto, always, never"],
  ])("in %j exits with 64 and a hint", (flags, hint) => {
    const { code, stderr } = firedrill(["run", STORY, ...flags]);
    expect(code).toBe(64);
    expect(stderr).toContain(hint);
  });

  it("in the scenario exits with 65, position and suggestion", () => {
    const { code, stdout, stderr } = firedrill(["run", STORY, "--set", "faults.gatway.loss=1 %"]);
    expect([code, stdout]).toEqual([65, ""]);
    expect(stderr).toContain('did you mean "gateway"?');
  });

  it.each([
    ["scenarios/chonqing.yaml", 'did you mean "chongqing-unicom-2014"?'],
    ["tianjin", 'did you mean "tianjin-2015"?'],
    ["kepler-tow-centres", 'did you mean "kepler-two-centres"?'],
    ["nothing-of-ours", "firedrill list scenarios"],
  ])("in the name of a scenario, %s, exits with 66 and a suggestion", (name, hint) => {
    const { code, stdout, stderr } = firedrill(["run", name]);
    expect([code, stdout]).toEqual([66, ""]);
    expect(stderr).toContain(`no such file (${hint})`);
  });
});

describe("a folder that cannot be written", () => {
  it("exits with 73 before the run starts", () => {
    const file = join(emptyFolder(), "file");
    writeFileSync(file, "");
    const { code, stdout, stderr } = firedrill(["run", STORY, "--out", join(file, "below")]);
    expect([code, stdout]).toEqual([73, ""]);
    expect(stderr).toContain("cannot write to");
    expect(stderr).not.toContain("    at ");
  });
});

describe("accepting a golden", () => {
  it("is rejected in CI, and without a reason", () => {
    const inCi = firedrill(["verify", STORY, "--accept", "--reason", "because"], { CI: "true" });
    expect(inCi.code).toBe(64);
    expect(inCi.stderr).toContain("CI");
    const silent = firedrill(["verify", STORY, "--accept"]);
    expect(silent.code).toBe(64);
    expect(silent.stderr).toContain("--reason");
  });

  it("exits with 73 before the run starts if the folder of goldens cannot be made", () => {
    for (const file of ["reports", "reports/golden"]) {
      const cwd = emptyFolder();
      if (file !== "reports") mkdirSync(join(cwd, "reports"));
      writeFileSync(join(cwd, file), "");
      const { code, stdout, stderr } = firedrill(["verify", join(ROOT, STORY), "--accept", "--reason", "x"], {}, cwd);
      expect([code, stdout]).toEqual([73, ""]);
      expect(stderr).toMatch(
        /^error cannot write to reports\/golden: a (part of the path is a file|file has this name) /,
      );
    }
  });

  it("is inconclusive without any golden", () => {
    const { code, stderr } = firedrill(["verify"], {}, emptyFolder());
    expect(code).toBe(2);
    expect(stderr).toContain("no goldens");
  });
});

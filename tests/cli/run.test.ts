import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { planOf } from "../../src/cli/plan.ts";
import type { Repetitions } from "../../src/scenario/quantities.ts";
import type { Meta, RunDocument } from "../../src/study/document.ts";
import { emptyFolder, firedrill, lastLine, MAIN, plainEnv, ROOT } from "./shell.ts";

const SMALL = join(ROOT, "tests/cli/small.yaml");

const runJson = (
  ...flags: string[]
): { document: RunDocument; meta: Meta; code: number | null; stderr: string; out: string } => {
  const out = join(emptyFolder(), "made");
  const { code, stdout, stderr } = firedrill(["run", SMALL, "--json", "--out", out, ...flags]);
  const { meta, ...document } = JSON.parse(stdout) as RunDocument & { meta: Meta };
  return { document, meta, code, stderr, out };
};

describe("a run", () => {
  const first = runJson("--workers", "2");

  it("prints one document, writes it to the folder, and prints how to reproduce it", () => {
    expect(first.code).toBe(0);
    expect(first.document).toMatchObject({
      schema: "firedrill.run/1",
      seed: "small",
      replications: 2,
      verdict: "held",
    });
    expect(JSON.parse(readFileSync(join(first.out, "run.json"), "utf8"))).toEqual(first.document);
    expect(first.meta).toMatchObject({ node: process.version, workers: 2 });
    // The command has the path of this Firedrill, since no shell finds it under its name here.
    expect(lastLine(first.stderr)).toBe(
      `reproduce: firedrill run ${SMALL} --seed small --reps 2 --scale 1/1000  # firedrill 0.1.0, digest ${first.document.digest}`,
    );
  });

  it("is byte-equal on one worker, and has the same digest twice", () => {
    const alone = runJson("--workers", "1", "--twice");
    expect(alone.code).toBe(0);
    expect(alone.stderr).toContain("twice: the same digest");
    expect(readFileSync(join(alone.out, "run.json"), "utf8")).toBe(readFileSync(join(first.out, "run.json"), "utf8"));
  });

  const other = runJson("--seed", "other", "--reps", "4", "--no-faults");

  it("differs with another seed, and has no twin without faults", () => {
    expect(other.document.digest).not.toBe(first.document.digest);
    expect(Object.values(first.document.figures).every(({ difference }) => difference !== undefined)).toBe(true);
    expect(Object.values(other.document.figures).some((figure) => "noFault" in figure || "difference" in figure)).toBe(
      false,
    );
    expect(lastLine(other.stderr)).toContain("--no-faults");
    // Published values of the fault are not judged without it.
    expect(other.code).toBe(0);
    expect(other.document.expect).toEqual([]);
    expect(other.document.notJudged.join("\n")).toContain("the faults were left out");
  });

  it("with a fault of strength 0 equals the run without faults", () => {
    const none = runJson("--seed", "other", "--reps", "4", "--set", "faults.gateway.loss=0 %", "--no-twin");
    expect(none.document.digest).toBe(other.document.digest);
    expect(none.document.figures).toEqual(other.document.figures);
  });

  it("goes into a folder named after its input, and says everywhere what was changed from the file", () => {
    const cwd = emptyFolder();
    const args = ["run", SMALL, "--reps", "1", "--no-twin", "--quiet"];
    const set = ["--set", "faults.gateway.loss=1 %", "--set", "run.warmup=5 min"];
    const { code, stdout } = firedrill([...args, ...set], {}, cwd);
    const change = "faults.gateway.loss: 1 % (file: 12 %)";
    expect(stdout).toContain(`changed from the file: ${change}`);
    expect(stdout.split("Not judged")[1]).toContain(`fixed by ${change}`);
    expect(code).not.toBe(3);
    const [name = ""] = readdirSync(join(cwd, "reports/small"));
    expect(name).toMatch(/^small_1-1000_1_[0-9a-f]{8}_gateway\.loss-1/);
    const page = readFileSync(join(cwd, "reports/small", name, "report.html"), "utf8");
    for (const part of [/<h1>[^]*?<div class="verdict/, /<caption>[^]*?<\/caption>/, /"caption":"[^"]*"/])
      expect(part.exec(page)?.[0], String(part)).toContain(change);
    expect(readFileSync(join(cwd, "reports/small", name, "report.md"), "utf8")).toContain("file: 12 %");
    const same = firedrill([...args, "--set", "faults.gateway.loss=12 %"], {}, cwd);
    expect(same.stdout).not.toContain("changed from the file");
    // With --quiet, the only line beside the results is the last one.
    expect(firedrill(args, {}, cwd).stderr.trimEnd().split("\n")).toHaveLength(1);
    firedrill([...args, "--no-faults"], {}, cwd);
    const others = readdirSync(join(cwd, "reports/small")).filter((folder) => folder !== name);
    expect(others).toHaveLength(2);
    for (const folder of others) expect(folder).toMatch(/^small_1-1000_1_[0-9a-f]{8}$/);
  });

  it("adds replications until the rows are decided, and no more than allowed", () => {
    const { document, stderr } = runJson("--set", "run.replications=2..40", "--no-twin");
    expect(document.verdict).toBe("held");
    expect(document.replications).toBeGreaterThan(2);
    expect(document.replications).toBeLessThan(40);
    expect(lastLine(stderr)).toContain(" --reps 2..40 ");
  });

  it("has the replications of the file, or those of --reps instead", () => {
    const planned = (flags: { readonly reps?: Repetitions }, set: readonly string[] = []) => {
      const all = { set, faults: true, interventions: true, twin: false, ...flags };
      return planOf(load(SMALL, all), all);
    };
    expect(planned({}, ["run.replications=2..40"])).toMatchObject({ least: 2, most: 40 });
    expect(planned({ reps: { least: 2, most: 40 } })).toEqual(planned({}, ["run.replications=2..40"]));
    expect(planned({ reps: { least: 3, most: 3 } }, ["run.replications=2..40"])).toMatchObject({ least: 3, most: 3 });
  });

  it("of one replication decides nothing; its log has no control characters", () => {
    const { document, code, stderr } = runJson("--reps", "1", "--no-twin");
    expect([code, document.verdict]).toEqual([2, "unknown"]);
    expect(stderr).toContain("note: one replication decides no row: run two or more");
    expect(stderr).not.toContain("\u001b");
    expect(stderr).not.toContain("\r");
    expect(stderr.match(/^\d+ % ·/gm)?.length ?? 0).toBeLessThanOrEqual(10);
    expect(stderr.split("\n").filter((line) => line.startsWith("replication 1 of 1"))).toHaveLength(1);
  });

  it("is completed although the reader of its output has gone", () => {
    const out = emptyFolder();
    const command = `"${process.execPath}" "${MAIN}" run "${SMALL}" --reps 2 --no-twin --json --out "${out}" | head -c 1; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env: plainEnv() });
    expect(stdout).toMatch(/^\{ 0$/m);
    expect(stderr).not.toContain("EPIPE");
    expect(existsSync(join(out, "report.html"))).toBe(true);
  });
});

/** Sends the signals when a tenth of the replications is finished; returns the exit code. */
const interrupt = async (signals: readonly NodeJS.Signals[], out: string): Promise<number | null> => {
  const child = spawn(
    process.execPath,
    [MAIN, "run", SMALL, "--reps", "100", "--no-twin", "--workers", "1", "--out", out],
    {
      env: plainEnv(),
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (log.includes("% ·") || !(log += text).includes("% ·")) return;
    for (const signal of signals) child.kill(signal);
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
};

describe("an interrupted run", () => {
  it("keeps finished replications, marks them as partial, exits with 143, and gives the command that repeats them", async () => {
    const out = emptyFolder();
    expect(await interrupt(["SIGTERM"], out)).toBe(143);
    const document = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunDocument;
    const { replications, digest, partial } = document;
    expect(partial).toBe(true);
    expect(replications).toBeGreaterThanOrEqual(1);
    expect(replications).toBeLessThan(100);
    const { reproduce } = JSON.parse(readFileSync(join(out, "meta.json"), "utf8")) as Meta;
    expect(reproduce).toContain(` --reps ${String(replications)} `);
    const cwd = emptyFolder();
    const { stderr } = spawnSync("sh", ["-c", reproduce], { cwd, encoding: "utf8", env: plainEnv() });
    expect(lastLine(stderr)).toContain(`digest ${digest}`);
  });

  it("leaves no incomplete file if it is killed", async () => {
    const out = emptyFolder();
    await interrupt(["SIGKILL"], out);
    for (const name of readdirSync(out).filter((one) => one.endsWith(".json")))
      JSON.parse(readFileSync(join(out, name), "utf8"));
  });
});

describe("the folder of a run", () => {
  const quick = ["run", SMALL, "--reps", "2", "--no-twin", "--quiet"];

  it("is another's if it holds other files: nothing is run, written or removed", () => {
    const out = emptyFolder();
    mkdirSync(join(out, "charts"));
    for (const name of ["probe", "run.json", "charts/mine.png"]) writeFileSync(join(out, name), "mine");
    const { code, stdout, stderr } = firedrill([...quick, "--out", out]);
    expect([code, stdout]).toEqual([73, ""]);
    expect(stderr).toMatch(
      /^error cannot write to .*: it is not a folder of results: .*name a new or an empty folder$/m,
    );
    for (const name of ["probe", "run.json", "charts/mine.png"])
      expect(readFileSync(join(out, name), "utf8")).toBe("mine");
    expect(readdirSync(out).sort()).toEqual(["charts", "probe", "run.json"]);
  });

  it("is complete although the answer cannot be written", () => {
    const out = join(emptyFolder(), "made");
    const line = `"${process.execPath}" "${MAIN}" ${quick.join(" ")} --json --out "${out}" > /dev/full`;
    const { status } = spawnSync("bash", ["-c", line], { env: plainEnv() });
    expect(status).toBe(73);
    expect((JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunDocument).replications).toBe(2);
    expect(existsSync(join(out, "report.html"))).toBe(true);
  });

  it("keeps a greater result, and the lesser one goes beside it", async () => {
    const { out } = runJson("--no-twin");
    const before = readFileSync(join(out, "run.json"), "utf8");
    expect(await interrupt(["SIGINT"], out)).toBe(130);
    const { code, stderr } = firedrill([...quick, "--reps", "1", "--out", out]);
    expect(code).toBe(2);
    expect(stderr).toContain(`holds a greater result (2 replications, complete) and is left as it is`);
    expect(readFileSync(join(out, "run.json"), "utf8")).toBe(before);
    const [partial = "", single = ""] = readdirSync(join(out, "..")).sort().toReversed();
    expect([partial, single]).toEqual([expect.stringMatching(/^made_partial-\d+$/), "made_1"]);
    const beside = JSON.parse(readFileSync(join(out, "..", partial, "run.json"), "utf8")) as RunDocument;
    expect(beside.partial).toBe(true);
  });
});

describe("verify", () => {
  it("prints the command with all options that change the result", () => {
    const cwd = emptyFolder();
    const flags = ["--seed", "it's", "--reps", "1", "--set", "faults.gateway.loss=0 %", "--no-twin"];
    const first = firedrill(["verify", SMALL, ...flags, "--quiet"], {}, cwd);
    const line = lastLine(first.stderr).replace("reproduce: ", "");
    const second = spawnSync("sh", ["-c", line], { cwd: emptyFolder(), encoding: "utf8", env: plainEnv() });
    expect([second.status, second.stdout]).toEqual([first.code, first.stdout]);
    expect(lastLine(second.stderr)).toBe(lastLine(first.stderr));
    expect(line).not.toContain("npx");
  });

  it("accepts a golden with a reason, compares the next run with it, and shows changes", () => {
    const cwd = emptyFolder();
    const golden = join(cwd, "reports/golden/small.json");
    expect(firedrill(["verify", SMALL], {}, cwd).code).toBe(2);
    expect(firedrill(["verify", SMALL, "--accept", "--reason", "first", "--reps", "2"], {}, cwd).code).toBe(0);
    const text = readFileSync(golden, "utf8");
    expect(text).toContain('"reason": "first"');
    // As a process leaves it that is killed while it writes.
    writeFileSync(join(cwd, "reports/golden/.small.json.firedrill.tmp"), "{");
    expect(firedrill(["verify", SMALL, "--accept", "--reason", "x", "--seed", "y"], {}, cwd).code).toBe(0);
    expect(readdirSync(join(cwd, "reports/golden"))).toEqual(["small.json"]);
    writeFileSync(golden, text);
    const same = firedrill(["verify", SMALL, "--json", "--quiet"], {}, cwd);
    expect(same.code).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ stories: [{ golden: "same", replications: 2, verdict: "held" }] });
    writeFileSync(golden, text.replace(/"digest": "[0-9a-f]+"/, '"digest": "0123456789abcdef"'));
    const changed = firedrill(["verify", SMALL, "--quiet"], {}, cwd);
    expect(changed.code).toBe(2);
    expect(changed.stdout).toContain("0123456789abcdef");
    expect(changed.stdout).toContain("behaviour changed, figures did not");
    writeFileSync(golden, "{");
    expect(firedrill(["verify", SMALL], {}, cwd).code).toBe(65);
  });
});

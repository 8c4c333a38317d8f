import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../../src/cli/report.ts";
import { probeWritable, readFolder, renderFolder, writeFolder } from "../../src/report/folder.ts";
import { printJson } from "../../src/report/json.ts";
import { chongqing, quietDay, red } from "./fixtures/runs.ts";

const NO_PICTURES = { html: false, md: true, png: false };
const perReplication = [{ replication: 0, figure: "loss.mean", value: 1, noFault: null }];

let dir = "";
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "firedrill-report-")), "run");
});
afterEach(() => {
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** A process number that nobody has any more. */
const deadProcess = (): number => spawnSync("true").pid;

describe("a run's folder", () => {
  it("holds numbers, pictures and pages, and no temporary file", async () => {
    await writeFolder(dir, { ...chongqing, perReplication });
    expect(filesIn(dir)).toEqual([
      "charts/logins.png",
      "charts/loss.png",
      "charts/online.png",
      "charts/published-percent.png",
      "meta.json",
      "replications.csv",
      "report.html",
      "report.md",
      "run.json",
      "timeline.json",
    ]);
    expect(readFileSync(join(dir, "run.json"), "utf8")).toBe(printJson(chongqing.document));
    expect(readFileSync(join(dir, "replications.csv"), "utf8").split("\n")).toHaveLength(3);
  });

  it("comes back as it was written", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, NO_PICTURES);
    expect(await readFolder(dir)).toEqual({ kind: "run", run: chongqing });
  });

  it("is rid of what a killed run left, but not of what another is writing", async () => {
    mkdirSync(join(dir, "charts"), { recursive: true });
    const stale = [`.run.json.${String(deadProcess())}.tmp`, `charts/.loss.png.${String(deadProcess())}.tmp`];
    const live = `.meta.json.${String(process.ppid)}.tmp`;
    for (const name of [...stale, live]) writeFileSync(join(dir, name), "{");
    await writeFolder(dir, { ...chongqing, perReplication }, NO_PICTURES);
    expect(filesIn(dir).filter((name) => name.endsWith(".tmp"))).toEqual([live]);
  });

  it("keeps nothing that was drawn of another run", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: true, md: true, png: true });
    await writeFolder(dir, { ...red, perReplication }, { html: false, md: false, png: false });
    expect(filesIn(dir)).toEqual(["meta.json", "replications.csv", "run.json", "timeline.json"]);
    await renderFolder(dir, quietDay, { html: false, md: false, png: true });
    expect(filesIn(join(dir, "charts"))).toEqual(["loss.png"]);
  });

  it("holds whole files only when its writer is killed, and the next run into it works", async () => {
    const built = new URL("../../dist/report/folder.js", import.meta.url).href;
    const runs = join(mkdtempSync(join(tmpdir(), "writer-")), "runs.json");
    writeFileSync(runs, JSON.stringify([chongqing, red]));
    const writer = `
      import { readFileSync } from "node:fs";
      import { writeFolder } from ${JSON.stringify(built)};
      const runs = JSON.parse(readFileSync(${JSON.stringify(runs)}, "utf8"));
      for (let i = 0; ; i++) {
        const perReplication = [{ replication: i, figure: "loss.mean", value: i, noFault: null }];
        await writeFolder(${JSON.stringify(dir)}, { ...runs[i % 2], perReplication }, { html: false, md: true, png: false });
      }`;
    for (const wait of [3, 17, 41]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", writer], { stdio: "ignore" });
      const ended = once(child, "exit");
      await vi.waitUntil(() => existsSync(join(dir, "report.md")), { timeout: 15_000, interval: 2 });
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGKILL");
      await ended;
      for (const name of filesIn(dir).filter((one) => /^\w+\.json$/.test(one)))
        expect(() => JSON.parse(readFileSync(join(dir, name), "utf8")) as unknown).not.toThrow();
      expect((await readFolder(dir)).kind).not.toBe("invalid");
      await writeFolder(dir, { ...quietDay, perReplication }, { html: false, md: false, png: false });
      expect(filesIn(dir)).toEqual(["meta.json", "replications.csv", "run.json", "timeline.json"]);
    }
  });

  it("keeps its numbers when a picture cannot be drawn", async () => {
    const broken = { ...chongqing.pictures, charts: [{ name: "no/such/folder", title: "", unit: "", series: [] }] };
    await expect(writeFolder(dir, { ...chongqing, pictures: broken, perReplication })).rejects.toThrow();
    expect((await readFolder(dir)).kind).toBe("run");
  });
});

describe("a folder that cannot be written", () => {
  it("is known before the run", async () => {
    expect(await probeWritable(dir)).toBeUndefined();
    expect(filesIn(dir)).toEqual([]);
    writeFileSync(join(dir, "file"), "");
    expect(await probeWritable(join(dir, "file"))).toMatch(/^cannot write to .*file/);
    expect(await probeWritable(join(dir, "file", "deeper"))).toMatch(/^cannot write to/);
  });

  it("is known when it belongs to someone else", async () => {
    mkdirSync(dir);
    chmodSync(dir, 0o500);
    const answer = await probeWritable(dir);
    chmodSync(dir, 0o700);
    if (process.getuid?.() !== 0) expect(answer).toMatch(/permission denied/);
  });
});

describe("a folder that is not a run's", () => {
  it("says which file is missing or what it is not", async () => {
    expect(await readFolder(dir)).toEqual({ kind: "missing", message: `${join(dir, "run.json")} does not exist` });
    await writeFolder(dir, { ...chongqing, perReplication }, NO_PICTURES);
    for (const content of ["{", "[]", '{"schema":"firedrill.run/9"}', '{"schema":"firedrill.run/1"}']) {
      writeFileSync(join(dir, "run.json"), content);
      expect(await readFolder(dir)).toMatchObject({
        kind: "invalid",
        message: expect.stringContaining("run.json is not") as string,
      });
    }
  });
});

describe("firedrill report", () => {
  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly errors: string }> => {
    const errors: string[] = [];
    const spies = [
      vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0),
      vi.spyOn(process.stdout, "write").mockImplementation(() => true),
    ];
    try {
      const program = new Command();
      register(program);
      await program.parseAsync(["report", ...args], { from: "user" });
      return { code: 0, errors: errors.join("") };
    } catch (error) {
      return { code: (error as { readonly code: number }).code, errors: (error as Error).message };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  };

  it("draws again what is asked for, and everything unasked", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: false, md: false, png: false });
    expect((await run(dir, "--md")).code).toBe(0);
    expect(filesIn(dir)).toContain("report.md");
    expect(existsSync(join(dir, "report.html"))).toBe(false);
    expect((await run(dir)).code).toBe(0);
    expect(filesIn(dir)).toEqual(expect.arrayContaining(["report.html", "charts/loss.png"]));
  });

  it("ends with 66 without a run and with 65 for what is no run, in one line", async () => {
    const missing = await run(dir);
    expect(missing).toEqual({ code: 66, errors: `error ${join(dir, "run.json")} does not exist` });
    mkdirSync(dir);
    for (const name of ["run.json", "timeline.json", "meta.json"]) writeFileSync(join(dir, name), "nonsense");
    expect((await run(dir)).code).toBe(65);
  });
});

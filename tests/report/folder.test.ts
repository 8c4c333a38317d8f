import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../../src/cli/report.ts";
import { demandFolder, readFolder, redrawFolder, writeFolder } from "../../src/report/folder.ts";
import { hold } from "../../src/report/lock.ts";
import { printJson } from "../../src/report/json.ts";
import { chongqing, quietDay, red } from "./fixtures/runs.ts";

const NO_PICTURES = { html: false, md: true, png: false };
const DATA = ["decisions.json", "manifest.json", "meta.json", "replications.csv", "run.json", "timeline.json"];
const perReplication = [{ replication: 0, figure: "loss.mean", value: 1, noFault: null }];

let dir = "";
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "firedrill-report-")), "run");
  mkdirSync(dir);
});
afterEach(() => {
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe("a run's folder", () => {
  it("holds numbers, pictures and pages, and no temporary file", async () => {
    await writeFolder(dir, { ...chongqing, perReplication });
    expect(filesIn(dir)).toEqual([
      "charts/limits.png",
      "charts/logins.png",
      "charts/loss.png",
      "charts/online.png",
      "charts/published-percent.png",
      "decisions.json",
      "manifest.json",
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
    expect(readFolder(dir)).toEqual({ kind: "run", run: chongqing });
  });

  it("is rid of what a killed run left, but not of what another program is writing", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: false, md: false, png: true });
    const stale = [".manifest.json.firedrill.tmp", ".run.json.firedrill.tmp", "charts/.loss.png.firedrill.tmp"];
    const others = [".notes.md.firedrill.tmp", ".run.json.swp"];
    for (const name of [...stale, ...others]) writeFileSync(join(dir, name), "{");
    await writeFolder(dir, { ...chongqing, perReplication }, NO_PICTURES);
    expect(filesIn(dir).filter((name) => name.includes("/.") || name.startsWith("."))).toEqual(others);
  });

  it("keeps nothing that was drawn of another run", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: true, md: true, png: true });
    await writeFolder(dir, { ...red, perReplication }, { html: false, md: false, png: false });
    expect(filesIn(dir)).toEqual(DATA);
    await writeFolder(dir, { ...quietDay, perReplication }, { html: false, md: false, png: true });
    expect(filesIn(join(dir, "charts"))).toEqual(["limits.png", "loss.png"]);
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
      await vi.waitUntil(() => existsSync(join(dir, "report.md")), { timeout: 120_000, interval: 2 });
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGKILL");
      await ended;
      for (const name of filesIn(dir).filter((one) => /^\w+\.json$/.test(one)))
        expect(() => JSON.parse(readFileSync(join(dir, name), "utf8")) as unknown).not.toThrow();
      expect(readFolder(dir).kind).not.toBe("invalid");
      await writeFolder(dir, { ...quietDay, perReplication }, { html: false, md: false, png: false });
      expect(filesIn(dir)).toEqual(DATA);
    }
  });

  it("keeps its numbers when a picture cannot be drawn", async () => {
    const broken = { ...chongqing.pictures, charts: [{ name: "no/such/folder", title: "", unit: "", series: [] }] };
    await expect(writeFolder(dir, { ...chongqing, pictures: broken, perReplication })).rejects.toThrow();
    expect(JSON.parse(readFileSync(join(dir, "run.json"), "utf8"))).toMatchObject({
      digest: chongqing.document.digest,
    });
  });
});

describe("a folder that cannot be written", () => {
  it("is known before the run, which leaves nothing there", async () => {
    await demandFolder(dir);
    expect(readdirSync(dir)).toEqual([]);
    writeFileSync(join(dir, "file"), "");
    await expect(demandFolder(join(dir, "file"))).rejects.toThrow();
    await expect(demandFolder(join(dir, "file", "deeper"))).rejects.toThrow();
  });

  it("is known when it belongs to someone else", async () => {
    chmodSync(dir, 0o500);
    const answer = demandFolder(dir);
    if (process.getuid?.() !== 0) await expect(answer).rejects.toThrow(/permission denied/);
    else await answer;
    chmodSync(dir, 0o700);
  });
});

describe("what is not ours", () => {
  const plain = { ...chongqing, perReplication };
  /** Returns all files with their contents. */
  const contentsOf = (folder: string) =>
    filesIn(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);

  it.each(["probe", "run.json", "report.md", "charts/mine.png", "manifest.json", ".hidden"])(
    "makes a folder another's: %s",
    async (name) => {
      mkdirSync(join(dir, "charts"));
      writeFileSync(join(dir, name), "mine");
      await expect(writeFolder(dir, plain)).rejects.toThrow(
        /^cannot write to .*name (another|a new or an empty) folder$/,
      );
      expect(contentsOf(dir)).toEqual([[name, "mine"]]);
    },
  );

  it("stays in a folder of ours, whatever it is called", async () => {
    await writeFolder(dir, plain);
    for (const name of ["probe", "notes.md", "charts/mine.png"]) writeFileSync(join(dir, name), "mine");
    await writeFolder(dir, { ...quietDay, perReplication });
    await redrawFolder(dir, { html: true, md: true, png: true });
    for (const name of ["probe", "notes.md", "charts/mine.png"])
      expect(readFileSync(join(dir, name), "utf8")).toBe("mine");
    expect(filesIn(join(dir, "charts"))).toEqual(["limits.png", "loss.png", "mine.png"]);
  });

  it("is never replaced by a picture or report of the same name", async () => {
    await writeFolder(dir, plain, { html: false, md: false, png: false });
    for (const name of ["report.md", "charts/loss.png"]) {
      mkdirSync(join(dir, "charts"), { recursive: true });
      writeFileSync(join(dir, name), "mine");
      await expect(redrawFolder(dir, { html: true, md: true, png: true })).rejects.toThrow(
        new RegExp(`${name} is not listed in manifest.json as ours: move it away`),
      );
      expect(readFileSync(join(dir, name), "utf8")).toBe("mine");
      rmSync(join(dir, name));
    }
  });

  it("is not reached through a symbolic link", async () => {
    const elsewhere = join(dir, "..", "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "loss.png"), "mine");
    await writeFolder(dir, plain);
    rmSync(join(dir, "charts"), { recursive: true });
    symlinkSync(elsewhere, join(dir, "charts"));
    await expect(writeFolder(dir, { ...quietDay, perReplication })).rejects.toThrow(/charts is a symbolic link/);
    await expect(redrawFolder(dir, { html: true, md: true, png: true })).rejects.toThrow(/charts is a symbolic link/);
    rmSync(join(dir, "charts"));
    rmSync(join(dir, "report.md"));
    symlinkSync(join(elsewhere, "loss.png"), join(dir, "report.md"));
    await expect(writeFolder(dir, plain)).rejects.toThrow(/report.md is a symbolic link there/);
    expect(contentsOf(elsewhere)).toEqual([["loss.png", "mine"]]);
  });

  it.each([
    ["{", "is not one of Firedrill's"],
    ['{ "schema": "firedrill.manifest/1", "kind": "run", "files": ["../mine"] }', 'lists "../mine"'],
    ['{ "schema": "firedrill.manifest/1", "kind": "run", "files": ["charts/../mine.png"] }', "which is not a file"],
    ['{ "schema": "firedrill.manifest/1", "kind": "fidelity", "files": [] }', "results of firedrill fidelity"],
  ])("is not made ours by a manifest such as %s", async (manifest, why) => {
    writeFileSync(join(dir, "manifest.json"), manifest);
    await expect(writeFolder(dir, plain)).rejects.toThrow(why);
  });
});

describe("a greater result", () => {
  const of = (replications: number, partial = false) => {
    const document = { ...chongqing.document, replications, ...(partial ? { partial: true as const } : {}) };
    return { ...chongqing, document, perReplication };
  };
  const write = (replications: number, partial?: boolean) =>
    writeFolder(dir, of(replications, partial), { html: false, md: false, png: false });

  it.each([
    [of(40), of(4, true), "greater"],
    [of(40), of(39), "greater"],
    [of(40), of(40, true), "greater"],
    [of(10), of(30, true), "greater"],
    [of(30, true), of(10), "greater"],
    [of(40), of(40), "written"],
    [of(40, true), of(40), "written"],
    [of(4, true), of(5, true), "written"],
  ] as const)("is never replaced (case %#)", async (before, after, kind) => {
    await write(before.document.replications, before.document.partial);
    expect((await write(after.document.replications, after.document.partial)).kind).toBe(kind);
    const kept = kind === "greater" ? before : after;
    expect(readFileSync(join(dir, "run.json"), "utf8")).toBe(printJson(kept.document));
  });
});

describe("two writers", () => {
  it("write one after the other, so that page, data and report are of one run", async () => {
    const runs = [chongqing, red, { ...quietDay, document: { ...quietDay.document, replications: 10 } }];
    const formats = { html: true, md: true, png: false };
    for (let round = 0; round < 4; round++) {
      await Promise.all(runs.map((run) => writeFolder(dir, { ...run, perReplication }, formats)));
      const { document } = runs.find((run) => printJson(run.document) === readFileSync(join(dir, "run.json"), "utf8"))!;
      expect(readFileSync(join(dir, "report.html"), "utf8")).toContain(document.digest);
      expect(readFileSync(join(dir, "report.md"), "utf8")).toContain(document.digest);
    }
  });

  it("wait for the process that holds the lock, and not for one that was killed", async () => {
    const address = join(dir, "lock.sock");
    const built = new URL("../../dist/report/lock.js", import.meta.url).href;
    for (const place of [address, `\0firedrill-test-${String(process.pid)}`]) {
      const holder = `
        import { hold } from ${JSON.stringify(built)};
        await hold(${JSON.stringify(place)});
        console.log("held");
        setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", holder]);
      await once(child.stdout, "data");
      expect(await hold(place, 100)).toBeUndefined();
      child.kill("SIGKILL");
      await once(child, "exit");
      const release = await hold(place, 5_000);
      expect(release).toBeDefined();
      await release!();
    }
  });
});

describe("a folder that is not a run's", () => {
  it("says which file is missing or what it is not", async () => {
    expect(readFolder(dir)).toMatchObject({
      kind: "missing",
      message: expect.stringContaining(`${join(dir, "run.json")}  no such file`) as string,
    });
    await writeFolder(dir, { ...chongqing, perReplication }, NO_PICTURES);
    for (const content of ["{", "[]", '{"schema":"firedrill.run/9"}', '{"schema":"firedrill.run/1"}']) {
      writeFileSync(join(dir, "run.json"), content);
      expect(readFolder(dir)).toMatchObject({
        kind: "invalid",
        message: expect.stringMatching(/run\.json:1:\d+ |run\.json {2}/) as string,
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
    expect(missing.code).toBe(66);
    expect(missing.errors.split("\n")[0]).toBe(`error ${join(dir, "run.json")}  no such file`);
    for (const name of ["run.json", "timeline.json", "meta.json"]) writeFileSync(join(dir, name), "nonsense");
    expect((await run(dir)).code).toBe(65);
  });

  it("ends with 66 where a listed decisions.json is missing, and draws an earlier version's folder without one", async () => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: false, md: false, png: false });
    rmSync(join(dir, "decisions.json"));
    const path = join(dir, "decisions.json");
    expect(await run(dir, "--md")).toEqual({
      code: 66,
      errors: `error ${path}  no such file, and manifest.json lists it (run the scenario again)`,
    });
    const manifest = readFileSync(join(dir, "manifest.json"), "utf8");
    writeFileSync(join(dir, "manifest.json"), manifest.replace('"decisions.json", ', ""));
    expect((await run(dir, "--md")).code).toBe(0);
  });

  it("draws what an interrupted run finished, whose replications may have gaps", async () => {
    const decisions = chongqing.decisions.map((one) => ({ ...one, replication: 2 * one.replication }));
    await writeFolder(dir, { ...chongqing, decisions, perReplication }, { html: false, md: false, png: false });
    expect((await run(dir, "--md")).code).toBe(0);
  });

  it.each([
    ["[]", "lists 0 replications, and run.json is of 10"],
    ['[{"replication": 3, "decisions": []}]', "lists 1 replication, and run.json is of 10"],
    [printJson([...chongqing.decisions].reverse()), "does not list the replications in their order"],
  ])("ends with 65 where decisions.json is not the run's: %.50s", async (content, why) => {
    await writeFolder(dir, { ...chongqing, perReplication }, { html: false, md: false, png: false });
    writeFileSync(join(dir, "decisions.json"), content);
    expect(await run(dir, "--md")).toEqual({
      code: 65,
      errors: `error ${join(dir, "decisions.json")}  ${why} (run the scenario again)`,
    });
  });
});

import { Command } from "commander";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { register as registerList } from "../../src/cli/list.ts";
import { register as registerSchema } from "../../src/cli/schema.ts";
import { register as registerValidate } from "../../src/cli/validate.ts";
import { FAULT_WORDS, FAULTS } from "../../src/scenario/catalogue.ts";
import { HEAD, problemsOf, read } from "./reading.ts";

const folder = mkdtempSync(join(tmpdir(), "firedrill-commands-"));
const right = join(folder, "right.yaml");
const wrong = join(folder, "wrong.yaml");
writeFileSync(right, HEAD);
writeFileSync(wrong, `${HEAD}titel: x\nonline: 1.5\n`);
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command; returns its output and exit code. */
const run = async (...argv: readonly string[]): Promise<{ out: string; err: string; code: unknown }> => {
  const said = { out: "", err: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((said.out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((said.err += String(text)), true));
  const program = new Command("firedrill");
  for (const register of [registerValidate, registerSchema, registerList]) register(program);
  await program.parseAsync(argv, { from: "user" });
  vi.restoreAllMocks();
  return { ...said, code: process.exitCode };
};

describe("validate", () => {
  it("prints valid files on stdout and problems on stderr, and exits with 65", async () => {
    const { out, err, code } = await run("validate", right, wrong);
    expect(out).toMatch(/^valid \S+right\.yaml: story, 0 faults, .* fingerprint [0-9a-f]{8}\n$/);
    expect(err).toContain('wrong.yaml:5:1  titel: unknown key "titel"');
    expect(err).toContain("wrong.yaml:6:9  online: 1.5 is not a whole number");
    expect(code).toBe(65);
  });

  it("applies settings first, and shows a problem with one", async () => {
    expect(await run("validate", right, "--set", "online=5 M")).toMatchObject({ err: "", code: 0 });
    const { err, code } = await run("validate", right, "--set", "clients.stay=60000");
    expect(err).toContain("write 60000 ms or 60000 s");
    expect(code).toBe(65);
  });

  it("exits with 0 for a valid file, by path or by name", async () => {
    expect(await run("validate", right, "quiet-day")).toMatchObject({ err: "", code: 0 });
  });

  it("exits with 66 for a missing file", async () => {
    const { out, err, code } = await run("validate", join(folder, "nobody.yaml"));
    expect([out, code]).toEqual(["", 66]);
    expect(err).toMatch(/^error \S+nobody\.yaml {2}no such file/);
    expect((await run("validate", join(folder, "nobody.yaml"), wrong)).code).toBe(65);
  });

  it("prints one array with --json, empty if all files are valid", async () => {
    const { out, err } = await run("validate", "--json", right, wrong);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject([
      { file: wrong, line: 5, column: 1, path: "titel" },
      { file: wrong, line: 6, column: 9, path: "online", hint: "write a whole number" },
    ]);
    expect(JSON.parse((await run("validate", "--json", right)).out)).toEqual([]);
  });
});

describe("schema", () => {
  it("prints the schema of scenarios, or of run documents", async () => {
    expect(JSON.parse((await run("schema")).out)).toMatchObject({ $id: "firedrill.scenario/1" });
    const document = JSON.parse((await run("schema", "run")).out) as { required: readonly string[] };
    expect(document).toMatchObject({ $id: "firedrill.run/1", additionalProperties: false });
    expect(document.required).toContain("verdict");
    expect(document.required).not.toContain("partial");
  });
});

describe("list", () => {
  it("names every figure with dimension, unit, labels and meaning", async () => {
    const metrics = JSON.parse((await run("list", "metrics", "--json")).out) as readonly Record<string, unknown>[];
    expect(metrics).toContainEqual({
      name: "login.time.p95",
      dimension: "time",
      unit: "s",
      labels: ["region", "carrier", "access", "gateway", "home"],
      meaning: "Time from the first connection attempt to the end of the login, retries included, censored at 60 s",
      onlyFullScale: false,
    });
    expect((await run("list", "metrics")).out.split("\n")).toHaveLength(metrics.length + 1);
  });

  it("fits 80 columns in every text", async () => {
    const lists = ["scenarios", "metrics", "faults", "interventions", "parameters", "regions", "gateways", "ports"];
    for (const what of lists)
      for (const line of (await run("list", what)).out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const { out } = await run("list", "metrics", "login.time.p95");
    expect(out.replaceAll(/\s+/g, " ")).toContain("retries included, censored at 60 s labels: region carrier access");
  });

  it("names what a scenario has, of shipped worlds by default", async () => {
    const names = async (...words: string[]): Promise<readonly string[]> =>
      (JSON.parse((await run("list", ...words, "--json")).out) as { name?: string; parameter?: string }[]).map(
        ({ name, parameter }) => name ?? parameter ?? "",
      );
    expect(await names("regions")).toContain("hainan");
    expect(await names("carriers")).toEqual(["mobile", "overseas", "telecom", "unicom"]);
    expect(await names("gateways")).toContain("cq-unicom-3g-2");
    expect(await names("centres")).toEqual(["north", "shanghai", "shenzhen"]);
    expect(await names("ports")).toEqual(["8080", "443"]);
    expect(await names("tiers", "overload-chains")).toContain("asking");
    expect(await names("parameters", "chongqing-unicom-2014")).toContain("faults.gateway.loss");
    await expect(run("list", "gateways", "no-such-story")).rejects.toMatchObject({ code: 66 });
  });

  it("explains the words of faults side by side, each with a line that is valid where it stands", async () => {
    const { out } = await run("list", "faults");
    const [, words = ""] = out.split("Words that are easily confused");
    for (const word of ["loss", "block", "down", "carrier", "line", "centre"])
      expect(words).toMatch(new RegExp(`^${word}\\n {4}[A-Z]`, "m"));
    const worlds = ["worlds/china-2014.yaml", "overload-chains.yaml", "push-disaster.yaml"];
    const [people, services, push] = worlds.map((world) => HEAD.replace("worlds/china-2014.yaml", world)) as [
      string,
      string,
      string,
    ];
    const provenance = "provenance: { faults.f: { is: assumed, source: me } }\nsources: { me: x }\n";
    for (const { example, name, where } of [
      ...FAULTS,
      ...FAULT_WORDS.map(({ word, example: line }) => ({ name: word, example: line, where: ["region"] })),
    ]) {
      const [place = ""] = where;
      const world = ["tier", "entry"].includes(place)
        ? services
        : ["host", "shard", "broker", "records"].includes(place)
          ? push
          : people;
      const problems = problemsOf(read(`${world}${provenance}faults:\n  ${example}\n`));
      expect(
        problems.map(({ path, message }) => `${path} ${message}`),
        `${name}: ${example}`,
      ).toEqual([]);
    }
  });

  it("lists faults, interventions and scenarios, each with a meaning", async () => {
    for (const [what, some] of [
      ["faults", "nat-timeout"],
      ["interventions", "restore-route"],
      ["scenarios", "quiet-day"],
    ] as const) {
      const entries = JSON.parse((await run("list", what, "--json")).out) as readonly Record<string, string>[];
      expect(entries.map(({ name }) => name)).toContain(some);
      for (const entry of entries)
        expect(
          Object.values(entry).every((text) => text !== ""),
          JSON.stringify(entry),
        ).toBe(true);
    }
  });
});

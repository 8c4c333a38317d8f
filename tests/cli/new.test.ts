import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, firedrill } from "./shell.ts";

describe("firedrill new", () => {
  const cwd = emptyFolder();
  const { code, stdout, stderr } = firedrill(["new", "my-drill"], {}, cwd);

  it("writes a commented story and prints the command that runs it", () => {
    expect([code, stdout]).toEqual([0, "my-drill.yaml\n"]);
    expect(stderr).toMatch(/^run it: node \S+main\.js run \S+my-drill\.yaml\n$/);
    const text = readFileSync(join(cwd, "my-drill.yaml"), "utf8");
    expect(text.match(/^# /gm)!.length).toBeGreaterThan(10);
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
  });

  it("writes a story that is valid and runs: every threshold holds", () => {
    expect(firedrill(["validate", "my-drill.yaml"], {}, cwd)).toMatchObject({ code: 0, stderr: "" });
    const run = ["run", "my-drill.yaml", "--scale", "1/10000", "--reps", "2", "--no-twin", "--quiet", "--json"];
    const document = JSON.parse(firedrill(run, {}, cwd).stdout) as { thresholds: { verdict: string }[] };
    expect(document.thresholds.map(({ verdict }) => verdict)).not.toContain("broken");
  });

  it("never replaces a file, and takes only names", () => {
    const before = readFileSync(join(cwd, "my-drill.yaml"), "utf8");
    expect(firedrill(["new", "my-drill"], {}, cwd)).toMatchObject({ code: 73, stdout: "" });
    expect(readFileSync(join(cwd, "my-drill.yaml"), "utf8")).toBe(before);
    for (const name of ["../up", "A", "a b", "", "9"]) expect(firedrill(["new", name], {}, cwd).code, name).toBe(64);
    expect(readdirSync(cwd).filter((file) => file.endsWith(".yaml"))).toEqual(["my-drill.yaml"]);
    expect(firedrill(["new", "x"], {}, "/proc").code).toBe(73);
  });
});

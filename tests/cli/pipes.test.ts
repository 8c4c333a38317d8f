import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, firedrill, ROOT } from "./shell.ts";

const SMALL = join(ROOT, "tests/cli/small.yaml");

describe.skipIf(process.platform === "win32")("a pipe or a device is refused at once", () => {
  const cwd = emptyFolder();
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  writeFileSync(join(cwd, "on-pipe.yaml"), "version: 1\nname: on-pipe\nextends: pipe\n");
  writeFileSync(join(cwd, "on-device.yaml"), "version: 1\nname: on-device\nextends: /dev/zero\n");
  mkdirSync(join(cwd, "reports/golden"), { recursive: true });
  execFileSync("mkfifo", [join(cwd, "reports/golden/small.json")]);

  it.each([
    [66, ["run", "pipe"]],
    [66, ["validate", "/dev/zero"]],
    [66, ["list", "parameters", "pipe"]],
    [66, ["fidelity", "pipe"]],
    [66, ["fidelity", "/dev/zero"]],
    [65, ["validate", "on-pipe.yaml"]],
    [65, ["validate", "on-device.yaml"]],
    [65, ["verify", SMALL]],
  ])("with %i by %j", (expected, args) => {
    const { code, stdout, stderr } = firedrill(args, {}, cwd);
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(/^error .* is not a file/);
  });
});

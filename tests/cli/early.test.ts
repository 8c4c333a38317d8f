import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyFolder, MAIN, plainEnv, ROOT } from "./shell.ts";

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s outside a study ends with %i and a word", async (signal, code) => {
  const when = `process.on("newListener",(name)=>name==="${signal}"&&setImmediate(()=>process.kill(process.pid,name)))`;
  const args = ["--import", `data:text/javascript,${when}`];
  const child = spawn(process.execPath, [...args, MAIN, "validate", "quiet-day"], { cwd: ROOT, env: plainEnv() });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  expect(await once(child, "exit")).toEqual([code, null]);
  expect(said).toContain("interrupted");
});

it.each([
  ["run", join(ROOT, "tests/cli/small.yaml")],
  ["fidelity", join(ROOT, "bench/data/tcp-measured.json")],
])("a signal while the folder of %s is made leaves no folder", async (command, file) => {
  const cwd = emptyFolder();
  const when = `import fs from "node:fs";import{syncBuiltinESMExports}from"node:module";const make=fs.mkdirSync;
    fs.mkdirSync=(dir,how)=>{make(dir,how);process.kill(process.pid,"SIGINT")};syncBuiltinESMExports()`;
  const hook = ["--import", `data:text/javascript,${encodeURIComponent(when)}`];
  const args = [...hook, MAIN, command, file, "--out", "new/out"];
  const child = spawn(process.execPath, args, { cwd, env: plainEnv(), stdio: "ignore" });
  expect(await once(child, "exit")).toEqual([130, null]);
  expect(readdirSync(cwd)).toEqual([]);
});

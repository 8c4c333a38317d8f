import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { MAIN, plainEnv, ROOT } from "./shell.ts";

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

import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { plainEnv, ROOT } from "./shell.ts";

it("the packed package carries the canvas that draws its charts: npm could not find it elsewhere", () => {
  const words = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const packed = execFileSync("npm", words, { cwd: ROOT, env: plainEnv(), encoding: "utf8", stdio: "pipe" });
  for (const file of ["canvas/index.cjs", "canvas/package.json", "chartjs-node-canvas/package.json"])
    expect(packed).toContain(`"path": "node_modules/${file}"`);
});

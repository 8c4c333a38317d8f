/** Gives all tests and the programs that they start one temporary folder, the cache in it, and removes it afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes the folder before the first test; returns the function that removes it after the last. */
export const setup = (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-tests-"));
  process.env["TMPDIR"] = folder;
  process.env["FIREDRILL_CACHE"] = join(folder, "cache");
  return () => rmSync(folder, { recursive: true, force: true });
};

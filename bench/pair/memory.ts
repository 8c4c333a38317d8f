/**
 * Loaded into a measured process before its own code: writes at exit the most memory that the process had at any time, in MiB.
 * Child processes that are programs of Node load it too, and write files of their own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

/** Linux counts the parent's memory before the program starts into `maxRSS`, but not into `VmHWM`. */
const peakKib = (): number => {
  try {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (peak !== null) return Number(peak[1]);
  } catch {
    // Other systems do not have this file.
  }
  return process.resourceUsage().maxRSS;
};

const folder = process.env["FIREDRILL_BENCH_MEMORY"];
if (isMainThread && folder !== undefined)
  process.on("exit", () => writeFileSync(join(folder, `${String(process.pid)}.mib`), String(peakKib() / 1_024)));

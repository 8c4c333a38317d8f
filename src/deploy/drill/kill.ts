/** SIGKILL to a process, as deaths of machines go. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Resolves when it is over; at once when it was before, or never began. */
export const kill = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
};

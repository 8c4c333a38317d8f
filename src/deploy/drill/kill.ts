/** Kills a process as a machine's death does: without a word. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Sends SIGKILL and resolves when the process has ended; at once if it had ended before, or never began. */
export const kill = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
};

/** Answers signals that arrive before a command listens to them, or after it has ended; the first import of the program. */
import { EXIT } from "./exit.ts";

for (const [signal, code] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.terminated],
] as const)
  process.on(signal, () => {
    // A command that listens itself decides when to end.
    if (process.listenerCount(signal) > 1) return;
    process.stderr.write("interrupted; what was not written yet is lost\n");
    process.exit(code);
  });

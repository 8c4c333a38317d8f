/** Handles Ctrl-C: the first one stops the study and keeps its finished replications, a second one exits at once. */
import { EXIT } from "./exit.ts";

/** The state of an interruption. */
export interface Interruption {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** Exit code after an interruption; undefined before. */
  readonly code: number | undefined;
  /** Stops listening to signals. */
  release(): void;
}

/** Two signals within this time count as one (chosen): npm forwards a Ctrl-C that the terminal has sent to all processes. */
const ECHO_MS = 150;

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** Listens to SIGINT and SIGTERM until released; calls `announce` at the first signal. */
export const onInterrupt = (announce: () => void): Interruption => {
  const controller = new AbortController();
  let code: number | undefined;
  let since = 0;
  const listen = (name: "SIGINT" | "SIGTERM"): void => {
    if (code !== undefined && performance.now() - since > ECHO_MS) process.exit(CODES[name]);
    if (code !== undefined) return;
    code = CODES[name];
    since = performance.now();
    announce();
    controller.abort();
  };
  process.on("SIGINT", listen);
  process.on("SIGTERM", listen);
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
    release: () => {
      process.off("SIGINT", listen);
      process.off("SIGTERM", listen);
    },
  };
};

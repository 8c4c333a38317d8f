/** Ctrl-C asks to stop and keep what is finished; a second one stops at once. */
import { EXIT } from "./exit.ts";

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code once somebody interrupted; undefined before. */
  readonly code: number | undefined;
  /** Gives Ctrl-C its old meaning back. */
  release(): void;
}

/** npm and other wrappers pass on a Ctrl-C that the terminal has sent to everybody already: within this, two are one (chosen). */
const ECHO_MS = 150;

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: 143 } as const;

/** Listens until it is released. `announce` is called once, at the first signal. */
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

/** Determines what a stream can show: colour, and lines that are redrawn. */

/** Values of `--color`. */
export type ColorChoice = "auto" | "always" | "never";

/** True if a stream gets colour: the flag overrides NO_COLOR, which overrides FORCE_COLOR, which overrides the terminal. */
export const wantsColor = (
  choice: ColorChoice,
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean => {
  if (choice !== "auto") return choice === "always";
  const { NO_COLOR = "", FORCE_COLOR } = env;
  if (NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb" && !isCi(env);
};

/** True if lines can be redrawn: on a terminal, not in a log. */
export const canRedraw = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean => stream.isTTY === true && env["TERM"] !== "dumb" && !isCi(env);

/** True if the variable CI is set to a value other than 0 or false. */
export const isCi = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  !["", "0", "false"].includes(env["CI"] ?? "");

/** What a stream can show: colour, and lines that are written over. */

/** `--color` and what the environment says; a flag beats NO_COLOR, which beats FORCE_COLOR, which beats the terminal. */
export type ColorChoice = "auto" | "always" | "never";

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

/** Whether lines may be written over: a person's terminal, not a log. */
export const canRedraw = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean => stream.isTTY === true && env["TERM"] !== "dumb" && !isCi(env);

/** CI services set CI to anything but false. */
export const isCi = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  !["", "0", "false"].includes(env["CI"] ?? "");

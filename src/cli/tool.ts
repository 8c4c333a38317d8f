/** Reads the version of Firedrill from its package. */
import { readFileSync } from "node:fs";

const read = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};

/** The version of Firedrill. */
export const VERSION = read();

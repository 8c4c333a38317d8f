/** Computes the identity of a scenario: equal resolved input has an equal fingerprint, whatever file it was read from. */
import { createHash } from "node:crypto";
import type { Scenario } from "./scenario.ts";

/** Returns 64 hex digits over the whole scenario except the name of its file. */
export const fingerprintOf = (scenario: Omit<Scenario, "file" | "fingerprint">): string =>
  createHash("sha256").update(JSON.stringify(scenario)).digest("hex");

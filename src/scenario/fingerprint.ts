/** A scenario's identity: the same resolved input has the same fingerprint wherever it was read from. */
import { createHash } from "node:crypto";
import type { Scenario } from "./scenario.ts";

/** 64 hex digits over all that the scenario says, except the name of its file. */
export const fingerprintOf = (scenario: Omit<Scenario, "file" | "fingerprint">): string =>
  createHash("sha256").update(JSON.stringify(scenario)).digest("hex");

/** Faults of services: machines are slow or down, the load of entries surges. */
import { z } from "zod";
import { factor } from "../fields.ts";
import type { FaultOf, Target } from "../section.ts";
import { selector } from "../where.ts";

/** The kinds of place of this section. */
export const SERVICES_TARGETS = {
  machines: {
    noun: "machines of a tier",
    selectors: {
      tier: selector("Tier of services"),
      machine: selector("Machine of a tier, such as storage-3"),
    },
    effects: {
      down: {
        field: z.exactOptional(
          z.enum(["silent", "reset"]).meta({
            description: "Machines stop. silent: requests are not answered; reset: requests are rejected at once",
          }),
        ),
      },
      slow: {
        field: z.exactOptional(factor("computing times of machines grow")),
      },
    },
  },
  entries: {
    noun: "entries of services",
    selectors: { entry: selector("Entry of services") },
    effects: {
      surge: {
        field: z.exactOptional(factor("the rate of tasks grows")),
      },
    },
  },
} satisfies Readonly<Record<string, Target>>;

/** A fault of this section. */
export type ServicesFault = FaultOf<{ readonly targets: typeof SERVICES_TARGETS }>;

/** What can go wrong behind the access servers: machines are slow or down, entries surge. */
import { z } from "zod";
import { number } from "../fields.ts";
import type { FaultOf, Target } from "../section.ts";
import { selector } from "../where.ts";

export const SERVICES_TARGETS = {
  machines: {
    noun: "machines of a tier",
    selectors: {
      tier: selector("A tier of services"),
      machine: selector("A machine of a tier, such as storage-3"),
    },
    effects: {
      down: {
        field: z.exactOptional(
          z.enum(["silent", "reset"]).meta({
            description: "Machines stop: requests vanish, or are refused at once",
          }),
        ),
      },
      slow: {
        field: z.exactOptional(
          number("Machines compute this many times slower; 1 is no fault", { min: 1, max: 1_000 }),
        ),
      },
    },
  },
  entries: {
    noun: "entries of services",
    selectors: { entry: selector("An entry of services") },
    effects: {
      surge: {
        field: z.exactOptional(
          number("This many times as many tasks arrive a second; 1 is no fault", { min: 1, max: 1_000 }),
        ),
      },
    },
  },
} satisfies Readonly<Record<string, Target>>;

export type ServicesFault = FaultOf<{ readonly targets: typeof SERVICES_TARGETS }>;

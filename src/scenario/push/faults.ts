/** What can go wrong with reminders: hosts crash, clocks are off, shards fail over or lag, the broker errs or stops. */
import { z } from "zod";
import { duration, number, rate, share } from "../fields.ts";
import type { FaultOf, Target } from "../section.ts";
import { selector } from "../where.ts";

/** Connections to what stops are closed; there is no other way to be down. */
const down = {
  field: z.exactOptional(z.enum(["reset"]).meta({ description: "It stops: connections to it are closed" })),
};

export const PUSH_TARGETS = {
  hosts: {
    noun: "hosts of push workers",
    selectors: { host: selector("A host of push workers, such as worker-3") },
    effects: {
      crash: {
        field: z.exactOptional(
          rate("How often a host of push workers crashes, on the average; 0 /h is no fault", {
            unit: "/h",
            max: 3_600,
          }),
        ),
      },
      skew: {
        field: z.exactOptional(duration("Hosts' clocks are ahead by this; behind with a minus sign", { signed: true })),
      },
    },
  },
  shards: {
    noun: "shards of the push store",
    selectors: { shard: selector("A shard of the push store, such as shard-2") },
    effects: {
      slow: {
        field: z.exactOptional(number("Shards serve this many times slower; 1 is no fault", { min: 1, max: 1_000 })),
      },
      failover: {
        field: z.exactOptional(
          z.boolean().meta({
            description:
              "A shard's primary is lost once, when the fault begins, and with it what its replica had not heard",
          }),
        ),
        isInstant: true,
      },
      "store-lag": { field: z.exactOptional(duration("A shard's replicas are this much further behind")) },
    },
  },
  broker: {
    noun: "the broker of push",
    selectors: { broker: selector("The queue of push: broker") },
    effects: {
      down,
      redelivery: {
        field: z.exactOptional(share("Blocks that the broker hands out once more while the first is worked on")),
      },
    },
  },
  records: {
    noun: "the records of push",
    selectors: { records: selector("The other store of push, with its task table: records") },
    effects: { down },
  },
} satisfies Readonly<Record<string, Target>>;

export type PushFault = FaultOf<{ readonly targets: typeof PUSH_TARGETS }>;

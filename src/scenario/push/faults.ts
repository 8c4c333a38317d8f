/** Faults of push: hosts crash, clocks are wrong, shards fail over or lag, the broker redelivers or is down. */
import { z } from "zod";
import { duration, factor, rate, share } from "../fields.ts";
import type { FaultOf, Target } from "../section.ts";
import { selector } from "../where.ts";

/** The only way to be down: connections are closed. */
const down = {
  field: z.exactOptional(z.enum(["reset"]).meta({ description: "It stops. reset: connections to it are closed" })),
};

/** The kinds of place of this section. */
export const PUSH_TARGETS = {
  hosts: {
    noun: "hosts of push workers",
    selectors: { host: selector("Host of push workers, such as worker-3") },
    effects: {
      crash: {
        field: z.exactOptional(
          rate("Mean rate of crashes per host; 0 /h changes nothing", {
            unit: "/h",
            max: 3_600,
          }),
        ),
      },
      skew: {
        field: z.exactOptional(duration("Offset of the hosts' clocks; negative if they are slow", { signed: true })),
      },
    },
  },
  shards: {
    noun: "shards of the push store",
    selectors: { shard: selector("Shard of the push store, such as shard-2") },
    effects: {
      slow: {
        field: z.exactOptional(factor("service times of shards grow")),
      },
      failover: {
        field: z.exactOptional(
          z.boolean().meta({
            description:
              "true: the primary of a shard is lost, once, when the fault begins, with all writes that its replica had not received",
          }),
        ),
        isInstant: true,
      },
      "store-lag": { field: z.exactOptional(duration("Additional replication lag of a shard")) },
    },
  },
  broker: {
    noun: "the broker of push",
    selectors: { broker: selector("Queue of push: broker") },
    effects: {
      down,
      redelivery: {
        field: z.exactOptional(
          share("Share of blocks that the broker delivers a second time while the first delivery is being processed"),
        ),
      },
    },
  },
  records: {
    noun: "the records of push",
    selectors: { records: selector("Record store of push, with its task table: records") },
    effects: { down },
  },
} satisfies Readonly<Record<string, Target>>;

/** A fault of this section. */
export type PushFault = FaultOf<{ readonly targets: typeof PUSH_TARGETS }>;

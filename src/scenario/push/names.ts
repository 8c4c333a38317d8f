/** The names in a world of push. */
import type { PushModel } from "./shape.ts";

/** Name of the broker in `where`. */
export const BROKER = "broker";
/** Name of the record store in `where`. */
export const RECORDS = "records";
/** Values of the label `cause`: causes of duplicate notifications. */
export const CAUSES = ["crash", "redelivery", "lease", "failover"] as const;

const numbered = (noun: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `${noun}-${String(place + 1)}`);

/** Returns the names of all hosts, e.g. `worker-3`. */
export const hostNames = ({ workers }: Pick<PushModel, "workers">): readonly string[] =>
  numbered("worker", workers.hosts);
/** Returns the names of all shards, e.g. `shard-2`. */
export const shardNames = ({ store }: Pick<PushModel, "store">): readonly string[] => numbered("shard", store.shards);

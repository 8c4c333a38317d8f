/** The section of push: reminders to many subscribers, simulated message by message at full size. It is optional. */
import type { Figure } from "../figure-parts.ts";
import { allows } from "../metric.ts";
import type { Cost, KnownNames, Names, RunSize, Section } from "../section.ts";
import { PUSH_METRICS } from "./figures.ts";
import { BROKER, CAUSES, hostNames, RECORDS, shardNames } from "./names.ts";
import type { PushModel } from "./shape.ts";

/** Memory per subscriber: measured with 200 million, rounded up. */
const BYTES_A_SUBSCRIBER = 10;
/** Subscribers per second of one thread, all included: measured with 200 million. */
const SUBSCRIBERS_A_SECOND = 1_500_000;

/** Looks of the dispatcher per second of one thread: measured without anything to do, rounded down. */
const LOOKS_A_SECOND = 500_000;

interface World {
  readonly push?: PushModel;
}

const namesOf = ({ push }: World, { has }: KnownNames): Names => {
  const of = (names: (model: PushModel) => readonly string[]): readonly string[] | undefined =>
    has("push") ? push && names(push) : [];
  return {
    host: of(hostNames),
    shard: of(shardNames),
    broker: of(() => [BROKER]),
    records: of(() => [RECORDS]),
    task: of(({ tasks }) => Object.keys(tasks)),
    cause: CAUSES,
  };
};

const costOf = ({ push }: World, { duration }: RunSize): Cost => {
  const subscribers = Object.values(push?.tasks ?? {}).reduce((sum, task) => sum + task.subscribers, 0);
  const looks = push === undefined ? 0 : duration / push.dispatcher.look;
  return {
    ...(looks > subscribers
      ? { count: looks, noun: "looks of the dispatcher" }
      : { count: subscribers, noun: "subscribers" }),
    bytes: subscribers * BYTES_A_SUBSCRIBER,
    seconds: subscribers / SUBSCRIBERS_A_SECOND + looks / LOOKS_A_SECOND,
  };
};

/** The section of push. */
export const PUSH = {
  name: "push",
  isIn: ({ push }: World) => push !== undefined,
  names: namesOf,
  selectors: ["host", "shard", "broker", "records"],
  actions: [],
  metrics: PUSH_METRICS,
  decides: false,
  runsOnThreads: false,
  concerned: ({ push }: World, { labels }: Figure) =>
    Object.entries(push?.tasks ?? {}).reduce(
      (sum, [name, { subscribers }]) => sum + (allows(labels, "task", name) ? subscribers : 0),
      0,
    ),
  cost: costOf,
} as const satisfies Section;

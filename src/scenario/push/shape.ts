/**
 * Reminders in a scenario file: who is to be told what and when, the stores, broker, workers and limiter that get it
 * done, and the message service behind them, which has a capacity. All of it lives at its own full size, whatever the
 * scale of the population. Every field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { count, duration, fields, type Model, named, number, share } from "../fields.ts";

const positive = { positive: true } as const;
const RATE_MAX = 100_000_000;
/** A byte each at the sink, four in the store: what memory bears. */
export const SUBSCRIBERS_MAX = 200_000_000;
const KINDS = ["gcra", "counter"] as const;

const task = fields(
  {
    at: duration("When its subscribers are to be told, from the start of the run"),
    subscribers: count("Who are to be told", { min: 1, max: SUBSCRIBERS_MAX }),
    weight: number("Beside other tasks: the heavier gets more of the limit", { min: 0.01, max: 100 }).default(1),
    prefetched: z.boolean().meta({ description: "Whether apps can fetch it ahead" }).default(true),
  },
  "A reminder",
);

export const pushField = fields(
  {
    store: fields(
      {
        shards: count("Primaries that share all keys", { min: 1, max: 100 }).prefault(3),
        replicas: count("Of each shard; a failover uses one up, and without any it loses all that there was", {
          max: 5,
        }).prefault(1),
        latency: duration("Round trip of a call").prefault("1 ms"),
        members: count("Members that a shard puts into sets or takes out of them in a second", {
          min: 1_000,
          max: RATE_MAX,
        }).prefault("1 M"),
        lag: duration("How far replicas are behind: what a failover loses").prefault("1 s"),
        promotion: duration("From a primary's loss until a replica has taken its place").prefault("15 s"),
      },
      "The cluster that holds lists of subscribers, claims and the limiter",
    ).prefault({}),
    records: fields(
      { latency: duration("Round trip of a call").prefault("3 ms") },
      "The other store, where each block's members are on record",
    ).prefault({}),
    broker: fields(
      {
        latency: duration("From a message's sending to its coming to a worker who waits").prefault("1 ms"),
        redelivery: duration("From a worker's loss until what it held is handed out again").prefault("1 s"),
      },
      "The queue between dispatcher and workers",
    ).prefault({}),
    workers: fields(
      {
        hosts: count("Hosts", { min: 1, max: 1_000 }),
        slots: count("Blocks that a host works on at once", { min: 1, max: 1_000 }),
        block: count("Subscribers of a block", { min: 1, max: 100_000 }).prefault(5_000),
        lot: count("Subscribers granted, pushed to and reported together", { min: 1, max: 100_000 }).prefault(250),
        lease: duration("A claimed block is its worker's for so long after each report", positive).prefault("30 s"),
        restart: duration("From a host's crash until it works again", positive).prefault("5 s"),
        pause: duration("Before a block is tried again that could not be worked on", positive).prefault("1 s"),
      },
      "Who claim blocks, push and report",
    ),
    limiter: fields(
      {
        kind: z.enum(KINDS).default("gcra").meta({ description: "gcra, or the published counter of each second" }),
        limit: count("Pushes a second", { min: 1, max: RATE_MAX }),
        burst: count("Pushes that may go at once after a silence", { min: 1, max: RATE_MAX }).prefault(1_000),
        horizon: duration(
          "How far ahead a worker may reserve its turn: all of them have one when it is at least hosts x slots x lot / limit",
        ).prefault("1 s"),
        jitter: duration("What is granted may be used so much late", positive).prefault("100 ms"),
      },
      "What keeps pushes within the message service's capacity",
    ),
    service: fields(
      {
        capacity: count("Messages that it takes in any second; those above it refuses", { min: 1, max: RATE_MAX }),
        latency: duration("Round trip of a push").prefault("20 ms"),
      },
      "The message service behind it all",
    ),
    dispatcher: fields(
      {
        ahead: count("Blocks published and not finished, at most", { min: 1, max: 100_000 }).prefault(200),
        look: duration("It looks at tasks this often", positive).prefault("1 s"),
        patience: duration("A block that nobody works on is published again after this long", positive).prefault(
          "1 min",
        ),
        parts: count("Parts that a task's subscribers are dealt out into", { min: 1, max: 1_024 }).prefault(48),
        lead: duration("Subscribers are dealt out so long before the task is due").prefault("2 min"),
      },
      "Who cuts tasks into blocks",
    ).prefault({}),
    prefetch: fields(
      {
        share: share("Subscribers whose app fetches the day's tasks and shows them by its own timer").prefault("0 %"),
        from: duration("When the first fetch, from the start of the run; before it with a minus sign", {
          signed: true,
        }).prefault("0 s"),
        over: duration("Fetches are spread over this long", positive).prefault("6 h"),
      },
      "Who need not be pushed to",
    ).prefault({}),
    tasks: named(task, "Reminders by name"),
  },
  "Reminders, pushed at their own full size",
);

/** Its key of the file. */
export const pushShape = { push: z.exactOptional(pushField) };

/** Reminders, every unit parsed and every default filled in. */
export type PushModel = Model<typeof pushField>;

/** The names in `where` of what there is one of. */
export const BROKER = "broker";
export const RECORDS = "records";
/** Whose fault it is that somebody was told twice. */
export const CAUSES = ["crash", "redelivery", "lease", "failover"] as const;

const numbered = (noun: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `${noun}-${String(place + 1)}`);

export const hostNames = ({ workers }: Pick<PushModel, "workers">): readonly string[] =>
  numbered("worker", workers.hosts);
export const shardNames = ({ store }: Pick<PushModel, "store">): readonly string[] => numbered("shard", store.shards);

/**
 * The keys of push in a scenario file: tasks with their subscribers, the stores, broker, workers and limiter that deliver
 * them, and the message service with its capacity. All are simulated at full size, at any scale of the population. Every
 * field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { count, duration, fields, type Model, named, number, share } from "../fields.ts";

const positive = { positive: true } as const;
const RATE_MAX = 100_000_000;
/** Most subscribers of all tasks: each takes a byte in the message service and four in the store. */
export const SUBSCRIBERS_MAX = 200_000_000;
const KINDS = ["gcra", "counter"] as const;

const task = fields(
  {
    at: duration("Due time, counted from the start of the run"),
    subscribers: count("Number of subscribers to notify", { min: 1, max: SUBSCRIBERS_MAX }),
    weight: number("Weight among concurrent tasks: the limit is shared in proportion to it; 1 by default", {
      min: 0.01,
      max: 100,
    }).default(1),
    prefetched: z.boolean().meta({ description: "true (default): apps can prefetch it" }).default(true),
  },
  "Task: one reminder to many subscribers",
);

/** The schema of `push`. */
export const pushField = fields(
  {
    store: fields(
      {
        shards: count("Number of shards", { min: 1, max: 100 }).prefault(3),
        replicas: count("Replicas per shard; a failover consumes one, and without any it loses all data", {
          max: 5,
        }).prefault(1),
        latency: duration("Round-trip time of a call").prefault("1 ms"),
        members: count("Set members that a shard can add or remove per second", {
          min: 1_000,
          max: RATE_MAX,
        }).prefault("1 M"),
        lag: duration("Replication lag: a failover loses the writes of this time").prefault("1 s"),
        promotion: duration("Time from the loss of a primary until a replica has replaced it").prefault("15 s"),
      },
      "Store: the cluster that holds lists of subscribers, claims and the limiter",
    ).prefault({}),
    records: fields(
      { latency: duration("Round-trip time of a call").prefault("3 ms") },
      "Record store: the database with the members of each block",
    ).prefault({}),
    broker: fields(
      {
        latency: duration("Time from sending a message to its arrival at a waiting worker").prefault("1 ms"),
        redelivery: duration("Time from the loss of a worker until its messages are delivered again").prefault("1 s"),
      },
      "Broker: the queue between dispatcher and workers",
    ).prefault({}),
    workers: fields(
      {
        hosts: count("Number of hosts", { min: 1, max: 1_000 }),
        slots: count("Slots per host: blocks that it processes concurrently", { min: 1, max: 1_000 }),
        block: count("Subscribers per block, the unit of work of a slot", { min: 1, max: 100_000 }).prefault(5_000),
        lot: count("Subscribers per batch, which are granted, pushed and reported together", {
          min: 1,
          max: 100_000,
        }).prefault(250),
        lease: duration(
          "Lease: time after each report during which a claimed block belongs to its worker",
          positive,
        ).prefault("30 s"),
        restart: duration("Time from the crash of a host until it works again", positive).prefault("5 s"),
        pause: duration("Wait before a failed block or batch is tried again", positive).prefault("1 s"),
      },
      "Workers: they claim blocks, push to subscribers and report",
    ),
    limiter: fields(
      {
        kind: z
          .enum(KINDS)
          .default("gcra")
          .meta({ description: "gcra (default), or counter: the published counter per second" }),
        limit: count("Limit in pushes per second", { min: 1, max: RATE_MAX }),
        burst: count("gcra: pushes that may be sent at once after an idle time", { min: 1, max: RATE_MAX }).prefault(
          1_000,
        ),
        horizon: duration(
          "gcra: longest wait for which pushes can be reserved; with at least hosts x slots x lot / limit every slot can hold a reservation",
        ).prefault("1 s"),
        jitter: duration("Time after its start during which a grant can be used", positive).prefault("100 ms"),
      },
      "Limiter: keeps the rate of pushes within the capacity of the message service",
    ),
    service: fields(
      {
        capacity: count("Messages that it accepts in any second; it refuses the excess", { min: 1, max: RATE_MAX }),
        latency: duration("Round-trip time of a push").prefault("20 ms"),
      },
      "Message service: it delivers messages to clients",
    ),
    dispatcher: fields(
      {
        ahead: count("Highest number of published blocks that are not finished", { min: 1, max: 100_000 }).prefault(
          200,
        ),
        look: duration("Interval at which it checks the tasks", positive).prefault("1 s"),
        patience: duration("Time without a worker after which a block is published again", positive).prefault("1 min"),
        parts: count("Number of parts into which the subscribers of a task are divided", {
          min: 1,
          max: 1_024,
        }).prefault(48),
        lead: duration(
          "Time before the due time of a task at which its subscribers are loaded and divided into parts",
        ).prefault("2 min"),
      },
      "Dispatcher: it divides tasks into blocks and publishes them",
    ).prefault({}),
    prefetch: fields(
      {
        share: share("Share of subscribers whose app prefetches tasks and shows them by its own timer").prefault("0 %"),
        from: duration("Start of prefetching, counted from the start of the run; negative before it", {
          signed: true,
        }).prefault("0 s"),
        over: duration("Time over which prefetching is spread", positive).prefault("6 h"),
      },
      "Prefetch: subscribers that need no push",
    ).prefault({}),
    tasks: named(task, "Tasks by name"),
  },
  "Push: reminders to many subscribers, simulated message by message at full size",
);

/** The key of this section. */
export const pushShape = { push: z.exactOptional(pushField) };

/** Push, every unit parsed, every default filled in, keys in camelCase. */
export type PushModel = Model<typeof pushField>;

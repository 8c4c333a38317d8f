/**
 * Reminders in a scenario file: who is to be told what and when, the stores, broker, workers and limiter that get it
 * done, and the message service behind them, which has a capacity. All of it lives at its own full size, whatever the
 * scale of the population. Every field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { type Duration, minutes, printDuration } from "../../base/units.ts";
import { count, duration, fields, named, number, share } from "../fields.ts";
import type { Reporter } from "../findings.ts";

export interface PushModel {
  readonly store: StoreModel;
  /** The other store, whose backup the first one is, and which is the first one's. */
  readonly records: { readonly latency: Duration };
  readonly broker: BrokerModel;
  readonly workers: WorkersModel;
  readonly limiter: LimiterModel;
  readonly service: MessageServiceModel;
  readonly dispatcher: DispatcherModel;
  readonly prefetch: PrefetchModel;
  readonly tasks: Readonly<Record<string, PushTaskModel>>;
}

export interface StoreModel {
  readonly shards: number;
  /** Of each shard; a failover uses one up, and without any it loses all that there was. */
  readonly replicas: number;
  /** Round trip of a call. */
  readonly latency: Duration;
  /** Members that a shard puts into sets or takes out of them in a second; it does one thing at a time. */
  readonly members: number;
  /** How far replicas are behind: what a failover loses. */
  readonly lag: Duration;
  /** From a primary's loss until a replica has taken its place. */
  readonly promotion: Duration;
}

export interface BrokerModel {
  /** From a message's sending to its coming to a worker who waits. */
  readonly latency: Duration;
  /** From a worker's loss until what it held is handed out again. */
  readonly redelivery: Duration;
}

export interface WorkersModel {
  readonly hosts: number;
  /** Blocks that a host works on at once. */
  readonly slots: number;
  /** Subscribers of a block, and of a lot of it. */
  readonly block: number;
  readonly lot: number;
  readonly lease: Duration;
  /** From a host's crash until it works again. */
  readonly restart: Duration;
  /** Before a block is tried again that could not be worked on. */
  readonly pause: Duration;
}

export interface LimiterModel {
  readonly kind: "gcra" | "counter";
  /** Pushes a second. */
  readonly limit: number;
  readonly burst: number;
  /** How far ahead a worker may reserve its turn. */
  readonly horizon: Duration;
  /** What is granted may be used so much late. */
  readonly jitter: Duration;
}

export interface MessageServiceModel {
  /** Messages that it takes in any second; those above it refuses. */
  readonly capacity: number;
  readonly latency: Duration;
}

export interface DispatcherModel {
  /** Blocks published and not finished, at most. */
  readonly ahead: number;
  readonly look: Duration;
  /** A block that nobody works on is published again after this long. */
  readonly patience: Duration;
  /** Parts that a task's subscribers are dealt out into. */
  readonly parts: number;
  /** They are dealt out so long before the task is due; what is missing then, when it is. */
  readonly lead: Duration;
}

export interface PrefetchModel {
  /** Of subscribers: those whose app fetches the day's tasks and shows them by its own timer. */
  readonly share: number;
  readonly from: Duration;
  readonly over: Duration;
}

export interface PushTaskModel {
  readonly at: Duration;
  readonly subscribers: number;
  /** Beside other tasks: the heavier gets more of the limit. */
  readonly weight: number;
  /** Whether apps can fetch it ahead. */
  readonly prefetched: boolean;
}

const positive = { positive: true } as const;
const RATE_MAX = 100_000_000;
/** A byte each at the sink, four in the store: what memory bears. */
export const SUBSCRIBERS_MAX = 200_000_000;
/** Subscribers of a part: a set of the language holds 2^24 values. */
const PART_MOST = 16_000_000;
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

/** A worker renews its lease so long before the end: a push is answered by then. */
export const marginOf = ({ workers, service }: Pick<PushModel, "workers" | "service">): Duration =>
  Math.min(workers.lease / 4, 2 * service.latency) as Duration;

/** From a worker's asking for a grant until that is void, at the longest; the counter's begin at once. */
export const grantLasts = ({ kind, horizon, jitter }: LimiterModel): Duration =>
  (kind === "gcra" ? horizon + jitter : jitter) as Duration;

/** What is no mistake but will be regretted, in words; undefined when there is nothing to say. */
export const remarkOnPush = ({ limiter, service }: PushModel): string | undefined => {
  const { kind, limit, burst, jitter } = limiter;
  const most = kind === "gcra" ? slidingBound({ perSecond: limit, burst }, jitter) : 2 * limit;
  if (most <= service.capacity) return undefined;
  const why =
    kind === "gcra" ? "limit + burst + limit × jitter" : "the limits of two seconds meet at the edge between them";
  return `push.limiter lets up to ${String(most)} messages come in a second (${why}), and push.service.capacity is ${String(service.capacity)}: those above it are refused, and told a pause later`;
};

/** Round trips to the store that a renewal of a lease may take, with others before it; chosen. */
const RENEWALS = 10;
/** A limiter that was lost, or is new, grants nothing for so long; chosen. */
const HORIZON_MOST = minutes(1);
/** The least that a lot takes at the limit: each is rounded up to a whole microsecond, which is 1 % of this. */
const LOT_LEAST = 100;

/** A task's name is part of keys of the store. */
const TASK_NAME_MOST = 40;

/** What push must be besides well written. */
export const checkPush = (push: PushModel, runs: Duration | undefined, report: Reporter): void => {
  const { tasks, workers, prefetch, limiter, service, store, dispatcher } = push;
  if (Object.keys(tasks).length === 0) report(["push", "tasks"], "no task", "name at least one");
  if (workers.lot > workers.block)
    report(["push", "workers", "lot"], "larger than its block", "let it be a part of it");
  if (limiter.jitter <= service.latency + 2 * store.latency)
    report(["push", "limiter", "jitter"], "grants are old before they can be used", "write more than the way takes");
  if (limiter.kind === "counter" && workers.lot > limiter.limit)
    report(
      ["push", "workers", "lot"],
      "more than the limit of a second: the counter lets none through",
      `write at most ${String(limiter.limit)}`,
    );
  if (limiter.horizon > HORIZON_MOST)
    report(
      ["push", "limiter", "horizon"],
      "a new or lost limiter grants nothing for so long",
      `write at most ${printDuration(HORIZON_MOST)}`,
    );
  const lotLeast = Math.ceil((limiter.limit * LOT_LEAST) / 1_000_000);
  if (limiter.kind === "gcra" && workers.lot < lotLeast && limiter.limit > workers.lot)
    report(
      ["push", "workers", "lot"],
      "too small for the limit: a lot's time is counted in whole microseconds",
      `write at least ${String(lotLeast)}`,
    );
  const largest = Object.values(tasks).reduce((most, { subscribers }) => Math.max(most, subscribers), 0);
  if (largest > PART_MOST * dispatcher.parts)
    report(
      ["push", "dispatcher", "parts"],
      "a part would be larger than its set can be",
      `write at least ${String(Math.ceil(largest / PART_MOST))}`,
    );
  const lasts = grantLasts(limiter);
  // A worker asks only for what its lease outlasts, and renews it before: with no time to spare it would do nothing else.
  const least = (lasts + marginOf(push) + RENEWALS * store.latency) as Duration;
  if (workers.lease <= least) {
    const enough = printDuration(least);
    const fix = `write more than ${enough}, or less for push.limiter.horizon`;
    report(["push", "workers", "lease"], "may end before what was granted in it is used", fix);
  }
  const all = Object.values(tasks).reduce((sum, { subscribers }) => sum + subscribers, 0);
  if (all > SUBSCRIBERS_MAX)
    report(["push", "tasks"], "more subscribers than memory bears", `at most ${String(SUBSCRIBERS_MAX)} in all`);
  for (const [name, { at, prefetched }] of Object.entries(tasks)) {
    if (name.length > TASK_NAME_MOST)
      report(["push", "tasks", name], "too long a name", `write at most ${String(TASK_NAME_MOST)} characters`, "key");
    if (runs !== undefined && at >= runs)
      report(["push", "tasks", name, "at"], "the run is over by then", "run.duration is shorter");
    if (prefetched && prefetch.share > 0 && prefetch.from + prefetch.over > at)
      report(
        ["push", "tasks", name, "at"],
        "is due before all have fetched it",
        "write prefetched: false, or fetch earlier",
      );
  }
};

/**
 * The two stores as their callers see them. The store has shards: each serves one call at a time, may be slow, and may lose
 * its primary. Then a replica takes over, which has not heard of the last writes. The records are all up, or all away.
 */
import { type Claimed, PartStore } from "../../algorithms/push/claim.ts";
import { unpack } from "../../algorithms/push/packing.ts";
import { BlockRecords } from "../../algorithms/push/records.ts";
import type { BlockName } from "../../algorithms/push/task.ts";
import { Draws, identity, RandomStream } from "../../base/random.ts";
import { after, type Duration, type Instant, SECOND, START } from "../../base/units.ts";
import { shardNames } from "../../scenario/push/names.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { EventQueue } from "../../engine/event-queue.ts";

/** A caller of the stores: random delays belong to the caller and the number of the call. */
export interface StoreCaller {
  /** Identity of the caller in draws. */
  readonly who: number;
  /** Number of draws so far. */
  calls: number;
}

/** Data that lies in a shard. */
export interface Holding {
  /** Loses what was written later than this. */
  rewind(to: Instant): void;
  /** Loses everything. */
  clear(): void;
}

interface Call {
  readonly members: number;
  /** Begins the call, which ends then. */
  readonly begin: (end: Instant) => void;
  /** Fails the call: the shard is lost before its turn. */
  readonly fail: () => void;
}

/** A shard of the store. */
export interface Shard {
  readonly name: string;
  /** Factor by which serving takes longer. */
  slow: number;
  /** How far its replicas are behind. */
  lag: Duration;
  /** Its replicas have heard at least of everything up to here. */
  heard: Instant;
  readonly holdings: Holding[];
  /** Number of losses: an answer that is under way at a loss does not arrive. */
  generation: number;
  /** When it answers again after a loss. */
  backAt: Instant;
  /** Calls that wait for the one that it serves. */
  readonly queue: Call[];
  isBusy: boolean;
  replicas: number;
}

/** Returns the time of one way of a round trip, in us: from half to one and a half times its mean, by `luck` from 0 to 1. Chosen. */
export const wayOf = (roundTrip: Duration, luck: number): number => (roundTrip / 2) * (0.5 + luck);
/** Returns the longest time of one way of a round trip. */
export const longestWay = (roundTrip: Duration): Duration => Math.ceil((roundTrip / 2) * 1.5) as Duration;

/** Delays between hosts. */
export class Lines {
  readonly #draws: Draws;

  constructor(seed: string) {
    this.#draws = new Draws(seed, "on the way");
  }

  /** Returns the time of the caller's next one way, for a round trip of this mean. */
  way(caller: StoreCaller, roundTrip: Duration): Duration {
    return Math.round(wayOf(roundTrip, this.#draws.uniform(caller.who, caller.calls++, 0))) as Duration;
  }
}

/** What the stores need. */
export interface StoresParts {
  readonly events: EventQueue;
  readonly lines: Lines;
  readonly seed: string;
  /** The furthest that a replica is ever behind. */
  readonly keeps: Duration;
}

/** Subscribers of a task, by number of the task. */
export interface TaskMembers {
  readonly task: number;
  readonly uins: readonly number[];
}

/** What is left when a shard's primary is lost. */
export interface LostWrites {
  /** What was written later than this is gone. */
  readonly heard: Instant;
  /** True if there was no replica: everything is gone. */
  readonly isTotal: boolean;
}

/** One part of a task in both stores. */
export interface Part {
  readonly task: number;
  readonly shard: number;
  readonly store: PartStore;
  readonly records: BlockRecords;
}

/** The store and the records of all tasks. */
export class Stores {
  /** In the order of their names. */
  readonly shards: readonly Shard[];
  /** The shard of the limiter's key. */
  readonly limiterShard: number;
  /** False while the records, and the task table beside them, are down. */
  recordsAreUp = true;
  readonly #tasks: readonly string[];
  /** By task, then by number. */
  readonly #parts: readonly (readonly Part[])[];
  readonly #picks: Draws;
  readonly #stream = new RandomStream();
  readonly #model: PushModel["store"];
  readonly #events: EventQueue;
  readonly #lines: Lines;
  readonly #recordsLatency: Duration;

  constructor({ store: model, records, tasks, dispatcher }: PushModel, { events, lines, seed, keeps }: StoresParts) {
    this.#model = model;
    this.#recordsLatency = records.latency;
    this.#events = events;
    this.#lines = lines;
    this.#picks = new Draws(seed, "who is in a block");
    this.#tasks = Object.keys(tasks);
    this.shards = shardNames({ store: model }).map((name) => ({
      name,
      slow: 1,
      lag: model.lag,
      heard: START,
      holdings: [],
      generation: 0,
      backAt: START,
      queue: [],
      isBusy: false,
      replicas: model.replicas,
    }));
    this.limiterShard = this.#slotOf("push:limit");
    this.#parts = this.#tasks.map((task, place) =>
      Array.from({ length: dispatcher.parts }, (_, part) => {
        const shard = this.#slotOf(`push:${task}:${String(part)}`);
        const store = new PartStore(keeps);
        this.shards[shard]!.holdings.push(store);
        return { task: place, shard, store, records: new BlockRecords() };
      }),
    );
  }

  /** Returns the number of a task. */
  taskOf({ task }: Pick<BlockName, "task">): number {
    return this.#tasks.indexOf(task);
  }

  /** Returns all parts of a task, by number of the part. */
  parts(task: number): readonly Part[] {
    return this.#parts[task]!;
  }

  /** Returns the part of a block. */
  part(name: BlockName): Part {
    return this.#parts[this.taskOf(name)]![name.part]!;
  }

  /** Returns the members of all blocks of a shard that are recorded and not finished. */
  underWay(shard: number): readonly TaskMembers[] {
    return this.#parts
      .flat()
      .filter((part) => part.shard === shard)
      .flatMap(({ task, records }) =>
        records.status().unfinished.map((block) => ({ task, uins: unpack(records.get(block)!.packed) })),
      );
  }

  /** Claims a block. Its members are drawn by the block's name, so that they do not depend on the caller. */
  claim(name: BlockName, hold: Parameters<PartStore["claim"]>[0]): Claimed {
    this.#picks.at(identity(name.task), name.part, name.block);
    const stream = this.#stream.from(this.#picks.out);
    return this.part(name).store.claim(hold, (places) => Math.floor(stream.next() * places));
  }

  #slotOf(key: string): number {
    return (identity(key) >>> 0) % this.shards.length;
  }

  /** Performs a call on a shard that takes or puts this many members, and answers; with undefined if the shard is away. */
  call<T>(
    caller: StoreCaller,
    { shard: place, members }: { readonly shard: number; readonly members: number },
    perform: () => T,
    answer: (result: T | undefined) => void,
  ): void {
    const shard = this.shards[place]!;
    const events = this.#events;
    events.in(this.#lines.way(caller, this.#model.latency), () => {
      const way = this.#lines.way(caller, this.#model.latency);
      if (events.now < shard.backAt) {
        events.in(way, () => {
          answer(undefined);
        });
        return;
      }
      shard.queue.push({
        members,
        begin: (end) => {
          const { generation } = shard;
          const result = perform();
          events.at(after(end, way), () => {
            answer(generation === shard.generation ? result : undefined);
          });
        },
        fail: () => {
          events.in(way, () => {
            answer(undefined);
          });
        },
      });
      this.#serve(shard);
    });
  }

  /** Serves the next call. Its time is set when it begins, as the shard may have become slower or faster. */
  #serve(shard: Shard): void {
    if (shard.isBusy) return;
    const call = shard.queue.shift();
    if (call === undefined) return;
    const { generation } = shard;
    const takes = Math.ceil((Math.max(1, call.members) * SECOND * shard.slow) / this.#model.members) as Duration;
    shard.isBusy = true;
    this.#events.in(takes, () => {
      if (generation !== shard.generation) return;
      shard.isBusy = false;
      this.#serve(shard);
    });
    call.begin(after(this.#events.now, takes));
  }

  /** Performs a call on the records or the task table, and answers; with undefined if they are down before or after it. */
  callRecords<T>(
    caller: StoreCaller,
    perform: () => T,
    answer: (result: { readonly value: T } | undefined) => void,
  ): void {
    const events = this.#events;
    const way = (): Duration => this.#lines.way(caller, this.#recordsLatency);
    events.in(way(), () => {
      const result = this.recordsAreUp ? { value: perform() } : undefined;
      events.in(way(), () => {
        answer(this.recordsAreUp ? result : undefined);
      });
    });
  }

  /** Sets how far a shard's replicas are behind; they keep what they have heard. */
  setLag(place: number, lag: Duration): void {
    const shard = this.shards[place]!;
    shard.heard = heardBy(shard, this.#events.now);
    shard.lag = lag;
  }

  /** Loses a shard's primary: it answers again once a replica has taken over. Without a replica it has lost everything. */
  lose(place: number): LostWrites {
    const shard = this.shards[place]!;
    const { now } = this.#events;
    shard.generation += 1;
    shard.backAt = after(now, this.#model.promotion);
    shard.isBusy = false;
    for (const call of shard.queue.splice(0)) call.fail();
    if (shard.replicas === 0) {
      for (const holding of shard.holdings) holding.clear();
      return { heard: START, isTotal: true };
    }
    shard.replicas -= 1;
    const heard = heardBy(shard, now);
    for (const holding of shard.holdings) holding.rewind(heard);
    return { heard, isTotal: false };
  }
}

const heardBy = ({ heard, lag }: Shard, now: Instant): Instant => Math.max(heard, now - lag) as Instant;

/**
 * The store as its callers meet it: shards, each of which does one thing at a time, may be slow, and may be lost. Then
 * a replica takes its place, which has not heard of the last writes.
 */
import { type Claimed, PartStore } from "../../algorithms/push/claim.ts";
import { unpack } from "../../algorithms/push/packing.ts";
import { BlockRecords } from "../../algorithms/push/records.ts";
import type { BlockName } from "../../algorithms/push/task.ts";
import { Draws, identity, Stream } from "../../base/random.ts";
import { after, type Duration, type Instant, SECOND, START } from "../../base/units.ts";
import { type PushModel, shardNames } from "../../scenario/push/shape.ts";
import type { Diary } from "./diary.ts";
import type { Some } from "./doubts.ts";

/** Who calls: draws belong to callers and their calls, one after the other. */
export interface Caller {
  readonly who: number;
  calls: number;
}

/** What lies in a shard. */
export interface Holding {
  /** What was written later than this is gone. */
  rewind(to: Instant): void;
  /** Everything is gone. */
  clear(): void;
}

interface Call {
  readonly members: number;
  /** It is worked on until then. */
  readonly begin: (end: Instant) => void;
  /** The shard is lost before its turn. */
  readonly fail: () => void;
}

export interface Shard {
  readonly name: string;
  /** Serves so many times slower. */
  slow: number;
  lag: Duration;
  /** Up to here at least its replicas have heard: they never forget. */
  heard: Instant;
  readonly holdings: Holding[];
  /** Counts losses: what was answered before one is not heard after it. */
  generation: number;
  /** From when it answers. */
  backAt: Instant;
  /** Calls that wait for the one that it works on. */
  readonly queue: Call[];
  isBusy: boolean;
  replicas: number;
}

/** One way of a round trip: from half to one and a half times its mean, so that there is a longest. */
export const wayOf = (roundTrip: Duration, luck: number): number => (roundTrip / 2) * (0.5 + luck);
export const longestWay = (roundTrip: Duration): Duration => Math.ceil((roundTrip / 2) * 1.5) as Duration;

export class Lines {
  readonly #draws: Draws;

  constructor(seed: string) {
    this.#draws = new Draws(seed, "on the way");
  }

  way(caller: Caller, roundTrip: Duration): Duration {
    return Math.round(wayOf(roundTrip, this.#draws.uniform(caller.who, caller.calls++, 0))) as Duration;
  }
}

export interface StoresParts {
  readonly diary: Diary;
  readonly lines: Lines;
  readonly seed: string;
  /** No replica is ever further behind. */
  readonly keeps: Duration;
}

/** One part of a task in both stores. */
export interface Part {
  readonly task: number;
  readonly shard: number;
  readonly store: PartStore;
  readonly records: BlockRecords;
}

export class Stores {
  readonly shards: readonly Shard[];
  /** Where the limiter's key lies. */
  readonly limiterShard: number;
  /** The records, and the task table beside them. */
  recordsAreUp = true;
  readonly #tasks: readonly string[];
  /** By task, then by number. */
  readonly #parts: readonly (readonly Part[])[];
  readonly #picks: Draws;
  readonly #stream = new Stream();
  readonly #model: PushModel["store"];
  readonly #diary: Diary;
  readonly #lines: Lines;

  readonly #recordsLatency: Duration;

  constructor({ store: model, records, tasks, dispatcher }: PushModel, { diary, lines, seed, keeps }: StoresParts) {
    this.#model = model;
    this.#recordsLatency = records.latency;
    this.#diary = diary;
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

  taskOf({ task }: Pick<BlockName, "task">): number {
    return this.#tasks.indexOf(task);
  }

  parts(task: number): readonly Part[] {
    return this.#parts[task]!;
  }

  part(name: BlockName): PartStore {
    return this.#partOf(name).store;
  }

  records(name: BlockName): BlockRecords {
    return this.#partOf(name).records;
  }

  shardOf(name: BlockName): number {
    return this.#partOf(name).shard;
  }

  /** Members of all blocks of a shard that are recorded and not finished. */
  underWay(shard: number): readonly Some[] {
    return this.#parts
      .flat()
      .filter((part) => part.shard === shard)
      .flatMap(({ task, records }) =>
        records.status().unfinished.map((block) => ({ task, uins: unpack(records.get(block)!.packed) })),
      );
  }

  /** Who is popped is the block's own chance, whoever asks. */
  claim(name: BlockName, hold: Parameters<PartStore["claim"]>[0]): Claimed {
    this.#picks.at(identity(name.task), name.part, name.block);
    const stream = this.#stream.from(this.#picks.out);
    return this.part(name).claim(hold, (places) => Math.floor(stream.next() * places));
  }

  #partOf(name: BlockName): Part {
    return this.#parts[this.taskOf(name)]![name.part]!;
  }

  #slotOf(key: string): number {
    return (identity(key) >>> 0) % this.shards.length;
  }

  /** Does something to a shard that takes or puts so many members; answers undefined when the shard is away. */
  call<T>(
    caller: Caller,
    { shard: place, members }: { readonly shard: number; readonly members: number },
    perform: () => T,
    answer: (result: T | undefined) => void,
  ): void {
    const shard = this.shards[place]!;
    const diary = this.#diary;
    diary.in(this.#lines.way(caller, this.#model.latency), () => {
      const way = this.#lines.way(caller, this.#model.latency);
      if (diary.now < shard.backAt) {
        diary.in(way, () => {
          answer(undefined);
        });
        return;
      }
      shard.queue.push({
        members,
        begin: (end) => {
          const { generation } = shard;
          const result = perform();
          diary.at(after(end, way), () => {
            answer(generation === shard.generation ? result : undefined);
          });
        },
        fail: () => {
          diary.in(way, () => {
            answer(undefined);
          });
        },
      });
      this.#serve(shard);
    });
  }

  /** One call after the other; what each takes is known when it begins, as the shard may be slower or faster by then. */
  #serve(shard: Shard): void {
    if (shard.isBusy) return;
    const call = shard.queue.shift();
    if (call === undefined) return;
    const { generation } = shard;
    const takes = Math.ceil((Math.max(1, call.members) * SECOND * shard.slow) / this.#model.members) as Duration;
    shard.isBusy = true;
    this.#diary.in(takes, () => {
      if (generation !== shard.generation) return;
      shard.isBusy = false;
      this.#serve(shard);
    });
    call.begin(after(this.#diary.now, takes));
  }

  /** Does something to the records or the task table; answers undefined when they are not up, done or not. */
  callRecords<T>(caller: Caller, perform: () => T, answer: (result: { readonly value: T } | undefined) => void): void {
    const diary = this.#diary;
    const way = (): Duration => this.#lines.way(caller, this.#recordsLatency);
    diary.in(way(), () => {
      const result = this.recordsAreUp ? { value: perform() } : undefined;
      diary.in(way(), () => {
        answer(this.recordsAreUp ? result : undefined);
      });
    });
  }

  setLag(place: number, lag: Duration): void {
    const shard = this.shards[place]!;
    shard.heard = heardBy(shard, this.#diary.now);
    shard.lag = lag;
  }

  /** A primary is lost; what was written to it later than the instant returned is gone. */
  lose(place: number): Instant {
    const shard = this.shards[place]!;
    const { now } = this.#diary;
    shard.generation += 1;
    shard.backAt = after(now, this.#model.promotion);
    shard.isBusy = false;
    for (const call of shard.queue.splice(0)) call.fail();
    if (shard.replicas === 0) {
      for (const holding of shard.holdings) holding.clear();
      return START;
    }
    shard.replicas -= 1;
    const heard = heardBy(shard, now);
    for (const holding of shard.holdings) holding.rewind(heard);
    return heard;
  }
}

const heardBy = ({ heard, lag }: Shard, now: Instant): Instant => Math.max(heard, now - lag) as Instant;

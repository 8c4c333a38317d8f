/**
 * Reminders pushed to everybody: stores, broker, limiter and message service, and between them the dispatcher and the
 * workers that are deployed. All of it at its own full size, whatever the scale of people, as one message more or less is
 * what it is about.
 */
import { Dispatcher } from "../../algorithms/push/dispatcher.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../algorithms/push/messages.ts";
import { Worker } from "../../algorithms/push/worker.ts";
import type { Digest } from "../../base/digest.ts";
import { identity } from "../../base/random.ts";
import { type Duration, type Instant, seconds } from "../../base/units.ts";
import { hostNames, type PushModel } from "../../scenario/push/shape.ts";
import type { PushFault as Fault } from "../../scenario/push/faults.ts";
import { Broker } from "./broker.ts";
import { type Census, census } from "./census.ts";
import { Diary } from "./diary.ts";
import { DispatcherHost, type DispatcherMachine } from "./dispatchers.ts";
import { Doubts } from "./doubts.ts";
import { Host } from "./hosts.ts";
import { Limiter } from "./limiters.ts";
import type { PushNotes } from "./notes.ts";
import { Sink } from "./sink.ts";
import { Lines, Stores } from "./stores.ts";
import { Subscribers } from "./subscribers.ts";
import { Triggers } from "./triggers.ts";
import { PushFaults } from "./faults.ts";
import type { WorkerMachine } from "./workers.ts";

/** What runs inside; other ones only to show that a sabotaged worker is caught. */
export interface PushMachines {
  readonly worker: (policy: WorkerPolicy) => WorkerMachine;
  readonly dispatcher: (policy: DispatcherPolicy) => DispatcherMachine;
}

export const MACHINES: PushMachines = {
  worker: (policy) => new Worker(policy),
  dispatcher: (policy) => new Dispatcher(policy),
};

export interface PushParts {
  readonly model: PushModel;
  readonly seed: string;
  readonly notes: PushNotes;
  readonly digest: Digest;
  readonly machines: PushMachines;
  /** What may befall it: the store remembers as much of its writes as the worst of them can lose. */
  readonly faults: readonly Fault[];
}

export class Push {
  readonly faults: PushFaults;
  readonly stores: Stores;
  readonly hosts: readonly Host[];
  readonly subscribers: readonly Subscribers[];
  /** By task: how often each was told, by uin. */
  readonly told: readonly Uint8Array[];
  readonly #diary = new Diary();
  readonly #parts: PushParts;
  readonly #dispatcher: DispatcherHost;
  readonly #doubts: Doubts;

  constructor(parts: PushParts) {
    const { model, seed, notes, digest, machines, faults } = parts;
    const diary = this.#diary;
    this.#parts = parts;
    const lines = new Lines(seed);
    const keeps = keepsOf(model, faults);
    const tasks = Object.entries(model.tasks);
    this.subscribers = tasks.map(
      ([, { subscribers, prefetched }]) => new Subscribers(subscribers, prefetched ? model.prefetch.share : 0, seed),
    );
    this.told = tasks.map(([, { subscribers }]) => new Uint8Array(subscribers + 1));
    this.stores = new Stores(model, { diary, lines, seed, keeps });
    const sink = new Sink(
      model.service.capacity,
      tasks.map(([name, { at }], task) => ({
        key: identity(name),
        due: at as number as Instant,
        told: this.told[task]!,
      })),
      { notes, digest },
    );
    const broker = new Broker(model.broker, diary, seed);
    const limiter = new Limiter(model.limiter);
    const triggers = new Triggers(this.stores.limiterShard);
    this.stores.shards[this.stores.limiterShard]!.holdings.push(limiter, triggers);
    const doubts = new Doubts(tasks.length, model.store.shards, keeps);
    this.#doubts = doubts;
    const around = { model, seed, diary, lines, stores: this.stores, limiter, broker, sink, doubts, notes };
    this.#dispatcher = new DispatcherHost({
      ...around,
      triggers,
      subscribers: this.subscribers,
      machine: machines.dispatcher({
        blockSize: model.workers.block,
        ahead: model.dispatcher.ahead,
        perSecond: model.limiter.limit,
        look: model.dispatcher.look,
        find: model.dispatcher.patience,
        patience: model.dispatcher.patience,
      }),
    });
    this.hosts = hostNames(model).map(
      (name, place) =>
        new Host(name, place, {
          ...around,
          busy: () => this.hosts.flatMap(({ busy }) => busy),
          worker: machines.worker,
          doubted: (task, why) => {
            this.#dispatcher.doubt(task, why);
          },
        }),
    );
    this.faults = new PushFaults({
      model,
      hosts: this.hosts,
      stores: this.stores,
      broker,
      lose: (shard) => {
        this.#lose(shard);
      },
    });
    tasks.forEach(([, { at }], task) => {
      diary.at(at as number as Instant, () => {
        this.#show(task);
      });
    });
  }

  /** Lives through all that happens before `until`, and returns how many events that were. */
  advance(until: Instant): number {
    const events = this.#diary.advance(until);
    for (const host of this.hosts) host.settle();
    return events;
  }

  isDone(task: number): boolean {
    return this.#dispatcher.isDone(Object.keys(this.#parts.model.tasks)[task]!);
  }

  /** What repeated more than its cause explains, in words. */
  excesses(): readonly string[] {
    return this.#doubts.excesses(this.#parts.model.workers.lot);
  }

  /** Where everybody is whom a task is for. */
  census(task: number): Census {
    const name = Object.keys(this.#parts.model.tasks)[task]!;
    return census({
      name,
      parts: this.stores.parts(task),
      told: this.told[task]!,
      subscribers: this.subscribers[task]!,
      isDone: this.#dispatcher.isDone(name),
    });
  }

  #lose(shard: number): void {
    const slots = this.hosts
      .flatMap(({ busy }) => busy)
      .filter(({ block }) => block !== undefined && this.stores.shardOf(block) === shard);
    for (const slot of slots) slot.losesUnawares();
    // Of a block under way nothing is left when there is no replica, however long ago it was written.
    const besides = this.stores.shards[shard]!.replicas === 0 ? this.stores.underWay(shard) : [];
    this.#doubts.forget(shard, this.stores.lose(shard), besides, slots.length);
  }

  /** A task is due: whoever has fetched it is shown it by the own app's timer. */
  #show(task: number): void {
    const subscribers = this.subscribers[task]!;
    const told = this.told[task]!;
    if (subscribers.fetched === 0) return;
    for (let uin = 1; uin <= subscribers.count; uin++) if (subscribers.hasFetched(uin)) told[uin] = 1;
    this.#parts.notes.fetched(task, subscribers.fetches(this.#parts.model.prefetch.over));
    this.#parts.notes.shown(task, this.#diary.now, subscribers.fetched);
  }
}

/** The furthest that a replica can be behind, and a second more. */
const keepsOf = ({ store }: PushModel, faults: readonly Fault[]): Duration =>
  faults.reduce<number>((sum, { effects }) => sum + (effects.storeLag ?? 0), store.lag + seconds(1)) as Duration;

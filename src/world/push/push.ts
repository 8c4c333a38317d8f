/**
 * The world of push: stores, broker, limiter and message service, and between them the dispatcher and the workers that are
 * deployed. It runs at its own full size at every scale of people, as single messages matter.
 */
import { Dispatcher } from "../../algorithms/push/dispatcher.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../algorithms/push/policy.ts";
import { Worker } from "../../algorithms/push/worker.ts";
import type { Digest } from "../../base/digest.ts";
import { identity } from "../../base/random.ts";
import { type Duration, type Instant, instantAt, seconds } from "../../base/units.ts";
import { hostNames } from "../../scenario/push/names.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { PushFault } from "../../scenario/push/faults.ts";
import { Audit } from "./audit.ts";
import { Broker } from "./broker.ts";
import { type Census, census } from "./census.ts";
import { EventQueue } from "../../engine/event-queue.ts";
import { DispatcherHost, type DispatcherMachine } from "./dispatchers.ts";
import { Host } from "./hosts.ts";
import { LimiterKey } from "./limiters.ts";
import type { PushNotes } from "./notes.ts";
import { SimulatedMessageService, type ServedTask } from "./message-service.ts";
import { Lines, Stores } from "./stores.ts";
import { Subscribers } from "./subscribers.ts";
import { Triggers } from "./triggers.ts";
import { PushFaults } from "./faults.ts";
import type { WorkerMachine } from "./workers.ts";
import { WorkingTimes } from "./working-times.ts";

/** Makes the machines; others than ours only to show that a sabotaged one is caught. */
export interface PushMachines {
  readonly worker: (policy: WorkerPolicy) => WorkerMachine;
  readonly dispatcher: (policy: DispatcherPolicy) => DispatcherMachine;
}

/** The machines that are deployed. */
export const MACHINES: PushMachines = {
  worker: (policy) => new Worker(policy),
  dispatcher: (policy) => new Dispatcher(policy),
};

/** What a world of push is made from. */
export interface PushParts {
  readonly model: PushModel;
  readonly seed: string;
  readonly notes: PushNotes;
  readonly digest: Digest;
  readonly machines: PushMachines;
  /** All faults of the run: the store remembers as much of its writes as the worst of them can lose. */
  readonly faults: readonly PushFault[];
}

/** A world of push. Tasks have numbers, in the order of the scenario. */
export class Push {
  /** Begins and ends faults. */
  readonly faults: PushFaults;
  readonly stores: Stores;
  readonly hosts: readonly Host[];
  readonly subscribers: readonly Subscribers[];
  /** By task, then by uin from 1: how often the subscriber was told. */
  readonly told: readonly Uint8Array[];
  readonly #events = new EventQueue();
  readonly #model: PushModel;
  readonly #notes: PushNotes;
  readonly #dispatcher: DispatcherHost;
  readonly #audit: Audit;
  readonly #working: WorkingTimes;

  constructor({ model, seed, notes, digest, machines, faults }: PushParts) {
    const events = this.#events;
    const tasks = Object.values(model.tasks);
    const keeps = keepsOf(model, faults);
    const lines = new Lines(seed);
    this.#model = model;
    this.#notes = notes;
    this.subscribers = tasks.map(
      ({ subscribers, prefetched }) => new Subscribers(subscribers, prefetched ? model.prefetch.share : 0, seed),
    );
    this.told = tasks.map(({ subscribers }) => new Uint8Array(subscribers + 1));
    this.stores = new Stores(model, { events, lines, seed, keeps });
    this.#audit = new Audit({ stores: this.stores, events, tasks: tasks.length, keeps });
    this.#working = new WorkingTimes(events, notes);
    const broker = new Broker(model.broker, events, seed);
    const limiter = new LimiterKey(model.limiter);
    const triggers = new Triggers(this.stores.limiterShard);
    this.stores.shards[this.stores.limiterShard]!.holdings.push(limiter, triggers);
    const shared = { model, seed, events, lines, stores: this.stores, broker, audit: this.#audit };
    const machine = machines.dispatcher(dispatcherPolicyOf(model));
    this.#dispatcher = new DispatcherHost({ ...shared, triggers, subscribers: this.subscribers, machine });
    const service = new SimulatedMessageService(model.service.capacity, servedTasks(model, this.told), {
      ...{ notes, digest, audit: this.#audit },
    });
    const parts = { ...shared, limiter, service, working: this.#working, dispatcher: this.#dispatcher };
    this.hosts = hostNames(model).map((name, place) => new Host(name, place, { ...parts, worker: machines.worker }));
    this.faults = new PushFaults({ model, hosts: this.hosts, stores: this.stores, broker, audit: this.#audit });
    tasks.forEach(({ at }, task) => {
      events.at(instantAt(at), () => {
        this.#show(task);
      });
    });
  }

  /** Runs all events before `until` and returns their number. */
  advance(until: Instant): number {
    const events = this.#events.runBefore(until);
    this.#working.settle();
    return events;
  }

  /** True if the task's state is "done". */
  isDone(task: number): boolean {
    return this.#dispatcher.isDone(Object.keys(this.#model.tasks)[task]!);
  }

  /** Returns the causes that told more subscribers again than they can, in words. */
  excesses(): readonly string[] {
    return this.#audit.excesses(this.#model.workers.lot);
  }

  /** Returns where the subscribers of a task are. */
  census(task: number): Census {
    const name = Object.keys(this.#model.tasks)[task]!;
    return census({
      name,
      parts: this.stores.parts(task),
      told: this.told[task]!,
      subscribers: this.subscribers[task]!,
      isDone: this.#dispatcher.isDone(name),
    });
  }

  /** Shows a task that is due to the subscribers that have fetched it, by their apps' own timers. */
  #show(task: number): void {
    const subscribers = this.subscribers[task]!;
    const told = this.told[task]!;
    if (subscribers.fetched === 0) return;
    for (let uin = 1; uin <= subscribers.count; uin++) if (subscribers.hasFetched(uin)) told[uin] = 1;
    this.#notes.fetched(task, subscribers.fetches(this.#model.prefetch.over));
    this.#notes.shown(task, this.#events.now, subscribers.fetched);
  }
}

const dispatcherPolicyOf = ({ workers, limiter, dispatcher }: PushModel): DispatcherPolicy => ({
  blockSize: workers.block,
  ahead: dispatcher.ahead,
  perSecond: limiter.limit,
  look: dispatcher.look,
  find: dispatcher.patience,
  patience: dispatcher.patience,
});

const servedTasks = ({ tasks }: PushModel, told: readonly Uint8Array[]): readonly ServedTask[] =>
  Object.entries(tasks).map(([name, { at }], task) => ({
    key: identity(name),
    due: instantAt(at),
    told: told[task]!,
  }));

/** Returns the furthest that a replica can be behind, and a second more. */
const keepsOf = ({ store }: PushModel, faults: readonly PushFault[]): Duration =>
  faults.reduce<number>((sum, { effects }) => sum + (effects.storeLag ?? 0), store.lag + seconds(1)) as Duration;

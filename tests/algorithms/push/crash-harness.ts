/**
 * One task, pushed by the real dispatcher and workers on the reference stores, one effect after the other. A mishap can
 * happen at every single effect: before it is performed, half-way, after it, or in its answer.
 */
import { PartStore } from "../../../src/algorithms/push/claim.ts";
import { Dispatcher } from "../../../src/algorithms/push/dispatcher.ts";
import { gcra, grantOf, type Rate } from "../../../src/algorithms/push/limiter.ts";
import type {
  DispatcherEffect,
  DispatcherInput,
  PartView,
  WorkerEffect,
  WorkerInput,
} from "../../../src/algorithms/push/messages.ts";
import { unpack } from "../../../src/algorithms/push/packing.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../../src/algorithms/push/policy.ts";
import { reconcilePart, type Repair, repairPart } from "../../../src/algorithms/push/reconcile.ts";
import { BlockRecords } from "../../../src/algorithms/push/records.ts";
import { type BlockName, mayFollow, partOf, type Task } from "../../../src/algorithms/push/task.ts";
import { DelayQueue } from "../../../src/algorithms/push/trigger.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import type { Machine } from "../../../src/base/machine.ts";
import { after, type Duration, type Instant, minutes, ms, NEVER, seconds, START } from "../../../src/base/units.ts";
import { Broker } from "./broker.ts";
import { MessageService } from "./message-service.ts";

/** What happens at an effect. `half`: a fill or a repair of several steps gets as far as the middle. */
export interface Mishap {
  readonly kind: "crash" | "unanswered" | "pause";
  readonly when: "before" | "half" | "after";
}

export interface Plan {
  readonly subscribers: number;
  readonly parts: number;
  readonly workers: number;
  readonly dispatchers: number;
  /** Whether dispatchers publish again what nobody holds: without it, only the broker brings blocks back. */
  readonly publishesAgain: boolean;
  /** What happens at the n-th of all effects. */
  readonly mishap: (effect: number) => Mishap | undefined;
  /** What else happens to stores and broker before the n-th effect. */
  readonly befall?: (effect: number, harness: CrashHarness) => void;
  readonly makeWorker?: (policy: WorkerPolicy) => Machine<WorkerInput, WorkerEffect>;
  readonly serviceRefuses?: (uin: number) => boolean;
  /** Returns a number from 0 to below `below`, for all that is left to chance. */
  readonly pick: (below: number) => number;
}

const LEASE = seconds(10);
export const BATCH = 2;
/** So little at once that workers have to reserve their turns. */
const RATE: Rate = { perSecond: 300, burst: BATCH, horizon: ms(50) };
const JITTER = ms(100);
const WORKER: WorkerPolicy = {
  ...{ batchSize: BATCH, lease: LEASE, pause: seconds(1), margin: seconds(2) },
  grantLasts: (RATE.horizon + JITTER) as Duration,
};
const DISPATCHER: DispatcherPolicy = {
  ...{ blockSize: 3, ahead: 4, perSecond: 300 },
  ...{ look: seconds(1), find: seconds(10), patience: seconds(20) },
};
const STEP = ms(1);

/** Longer than a lease and the dispatcher's patience together. */
const PAUSE = seconds(50);

/** One life of one process: the next one in its place is another. */
interface Life<Input, Effect> {
  readonly machine: Machine<Input, Effect>;
  isDead: boolean;
  wakesAt: Instant;
}

interface WorkerLife extends Life<WorkerInput, WorkerEffect> {
  readonly owner: string;
  readonly slot: number;
  block: BlockName | undefined;
  /** Pushed, or about to be, and not reported. */
  batch: { readonly uins: readonly number[]; isTold: boolean } | undefined;
  /** Its part's store has failed over since it last heard of it. */
  isUnaware: boolean;
}

type DispatcherLife = Life<DispatcherInput, DispatcherEffect>;

interface Outcome<Input> {
  readonly perform: (isHalf: boolean) => Input | undefined;
  readonly die: () => void;
  readonly fail: () => void;
  readonly answer: (answer: Input | undefined) => void;
}

export interface Part {
  readonly audience: readonly number[];
  readonly store: PartStore;
  readonly records: BlockRecords;
}

export class CrashHarness {
  now = START;
  effects = 0;
  /** Kinds of effects that something happened to. */
  readonly hit = new Set<string>();
  readonly service = new MessageService();
  readonly broker = new Broker();
  readonly triggers = new DelayQueue();
  readonly parts: readonly Part[];
  readonly workers: WorkerLife[] = [];
  task: Task;
  /** Called after every effect. */
  onEffect: () => void = () => undefined;
  readonly #plan: Plan;
  readonly #agenda: { readonly at: number; readonly run: () => void }[] = [];
  #lives = 0;
  readonly #dispatchers: DispatcherLife[] = [];
  #tat: number | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    const audience = Array.from({ length: plan.subscribers }, (_, index) => 1 + 7 * index);
    this.parts = Array.from({ length: plan.parts }, (_, part) => ({
      audience: audience.filter((uin) => partOf(uin, plan.parts) === part),
      store: new PartStore(minutes(10)),
      records: new BlockRecords(),
    }));
    const due = after(START, seconds(1));
    const who = { ds: "20240501", label: "all" };
    this.task = { id: "task", audience: who, due, weight: 1, state: "scheduled", total: 0 };
    this.triggers.schedule("task", due);
    for (let slot = 0; slot < plan.dispatchers; slot++) this.#startDispatcher(slot);
    for (let slot = 0; slot < plan.workers; slot++) this.#startWorker(slot);
  }

  get audience(): readonly number[] {
    return this.parts.flatMap(({ audience }) => audience);
  }

  /** Runs until the task is done, or for this long. */
  run(most: Duration): this {
    while (this.task.state !== "done") {
      const first = this.#agenda.shift();
      if (first === undefined || first.at > most) break;
      this.now = first.at as Instant;
      first.run();
    }
    return this;
  }

  /** Loses state of one part's stores: subscribers whose records went back may be told again. */
  disaster(part: Part, lose: () => void): void {
    const before = placesOf(part);
    lose();
    for (const [uin, places] of placesOf(part)) {
      const anew = [...places].filter((place) => before.get(uin)?.has(place) !== true).length;
      this.service.mishaps.forgotten += anew;
      this.service.forgive("failover", [uin], anew);
    }
    for (const life of this.workers) {
      if (life.isDead || life.block === undefined || this.#part(life.block) !== part) continue;
      this.service.mishaps.unaware += 1;
      this.#losesUnawares(life);
    }
  }

  /** The store may have forgotten whose the block is: a worker hears of it when it reports its next batch. */
  #losesUnawares(life: WorkerLife): void {
    if (life.batch === undefined) life.isUnaware = true;
    else this.service.forgive("failover", life.batch.uins);
  }

  /** Makes the broker redeliver the block of a live worker. */
  redeliver({ owner }: WorkerLife): void {
    this.service.mishaps.redeliveries += 1;
    this.broker.redeliver(owner, this.now);
  }

  #at(time: number, run: () => void): void {
    const entry = { at: Math.max(time, this.now), run };
    const place = this.#agenda.findIndex(({ at }) => at > entry.at);
    this.#agenda.splice(place < 0 ? this.#agenda.length : place, 0, entry);
  }

  /** Performs one effect, with its mishap. */
  #perform<Input>(
    life: { readonly isDead: boolean },
    kind: string,
    { perform, die, fail, answer }: Outcome<Input>,
  ): void {
    this.effects += 1;
    this.#plan.befall?.(this.effects, this);
    if (life.isDead) return;
    const mishap = this.#plan.mishap(this.effects);
    if (mishap !== undefined) this.hit.add(kind);
    if (mishap?.kind === "pause") {
      const early = mishap.when === "before" ? undefined : { input: perform(false) };
      this.#at(this.now + PAUSE, () => {
        if (!life.isDead) answer(early === undefined ? perform(false) : early.input);
      });
    } else {
      const input = mishap?.when === "before" ? undefined : perform(mishap?.when === "half");
      if (mishap?.kind === "crash") die();
      else
        this.#at(this.now + STEP, () => {
          if (life.isDead) return;
          if (mishap === undefined) answer(input);
          else fail();
        });
    }
    this.onEffect();
  }

  /** Hands a machine its input and performs, in order, what it wants done. */
  #tell<Input, Effect>(
    life: Life<Input, Effect>,
    input: Input,
    wake: Input,
    act: (effects: readonly Effect[]) => void,
  ): void {
    if (life.isDead) return;
    act(life.machine.handle(input, this.now));
    const { wakeAt } = life.machine;
    if (wakeAt === life.wakesAt) return;
    life.wakesAt = wakeAt;
    if (wakeAt === NEVER) return;
    this.#at(wakeAt, () => {
      if (life.wakesAt !== wakeAt) return;
      life.wakesAt = NEVER;
      this.#tell(life, wake, wake, act);
    });
  }

  #startWorker(slot: number): void {
    this.#lives += 1;
    const machine = (this.#plan.makeWorker ?? ((policy) => new Worker(policy)))(WORKER);
    const life: WorkerLife = {
      ...{ owner: `worker ${String(this.#lives)}`, slot, machine, wakesAt: NEVER },
      ...{ isDead: false, block: undefined, batch: undefined, isUnaware: false },
    };
    this.workers[slot] = life;
    this.#feed(life);
  }

  /** An idle worker asks the broker every so often. */
  #feed(life: WorkerLife): void {
    if (life.isDead) return;
    const name = this.broker.take(life.owner, this.now);
    life.block = name;
    life.batch = undefined;
    life.isUnaware = false;
    if (name === undefined) this.#at(this.now + ms(100), () => this.#feed(life));
    else this.#tellWorker(life, { kind: "block", name });
  }

  #tellWorker(life: WorkerLife, input: WorkerInput): void {
    this.#tell(life, input, { kind: "wake" }, (effects) => this.#workerDoes(life, effects));
  }

  #workerDoes(life: WorkerLife, [effect, ...rest]: readonly WorkerEffect[]): void {
    if (effect === undefined || life.isDead) return;
    if (effect.kind === "push") {
      life.batch = { uins: effect.uins, isTold: false };
      if (life.isUnaware) this.service.forgive("failover", effect.uins);
      life.isUnaware = false;
    }
    // In the middle of a block only a canary acknowledges.
    const isLast = rest.length === 0 && (effect.kind === "acknowledge" || effect.kind === "return");
    const goOn = (answer: WorkerInput | undefined): void => {
      if (answer !== undefined) this.#tellWorker(life, answer);
      else if (!isLast) this.#workerDoes(life, rest);
      else this.#feed(life);
    };
    this.#perform<WorkerInput>(life, effect.kind, {
      perform: () => this.#performForWorker(life, effect),
      die: () => this.#killWorker(life),
      fail: () => {
        if (isLast) this.broker.redeliver(life.owner, this.now);
        this.service.mishaps.unanswered += 1;
        if (life.batch?.isTold === true) this.service.forgive("unanswered", life.batch.uins);
        goOn(isLast || effect.kind === "reconcile" ? undefined : { kind: "failed", what: effect.kind });
      },
      answer: goOn,
    });
  }

  #killWorker(life: WorkerLife): void {
    this.service.mishaps.crashes += 1;
    if (life.batch?.isTold === true) this.service.forgive("crash", life.batch.uins);
    life.isDead = true;
    this.broker.redeliver(life.owner, this.now);
    this.#at(this.now + STEP, () => this.#startWorker(life.slot));
  }

  #performForWorker(life: WorkerLife, effect: WorkerEffect): WorkerInput | undefined {
    switch (effect.kind) {
      case "look-up":
        return { kind: "looked-up", record: this.#part(effect.name).records.get(effect.name.block) };
      case "claim":
      case "resume":
      case "adopt":
        return this.#claim(life, effect);
      case "record":
        return { kind: "recorded", record: this.#part(effect.name).records.record(effect.name.block, effect.members) };
      case "grant": {
        const { tat, ...reservation } = gcra(this.#tat, this.now, effect.want, RATE);
        this.#tat = tat;
        const times = { asked: this.now, answered: after(this.now, STEP), jitter: JITTER };
        return { kind: "granted", grant: grantOf(reservation, times) };
      }
      case "push":
        return this.#push(life, effect.uins);
      case "report": {
        const hold = { block: effect.name.block, owner: life.owner, now: this.now, lease: LEASE };
        const answer = this.#part(effect.name).store.report({ ...hold, uins: effect.uins });
        if (answer.kind === "yours") life.batch = undefined;
        return { kind: "reported", answer };
      }
      case "record-finished":
        this.#part(effect.name).records.finish(effect.name.block, effect.members);
        return { kind: "record-is-finished" };
      case "finish":
        this.#finish(this.#part(effect.name), effect.name.block, effect.members);
        return { kind: "finished" };
      case "acknowledge":
        this.broker.acknowledge(life.owner);
        return undefined;
      case "return":
        this.broker.publish(effect.name, this.now, effect.after);
        this.broker.acknowledge(life.owner);
        return undefined;
      case "reconcile":
        this.#tellDispatcher({ kind: "reconcile-requested", task: effect.task, why: effect.why });
        return undefined;
    }
  }

  #push(life: WorkerLife, uins: readonly number[]): WorkerInput {
    const refused = uins.filter((uin) => this.#plan.serviceRefuses?.(uin) === true);
    for (const uin of uins) if (!refused.includes(uin)) this.service.deliver(uin);
    if (life.batch !== undefined) life.batch.isTold = true;
    return { kind: "pushed", refused };
  }

  #claim(
    life: WorkerLife,
    effect: { readonly kind: string; readonly name: BlockName; readonly members?: readonly number[] },
  ): WorkerInput {
    const { store } = this.#part(effect.name);
    const hold = { block: effect.name.block, owner: life.owner, now: this.now, lease: LEASE };
    const answer =
      effect.kind === "claim"
        ? store.claim({ ...hold, size: DISPATCHER.blockSize }, this.#plan.pick)
        : effect.kind === "resume"
          ? store.resume(hold)
          : store.adopt({ ...hold, members: effect.members! });
    if (answer.kind === "yours") this.#takeOver(life, effect.name);
    return { kind: "claimed", answer };
  }

  /**
   * After both stores were lost a block's name may be given anew, and then be finished by a worker that was unaware of it and
   * had the first one: instead of this one, who does not push any more, the other loses its block unawares.
   */
  #finish(part: Part, block: number, members: readonly number[]): void {
    const claimed = part.store.contents().claims.get(block) ?? [];
    part.store.finish({ block, members, now: this.now });
    if (claimed.every((uin) => members.includes(uin))) return;
    for (const life of this.workers)
      if (!life.isDead && life.block?.block === block && this.#part(life.block) === part) this.#losesUnawares(life);
  }

  /** Another worker that has the block, and lives, loses it with its batch pushed and not reported. */
  #takeOver(life: WorkerLife, name: BlockName): void {
    for (const other of this.workers) {
      if (other === life || other.isDead || other.batch === undefined) continue;
      if (other.block?.part !== name.part || other.block.block !== name.block) continue;
      this.service.mishaps.takeovers += 1;
      this.service.forgive("lease-expiry", other.batch.uins);
    }
  }

  #part({ part }: Pick<BlockName, "part">): Part {
    return this.parts[part]!;
  }

  #startDispatcher(slot: number): void {
    const patience = this.#plan.publishesAgain ? DISPATCHER.patience : (Infinity as Duration);
    const life: DispatcherLife = {
      machine: new Dispatcher({ ...DISPATCHER, patience }),
      isDead: false,
      wakesAt: NEVER,
    };
    this.#dispatchers[slot] = life;
    this.#at(this.now, () => this.#tellDispatcher({ kind: "wake" }, life));
    this.#pollTriggers(life);
  }

  #pollTriggers(life: DispatcherLife): void {
    if (life.isDead) return;
    for (const { task } of this.triggers.take(this.now, 10, seconds(30)))
      if (task === this.task.id) this.#tellDispatcher({ kind: "triggered", task: this.task }, life);
    this.#at(this.now + seconds(1), () => this.#pollTriggers(life));
  }

  #tellDispatcher(input: DispatcherInput, life = this.#dispatchers[0]!): void {
    this.#tell(life, input, { kind: "wake" }, (effects) => this.#dispatcherDoes(life, effects));
  }

  #dispatcherDoes(life: DispatcherLife, [effect, ...rest]: readonly DispatcherEffect[]): void {
    if (effect === undefined || life.isDead) return;
    const goOn = (answer: DispatcherInput | undefined): void => {
      if (answer !== undefined) this.#tellDispatcher(answer, life);
      this.#dispatcherDoes(life, rest);
    };
    this.#perform<DispatcherInput>(life, effect.kind, {
      perform: (isHalf) => this.#performForDispatcher(effect, isHalf),
      die: () => {
        life.isDead = true;
        this.#at(this.now + STEP, () => this.#startDispatcher(this.#dispatchers.indexOf(life)));
      },
      fail: () => goOn({ kind: "failed", effect, what: effect.kind }),
      answer: goOn,
    });
  }

  #performForDispatcher(effect: DispatcherEffect, isHalf: boolean): DispatcherInput | undefined {
    switch (effect.kind) {
      case "find": {
        const isMissed = this.task.state === "scheduled" && this.task.due + minutes(1) <= this.now;
        const isUnderWay = this.task.state !== "scheduled" && this.task.state !== "done";
        return { kind: "found", tasks: isMissed || isUnderWay ? [this.task] : [] };
      }
      case "acknowledge-trigger":
        this.triggers.acknowledge(effect.task);
        return undefined;
      case "set-state":
        if (this.task.state === effect.from && mayFollow(effect.from, effect.to))
          this.task = { ...this.task, state: effect.to };
        return { kind: "stated", task: effect.task, state: this.task.state };
      case "fill":
        for (const part of isHalf ? this.parts.slice(0, this.parts.length / 2) : this.parts)
          this.#reconcile(part, false);
        return { kind: "filled", task: effect.task };
      case "look":
        return { kind: "looked", task: effect.task, parts: this.parts.map((part, index) => this.#view(part, index)) };
      case "publish":
        this.broker.publish(effect.name, this.now, 0 as Duration);
        return { kind: "published", name: effect.name };
      case "reconcile":
        for (const part of this.parts) this.#reconcile(part, isHalf);
        return { kind: "reconciled", task: effect.task };
    }
  }

  #view({ store, records }: Part, part: number): PartView {
    return { part, records: records.status(), store: store.status(this.now) };
  }

  #reconcile(part: Part, isHalf: boolean): void {
    const { audience, records, store } = part;
    const { isFilled } = store.status(this.now);
    const repairs = reconcilePart({ audience, records: records.all(), store: { isFilled, ...store.contents() } });
    for (const repair of isHalf ? repairs.slice(0, repairs.length / 2) : repairs) this.#repair(repair, part);
  }

  #repair(repair: Repair, part: Part): void {
    if (repair.on === "store" && repair.step === "finish") this.#finish(part, repair.block, repair.members);
    else repairPart(repair, part, this.now);
  }
}

/**
 * Out of which places each subscriber would still be told, once the stores are mended: out of a block that either store
 * knows, or out of the source. Since a failover somebody may be in several.
 */
const placesOf = ({ audience, store, records }: Part): ReadonlyMap<number, ReadonlySet<string>> => {
  const { claims, finished } = store.contents();
  const places = new Map(audience.map((uin) => [uin, new Set<string>()]));
  const put = (uins: Iterable<number>, place: string): void => {
    for (const uin of uins) places.get(uin)!.add(place);
  };
  for (const [block, members] of claims) put(members, `block ${String(block)}`);
  const told = new Set([...finished.values()].flatMap(unpack));
  for (const [block, { state, packed }] of records.all()) {
    const members = unpack(packed);
    const claimed = claims.get(block);
    if (state === "finished") for (const uin of members) told.add(uin);
    else if (!finished.has(block) && claimed?.every((uin) => members.includes(uin)) !== true)
      put(members, `block ${String(block)}`);
  }
  put(store.source(), "source");
  if (!store.status(START).isFilled)
    for (const [uin, known] of places) if (known.size === 0 && !told.has(uin)) known.add("source");
  return places;
};

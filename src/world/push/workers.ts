/**
 * A slot of a host of workers: it drives the very machine which is deployed, one block at a time, and performs what it
 * wants done to stores, limiter and message service.
 */
import type { Claimed, Hold } from "../../algorithms/push/claim.ts";
import { grantOf } from "../../algorithms/push/limiter.ts";
import type { WorkerEffect, WorkerInput, WorkerPolicy } from "../../algorithms/push/messages.ts";
import type { BlockName } from "../../algorithms/push/task.ts";
import type { Machine } from "../../base/machine.ts";
import { identity } from "../../base/random.ts";
import { type Duration, type Instant, NEVER } from "../../base/units.ts";
import type { Broker, Consumer } from "./broker.ts";
import type { Diary } from "./diary.ts";
import type { Doubts } from "./doubts.ts";
import type { Limiter } from "./limiters.ts";
import type { Cause, PushNotes } from "./notes.ts";
import type { Sink } from "./sink.ts";
import { type Caller, type Lines, longestWay, type Stores } from "./stores.ts";
import { grantLasts, marginOf } from "../../scenario/push/checks.ts";
import type { PushModel } from "../../scenario/push/shape.ts";

export type WorkerMachine = Machine<WorkerInput, WorkerEffect>;

/** What a worker reaches. */
export interface Surroundings {
  readonly model: PushModel;
  readonly seed: string;
  readonly diary: Diary;
  readonly lines: Lines;
  readonly stores: Stores;
  readonly limiter: Limiter;
  readonly broker: Broker;
  readonly sink: Sink;
  readonly doubts: Doubts;
  readonly notes: Pick<PushNotes, "worked">;
  /** Of all hosts: slots that live and have a block. */
  readonly busy: () => readonly Slot[];
  readonly worker: (policy: WorkerPolicy) => WorkerMachine;
  /** The dispatcher hears that a task's stores contradict each other. */
  readonly doubted: (task: string, why: string) => void;
}

/** From a start of its host to its crash. */
export class Slot implements Consumer {
  readonly host: number;
  readonly owner: string;
  isAlive = true;
  #isBusy = false;
  readonly #around: Surroundings;
  readonly #caller: Caller;
  readonly #skew: () => Duration;
  #machine: WorkerMachine;
  #name!: BlockName;
  #delivery = 0;
  /** Why the block may have been worked on before. */
  #cause: "lease" | "redelivery" = "lease";
  /** Pushed to and not reported. */
  #pushed: readonly number[] = [];
  /** Its shard may have forgotten whose the block is: it hears of it when it reports its next lot. */
  #isUnaware = false;
  #wakeAt: Instant = NEVER;
  /** Since when it is at work; undefined while it is not. */
  #worksSince: Instant | undefined;

  constructor(host: number, owner: string, around: Surroundings, skew: () => Duration) {
    this.host = host;
    this.owner = owner;
    this.#around = around;
    this.#caller = { who: identity(owner), calls: 0 };
    this.#skew = skew;
    this.#machine = this.#newMachine();
  }

  take(delivery: number, name: BlockName, isTwice: boolean): void {
    if (!this.isAlive) return;
    [this.#isBusy, this.#isUnaware] = [true, false];
    this.#delivery = delivery;
    this.#name = name;
    this.#cause = isTwice ? "redelivery" : "lease";
    this.#machine = this.#newMachine();
    this.#tell({ kind: "block", name });
  }

  /** The block that it has. */
  get block(): BlockName | undefined {
    return this.#isBusy ? this.#name : undefined;
  }

  /** The shard of its block is lost. */
  losesUnawares(): void {
    this.#isUnaware = true;
    this.#doubt("failover");
  }

  /** The host is lost. What was sent arrives; nobody waits for the answer. */
  die(): void {
    this.isAlive = false;
    if (this.#isBusy) this.#around.doubts.crashes += 1;
    this.#doubt("crash");
    this.#works(false);
  }

  #newMachine(): WorkerMachine {
    const { model, worker } = this.#around;
    const { lot, lease, pause } = model.workers;
    return worker({ lotSize: lot, lease, pause, margin: marginOf(model), grantLasts: grantLasts(model.limiter) });
  }

  #tell(input: WorkerInput): void {
    if (!this.isAlive) return;
    const { diary } = this.#around;
    const machine = this.#machine;
    for (const effect of machine.handle(input, diary.now)) this.#perform(effect);
    const { wakeAt } = this.#machine;
    this.#works(this.#isBusy && wakeAt === NEVER);
    if (wakeAt === NEVER || wakeAt === this.#wakeAt) return;
    this.#wakeAt = wakeAt;
    diary.at(wakeAt, () => {
      if (machine !== this.#machine || this.#wakeAt !== wakeAt) return;
      this.#wakeAt = NEVER;
      this.#tell({ kind: "wake" });
    });
  }

  /** What it has worked until now is noted. */
  settle(): void {
    const works = this.#worksSince !== undefined;
    this.#works(false);
    this.#works(works);
  }

  #works(does: boolean): void {
    const since = this.#worksSince;
    if (does === (since !== undefined)) return;
    const { now } = this.#around.diary;
    this.#worksSince = does ? now : undefined;
    if (since !== undefined) this.#around.notes.worked(since, now);
  }

  /** Answers are for who asked: a block later nobody waits for them. */
  #listener(): (input: WorkerInput) => void {
    const machine = this.#machine;
    return (input) => {
      if (machine === this.#machine) this.#tell(input);
    };
  }

  #perform(effect: WorkerEffect): void {
    const { stores, model } = this.#around;
    const name = this.#name;
    switch (effect.kind) {
      case "look-up":
        this.#askRecords(() => ({ kind: "looked-up", record: stores.records(name).get(name.block) }));
        return;
      case "record":
        this.#askRecords(() => ({
          kind: "recorded",
          record: stores.records(name).record(name.block, effect.members),
        }));
        return;
      case "record-finished":
        this.#askRecords(() => {
          stores.records(name).finish(name.block, effect.members);
          return { kind: "record-is-finished" };
        });
        return;
      case "claim":
        this.#askStore(model.workers.block, () =>
          this.#claimed(stores.claim(name, { ...this.#hold(), size: model.workers.block })),
        );
        return;
      case "resume":
        this.#askStore(1, () => this.#claimed(stores.part(name).resume(this.#hold())));
        return;
      case "adopt":
        this.#askStore(effect.members.length, () =>
          this.#claimed(stores.part(name).adopt({ ...this.#hold(), members: effect.members })),
        );
        return;
      case "grant":
        this.#ask(effect.want);
        return;
      case "push":
        this.#push(effect.uins);
        return;
      case "report":
        this.#report(effect.uins);
        return;
      case "finish":
        this.#askStore(effect.members.length, () => {
          stores.part(name).finish({ block: name.block, members: effect.members, now: this.#around.diary.now });
          return { kind: "finished" };
        });
        return;
      case "acknowledge":
        this.#end((broker, delivery) => {
          broker.acknowledge(delivery);
        });
        return;
      case "return":
        this.#end((broker, delivery) => {
          broker.return(delivery, effect.after);
        });
        return;
      case "reconcile":
        this.#around.doubted(effect.task, effect.why);
        return;
    }
  }

  #hold(): Hold {
    const { diary, model } = this.#around;
    return { block: this.#name.block, owner: this.owner, now: diary.now, lease: model.workers.lease };
  }

  #claimed(answer: Claimed): WorkerInput {
    if (answer.kind === "yours" && answer.isNew) this.#wrote(answer.members);
    else if (answer.kind === "yours") this.#takeOver();
    return { kind: "claimed", answer };
  }

  /** Whoever had the block before may live, and have a lot of it in his hands. */
  #takeOver(): void {
    const { busy, doubts, stores } = this.#around;
    const { task, part, block } = this.#name;
    for (const other of busy()) {
      const { block: his } = other;
      if (other === this || his?.block !== block || his.part !== part || his.task !== task) continue;
      doubts.takeOver(stores.taskOf(this.#name), other.#pushed, this.#cause);
    }
  }

  /** The shard was told something about these that a failover may make it forget. */
  #wrote(uins: readonly number[]): void {
    const { doubts, stores, diary } = this.#around;
    doubts.write(stores.shardOf(this.#name), { at: diary.now, task: stores.taskOf(this.#name), uins });
  }

  #askRecords(answer: () => WorkerInput): void {
    const tell = this.#listener();
    this.#around.stores.callRecords(this.#caller, answer, (input) => {
      tell(input?.value ?? { kind: "failed", what: "the records are away" });
    });
  }

  #askStore(members: number, perform: () => WorkerInput): void {
    const tell = this.#listener();
    const { stores } = this.#around;
    stores.call(this.#caller, { shard: stores.shardOf(this.#name), members }, perform, (input) => {
      tell(input ?? { kind: "failed", what: "the store is away" });
    });
  }

  /** A grant is good while what is sent by it arrives soon enough. */
  #ask(want: number): void {
    const tell = this.#listener();
    const { stores, limiter, diary, model } = this.#around;
    const asked = diary.now;
    const jitter = (model.limiter.jitter - longestWay(model.service.latency)) as Duration;
    stores.call(
      this.#caller,
      { shard: stores.limiterShard, members: 1 },
      () => limiter.ask(want, diary.now, this.#skew()),
      (answer) => {
        tell(
          answer === undefined
            ? { kind: "failed", what: "the limiter is away" }
            : { kind: "granted", grant: grantOf(answer, { asked, answered: diary.now, jitter }) },
        );
      },
    );
  }

  #push(uins: readonly number[]): void {
    const tell = this.#listener();
    const { diary, lines, model, sink, doubts, stores } = this.#around;
    const task = stores.taskOf(this.#name);
    const cause = this.#cause;
    this.#pushed = uins;
    if (this.#isUnaware) this.#doubt("failover");
    this.#isUnaware = false;
    diary.in(lines.way(this.#caller, model.service.latency), () => {
      const refused = sink.arrive(task, uins, diary.now, (uin) => doubts.blame(task, uin, cause));
      diary.in(lines.way(this.#caller, model.service.latency), () => {
        tell({ kind: "pushed", refused });
      });
    });
  }

  #report(uins: readonly number[]): void {
    const tell = this.#listener();
    const { stores } = this.#around;
    const shard = stores.shardOf(this.#name);
    const generation = stores.shards[shard]!.generation;
    stores.call(
      this.#caller,
      { shard, members: uins.length },
      () => {
        const answer = stores.part(this.#name).report({ ...this.#hold(), uins });
        if (answer.kind === "yours") this.#wrote(uins);
        return answer;
      },
      (answer) => {
        if (answer === undefined) this.#around.doubts.unanswered += 1;
        if (!this.isAlive) return;
        const isTold = answer?.kind === "yours";
        if (!isTold && (answer === undefined || generation !== stores.shards[shard]!.generation))
          this.#doubt("failover");
        this.#pushed = [];
        tell(answer === undefined ? { kind: "failed", what: "the store is away" } : { kind: "reported", answer });
      },
    );
  }

  #doubt(cause: Cause): void {
    if (this.#pushed.length === 0) return;
    this.#around.doubts.raise(this.#around.stores.taskOf(this.#name), this.#pushed, cause);
  }

  #end(tell: (broker: Broker, delivery: number) => void): void {
    const { broker, diary, model } = this.#around;
    const delivery = this.#delivery;
    this.#pushed = [];
    this.#isBusy = false;
    diary.in(model.broker.latency, () => {
      if (!this.isAlive) return;
      tell(broker, delivery);
      broker.wait(this);
    });
  }
}

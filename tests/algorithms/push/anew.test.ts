/**
 * A block's name that is given anew, to others, after both stores were lost: a worker that was held up meanwhile, and still
 * knows the first ones, must not undo what has been reported since, nor tell a whole block on the word of a record that is
 * gone. By hand: effects of one worker are performed up to the one that is held up.
 */
import { describe, expect, it } from "vitest";
import { PartStore } from "../../../src/algorithms/push/claim.ts";
import type { WorkerEffect, WorkerInput } from "../../../src/algorithms/push/messages.ts";
import { BlockRecords } from "../../../src/algorithms/push/records.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import { after, seconds, START } from "../../../src/base/units.ts";

const LEASE = seconds(10);
const ALL = [1, 2, 3, 4, 5, 6];
const name = { task: "a", part: 0, block: 1 };

class Stage {
  now = START;
  readonly store = new PartStore(seconds(0));
  readonly records = new BlockRecords();
  /** How often each was told. */
  readonly told = new Map<number, number>();

  constructor() {
    this.store.fill(ALL, this.now);
  }

  loseBoth(): void {
    this.store.clear();
    this.records.clear();
    this.told.clear();
    this.store.fill(ALL, this.now);
  }

  /** How many were told exactly once. */
  get toldOnce(): number {
    return [...this.told.values()].filter((times) => times === 1).length;
  }

  wait(count: number): void {
    this.now = after(this.now, seconds(count));
  }
}

/** One worker, and the effect before which, or the answer before whose arrival, it is held up. */
class Hand {
  readonly #stage: Stage;
  readonly #owner: string;
  readonly #take: (store: PartStore) => number;
  readonly #worker = new Worker({
    batchSize: 2,
    lease: LEASE,
    pause: seconds(1),
    margin: seconds(2),
    grantLasts: seconds(1),
  });
  readonly done: string[] = [];
  #next: (() => WorkerInput | undefined) | undefined;

  /** `take`: the place in the source that it draws. */
  constructor(stage: Stage, owner: string, take: (store: PartStore) => number = () => 0) {
    [this.#stage, this.#owner, this.#take] = [stage, owner, take];
  }

  /** Goes on until it is about to perform an effect of that kind, or to hear its answer; without, to the block's end. */
  run(stop?: { readonly before?: string; readonly hearing?: string }): this {
    let input: WorkerInput | undefined = this.#next?.() ?? { kind: "block", name };
    this.#next = undefined;
    while (input !== undefined) {
      const effects = this.#worker.handle(input, this.#stage.now);
      input = undefined;
      for (const effect of effects) {
        if (stop?.before === effect.kind) {
          this.#next = () => this.#perform(effect);
          return this;
        }
        input = this.#perform(effect);
        if (stop?.hearing === effect.kind) {
          const heard = input;
          this.#next = () => heard;
          return this;
        }
      }
    }
    return this;
  }

  #perform(effect: WorkerEffect): WorkerInput | undefined {
    const { store, records, told, now } = this.#stage;
    const hold = { block: name.block, owner: this.#owner, now, lease: LEASE };
    this.done.push(effect.kind);
    switch (effect.kind) {
      case "look-up":
        return { kind: "looked-up", record: records.get(name.block) };
      case "claim":
        return { kind: "claimed", answer: store.claim({ ...hold, size: 3 }, () => this.#take(store)) };
      case "resume":
        return { kind: "claimed", answer: store.resume(hold) };
      case "adopt":
        return { kind: "claimed", answer: store.adopt({ ...hold, members: effect.members }) };
      case "record":
        return { kind: "recorded", record: records.record(name.block, effect.members) };
      case "grant":
        return { kind: "granted", grant: { kind: "reserved", count: effect.want, startsAt: now, validUntil: now } };
      case "push":
        for (const uin of effect.uins) told.set(uin, (told.get(uin) ?? 0) + 1);
        return { kind: "pushed", refused: [] };
      case "report":
        return { kind: "reported", answer: store.report({ ...hold, uins: effect.uins }) };
      case "record-finished":
        records.finish(name.block, effect.members);
        return { kind: "record-is-finished" };
      case "finish":
        store.finish({ block: name.block, members: effect.members, now });
        return { kind: "finished" };
      case "acknowledge":
      case "return":
      case "reconcile":
        return undefined;
    }
  }
}

const last = (store: PartStore): number => store.source().length - 1;

/** Somebody has recorded the first block of that name, and told nobody yet. */
const recorded = (): Stage => {
  const stage = new Stage();
  new Hand(stage, "first").run({ before: "grant" });
  return stage;
};

/** Both stores are lost, the name is given to others, and its owner told and reported a batch before it was held up. */
const givenAnew = (stage: Stage): Hand => {
  stage.loseBoth();
  const second = new Hand(stage, "second", last).run({ hearing: "report" });
  stage.wait(30);
  return second;
};

describe("a block's name given anew after both stores were lost", () => {
  it("is safe from one who was about to adopt the first ones", () => {
    const stage = recorded();
    stage.store.clear();
    stage.store.fill(ALL, stage.now);
    const stale = new Hand(stage, "stale").run({ before: "adopt" });
    givenAnew(stage);
    stale.run();
    expect(stale.done.slice(-2)).toEqual(["adopt", "return"]);
    new Hand(stage, "third").run();
    expect([stage.told.size, stage.toldOnce]).toEqual([3, 3]);
  });

  it("is safe from one who had read the first ones' record", () => {
    const stage = recorded();
    stage.wait(30);
    const stale = new Hand(stage, "stale").run({ hearing: "look-up" });
    givenAnew(stage);
    stale.run();
    expect(stale.done).toEqual([
      ...["look-up", "resume", "look-up", "grant", "push", "report", "record-finished", "finish", "acknowledge"],
    ]);
    expect([stage.told.size, stage.toldOnce]).toEqual([3, 3]);
  });

  it("is begun anew by one who had read the first ones' record, when nobody knows it any more", () => {
    const stage = recorded();
    const stale = new Hand(stage, "stale").run({ hearing: "look-up" });
    stage.loseBoth();
    // Told in blocks of other names meanwhile.
    stage.store.finish({ block: 7, members: ALL, now: stage.now });
    stale.run();
    expect(stale.done.slice(0, 5)).toEqual(["look-up", "resume", "look-up", "claim", "record"]);
    expect(stage.told.size).toBe(0);
    expect(stage.records.get(name.block)?.state).toBe("finished");
  });

  it("is not recorded for the first ones by one who had just claimed them", () => {
    const stage = new Stage();
    const stale = new Hand(stage, "stale").run({ hearing: "claim" });
    stage.loseBoth();
    stage.wait(30);
    stale.run();
    expect(stale.done).toEqual(["look-up", "claim", "return"]);
    expect(stage.records.get(name.block)).toBe(undefined);
  });

  it("is given back by one who was held up for longer than a lease since the store knew nothing of it", () => {
    const stage = recorded();
    stage.store.clear();
    stage.store.fill(ALL, stage.now);
    const stale = new Hand(stage, "stale").run({ before: "resume" });
    stale.run({ before: "look-up" });
    stage.wait(30);
    stale.run();
    expect(stale.done.slice(-1)).toEqual(["return"]);
    expect(stage.told.size).toBe(0);
  });
});

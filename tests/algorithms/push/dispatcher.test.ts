/**
 * The dispatcher against a queue that works off what it gets: fairness by weight, how far ahead and how fast it publishes,
 * what it makes of an unusual answer. That it survives crashes is drilled elsewhere.
 */
import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../../src/algorithms/push/dispatcher.ts";
import type { DispatcherEffect, DispatcherInput } from "../../../src/algorithms/push/messages.ts";
import type { DispatcherPolicy } from "../../../src/algorithms/push/policy.ts";
import type { Task, TaskState } from "../../../src/algorithms/push/task.ts";
import { after, type Instant, ms, seconds, START, instantAt } from "../../../src/base/units.ts";

const POLICY: DispatcherPolicy = {
  ...{ blockSize: 100, ahead: 8, perSecond: 1_000 },
  ...{ look: seconds(1), find: seconds(10), patience: seconds(30) },
};
const at = (count: number): Instant => instantAt(seconds(count));
const task = (id: string, weight: number, state: TaskState = "sending"): Task => ({
  ...{ id, weight, state, total: 0, due: START, audience: { ds: "20240501", label: "all" } },
});

/** Two parts a task, each with a given number of subscribers; published blocks are finished in order, some every second. */
class Queue {
  now = START;
  readonly published: { readonly task: string; readonly at: Instant }[] = [];
  readonly #dispatcher: Dispatcher;
  readonly #waiting: { readonly task: string; readonly part: number; readonly block: number }[] = [];
  readonly #parts = new Map<string, { source: number; finished: number[] }[]>();
  readonly done: string[] = [];
  /** The most blocks that were ever waiting. */
  most = 0;
  readonly #agenda: { readonly at: number; readonly input: DispatcherInput }[] = [];

  constructor(policy: DispatcherPolicy) {
    this.#dispatcher = new Dispatcher(policy);
  }

  bring(one: Task, subscribers: number): void {
    this.#parts.set(
      one.id,
      [0, 1].map(() => ({ source: subscribers / 2, finished: [] })),
    );
    this.#tell({ kind: "triggered", task: one });
  }

  /** The list of one that was still scattering is written. */
  fill(id: string): void {
    this.#tell({ kind: "filled", task: id });
  }

  /** Goes on until then; `perSecond` blocks are finished in a second. */
  run(until: Instant, perSecond: number): this {
    for (; this.now < until; this.now = after(this.now, ms(10))) {
      for (const { input } of this.#agenda.splice(0)) this.#tell(input);
      if (this.#dispatcher.wakeAt <= this.now) this.#tell({ kind: "wake" });
      if (this.now % Math.floor(1_000_000 / perSecond) < 10_000) this.#finish();
    }
    return this;
  }

  count(id: string): number {
    return this.published.filter((one) => one.task === id).length;
  }

  #finish(): void {
    const block = this.#waiting.shift();
    if (block === undefined) return;
    const part = this.#parts.get(block.task)![block.part]!;
    part.source = Math.max(0, part.source - POLICY.blockSize);
    part.finished.push(block.block);
  }

  #tell(input: DispatcherInput): void {
    for (const effect of this.#dispatcher.handle(input, this.now)) this.#perform(effect);
  }

  #perform(effect: DispatcherEffect): void {
    const answer = this.#answer(effect);
    if (answer !== undefined) this.#agenda.push({ at: this.now, input: answer });
  }

  #answer(effect: DispatcherEffect): DispatcherInput | undefined {
    switch (effect.kind) {
      case "find":
        return { kind: "found", tasks: [] };
      case "publish":
        this.#waiting.push(effect.name);
        this.most = Math.max(this.most, this.#waiting.length);
        this.published.push({ task: effect.name.task, at: this.now });
        return { kind: "published", name: effect.name };
      case "set-state":
        if (effect.to === "done") this.done.push(effect.task);
        return { kind: "stated", task: effect.task, state: effect.to };
      case "look":
        return { kind: "looked", task: effect.task, parts: this.#parts.get(effect.task)!.map(viewOf) };
      default:
        return undefined;
    }
  }
}

const viewOf = (
  { source, finished }: { readonly source: number; readonly finished: readonly number[] },
  part: number,
): (DispatcherInput & { kind: "looked" })["parts"][number] => ({
  part,
  store: { isFilled: true, source, claims: [], finished: [...finished] },
  records: { count: finished.length, last: Math.max(0, ...finished), unfinished: [] },
});

describe("tasks at once", () => {
  it("of one weight are served alike", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("a", 1), 100_000);
    queue.bring(task("b", 1), 100_000);
    queue.run(at(40), 10);
    expect(queue.count("a")).toBeGreaterThan(100);
    expect(Math.abs(queue.count("a") - queue.count("b"))).toBeLessThanOrEqual(1);
  });

  it("of weights three to one are served three to one", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("a", 3), 100_000);
    queue.bring(task("b", 1), 100_000);
    queue.run(at(40), 10);
    expect(queue.count("b")).toBeGreaterThan(50);
    expect(Math.abs(queue.count("a") - 3 * queue.count("b"))).toBeLessThanOrEqual(3);
  });

  it("that come later get their share from then on, and nothing for the time before", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("old", 1), 100_000);
    queue.run(at(20), 10);
    const before = queue.count("old");
    queue.bring(task("new", 1), 100_000);
    queue.run(at(40), 10);
    expect(before).toBeGreaterThan(100);
    expect(Math.abs(queue.count("old") - before - queue.count("new"))).toBeLessThanOrEqual(2);
  });

  it("whose lists take long to write get their share from when they are written, and nothing for the time before", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("old", 1), 100_000);
    queue.bring(task("new", 1, "scattering"), 100_000);
    queue.run(at(20), 10);
    const before = queue.count("old");
    expect([before > 100, queue.count("new")]).toEqual([true, 0]);
    queue.fill("new");
    queue.run(at(40), 10);
    expect(Math.abs(queue.count("old") - before - queue.count("new"))).toBeLessThanOrEqual(2);
  });

  it("that had nothing left for a while catch up on nothing, and all come to their end", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("small", 1), 400);
    queue.bring(task("large", 1), 4_000);
    queue.run(at(30), 10);
    expect(queue.count("small")).toBe(4);
    expect(queue.count("large")).toBe(40);
    expect(queue.done).toEqual(["small", "large"]);
  });
});

describe("publishing", () => {
  it("is never further ahead than allowed, while nobody works", () => {
    const queue = new Queue(POLICY);
    queue.bring(task("a", 1), 100_000);
    queue.bring(task("b", 1), 100_000);
    queue.run(at(20), 0.01);
    expect(queue.most).toBe(POLICY.ahead);
    expect(queue.published).toHaveLength(POLICY.ahead);
  });

  it("is no faster than the message service, over any time, whatever the workers could do", () => {
    const queue = new Queue({ ...POLICY, ahead: 10_000 });
    queue.bring(task("a", 1), 1_000_000);
    queue.run(at(60), 50);
    const times = queue.published.map((one) => one.at);
    expect(times.length).toBeGreaterThan(500);
    // Ten blocks a second, and ten saved up from one look to the next.
    for (const [first, from] of times.entries())
      for (const window of [0.01, 1, 7.3, 30]) {
        const end = times.findIndex((time) => time >= from + window * 1_000_000);
        if (end > 0) expect(end - first).toBeLessThanOrEqual(10 + 10 * window);
      }
  });

  it("saves up no more than the time between two looks brings, however long there was nothing to publish", () => {
    const queue = new Queue({ ...POLICY, ahead: 10_000 });
    queue.bring(task("a", 1), 200);
    queue.run(at(60), 50);
    queue.bring(task("b", 1), 100_000);
    queue.run(at(70), 50);
    // Of a hundred each, all of them full; as many a second as the message service takes, and what one look saves up.
    for (const window of [0.5, 1, 2, 5]) {
      const people = 100 * queue.published.filter((one) => one.at >= at(60) && one.at < at(60 + window)).length;
      expect(people).toBeLessThanOrEqual(POLICY.perSecond * (window + 1) + POLICY.blockSize);
      expect(people).toBeGreaterThanOrEqual(POLICY.perSecond * window - POLICY.blockSize);
    }
  });

  it("leaves no gap: blocks of a part count from one", () => {
    const dispatcher = new Dispatcher(POLICY);
    dispatcher.handle({ kind: "triggered", task: task("a", 1) }, START);
    const views = [viewOf({ source: 250, finished: [1, 2] }, 0)];
    dispatcher.handle({ kind: "looked", task: "a", parts: views }, START);
    const published: number[] = [];
    for (let now = START; now < at(2); now = after(now, ms(10)))
      if (dispatcher.wakeAt <= now)
        for (const effect of dispatcher.handle({ kind: "wake" }, now))
          if (effect.kind === "publish") published.push(effect.name.block);
    expect(published).toEqual([3, 4, 5]);
  });
});

/** What it publishes for tasks with parts of given sizes, task by task and part by part, while nobody works. */
const publishedOf = (tasks: Readonly<Record<string, readonly number[]>>, until: Instant) => {
  const dispatcher = new Dispatcher({ ...POLICY, ahead: 10_000 });
  for (const id of Object.keys(tasks)) dispatcher.handle({ kind: "triggered", task: task(id, 1) }, START);
  const published: { readonly task: string; readonly part: number; readonly at: Instant }[] = [];
  const take = (effects: readonly DispatcherEffect[], now: Instant): void => {
    for (const effect of effects)
      if (effect.kind === "publish") published.push({ task: effect.name.task, part: effect.name.part, at: now });
  };
  for (const [id, parts] of Object.entries(tasks)) {
    const views = parts.map((source, part) => viewOf({ source, finished: [] }, part));
    take(dispatcher.handle({ kind: "looked", task: id, parts: views }, START), START);
  }
  for (let now = START; now < until; now = after(now, ms(10)))
    if (dispatcher.wakeAt <= now) take(dispatcher.handle({ kind: "wake" }, now), now);
  return published;
};

describe("blocks that are not full", () => {
  it("count as many as they have, so that a task ends at the pace it had", () => {
    const published = publishedOf({ a: Array.from({ length: 40 }, () => 110) }, at(20));
    // A full one and one of ten for each part, of 4,400 in all at 1,000 a second.
    expect(published).toHaveLength(80);
    expect(published.at(-1)!.at).toBeGreaterThanOrEqual(at(4.3));
    expect(published.at(-1)!.at).toBeLessThanOrEqual(at(4.5));
  });

  it("count as many as they have beside other tasks too: shares are of subscribers, not of blocks", () => {
    const published = publishedOf({ small: Array.from({ length: 100 }, () => 10), large: [100_000] }, at(1.5));
    const count = (id: string): number => published.filter((one) => one.task === id).length;
    expect(count("large")).toBeGreaterThan(5);
    expect(Math.abs(10 * count("small") - 100 * count("large"))).toBeLessThanOrEqual(100);
  });
});

/** What it does at once with these, two seconds apart. */
const answers = (...inputs: readonly DispatcherInput[]): readonly (readonly string[])[] => {
  const dispatcher = new Dispatcher(POLICY);
  return inputs.map((input, turn) =>
    dispatcher
      .handle(input, at(2 * turn))
      .map((effect) => (effect.kind === "set-state" ? `${effect.from} to ${effect.to}` : effect.kind)),
  );
};

describe("a task", () => {
  const stated = (state: TaskState): DispatcherInput => ({ kind: "stated", task: "a", state });

  it("goes through its states one by one, and its trigger is acknowledged when the table knows that it has begun", () => {
    expect(
      answers(
        { kind: "triggered", task: task("a", 1, "scheduled") },
        stated("triggered"),
        stated("scattering"),
        { kind: "filled", task: "a" },
        stated("sending"),
        { kind: "looked", task: "a", parts: [viewOf({ source: 0, finished: [] }, 0)] },
        stated("done"),
        { kind: "wake" },
      ),
    ).toEqual([
      ["scheduled to triggered"],
      ["acknowledge-trigger", "triggered to scattering"],
      ["fill"],
      ["scattering to sending"],
      ["look"],
      ["sending to done"],
      [],
      ["find"],
    ]);
  });

  it("that another dispatcher is further with is taken up where it stands", () => {
    expect(answers({ kind: "found", tasks: [task("a", 1, "scheduled")] }, stated("sending"))).toEqual([
      ["scheduled to triggered"],
      ["look"],
    ]);
    const over = answers({ kind: "found", tasks: [task("a", 1, "scheduled")] }, stated("done"), { kind: "wake" });
    expect(over).toEqual([["scheduled to triggered"], [], []]);
  });

  it("that is triggered again is only acknowledged", () => {
    const again: DispatcherInput = { kind: "triggered", task: task("a", 1, "sending") };
    expect(answers(again, again)).toEqual([["acknowledge-trigger", "look"], ["acknowledge-trigger"]]);
    expect(answers({ kind: "triggered", task: task("a", 1, "done") })).toEqual([["acknowledge-trigger"]]);
  });

  it("is mended before anything else when the stores cannot have come from what they were", () => {
    const looked = (
      source: number,
      finished: readonly number[],
      count: number,
      unfinished: readonly number[] = [],
    ): DispatcherInput => {
      const view = viewOf({ source, finished }, 0);
      return { kind: "looked", task: "a", parts: [{ ...view, records: { ...view.records, count, unfinished } }] };
    };
    const begun: DispatcherInput = { kind: "triggered", task: task("a", 1) };
    const first = looked(500, [1, 2], 2);
    const look: DispatcherInput = { kind: "wake" };
    expect(answers(begun, first, look, looked(400, [1, 2, 3], 3))[3]).not.toContain("reconcile");
    for (const odd of [
      looked(600, [1, 2], 2),
      looked(500, [1], 2),
      looked(500, [1, 2], 1),
      looked(500, [1, 2], 3),
      looked(500, [1, 2], 2, [2]),
      looked(500, [1, 2], 2, [7]),
    ])
      expect(answers(begun, first, look, odd)[3]).toEqual(["reconcile"]);
    const empty = { ...viewOf({ source: 0, finished: [] }, 0), part: 0 };
    const lost: DispatcherInput = {
      kind: "looked",
      task: "a",
      parts: [{ ...empty, store: { ...empty.store, isFilled: false } }],
    };
    expect(answers(begun, lost)[1]).toEqual(["reconcile"]);
  });

  it("is not asked about twice at once, and after a failure only when some time has passed", () => {
    const dispatcher = new Dispatcher(POLICY);
    dispatcher.handle({ kind: "wake" }, START);
    const [look] = dispatcher.handle({ kind: "found", tasks: [task("a", 1)] }, START);
    expect(look).toEqual({ kind: "look", task: "a" });
    expect(dispatcher.wakeAt).toBe(at(10));
    expect(dispatcher.handle({ kind: "wake" }, at(5))).toEqual([]);
    dispatcher.handle({ kind: "failed", effect: look!, what: "the store is away" }, at(6));
    expect(dispatcher.wakeAt).toBe(at(7));
    expect(dispatcher.handle({ kind: "wake" }, at(7))).toEqual([look]);
  });

  it("heeds only the answer that it waits for: a late one of a question given up moves nothing", () => {
    const fill: DispatcherEffect = { kind: "fill", task: "a" };
    const late: DispatcherInput = { kind: "filled", task: "a" };
    const begun: DispatcherInput = { kind: "triggered", task: task("a", 1, "scattering") };
    expect(answers(begun, late, stated("sending"), late)).toEqual([
      ...[["acknowledge-trigger", "fill"], ["scattering to sending"], ["look"], []],
    ]);
    const acknowledgement: DispatcherEffect = { kind: "acknowledge-trigger", task: "a" };
    const dispatcher = new Dispatcher(POLICY);
    dispatcher.handle(begun, START);
    dispatcher.handle({ kind: "wake" }, START);
    dispatcher.handle({ kind: "failed", effect: acknowledgement, what: "the store is away" }, START);
    expect(dispatcher.handle({ kind: "wake" }, at(5))).toEqual([]);
    dispatcher.handle({ kind: "failed", effect: fill, what: "the store is away" }, at(6));
    expect(dispatcher.handle({ kind: "wake" }, at(7))).toEqual([fill]);
  });

  it("has a block published again only when nobody has held it for as long as one may wait in the queue", () => {
    const dispatcher = new Dispatcher(POLICY);
    const published: number[] = [];
    let isHeld = true;
    for (let second = 0; second < 200; second++) {
      const inputs: DispatcherInput[] = second === 0 ? [{ kind: "triggered", task: task("a", 1) }] : [{ kind: "wake" }];
      if (second === 100) isHeld = false;
      const claims = [{ block: 1, left: 5, isHeld }];
      const view = { ...viewOf({ source: 0, finished: [] }, 0) };
      const parts = [{ ...view, store: { ...view.store, claims }, records: { count: 1, last: 1, unfinished: [1] } }];
      for (const input of inputs)
        for (const effect of dispatcher.handle(input, at(second)))
          if (effect.kind === "look")
            for (const after of dispatcher.handle({ kind: "looked", task: "a", parts }, at(second)))
              if (after.kind === "publish") published.push(second);
    }
    // Held for the last time at 99 s.
    expect(published).toEqual([129, 159, 189]);
  });
});

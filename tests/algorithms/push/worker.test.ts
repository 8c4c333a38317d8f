/** A worker's slot by hand: the order of its steps, its lease, its turn at the limiter, and answers out of the ordinary. */
import { describe, expect, it } from "vitest";
import type { WorkerEffect, WorkerInput } from "../../../src/algorithms/push/messages.ts";
import type { WorkerPolicy } from "../../../src/algorithms/push/policy.ts";
import { pack } from "../../../src/algorithms/push/packing.ts";
import { Worker } from "../../../src/algorithms/push/worker.ts";
import { after, type Instant, NEVER, seconds, START, instantAt } from "../../../src/base/units.ts";

const POLICY: WorkerPolicy = {
  ...{ batchSize: 2, lease: seconds(30), pause: seconds(1), margin: seconds(5), grantLasts: seconds(2) },
};
const name = { task: "a", part: 0, block: 1 };
const at = (count: number): Instant => instantAt(seconds(count));
const granted = (count: number, startsAt = START): WorkerInput => ({
  kind: "granted",
  grant: { kind: "reserved", count, startsAt, validUntil: after(startsAt, seconds(1)) },
});
const refused = (retryAt: Instant): WorkerInput => ({ kind: "granted", grant: { kind: "refused", retryAt } });
const yours = (members: readonly number[], isNew = true): WorkerInput => ({
  kind: "claimed",
  answer: { kind: "yours", members, isNew },
});
const recorded = (state: "claimed" | "finished", members: readonly number[]): WorkerInput => ({
  kind: "recorded",
  record: { state, packed: pack(members) },
});
const lookedUp = (state: "claimed" | "finished", members: readonly number[]): WorkerInput => ({
  kind: "looked-up",
  record: { state, packed: pack(members) },
});
const begin: WorkerInput = { kind: "block", name };
const absent: WorkerInput = { kind: "looked-up", record: undefined };
const reported = (left: number): WorkerInput => ({ kind: "reported", answer: { kind: "yours", left } });
const pushed = (...refused: number[]): WorkerInput => ({ kind: "pushed", refused });

const briefly = (effect: WorkerEffect): string => {
  if ("uins" in effect) return `${effect.kind} ${effect.uins.join(",")}`;
  if ("members" in effect) return `${effect.kind} ${effect.members.join(",")}`;
  return effect.kind === "return" ? `return after ${String(effect.after)}` : effect.kind;
};
/** Its effects, input by input. */
const story = (...inputs: readonly WorkerInput[]): readonly string[] => {
  const worker = new Worker(POLICY);
  return inputs.map((input) => worker.handle(input, START).map(briefly).join("; "));
};

describe("a block", () => {
  it("is looked up, claimed, recorded, pushed and reported batch by batch, finished in both stores, and acknowledged last", () => {
    const steps = story(
      ...[begin, absent, yours([1, 2, 3]), recorded("claimed", [1, 2, 3])],
      ...[granted(2), pushed(), reported(1), granted(1), pushed(), reported(0)],
      ...([{ kind: "record-is-finished" }, { kind: "finished" }] as const),
    );
    expect(steps).toEqual([
      ...["look-up", "claim", "record 1,2,3", "grant", "push 1,2", "report 1,2", "grant", "push 3", "report 3"],
      ...["record-finished 1,2,3", "finish 1,2,3", "acknowledge"],
    ]);
  });

  it("that finds the source empty is finished at once, if the records know no better", () => {
    expect(story(begin, absent, yours([]), recorded("claimed", []))).toEqual([
      ...["look-up", "claim", "record ", "record-finished "],
    ]);
    expect(story(begin, absent, yours([]), recorded("claimed", [7]))[3]).toBe("adopt 7");
  });

  it("that comes back goes on with those who are left, and is finished with all", () => {
    const steps = story(begin, lookedUp("claimed", [1, 2, 3]), yours([3], false), granted(1), pushed(), reported(0));
    expect(steps).toEqual(["look-up", "resume", "grant", "push 3", "report 3", "record-finished 1,2,3"]);
  });

  it("that comes back finished tells the store, which may have lost it, and nobody else", () => {
    expect(story(begin, lookedUp("finished", [1, 2]), { kind: "finished" })).toEqual([
      ...["look-up", "finish 1,2", "acknowledge"],
    ]);
  });

  it("that the store has finished is acknowledged, and nothing is said of the members that the records have", () => {
    const finished: WorkerInput = { kind: "claimed", answer: { kind: "finished" } };
    expect(story(begin, absent, finished)).toEqual(["look-up", "claim", "acknowledge"]);
    expect(story(begin, lookedUp("claimed", [1, 2]), finished)).toEqual(["look-up", "resume", "acknowledge"]);
  });

  it("that the store has lost is adopted as the records know it", () => {
    const unknown: WorkerInput = { kind: "claimed", answer: { kind: "unknown" } };
    const again = [begin, lookedUp("claimed", [1, 2]), unknown, lookedUp("claimed", [1, 2])];
    expect(story(...again, yours([1, 2]))).toEqual(["look-up", "resume", "look-up", "adopt 1,2", "reconcile; grant"]);
    expect(story(...again, unknown)[4]).toBe("reconcile; return after 1000000");
    expect(story(begin, absent, unknown)[2]).toBe("reconcile; return after 1000000");
  });

  it("whose record does not fit the store is looked up again: both stores may have lost it and given its name to others", () => {
    const stale = [begin, lookedUp("claimed", [1, 2]), yours([3], false)];
    expect(story(...stale, lookedUp("claimed", [3, 4])).slice(2)).toEqual(["look-up", "grant"]);
    expect(story(...stale, lookedUp("claimed", [1, 2]))[3]).toBe("adopt 1,2");
    expect(story(...stale, lookedUp("finished", [1, 2]))[3]).toBe("finish 1,2");
    expect(story(...stale, absent, yours([3], false)).slice(3)).toEqual(["claim", "record 3"]);
  });

  it("that another one has recorded with other members is done as it stands in the records", () => {
    expect(story(begin, absent, yours([1, 2]), recorded("claimed", [2, 3]))[3]).toBe("adopt 2,3");
    // All of the claim, but not all of the block: the others are in the source, and must not be there when it is finished.
    expect(story(begin, absent, yours([1, 2]), recorded("claimed", [1, 2, 3]))[3]).toBe("adopt 1,2,3");
    expect(story(begin, absent, yours([1, 2], false), recorded("claimed", [1, 2, 3]))[3]).toBe("grant");
    expect(story(begin, absent, yours([1, 2]), recorded("finished", [4]))[3]).toBe("finish 4");
  });

  it("is not adopted by one whose lease is over: others may have told some of it", () => {
    const worker = new Worker(POLICY);
    for (const input of [begin, absent, yours([1, 2])]) worker.handle(input, START);
    expect(worker.handle(recorded("claimed", [2, 3]), at(26)).map(briefly)).toEqual(["return after 1000000"]);
  });

  it("in another's hands is given back for as long as the lease lasts, by a clock that may be wrong", () => {
    const busy = (until: Instant): WorkerInput => ({ kind: "claimed", answer: { kind: "busy", until } });
    expect(story(begin, absent, busy(at(12)))[2]).toBe("return after 12000000");
    expect(story(begin, absent, busy(at(9_999)))[2]).toBe("return after 30000000");
    expect(story(begin, absent, busy(START))[2]).toBe("return after 1000000");
  });

  it("is given back after a pause when any effect fails, and the slot is free", () => {
    const inputs = [begin, absent, yours([1, 2, 3]), recorded("claimed", [1, 2, 3]), granted(2), pushed(), reported(1)];
    for (let count = 1; count <= inputs.length; count++) {
      const worker = new Worker(POLICY);
      for (const input of inputs.slice(0, count)) worker.handle(input, START);
      expect(worker.isIdle).toBe(false);
      const effects = worker.handle({ kind: "failed", what: "away" }, START);
      expect(effects).toEqual([{ kind: "return", name, after: POLICY.pause }]);
      expect(worker.isIdle).toBe(true);
    }
  });

  it("lost to another is left alone; lost by the store is told", () => {
    const lost = (isForgotten: boolean): WorkerInput => ({ kind: "reported", answer: { kind: "lost", isForgotten } });
    const inputs = [begin, lookedUp("claimed", [1]), yours([1], false), granted(1), pushed()];
    expect(story(...inputs, lost(false))[5]).toBe("return after 1000000");
    expect(story(...inputs, lost(true))[5]).toBe("reconcile; return after 1000000");
  });
});

describe("subscribers whom the message service refuses", () => {
  const inputs = [begin, lookedUp("claimed", [1, 2, 3]), yours([1, 2, 3], false), granted(2)];

  it("are not reported, and come last", () => {
    expect(story(...inputs, pushed(1), reported(2), granted(2)).slice(4)).toEqual(["report 2", "grant", "push 3,1"]);
  });

  it("wait with the block when they are all that is left of a batch", () => {
    expect(story(...inputs, pushed(1, 2))[4]).toBe("return after 1000000");
  });
});

describe("at the limiter", () => {
  const ready = (): Worker => {
    const worker = new Worker(POLICY);
    for (const input of [begin, lookedUp("claimed", [1, 2]), yours([1, 2], false)]) worker.handle(input, START);
    return worker;
  };
  const does = (worker: Worker, input: WorkerInput, now: Instant): string =>
    worker.handle(input, now).map(briefly).join();

  const wake: WorkerInput = { kind: "wake" };

  it("it waits for its reservation, and pushes when that begins", () => {
    const worker = ready();
    expect(does(worker, granted(2, at(1)), START)).toBe("");
    expect(worker.wakeAt).toBe(at(1));
    expect(does(worker, wake, at(0.5))).toBe("");
    expect(does(worker, wake, at(1))).toBe("push 1,2");
    expect(worker.wakeAt).toBe(NEVER);
    expect(does(ready(), granted(2), START)).toBe("push 1,2");
  });

  it("it asks again when told to if it is refused, but renews the lease in time for a grant and the margin", () => {
    const worker = ready();
    expect(does(worker, refused(at(3)), START)).toBe("");
    expect(worker.wakeAt).toBe(at(3));
    expect(does(worker, wake, at(3))).toBe("grant");
    expect(does(worker, refused(at(60)), at(3))).toBe("");
    expect(worker.wakeAt).toBe(at(23));
    expect(does(worker, wake, at(23))).toBe("report ");
    expect(worker.wakeAt).toBe(NEVER);
    expect(does(worker, reported(2), at(23))).toBe("grant");
    expect(does(worker, refused(at(60)), at(23))).toBe("");
    // Its lease was counted anew from when it asked for it.
    expect(worker.wakeAt).toBe(at(46));
  });

  it("it never uses a grant after its time, and asks for another", () => {
    const late = after(at(2), seconds(0.001));
    const worker = ready();
    expect(does(worker, granted(2, at(1)), START)).toBe("");
    expect(does(worker, wake, late)).toBe("grant");
    expect(worker.wakeAt).toBe(NEVER);
    expect(does(ready(), granted(2, at(1)), late)).toBe("grant");
    expect(does(ready(), granted(2, at(1)), at(2))).toBe("push 1,2");
  });

  it("it does not wait for a grant that is void: the answer took longer than the jitter", () => {
    const grant: WorkerInput = {
      kind: "granted",
      grant: { kind: "reserved", count: 2, startsAt: at(2), validUntil: at(1) },
    };
    expect(does(ready(), grant, at(0.5))).toBe("grant");
  });

  it("it never pushes outside its lease, though the limiter's horizon be longer than its policy knows", () => {
    const worker = ready();
    expect(does(worker, granted(2, at(25)), START)).toBe("");
    expect(does(worker, wake, at(25))).toBe("report ");
  });

  it("it has a lease that outlasts grant and margin, or it would renew for ever", () => {
    expect(() => new Worker({ ...POLICY, lease: seconds(7) })).toThrow("lease of 7000000 us");
    expect(() => new Worker({ ...POLICY, lease: seconds(7.1) })).not.toThrow();
  });
});

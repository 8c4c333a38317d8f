import { describe, expect, it } from "vitest";
import { type Duration, type Instant, ms, seconds } from "../../../src/base/units.ts";
import { EventQueue } from "../../../src/engine/event-queue.ts";
import { type Holding, Lines, Stores } from "../../../src/world/push/stores.ts";
import { modelOf } from "./drive.ts";

/** A shard that holds a list of the seconds at which it was written to. */
class List implements Holding {
  written: number[] = [];
  rewind(to: Instant): void {
    this.written = this.written.filter((time) => seconds(time) <= to);
  }
  clear(): void {
    this.written = [];
  }
}

const lagging = (lags: readonly (readonly [at: number, lag: Duration])[], replicas = 2, losses = 1): List => {
  const events = new EventQueue();
  const model = modelOf({ store: { lag: "1 s", replicas } });
  const stores = new Stores(model, { events, lines: new Lines("a"), seed: "a", keeps: seconds(60) });
  const list = new List();
  stores.shards[0]!.holdings.push(list);
  for (let second = 1; second <= 10; second++) {
    for (const [at, lag] of lags) if (at === second) stores.setLag(0, lag);
    list.written.push(second);
    events.runBefore((seconds(second) + 1) as Instant);
  }
  for (let loss = 0; loss < losses; loss++) stores.lose(0);
  return list;
};

describe("a shard whose primary is lost", () => {
  it("goes back to what its replica had heard", () => {
    expect(lagging([]).written.at(-1)).toBe(9);
    expect(lagging([[3, seconds(4)]]).written.at(-1)).toBe(6);
  });

  it("has a replica that never forgets: one that falls behind stands still until it is as far behind as that", () => {
    expect(lagging([[8, seconds(6)]]).written.at(-1)).toBe(6);
    expect(
      lagging([
        [8, seconds(6)],
        [10, ms(500)],
      ]).written.at(-1),
    ).toBe(9);
  });

  it("has nothing left when it had no replica, or has used up the last one", () => {
    expect(lagging([], 0).written).toEqual([]);
    expect(lagging([], 2, 2).written.at(-1)).toBe(9);
    expect(lagging([], 1, 2).written).toEqual([]);
  });
});

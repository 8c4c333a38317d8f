import { describe, expect, test } from "vitest";
import { EventQueue } from "../../src/engine/event-queue.ts";
import { type Duration, type Instant, ms } from "../../src/base/units.ts";

const at = (milliseconds: number): Instant => (milliseconds * 1_000) as Instant;

describe("the event queue", () => {
  test("runs actions in the order of their times, and those of one time in the order of their requests", () => {
    const queue = new EventQueue();
    const log: string[] = [];
    const note = (what: string) => (): void => void log.push(`${what} at ${String(queue.now / 1_000)}`);
    queue.at(at(20), note("second"));
    queue.at(at(10), note("first"));
    queue.at(at(20), note("third"));
    queue.runThrough(at(30));
    expect(log).toEqual(["first at 10", "second at 20", "third at 20"]);
    expect(queue.now).toBe(at(30));
  });

  test("runs what is due at the end of a run in `runThrough`, and leaves it to the next run in `runBefore`", () => {
    const queue = new EventQueue();
    const log: number[] = [];
    for (const time of [10, 20, 30]) queue.at(at(time), () => void log.push(time));
    expect(queue.runBefore(at(20))).toBe(1);
    queue.runThrough(at(20));
    expect(log).toEqual([10, 20]);
    expect(queue.runBefore(at(40))).toBe(1);
    expect(log).toEqual([10, 20, 30]);
  });

  test("lets an action ask for more, and runs what is asked for in the past at once", () => {
    const queue = new EventQueue();
    const log: number[] = [];
    const again = (): void => {
      log.push(queue.now / 1_000);
      if (log.length < 4) queue.in(ms(5), again);
      if (log.length === 2) queue.at(at(1), () => void log.push(-1));
    };
    queue.at(at(10), again);
    expect(queue.runBefore(Infinity as Instant)).toBe(4);
    expect(log).toEqual([10, 15, -1, 20]);
  });

  test("keeps actions apart whose places are used again", () => {
    const queue = new EventQueue();
    const log: number[] = [];
    let asked = 0;
    const act = (): void => {
      log.push(queue.now);
      for (let more = 0; more < 2 && asked < 500; more++) queue.in((1 + ((asked++ * 37) % 100)) as Duration, act);
    };
    queue.at(at(0), act);
    queue.runThrough(at(1));
    expect(log).toHaveLength(501);
    expect(log).toEqual(log.toSorted((a, b) => a - b));
  });
});

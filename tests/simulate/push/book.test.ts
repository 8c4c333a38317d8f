/** The book of push, filled by hand. */
import { describe, expect, it } from "vitest";
import { type Instant, ms, seconds } from "../../../src/base/units.ts";
import { PushBook } from "../../../src/simulate/push/book.ts";
import { readFigure } from "../../../src/simulate/push/figures.ts";
import type { Figure } from "../../../src/scenario/figure-parts.ts";
import { tiny } from "../../world/support.ts";

const at = (second: number): Instant => seconds(second) as number as Instant;

/** A task with `subscribers` due after 60 s, windows that end or begin then, and one with a hundred after 80.5 s. */
const scenarioOf = (subscribers: string) =>
  tiny(`
run: { duration: 2 min, warmup: 0 s }
provenance: { push: { is: assumed, source: tests }, online: { is: assumed, source: tests } }
push:
  workers: { hosts: 1, slots: 1, block: 100, lot: 10 }
  limiter: { limit: 1000, burst: 50 }
  service: { capacity: 1200 }
  tasks:
    evening: { at: 60 s, subscribers: ${subscribers} }
    match: { at: 80500 ms, subscribers: 100 }
windows: { before: 10 s..60 s, after: 60 s..80 s, odd: 60 s..80900 ms }
`);

const bookOf = (subscribers = "1 k") => {
  const scenario = scenarioOf(subscribers);
  const book = new PushBook(scenario.world.push!, scenario);
  const read = (metric: string, stat: string, window: string, task?: string) => {
    const labels = task === undefined ? [] : [{ label: "task", values: [task], negated: false }];
    const figure: Figure = { ...{ text: "", metric, stat, labels, window, by: undefined, unit: "" } };
    return readFigure(figure, labels, book);
  };
  const value = (...figure: Parameters<typeof read>): number | null => read(...figure).value;
  return { book, value, read };
};

describe("subscribers that are due in a window", () => {
  const { book, value } = bookOf();
  book.told(0, at(60), 0, 600);
  book.told(0, at(79.9), seconds(19.9), 100);
  book.told(0, at(80), seconds(20), 200);

  it("are none if it ends when the task is due", () => {
    expect(value("push.lost", "count", "before")).toBeNull();
    expect(value("push.delivered", "share", "before")).toBeNull();
  });

  it("are all if it begins then, and are reached in it if reached before its end", () => {
    expect(value("push.lost", "count", "after")).toBe(300);
    expect(value("push.delivered", "share", "after")).toBe(70);
    expect(value("push.lost", "count", "run", "evening")).toBe(100);
    expect(value("push.lost", "count", "run")).toBe(200);
  });

  it("are none of a last second that is only partly in the window", () => {
    expect(value("push.lost", "count", "odd", "match")).toBeNull();
    expect(value("push.lost", "count", "odd")).toBe(300);
  });
});

describe("lateness", () => {
  const { book, value } = bookOf("100");
  // Ninety at once, five after a second, four after ten seconds, and one after 10.234 s.
  book.told(0, at(61), 0, 90);
  book.told(0, at(62), seconds(1), 4);
  book.told(0, at(62), seconds(1), 1);
  book.told(0, at(70), seconds(10), 4);
  book.told(0, at(71), ms(10_234), 1);
  // Outside the window.
  book.told(0, at(80), seconds(20), 1_000);

  it("has percentiles that are exact to a hundredth", () => {
    const late = (stat: string): number => value("push.lateness", stat, "after")!;
    expect(late("p50")).toBe(0);
    expect(late("p95")).toBeGreaterThan(0.99);
    expect(late("p95")).toBeLessThan(1.01);
    expect(late("p99")).toBeGreaterThan(9.9);
    expect(late("p99")).toBeLessThan(10.1);
  });

  it("has an exact maximum, and no data without subscribers", () => {
    expect(value("push.lateness", "max", "after")).toBe(10.234);
    expect(value("push.lateness", "max", "before")).toBeNull();
    expect(value("push.lateness", "p95", "before")).toBeNull();
    expect(value("push.lateness", "max", "after", "match")).toBeNull();
  });

  it("of subscribers who are not reached by the window's end is at least the time until then", () => {
    const { book: late, read } = bookOf("100");
    late.told(0, at(61), seconds(1), 39);
    expect(read("push.lateness", "max", "after")).toMatchObject({ value: 20, atLeast: true, unfinished: 61 });
    expect(read("push.lateness", "p95", "after")).toMatchObject({ atLeast: true });
    expect(read("push.lateness", "mean", "after")).toMatchObject({ value: (39 + 61 * 20) / 100, atLeast: true });
    // A quarter was told after a second, whatever becomes of the others.
    late.told(0, at(62), seconds(2), 36);
    expect(read("push.lateness", "p50", "after")).not.toHaveProperty("atLeast");
  });
});

it("messages are counted by second, and the busiest second may begin at any time", () => {
  const { book, value } = bookOf();
  for (const [second, messages, inSecond] of [
    [60, 10, 10],
    [60.5, 20, 30],
    [61.2, 25, 45],
    [79.9, 5, 5],
    [80, 1_000, 1_005],
  ] as const)
    book.arrived(at(second), messages, inSecond);
  expect(value("push.rate", "max", "after")).toBe(30);
  expect(value("push.rate", "peak", "after")).toBe(45);
  // The mean is over seconds with a message.
  expect(value("push.rate", "mean", "after")).toBe(20);
  expect(value("push.rate", "mean", "before")).toBeNull();
});

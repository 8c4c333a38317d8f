import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Agenda } from "../../src/engine/agenda.ts";

/** What an agenda must do, by keeping a sorted list. */
class Model {
  readonly #events: { readonly time: number; readonly payload: number }[] = [];

  push(time: number, payload: number): void {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { time, payload });
  }

  get size(): number {
    return this.#events.length;
  }

  get time(): number {
    return this.#events[0]?.time ?? Infinity;
  }

  pop(): { readonly time: number; readonly payload: number } {
    return this.#events.shift()!;
  }
}

/** Feeds both and compares every answer. `delays` are asked for in turn, from the time of the event taken last. */
class Pair {
  readonly agenda = new Agenda();
  readonly #model = new Model();
  #payload = 0;

  push(time: number): void {
    this.agenda.push(time, this.#payload);
    this.#model.push(time, this.#payload++);
  }

  pop(): void {
    const wanted = this.#model.pop();
    this.agenda.pop();
    if (this.agenda.topTime !== wanted.time || this.agenda.topPayload !== wanted.payload) {
      expect([this.agenda.topTime, this.agenda.topPayload]).toEqual([wanted.time, wanted.payload]);
    }
  }

  drain(): void {
    while (this.#model.size > 0) {
      expect(this.agenda.size).toBe(this.#model.size);
      expect(this.agenda.peekTime()).toBe(this.#model.time);
      this.pop();
    }
    expect(this.agenda.size).toBe(0);
    expect(this.agenda.peekTime()).toBe(Infinity);
  }
}

/** Ways in which delays are spread; `u` in [0, 1). */
const LAWS: Readonly<Record<string, (u: number, n: number) => number>> = {
  "spread evenly": (u) => Math.floor(u * 1_000_000),
  "spread exponentially": (u) => Math.floor(-Math.log(1 - u) * 1e9),
  "all at once": () => 0,
  "few distinct times": (u) => Math.floor(u * 4) * 1_000,
  "half at once, half an hour ahead": (u) => (u < 0.5 ? 0 : 3_600_000_000),
  "from microseconds to centuries": (u) => Math.floor(Math.exp(u * 35)),
  "almost all in one spot of a wide range": (u, n) =>
    n % 97 === 0 ? Math.floor(u * 1e12) : 500_000_000_000 - (n % 1_000),
};

/** A stream of uniforms that is the same every time. */
const uniforms = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return (seed >>> 0) / 4_294_967_296;
};

describe("the agenda", () => {
  test("takes events by time, and equal times first come, first served, whatever is asked in whatever order", () => {
    const push = fc.record({ time: fc.oneof(fc.nat(20), fc.nat(100_000), fc.maxSafeNat()) });
    const step = fc.oneof(push, push, fc.constant("pop" as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const pair = new Pair();
        for (const each of steps) {
          if (each !== "pop") pair.push(each.time);
          else if (pair.agenda.size > 0) pair.pop();
        }
        pair.drain();
      }),
    );
  });

  test.each(Object.entries(LAWS))("keeps the order among ten thousands that grow, hold and shrink: %s", (_, law) => {
    const pair = new Pair();
    const next = uniforms(7);
    let n = 0;
    const push = (): void => pair.push(Math.max(0, pair.agenda.topTime) + law(next(), n++));
    for (let i = 0; i < 3_000; i++) push();
    for (let i = 0; i < 9_000; i++) {
      pair.pop();
      push();
      push();
    }
    for (let i = 0; i < 12_000; i++) {
      pair.pop();
      push();
    }
    for (let i = 0; i < 11_500; i++) pair.pop();
    for (let i = 0; i < 3_000; i++) {
      pair.pop();
      push();
    }
    pair.drain();
  });

  test("serves events asked for in the past before all others", () => {
    const pair = new Pair();
    for (let i = 0; i < 5_000; i++) pair.push(1_000_000 + i * 17);
    for (let i = 0; i < 2_000; i++) pair.pop();
    for (let i = 0; i < 100; i++) pair.push(5_000 - i);
    pair.drain();
  });

  test("finds the way when the scale of time changes a million times over", () => {
    const pair = new Pair();
    const next = uniforms(3);
    for (const scale of [1, 1e6, 1e3, 1e9, 10]) {
      for (let i = 0; i < 4_000; i++) pair.push(Math.max(0, pair.agenda.topTime) + Math.floor(next() * 1_000 * scale));
      for (let i = 0; i < 3_000; i++) pair.pop();
    }
    pair.drain();
  });

  test("has nothing to take when it is empty", () => {
    expect(() => new Agenda().pop()).toThrow("empty agenda");
    expect(new Agenda().peekTime()).toBe(Infinity);
  });
});

import { describe, expect, it } from "vitest";
import { type Invariant, Invariants } from "../../src/simulate/invariants.ts";

/** Breaks below 0; a number that is not one breaks it too. */
const positive = (name: string, read: (look: readonly number[]) => number): Invariant<readonly number[]> => ({
  name,
  breach: (look) => (read(look) >= 0 ? undefined : `${String(read(look))} is missing`),
});

const DECLARED = [positive("first", ([first]) => first!), positive("second", ([, second]) => second!)];

describe("invariants", () => {
  it("are all reported, in the order of their declaration", () => {
    expect(new Invariants(DECLARED).check([1, 2])).toEqual([
      { name: "first", held: true },
      { name: "second", held: true },
    ]);
  });

  it("stay broken once they broke, and say what broke them first", () => {
    const invariants = new Invariants(DECLARED);
    invariants.check([1, -2]);
    invariants.check([1, -3]);
    expect(invariants.check([1, 2])).toEqual([
      { name: "first", held: true },
      { name: "second", held: false, why: "-2 is missing" },
    ]);
    expect(invariants.check([NaN, 2])[0]).toEqual({ name: "first", held: false, why: "NaN is missing" });
  });
});

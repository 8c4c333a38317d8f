import * as fc from "fast-check";
import { expect, it } from "vitest";
import { InFlight } from "../../../src/world/population/inflight.ts";

it("the table of people logging in behaves like a map, through any growth and deletion", () => {
  const step = fc.tuple(fc.constantFrom("set", "delete", "get"), fc.nat(60), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new InFlight(2);
      const model = new Map<number, number>();
      for (const [what, row, value] of steps) {
        if (what === "set") {
          table.set(row * 7919, value);
          model.set(row * 7919, value);
        } else if (what === "delete") {
          table.delete(row * 7919);
          model.delete(row * 7919);
        }
        expect(table.get(row * 7919)).toBe(model.get(row * 7919) ?? 0);
        expect(table.size).toBe(model.size);
      }
      for (const [row, value] of model) expect(table.get(row)).toBe(value);
    }),
  );
});

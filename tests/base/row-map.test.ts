import * as fc from "fast-check";
import { expect, it } from "vitest";
import { RowMap } from "../../src/base/row-map.ts";

it("a table behaves like a map, through any growth and deletion", () => {
  const step = fc.tuple(fc.constantFrom("set", "set", "delete", "get", "clear"), fc.nat(60), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const map = new RowMap(2);
      const model = new Map<number, number>();
      for (const [what, row, value] of steps) {
        if (what === "set") {
          map.set(row * 7919, value);
          model.set(row * 7919, value);
        } else if (what === "delete") {
          map.delete(row * 7919);
          model.delete(row * 7919);
        } else if (what === "clear" && value % 8 === 0) {
          map.clear();
          model.clear();
        }
        expect(map.get(row * 7919)).toBe(model.get(row * 7919) ?? 0);
        expect(map.size).toBe(model.size);
      }
      for (const [row, value] of model) expect(map.get(row)).toBe(value);
    }),
  );
});

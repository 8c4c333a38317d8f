import * as fc from "fast-check";
import { expect, it } from "vitest";
import { InsertBuffer } from "../../src/engine/insert-buffer.ts";
import { Calendar, DUE } from "../../src/engine/calendar.ts";

it("records that arrive in bulk are those that would have arrived one by one", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000_000), { maxLength: 500 }), (dues) => {
      const calendar = new Calendar({ capacity: 10, horizonMs: 60_000 });
      const buffer = new InsertBuffer(calendar);
      dues.forEach((due, index) => {
        buffer.add(index, due, index + 1, index + 2);
      });
      buffer.flush();
      const found: number[][] = [];
      calendar.each((pool, at) => found.push([pool[at]!, pool[at + DUE]!, pool[at + 2]!, pool[at + 3]!]));
      found.sort((a, b) => a[0]! - b[0]!);
      expect(found).toEqual(dues.map((due, index) => [index, due, index + 1, index + 2]));
    }),
  );
});

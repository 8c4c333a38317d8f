import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printFixed, printPlain, printShort } from "../../src/base/digits.ts";

/** As people write numbers: no power of ten, a real minus sign, thousands separated. */
const AS_PEOPLE_DO = /^−?\d{1,3}(,\d{3})*(\.\d+)?$/;

const anySize = fc
  .tuple(fc.double({ min: -10, max: 10, noNaN: true }), fc.integer({ min: -30, max: 30 }))
  .map(([mantissa, exponent]) => Number(`${mantissa.toPrecision(4)}e${String(exponent)}`))
  .filter(Number.isFinite);

const readBack = (text: string): number => Number(text.replaceAll(",", "").replace("−", "-"));

describe("numbers", () => {
  test("are written without powers of ten, with one minus sign and separated thousands, at any size", () => {
    fc.assert(
      fc.property(anySize, fc.integer({ min: 0, max: 12 }), (value, decimals) => {
        for (const text of [printFixed(value, decimals), printPlain(value), printShort(value, 3)])
          expect(text).toMatch(AS_PEOPLE_DO);
      }),
    );
  });

  test("come back whole when all of their digits are written", () => {
    fc.assert(
      fc.property(anySize, (value) => {
        expect(readBack(printPlain(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  test("have no minus sign once they are rounded to zero", () => {
    expect(printFixed(-0.004, 2)).toBe("0.00");
    expect(printPlain(-0.2)).toBe("−0.2");
    expect(printPlain(25_000)).toBe("25,000");
    expect(printPlain(2.81e-5)).toBe("0.0000281");
  });
});

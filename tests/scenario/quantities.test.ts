import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printDuration, type Duration } from "../../src/base/units.ts";
import { readCount, readDuration, readPercent, readScale, readShare } from "../../src/scenario/quantities.ts";

const value = (read: { readonly value: number } | { readonly wrong: string }): number | string =>
  "value" in read ? read.value : read.wrong;
const hint = (read: object): unknown => ("hint" in read ? read.hint : undefined);

describe("a duration", () => {
  it("is whole microseconds of its parts", () => {
    expect(value(readDuration("90 s"))).toBe(90_000_000);
    expect(value(readDuration("1 h 30 min"))).toBe(5_400_000_000);
    expect(value(readDuration("2.5 s"))).toBe(2_500_000);
    expect(value(readDuration("500ms"))).toBe(500_000);
    expect(value(readDuration("0 s"))).toBe(0);
    expect(value(readDuration("400 d"))).toBe(34_560_000_000_000);
  });

  it("has its parts in falling order, each once", () => {
    expect(value(readDuration("30 min 1 h"))).toBe('"30 min 1 h" is not a duration');
    expect(value(readDuration("1 h 1 h"))).toBe('"1 h 1 h" is not a duration');
    expect(hint(readDuration("30 min 1 h"))).toContain("1 h 30 min");
  });

  it("is negative only if a sign is allowed", () => {
    expect(value(readDuration("-5 ms", { signed: true }))).toBe(-5_000);
    expect(value(readDuration("-5 ms"))).toContain("negative");
  });

  it("is never read from a part of a text", () => {
    for (const text of [
      "",
      " ",
      "s",
      "1 s x",
      "x 1 s",
      "1,5 s",
      "1 s, 2 ms",
      "1e3 s",
      "0x10 s",
      "+1 s",
      "1. s",
      ".5 s",
      "∞ s",
    ])
      expect(value(readDuration(text)), text).toBeTypeOf("string");
  });

  it("is read back as it was printed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 34_560_000_000_000 }), (microseconds) => {
        expect(value(readDuration(printDuration(microseconds as Duration)))).toBe(microseconds);
      }),
    );
  });

  it("read from any text is within bounds, or a problem with a hint", () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9. ]{0,6}[a-zµ%]{0,4}( [0-9]{1,3} ?[a-z]{1,3})?$/));
    fc.assert(
      fc.property(texts, (text) => {
        const read = readDuration(text);
        if ("value" in read) expect(Number.isInteger(read.value) && read.value >= 0).toBe(true);
        else expect(read.hint).not.toBe("");
      }),
    );
  });
});

describe("a share", () => {
  it("is the double nearest to the decimal fraction", () => {
    expect(value(readShare("9 %"))).toBe(0.09);
    expect(value(readShare("62.5%"))).toBe(0.625);
    expect(value(readShare("0.15 %"))).toBe(0.0015);
    expect(value(readShare("100 %"))).toBe(1);
    expect(value(readShare("0 %"))).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        expect(value(readShare(`${(hundredths / 100).toFixed(2)} %`))).toBe(hundredths / 10_000);
      }),
    );
  });

  it("lies between 0 and 100 %, or -100 and 100 % if signed", () => {
    expect(value(readShare("100.1 %"))).toContain("above 100 %");
    expect(value(readShare("-1 %"))).toContain("negative");
    expect(value(readShare("-1 %", { signed: true }))).toBe(-0.01);
    expect(value(readShare("-101 %", { signed: true }))).toContain("above 100 %");
  });

  it("written as a fraction gets the percentage as a hint", () => {
    expect(hint(readShare(0.09))).toBe("write 9 % (a share)");
    expect(hint(readShare(12))).toBe("write 12 % (a share)");
    expect(hint(readPercent(0.5))).toBe("write 50 % (a share)");
  });
});

describe("a count", () => {
  it("is exact with a multiple", () => {
    expect(value(readCount("180 M"))).toBe(180_000_000);
    expect(value(readCount("29.91 M"))).toBe(29_910_000);
    expect(value(readCount("20k"))).toBe(20_000);
    expect(value(readCount(30000))).toBe(30_000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (tens) => {
        expect(value(readCount(`${(tens / 100).toFixed(2)} M`))).toBe(tens * 10_000);
      }),
    );
  });

  it("is whole and within its bounds", () => {
    expect(value(readCount("1.5"))).toContain("not a whole number");
    expect(value(readCount("0.0001 k"))).toContain("not a whole number");
    expect(value(readCount(0, { min: 1 }))).toContain("out of range");
    expect(value(readCount("9999999999999999"))).toBeTypeOf("string");
    expect(value(readCount("5 m"))).toContain("not a count");
  });
});

it("a scale is 1 or 1/n with n up to a million", () => {
  expect(value(readScale("1/1000"))).toBe(1_000);
  expect(value(readScale(1))).toBe(1);
  expect(value(readScale("1 / 100"))).toBe(100);
  expect(value(readScale("1/1000000"))).toBe(1_000_000);
  for (const text of ["1/1000001", "1/0", "2/3", "0", "1/-5", "1/", "1000", "1:1000"])
    expect(value(readScale(text)), text).toBeTypeOf("string");
});

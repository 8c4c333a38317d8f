import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printDuration, type Duration } from "../../src/base/units.ts";
import {
  readBytes,
  readCount,
  readDuration,
  readPercent,
  readRate,
  readScale,
  readShare,
  type Read,
} from "../../src/scenario/quantities.ts";

const value = (read: { readonly value: number } | { readonly wrong: string }): number | string =>
  "value" in read ? read.value : read.wrong;
const hint = (read: Read<number>): string => ("hint" in read ? read.hint : "");

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
    expect(value(readShare("-101 %", { signed: true }))).toContain("below -100 %");
  });

  it("without a unit gets both meanings of a fraction as a hint", () => {
    expect(hint(readShare(0.09))).toBe("write 9 % or 0.09 % (a share)");
    expect(hint(readShare(12))).toBe("write 12 % (a share)");
    expect(hint(readPercent(0.5))).toBe("write 50 % or 0.5 % (a share)");
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

describe("a hint keeps the meaning of", () => {
  const hints: Readonly<
    Record<string, readonly (readonly [read: (text: string) => Read<number>, text: string, hint: string])[]>
  > = {
    "a duration in another notation": (
      [
        ["1m30s", "write 90 s (1 min 30 s)"],
        ["1h30m", "write 90 min (1 h 30 min)"],
        ["1h30", "write 90 min (1 h 30 min)"],
        ["30 min 1 h", "write 90 min (1 h 30 min)"],
        ["1 hour and 30 minutes", "write 90 min (1 h 30 min)"],
        ["1s500m", "write 1500 ms (1 s 500 ms)"],
        ["PT5M", "write 5 min"],
        ["PT1M30S", "write 90 s (1 min 30 s)"],
        ["P1W", "write 7 d"],
        ["0:01:30", "write 90 s (1 min 30 s)"],
        ["1:30", "write 90 s (1 min 30 s) or 90 min (1 h 30 min)"],
        ["5 Minutes", "write 5 min"],
        ["250µs", "write 250 us"],
        ["1e3 s", "write 1000 s"],
        [".5 s", "write 500 ms"],
        ["0,5 s", "write 500 ms"],
        ["1,500 ms", "write 1500 ms or 1500 us"],
        ["1_000 ms", "write 1 s"],
        ["5 m", "write 5 min (minutes) or 5 ms (milliseconds)"],
      ] as const
    ).map(([text, hint]) => [readDuration, text, hint] as const),
    "a share in another notation": (
      [
        ["0,5 %", "write 0.5 %"],
        ["1e1 %", "write 10 %"],
        ["9 percent", "write 9 %"],
        ["5 ‰", "write 0.5 %"],
        ["500 ppm", "write 0.05 %"],
        ["1 in 20", "write 5 %"],
        ["150", "write a share from 0 % to 100 %"],
      ] as const
    ).map(([text, hint]) => [readShare, text, hint] as const),
    "a count in another notation": (
      [
        ["30,000", "write 30000"],
        ["30 000", "write 30000"],
        ["1,234,567", "write 1234567"],
        ["1,5 M", "write 1.5 M"],
        ["5 m", "write 5 M"],
        ["2 thousand", "write 2 k"],
        ["1.5 million people", "write 1.5 M"],
        ["1bn", "write 1 G"],
        ["500 /s", "write 500"],
      ] as const
    ).map(([text, hint]) => [readCount, text, hint] as const),
    "a rate in another notation": (
      [
        ["4/hour", "write 4 /h"],
        ["10 per minute", "write 10 /min"],
        ["10 rps", "write 10 /s"],
        ["0,5 /h", "write 0.5 /h"],
        ["4", "write 4 /h (a rate: /s, /min, /h, /d)"],
      ] as const
    ).map(([text, hint]) => [(one: string) => readRate(one, "/h"), text, hint] as const),
    "a size in another notation": (
      [
        ["16 GB", "write 16 GiB or 16000000000 B"],
        ["128k", "write 128 KiB or 128000 B"],
        ["16Gi", "write 16 GiB"],
        ["128", "write 128 B or 128 KiB or 128 MiB or 128 GiB"],
      ] as const
    ).map(([text, hint]) => [readBytes, text, hint] as const),
    "a scale in another notation": (
      [
        ["1000", "write 1/1000"],
        ["0.001", "write 1/1000"],
        ["1:1000", "write 1/1000"],
        ["0.1 %", "write 1/1000"],
      ] as const
    ).map(([text, hint]) => [readScale, text, hint] as const),
  };
  it.each(Object.entries(hints))("%s", (_what, cases) => {
    for (const [read, text, expected] of cases) expect(hint(read(text)), text).toBe(expected);
  });

  it("a duration without a unit: milliseconds or seconds, the likelier first, and only what is allowed", () => {
    expect(hint(readDuration(60000))).toBe("write 60000 ms or 60000 s (a duration: ms, s, min, h, d)");
    expect(hint(readDuration(300))).toBe("write 300 s or 300 ms (a duration: ms, s, min, h, d)");
    expect(hint(readDuration(86400000))).toBe("write 86400000 ms (a duration: ms, s, min, h, d)");
    expect(hint(readDuration(-5))).toBe("write a duration of 0 s or more");
    expect(hint(readDuration(-5, { signed: true }))).toContain("-5 s or -5 ms");
  });

  it("no text that it would refuse itself", () => {
    const number = fc.stringMatching(/^[-+]?[0-9]{0,6}([.,_ e][0-9]{1,3}){0,2}$/);
    const suffix = fc.constantFrom(
      "",
      "m",
      "M",
      "%",
      "K",
      " million",
      "/min",
      " per hour",
      "GB",
      "s",
      "h30",
      "ms",
      "x",
    );
    const readers: readonly ((text: string) => Read<number>)[] = [
      readDuration,
      readShare,
      (text) => readCount(text, { min: 1, max: 100 }),
      (text) => readRate(text, "/h"),
      readBytes,
      readScale,
    ];
    fc.assert(
      fc.property(number, suffix, fc.constantFrom(...readers), (digits, unit, read) => {
        const [, offered] = /^write (-?\d[^(]*?)(?: \(.*\))?$/.exec(hint(read(digits + unit))) ?? [];
        for (const text of offered?.split(/ (?:\(.*?\) )?or /) ?? [])
          if (!/n$|such as/.test(text)) expect("value" in read(text), `${digits + unit} → ${text}`).toBe(true);
      }),
    );
  });
});

it("a rate is read with any unit of time, as a rate in its own", () => {
  expect(value(readRate("10 /min", "/h"))).toBe(600);
  expect(value(readRate("36 /h", "/s"))).toBe(0.01);
  expect(value(readRate("6 M /min", "/s"))).toBe(100_000);
  expect(value(readRate("24 /d", "/h"))).toBe(1);
});

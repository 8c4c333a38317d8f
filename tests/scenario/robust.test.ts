import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { renderProblems } from "../../src/scenario/problem.ts";
import { readScenario } from "../../src/scenario/read.ts";
import { HEAD, problemsOf, PROCESSOR_MS_MAX, processorMs, read } from "./reading.ts";

const folder = mkdtempSync(join(tmpdir(), "firedrill-robust-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([...part]))));

describe("the reader, within two seconds,", () => {
  const refuses = (
    claim: string,
    story: string | Uint8Array,
    message: RegExp,
    place: readonly [number, number] = [1, 1],
  ): void => {
    it(`refuses ${claim}`, () => {
      const started = processorMs();
      const reading = read(story);
      expect(processorMs() - started).toBeLessThan(PROCESSOR_MS_MAX);
      const [problem] = problemsOf(reading);
      expect(problem?.message).toMatch(message);
      expect([problem?.line, problem?.column]).toEqual(place);
      expect("missing" in reading && reading.missing).toBe(false);
    });
  };
  const carriers = Array.from({ length: 6_500 }, (_, i) => `c${String(i)}: {}`).join(", ");
  refuses("thousands of maps without their keys", `${HEAD}carriers: { ${carriers} }\n`, /^is missing$/, [5, 13]);
  refuses("ten megabytes", HEAD + "# padding\n".repeat(1_000_000), /larger than 1 MiB/);
  refuses(
    "a megabyte of keys",
    "version: 1\n" + Array.from({ length: 80_000 }, (_, i) => `k${String(i)}: 1\n`).join(""),
    /too many values/,
    [20_001, 10],
  );
  refuses(
    "as many different keys as there may be",
    HEAD + Array.from({ length: 19_900 }, (_, i) => `k${String(i)}: 1\n`).join(""),
    /unknown key "k0"/,
    [5, 1],
  );
  refuses(
    "nineteen thousand unknown names in one list",
    `${HEAD}faults: [{ id: f, at: 1 h, loss: 1 %, where: { gateway: [${Array.from({ length: 19_000 }, (_, i) => `xx-unicom-3g-${String(i)}`).join(",")}] } }]\n`,
    /not a gateway/,
    [5, 58],
  );
  refuses(
    "an alias bomb",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((name, i) => `${name}: &${name} [${`*${"abcdefgh"[i] ?? ""},`.repeat(9)}]\n`).join("")}`,
    /an anchor/,
    [1, 4],
  );
  refuses("10,000 levels of flow maps", "{a: ".repeat(10_000), /too deeply/, [1, 161]);
  refuses(
    "10,000 levels of blocks",
    Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
    /too deeply/,
    [202, 1],
  );
  refuses("10,000 dashes", `${"- ".repeat(10_000)}x\n`, /too deeply/, [1, 1]);
  refuses(
    "UTF-16",
    bytes(
      [0xff, 0xfe],
      [...HEAD].flatMap((letter) => [letter.charCodeAt(0), 0]),
    ),
    /UTF-16/,
  );
  refuses(
    "UTF-16 of the other kind",
    bytes(
      [0xfe, 0xff],
      [...HEAD].flatMap((letter) => [0, letter.charCodeAt(0)]),
    ),
    /UTF-16/,
  );
  refuses("bytes that are not UTF-8", bytes(`${HEAD}title: caf`, [0xe9], "\n"), /not valid UTF-8/, [5, 11]);
  refuses("a program", bytes([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), /NUL/);
  refuses("an empty file", "", /is empty/);
});

describe("a file that does not exist", () => {
  it("is reported as missing, and so is a folder", () => {
    for (const file of [join(folder, "nobody.yaml"), folder, "", "a\0b", "x".repeat(5_000), join(folder, "a/b/c")]) {
      const reading = readScenario(file);
      expect("missing" in reading && reading.missing, file).toBe(true);
      expect(problemsOf(reading)).toHaveLength(1);
    }
  });

  it("is a problem of the file that extends it", () => {
    const reading = read(HEAD.replace("worlds/china-2014.yaml", "nobody.yaml"));
    expect("missing" in reading && reading.missing).toBe(false);
  });
});

describe("no input makes the reader throw:", () => {
  const survives = (story: string | Uint8Array, set: readonly string[] = []): void => {
    const file = join(folder, "any.yaml");
    writeFileSync(file, story);
    const reading = readScenario(file, { set });
    if ("problems" in reading) {
      expect(reading.problems.length).toBeGreaterThan(0);
      expect(renderProblems(reading.problems)).not.toMatch(/undefined|\[object|\n\s+at .*:\d+/);
      for (const { line, column, message } of reading.problems) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe("");
      }
    }
  };

  it("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (story) => {
        survives(story);
      }),
      { numRuns: 200 },
    );
  });

  it("text that looks like YAML", () => {
    const token = fc.constantFrom(
      "version: 1\n",
      "name: x\n",
      "faults:\n",
      "  - ",
      "{",
      "}",
      "[",
      "]",
      ": ",
      ", ",
      "a",
      "&a ",
      "*a",
      "!t ",
      "|\n",
      ">",
      "'",
      '"',
      "\n",
      "  ",
      "\t",
      "# c\n",
      "---\n",
      "? ",
      "%",
      "@",
      "~",
      "null",
      ".nan",
      "<<",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 25 }), (tokens) => {
        survives(tokens.join(""));
      }),
      { numRuns: 300 },
    );
  });

  it("any value at any path of a valid scenario", () => {
    const places = [
      "name",
      "title",
      "seed",
      "sources",
      "run",
      "run.scale",
      "faults",
      "faults.f",
      "faults.f.at",
      "faults.f.loss",
      "faults.f.where",
      "faults.f.where.port",
      "faults.f.until",
      "windows",
      "windows.w",
      "expect",
      "thresholds",
      "interventions",
      "regions",
      "regions.beijing",
      "regions.beijing.at",
      "carriers.mobile.access",
      "clients.reconnect.ladder",
      "ports",
      "gateways.named",
      "scheduler",
      "provenance",
      "provenance.online",
      "online",
    ];
    const value = fc.oneof(
      fc.constantFrom(
        "[]",
        "{}",
        "~",
        "true",
        "-1",
        "0",
        "1e400",
        ".nan",
        ".inf",
        "x",
        "9 %",
        "5 min",
        "[[]]",
        "[{}]",
        "{ a: { b: c } }",
        "[1, 2]",
        "[x, y]",
        "{ id: f }",
        "[{ id: f }]",
        "2014-12-01",
        "0x10",
        "'~'",
      ),
      fc.string({ maxLength: 12 }),
    );
    const story = `${HEAD}faults: [{ id: f, at: 1 h, loss: 1 %, where: {} }]\nwindows: { w: 1 h..2 h }\n`;
    fc.assert(
      fc.property(fc.constantFrom(...places), value, (place, given) => {
        survives(story, [`${place}=${given}`]);
      }),
      { numRuns: 120 },
    );
  });
});

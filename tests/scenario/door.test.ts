import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, read } from "./reading.ts";

const messages = (story: string, settings = {}) =>
  problemsOf(read(story, settings)).map(({ path, message, hint }) => `${path}: ${message} (${hint})`);

describe("control characters", () => {
  it.each([
    'title: "a\\e[31mb"',
    'title: "a\\x9b2Jb"',
    'description: "a\\rb"',
    'seed: "\\a"',
    'sources: { us: "a\\u202eb" }',
    '"ti\\etle": x',
    "title: a\u202eb",
  ])("are refused at the door: %s", (line) => {
    expect(messages(`${HEAD}${line}\n`).join()).toMatch(/control character/);
  });

  it("are refused in settings and in --seed", () => {
    expect(messages(HEAD, { set: ['title="a\\eb"'] }).join()).toMatch(/title: contains a control character/);
    for (const seed of ["a\u001bb", "a\nb"])
      expect(messages(HEAD, { overrides: { seed } }).join()).toMatch(/seed: contains a control character/);
  });
});

describe("values that are no numbers", () => {
  it.each([".nan", ".inf", "-.inf", "1e999", ".NaN"])(
    "%s is answered in our own words, wherever it stands",
    (value) => {
      for (const path of ["run.duration", "run.replications", "title", "online", "faults", "windows.a"])
        expect(messages(HEAD, { set: [`${path}=${value}`] }).join()).toContain(
          `${path}: "${value}" is not a number (write a number, with its unit where it has one)`,
        );
    },
  );

  it.each(["!foo bar", "!!binary aGk=", "!!set {a}", "!!timestamp 2001-01-01", "!<tag:x,2000:y> 1", "! x", "!!str x"])(
    "the tag of %s is refused",
    (value) => {
      expect(messages(`${HEAD}title: ${value}\n`).join()).toMatch(
        /title: a tag \(!\) \(tags are not allowed: remove it\)/,
      );
    },
  );
});

describe("a setting", () => {
  it.each(["windows.__proto__=1 min..2 min", "__proto__=1", "windows.constructor=1 min..2 min", "run.prototype.x=1"])(
    "cannot name %s",
    (setting) => {
      expect(messages(HEAD, { set: [setting] }).join()).toMatch(/cannot be a key/);
    },
  );
});

describe("a chain of extends", () => {
  const chain = (length: number, last = ""): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `b${String(i)}.yaml`,
        `version: 1\nname: b\n${i + 1 < length ? `extends: b${String(i + 1)}.yaml` : last}\n`,
      ]),
    );
  const story = "version: 1\nname: story\nextends: b0.yaml\n";

  it("that is long and straight is not called a loop", () => {
    const said = messagesOf(chain(25)).join();
    expect(said).toMatch(/extends: is a chain of more than 20 files \(merge some of them\)/);
    expect(said).not.toContain("loop");
    expect(messagesOf(chain(15, "extends: worlds/china-2014.yaml")).join()).not.toMatch(/chain|loop/);
  });

  it("that comes back to itself is", () => {
    expect(messagesOf(chain(5, "extends: b2.yaml")).join()).toMatch(/makes a loop of extends/);
  });

  const messagesOf = (others: Record<string, string>) =>
    problemsOf(read(story, {}, others)).map(({ path, message, hint }) => `${path}: ${message} (${hint})`);
});

describe("a text of one line", () => {
  const size = 1_000_000;
  it.each([
    ["quotes", '"'.repeat(size)],
    ["texts", `[${'"x" '.repeat(size / 4)}]`],
    ["colons", `{ b${" :".repeat(size / 2)} }`],
    ["maps", "b: ".repeat(size / 3)],
    ["tags", "!a ".repeat(size / 3)],
    ["anchors", "&a ".repeat(size / 3)],
  ])("of many %s is refused before the parser reads it", (_, text) => {
    expect(messages(`a: ${text}`).join()).toMatch(/^: contains too many values/);
  });

  it("is no path: Node would need minutes to find where it leads", () => {
    expect(messages(`extends: ${"../".repeat(size / 3)}x`).join()).toMatch(/extends: is not a file name/);
  });
});

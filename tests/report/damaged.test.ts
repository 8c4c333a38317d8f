import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { chartDefinitions } from "../../src/report/charts/definitions.ts";
import { goldenSchema } from "../../src/report/files-schema.ts";
import { readFolder, redrawFolder, writeFolder } from "../../src/report/folder.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderText } from "../../src/report/text.ts";
import { readJson } from "../../src/scenario/json-file.ts";
import { goldenOf } from "../../src/study/golden.ts";
import { chongqing, quietDay, red } from "./fixtures/runs.ts";

const root = mkdtempSync(join(tmpdir(), "firedrill-damaged-"));
const dir = join(root, "run");
const NOTHING_DRAWN = { html: false, md: false, png: false };
const perReplication = [{ replication: 0, figure: "loss.mean", value: 1, noFault: null }];

beforeEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  await writeFolder(dir, { ...chongqing, perReplication }, NOTHING_DRAWN);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

/** What a value is replaced by; undefined removes it. */
const DAMAGES: readonly (Json | undefined)[] = [
  undefined,
  null,
  true,
  "",
  "<script>",
  "__proto__",
  -1,
  0.5,
  1e300,
  [],
  [[]],
  {},
  { markup: "<b>x</b>" },
  { toString: 1 },
];

let places = 0;

/** Returns copies of a value that are damaged at one place each, in three of the ways; of a list, the first and last item. */
const damaged = function* (value: Json): Generator<Json | undefined> {
  const first = places++;
  for (const step of [0, 5, 9]) yield DAMAGES[(first + step) % DAMAGES.length];
  if (Array.isArray(value)) {
    for (const i of new Set([0, value.length - 1]))
      if (i >= 0 && i < value.length)
        for (const one of damaged(value[i]!)) yield one === undefined ? value.toSpliced(i, 1) : value.with(i, one);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...others } = value;
      for (const one of damaged(item)) yield one === undefined ? others : { ...value, [key]: one };
      yield { ...others, ["__proto__" + key]: item };
    }
    yield JSON.parse(
      `{ "__proto__": {}, "constructor": 1, ${JSON.stringify(value).slice(1)}`.replace(", }", "}"),
    ) as Json;
  }
};

describe("a damaged file of a run", () => {
  it.each([
    ["run.json", red],
    ["timeline.json", chongqing],
    ["timeline.json", quietDay],
    ["meta.json", chongqing],
    ["decisions.json", chongqing],
  ] as const)("%s is refused with its place, or drawn without markup of its own", async (name, run) => {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    await writeFolder(dir, { ...run, perReplication }, NOTHING_DRAWN);
    const whole = JSON.parse(readFileSync(join(dir, name), "utf8")) as Json;
    let [refused, drawn, i] = [0, 0, 0];
    for (const one of damaged(whole)) {
      writeFileSync(join(dir, name), JSON.stringify(one, undefined, 2) ?? "");
      const answer = readFolder(dir);
      expect(["run", "invalid"]).toContain(answer.kind);
      if (answer.kind !== "run") {
        expect(answer.message).toMatch(new RegExp(`^error .*${name}(:\\d+:\\d+)?  `));
        expect(answer.message).not.toContain("Invalid input");
        refused++;
        continue;
      }
      drawn++;
      const definitions = chartDefinitions(answer.run.document, answer.run.pictures);
      renderMarkdown(answer.run, definitions);
      renderText(answer.run.document, { color: false });
      if (i++ % 8 === 0) expect(renderPage(answer.run, definitions)).not.toMatch(/<b>x|<script>[<_]/);
    }
    expect(refused).toBeGreaterThan(5);
    expect(drawn).toBeGreaterThan(5);
  });

  it("names the line and the path of what is wrong", () => {
    const text = readFileSync(join(dir, "run.json"), "utf8");
    writeFileSync(join(dir, "run.json"), text.replace(/"title": "[^"]*"/, '"title": { "markup": "<b>" }'));
    const line = text.split("\n").findIndex((one) => one.includes('"title"')) + 1;
    expect(readFolder(dir)).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(
        `run.json:${String(line)}:14  scenario.title: expected text, not a map`,
      ) as string,
    });
  });

  it("cannot name a picture outside the folder", async () => {
    const text = readFileSync(join(dir, "timeline.json"), "utf8");
    writeFileSync(join(root, "mine.png"), "mine");
    for (const name of ["../../mine", "..", "a/b", "/tmp/x", "A", ""]) {
      writeFileSync(join(dir, "timeline.json"), text.replace('"name": "loss"', `"name": ${JSON.stringify(name)}`));
      const answer = await redrawFolder(dir, { html: true, md: true, png: true });
      expect(answer).toMatchObject({
        kind: "invalid",
        message: expect.stringContaining("is not the name of a chart") as string,
      });
    }
    expect(readFileSync(join(root, "mine.png"), "utf8")).toBe("mine");
  });

  it.each(["run.json", "timeline.json", "meta.json", "manifest.json"])(
    "is refused at once where %s is a pipe",
    async (name) => {
      rmSync(join(dir, name));
      execFileSync("mkfifo", [join(dir, name)]);
      const answer = redrawFolder(dir, NOTHING_DRAWN).then(
        ({ kind }) => kind,
        (error: unknown) => (error as Error).message,
      );
      expect(await answer).toMatch(name === "manifest.json" ? /is not one of Firedrill's/ : /^missing$/);
    },
  );
});

describe("a damaged golden", () => {
  const file = join(root, "golden.json");
  const read = (content: unknown) => {
    writeFileSync(file, JSON.stringify(content) ?? "");
    return readJson(file, goldenSchema, { mib: 1, hint: "", whole: "" });
  };

  it("is read whole or refused with its place", () => {
    const golden = goldenOf(chongqing.document, "first") as unknown as Json;
    expect(read(golden)).toEqual({ content: golden });
    let refused = 0;
    for (const one of damaged(golden)) if ("problems" in read(one)) refused++;
    expect(refused).toBeGreaterThan(500);
  });
});

describe("control characters", () => {
  it("of a title, a key or a seed reach neither terminal nor report", () => {
    const evil = "a\u001b[31mb\u009b2Jc\u202ed\rfoo";
    const document = { ...chongqing.document, seed: evil, scenario: { ...chongqing.document.scenario, title: evil } };
    document.figures = { ...document.figures, [evil]: Object.values(document.figures)[0]! };
    const texts = [renderText(document, { color: false }), renderJson(document, chongqing.meta)];
    for (const text of texts) expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  });

  it("are refused in every text of a scenario and escaped in the reports of older ones", async () => {
    const evil = "a\u001b[31mb\u009b2Jc";
    const document = { ...chongqing.document, seed: evil, scenario: { ...chongqing.document.scenario, title: evil } };
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    await writeFolder(dir, { ...chongqing, document, perReplication }, { html: true, md: true, png: false });
    for (const name of ["report.md", "run.json"])
      expect(readFileSync(join(dir, name), "utf8")).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(readFileSync(join(dir, "report.html"), "utf8")).not.toContain("\u001b");
  });
});

import { describe, expect, it } from "vitest";
import { problemsAsJson, renderProblems } from "../../src/scenario/problem.ts";
import { HEAD, problemsOf, read } from "./reading.ts";

const shown = (story: string, set: readonly string[] = []): string =>
  renderProblems(problemsOf(read(story, { set }))).replaceAll(/\S*story\.yaml/g, "story.yaml");

describe("a problem on the terminal", () => {
  it("shows the line, a caret under the value and what to write", () => {
    expect(shown(`${HEAD}faults:\n  - { id: f, at: 1 h, loss: 12, where: {} }\n`)).toBe(
      [
        "error story.yaml:6:29  faults[0].loss: 12 has no unit",
        "      6 |   - { id: f, at: 1 h, loss: 12, where: {} }",
        "        |                             ^ write 12 % (a share)",
      ].join("\n"),
    );
  });

  it("shows the option if the value is that of an option", () => {
    expect(shown(HEAD, ["clients.stay=12"])).toBe(
      [
        "error --set clients.stay=12  clients.stay: 12 has no unit",
        "      clients.stay=12",
        "                   ^ write 12 s or 12 ms (a duration: ms, s, min, h, d)",
      ].join("\n"),
    );
  });

  it("cuts a long line to the part around the caret", () => {
    const long = `${HEAD}faults: [${`{ id: f, at: 1 h, loss: 1 %, where: {} }, `.repeat(200)}]\n`;
    const [, line = "", caret = ""] = shown(long).split("\n");
    expect(line.length).toBeLessThan(140);
    expect(line.slice(caret.indexOf("^")).startsWith("{ id: f") || line[caret.indexOf("^")] === "f").toBe(true);
  });

  it("cannot control the terminal: quoted text has no control characters", () => {
    const text = shown(`${HEAD}title: [\u009b31m, "\\u001b[31m\\u202e"]\n"a\\e[2Jb": 1\n`);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("is printed up to fifty times, and the rest is counted", () => {
    const many = `${HEAD}${Array.from({ length: 3_000 }, (_, i) => `x${String(i)}: 1\n`).join("")}`;
    const problems = problemsOf(read(many));
    expect(problems).toHaveLength(3_000);
    const lines = renderProblems(problems).split("\n");
    expect(lines).toHaveLength(151);
    expect(lines.at(-1)).toBe("… and 2950 more problems");
  });
});

it("a problem as JSON has exactly six fields", () => {
  const [problem] = problemsAsJson(problemsOf(read(`${HEAD}titel: x\n`)));
  expect({ ...problem, file: "story.yaml" }).toEqual({
    file: "story.yaml",
    line: 5,
    column: 1,
    path: "titel",
    message: 'unknown key "titel"',
    hint: 'did you mean "title"?',
  });
});

it("only the first problem of a cascade is reported, and all independent ones", () => {
  const story = `${HEAD}
titel: x
faults:
  - { id: f, at: 1, los: 12, where: { region: bejing }, until: nobody }
windows: { w: 2 h..1 h }
thresholds:
  - { figure: "loss.men{region=bejing}", max: 5 }
  - { figure: loss.mean, mx: 5 % }
`;
  expect(problemsOf(read(story)).map(({ path }) => path)).toEqual([
    "titel",
    "faults[0].at",
    "faults[0].los",
    "faults[0].where.region",
    "faults[0].until",
    "windows.w",
    "thresholds[0].figure",
    "thresholds[1].mx",
  ]);
});

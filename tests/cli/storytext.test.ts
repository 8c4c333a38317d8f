import { describe, expect, it } from "vitest";
import { storyText } from "../../src/cli/storytext.ts";
import { chongqing, evacuated } from "../report/fixtures/runs.ts";

describe("a verified story", () => {
  it("prints what binds, and which thresholds hold only while the design fails", () => {
    const text = storyText({ document: evacuated.document, changes: [] }, false);
    expect(text).toMatch(/Load, maximum .*\n +bottleneck: shanghai logic\n/);
    expect(text).toMatch(/N−1 margin, minimum .*\n +green only while something fails\n/);
    const changes = [{ what: "digest", before: "a", after: "b" }];
    expect(storyText({ document: evacuated.document, changes }, false)).toMatch(/digest +a +b\n\ngolden: changed; /);
    expect(storyText({ document: chongqing.document, changes: [] }, false)).not.toMatch(/binds|green only/);
  });
});

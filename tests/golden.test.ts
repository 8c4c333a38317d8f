/**
 * The golden stories, run again through the built command line at their golden settings. A row that is red
 * and was red when it was accepted fails nothing here; any difference does. `firedrill verify` says what
 * differs, and `firedrill verify --accept --reason TEXT` makes the new result the golden.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Change, Golden } from "../src/study/golden.ts";
import { firedrill, ROOT } from "./cli/shell.ts";

const FOLDER = join(ROOT, "reports/golden");
const STORIES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".json")) : [];

interface Verified {
  readonly scenario: { readonly name: string };
  readonly golden: string;
  readonly changes: readonly Change[];
}

describe("the golden stories", () => {
  let stories: readonly Verified[] = [];
  beforeAll(() => {
    const { stdout, stderr } = firedrill(["verify", "--json", "--quiet"]);
    expect(stdout, stderr).not.toBe("");
    ({ stories } = JSON.parse(stdout) as { readonly stories: readonly Verified[] });
  }, 900_000);

  it("are there", () => {
    expect(STORIES.length).toBeGreaterThan(0);
    expect(stories).toHaveLength(STORIES.length);
  });

  it.each(STORIES)("%s comes out again, to the last figure and digest", (name) => {
    const { golden, changes } = stories.find(({ scenario }) => `${scenario.name}.json` === name)!;
    expect(changes).toEqual([]);
    expect(golden).toBe("same");
  });

  it.each(STORIES)("%s is small enough to be read in a review", (name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect((JSON.parse(text) as Golden).reason).not.toBe("");
  });
});

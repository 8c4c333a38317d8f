import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { scenarioJsonSchema } from "../../src/scenario/schema.ts";
import { shippedScenarios } from "../../src/scenario/shipped.ts";
import { HEAD } from "./reading.ts";

const COMMITTED = new URL("../../scenarios/scenario.schema.json", import.meta.url);

describe("the JSON Schema beside the scenarios", () => {
  it("is that of the code (npm run firedrill -- schema > scenarios/scenario.schema.json)", () => {
    expect(readFileSync(COMMITTED, "utf8")).toBe(`${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`);
  });

  const schema = z.fromJSONSchema(scenarioJsonSchema());
  const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

  it("accepts every shipped scenario", () => {
    const files = [...shippedScenarios().map(({ file }) => file), "scenarios/worlds/china-2014.yaml"];
    for (const file of files) expect(accepts(readFileSync(file, "utf8")), file).toBe(true);
  });

  it("accepts a file with only the differences from its base", () => {
    expect(accepts(`${HEAD}faults: [{ id: f, loss: 0 % }]\nregions: { beijing: { people: 22 M } }\nseed: 12\n`)).toBe(
      true,
    );
  });

  it("rejects mistakes that an editor should mark", () => {
    for (const wrong of [
      "titel: x",
      "faults: [{ loss: 1 % }]",
      "faults: [{ id: f, loss: 12 }]",
      "faults: [{ id: f, at: 5 }]",
      "run: { scale: 1000 }",
      "online: many",
      "expect: [{ figure: loss.mean }]",
      "faults: [{ id: f, down: maybe }]",
    ])
      expect(accepts(`${HEAD.replace(/run:.*\n/, "")}${wrong}\n`), wrong).toBe(false);
  });

  it("describes every key that people fill in", () => {
    const missing: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties, items, additionalProperties, anyOf } = node as Record<string, unknown>;
      for (const [key, below] of Object.entries((properties ?? {}) as Record<string, { description?: string }>)) {
        if (below.description === undefined) missing.push(`${path}.${key}`);
        visit(below, `${path}.${key}`);
      }
      visit(items, path);
      visit(additionalProperties, path);
      for (const branch of Array.isArray(anyOf) ? anyOf : []) visit(branch, path);
    };
    visit(scenarioJsonSchema(), "");
    expect(missing).toEqual([]);
  });
});

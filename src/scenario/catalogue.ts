/** What a scenario can make go wrong, and what can be done about it: the schema's own words, for people and tools. */
import { z } from "zod";
import { faultShape } from "./faults.ts";
import { interventionShape } from "./interventions.ts";

export interface CatalogueEntry {
  readonly name: string;
  /** How it is written, e.g. `9 %` or `drop | reset`. */
  readonly takes: string;
  readonly meaning: string;
}

const entriesOf = (shape: Readonly<Record<string, z.ZodType>>, common: readonly string[]): readonly CatalogueEntry[] =>
  Object.entries(shape).flatMap(([name, schema]) => {
    if (common.includes(name)) return [];
    const json = z.toJSONSchema(schema, { io: "input" });
    return [{ name, takes: formOf(json), meaning: json.description ?? "" }];
  });

const formOf = (json: z.core.JSONSchema.BaseSchema): string => {
  const quantity = json["json"] as { readonly examples?: readonly unknown[] } | undefined;
  if (quantity?.examples !== undefined) return String(quantity.examples[0]);
  if (json.enum !== undefined) return json.enum.map(String).join(" | ");
  if (json.type === "boolean") return "true";
  if (json.type === "number") return "3";
  if (json.properties !== undefined) return `{ ${Object.keys(json.properties).join(", ")} }`;
  return (json.anyOf ?? []).map(formOf).join(" or ");
};

/** Every effect of a fault. */
export const FAULTS: readonly CatalogueEntry[] = entriesOf(faultShape, ["id", "at", "until", "where"]);

/** Every action of an intervention. */
export const INTERVENTIONS: readonly CatalogueEntry[] = entriesOf(interventionShape, ["id", "at"]);

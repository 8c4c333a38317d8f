/** Lists all faults and interventions with the descriptions of the schema, for `firedrill list`. */
import { z } from "zod";
import { TARGETS } from "./faults.ts";
import { interventionShape } from "./interventions.ts";

/** One effect or action. */
export interface CatalogueEntry {
  /** Its key in the file. */
  readonly name: string;
  /** Accepted notation, e.g. `9 %` or `drop | reset`. */
  readonly takes: string;
  /** Its description in the schema. */
  readonly meaning: string;
}

/** One effect of a fault at one kind of place. */
export interface FaultEntry extends CatalogueEntry {
  /** Selectors that `where` accepts. */
  readonly where: readonly string[];
}

const entryOf = (name: string, schema: z.ZodType): CatalogueEntry => {
  const json = z.toJSONSchema(schema, { io: "input" });
  return { name, takes: formOf(json), meaning: json.description ?? "" };
};

const formOf = (json: z.core.JSONSchema.BaseSchema): string => {
  const quantity = json["json"] as { readonly examples?: readonly unknown[] } | undefined;
  if (quantity?.examples !== undefined) return String(quantity.examples[0]);
  if (json.enum !== undefined) return json.enum.map(String).join(" | ");
  if (json.const !== undefined) return String(json.const);
  if (json.type === "boolean") return "true";
  if (json.type === "number") return "3";
  if (json.properties !== undefined) return `{ ${Object.keys(json.properties).join(", ")} }`;
  return (json.anyOf ?? []).map(formOf).join(" or ");
};

/** Every effect of a fault, once per kind of place that it applies to. */
export const FAULTS: readonly FaultEntry[] = TARGETS.flatMap(({ target: { selectors, effects } }) =>
  Object.entries(effects).map(([name, { field, honours }]) => ({
    ...entryOf(name, field),
    where: honours ?? Object.keys(selectors),
  })),
);

/** Every action of an intervention. */
export const INTERVENTIONS: readonly CatalogueEntry[] = Object.entries(interventionShape)
  .filter(([name]) => name !== "id" && name !== "at")
  .map(([name, schema]) => entryOf(name, schema));

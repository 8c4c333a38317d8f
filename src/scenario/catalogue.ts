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
  /** A line of a scenario with this fault; its places are those of shipped worlds. */
  readonly example: string;
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

/** Places of shipped scenarios, by the effect of people that they fit, else by the first selector that the effect has. */
const PLACES: Readonly<Record<string, string>> = {
  loss: "{ region: hainan, carrier: unicom }",
  delay: "{ centre: shenzhen }",
  block: "{ line: unicom, centre: north }",
  down: "{ centre: north }",
  "cut-over": "{ gateway: cq-unicom-3g-2 }",
  region: "{ region: hainan }",
  centre: "{ server: shenzhen-mobile-1 }",
  tier: "{ tier: asking }",
  entry: "{ entry: priority-1 }",
  host: "{ host: worker-3 }",
  shard: "{ shard: shard-2 }",
  broker: "{ broker: broker }",
  records: "{ records: records }",
};

const VALUES: Readonly<Record<string, string>> = { telemetry: "{ lost: 30 %, late: 20 s }", loss: "9 %" };

const exampleOf = (name: string, takes: string, where: readonly string[], isInstant: boolean): string => {
  const value = VALUES[name] ?? takes.split(/ \| | or /)[0]!;
  const place = (where.includes("region") ? PLACES[name] : undefined) ?? PLACES[where[0] ?? ""] ?? "{}";
  return `- { id: f, at: 10 min${isInstant ? "" : ", until: 20 min"}, ${name}: ${value}, where: ${place} }`;
};

/** Every effect of a fault, once per kind of place that it applies to. */
export const FAULTS: readonly FaultEntry[] = TARGETS.flatMap(({ selectors, effects }) =>
  Object.entries(effects).map(([name, { field, honours, isInstant = false }]) => {
    const entry = entryOf(name, field);
    const where = honours ?? Object.keys(selectors);
    return { ...entry, where, example: exampleOf(name, entry.takes, where, isInstant) };
  }),
);

/** A word of a fault that is easily taken for another. */
export interface FaultWord {
  readonly word: string;
  /** What it is, beside the words it is taken for. */
  readonly meaning: string;
  /** A line of a scenario. */
  readonly example: string;
}

const line = (rest: string): string => `- { id: f, at: 10 min, until: 20 min, ${rest} }`;

/** Words of faults in an order that shows their differences: three effects, then three selectors of one effect. */
export const FAULT_WORDS: readonly FaultWord[] = [
  {
    word: "loss",
    meaning: "A share of the packets is lost on the paths that where selects; people stay connected, but are slower.",
    example: line("loss: 9 %, where: { gateway: cq-unicom-3g-2 }"),
  },
  {
    word: "block",
    meaning:
      "No packet passes on the paths that where selects, while both ends work: a firewall, a cut fibre. Other paths to the same server are open.",
    example: line("block: drop, where: { carrier: unicom, port: 8080 }"),
  },
  {
    word: "down",
    meaning:
      "The gateway, server, line or centre itself stops, for everybody who uses it, whatever the path. It has neither carrier of users nor port.",
    example: line("down: reset, where: { centre: north }"),
  },
  {
    word: "carrier",
    meaning: "Carrier of the people: their own paths, to every centre, whichever line they take into it.",
    example: line("loss: 9 %, where: { carrier: unicom }"),
  },
  {
    word: "line",
    meaning: "Carrier of the line into a centre: the paths of people of all carriers that enter a centre by it.",
    example: line("loss: 9 %, where: { line: unicom }"),
  },
  {
    word: "centre",
    meaning: "Data centre at the far end: every path into it by all its lines; with line, by that line only.",
    example: line("loss: 9 %, where: { centre: north, line: unicom }"),
  },
];

/** Every action of an intervention. */
export const INTERVENTIONS: readonly CatalogueEntry[] = Object.entries(interventionShape)
  .filter(([name]) => name !== "id" && name !== "at")
  .map(([name, schema]) => entryOf(name, schema));

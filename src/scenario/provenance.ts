/**
 * Builds the assumption ledger: the source of every number of a scenario. A parameter of the world without a stated
 * provenance is an error, so that every assumption can be questioned.
 */
import { z } from "zod";
import { printDuration, type Duration } from "../base/units.ts";
import { camelCase, fields, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { FORMS } from "./forms.ts";
import { hasIds, idOf, nodeAt, written, type MapNode, type Path, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import type { Assumption } from "./scenario.ts";
import type { Defaults, Form } from "./section.ts";
import { didYouMean } from "./suggest.ts";

/** The map of path patterns to provenances. */
export const provenanceField = z
  .record(
    z.string(),
    fields(
      {
        is: z
          .enum(["measured", "published", "assumed", "calibrated"])
          .meta({ description: "Kind of source of the number" }),
        source: text("Source of the number, a key of sources"),
        note: z.exactOptional(text("What the source says, or why the value was chosen")),
      },
      "Provenance of the parameters that a pattern matches",
    ),
  )
  .meta({
    description:
      "Path pattern → provenance. * matches one part, a pattern covers all paths below it, and the most specific one applies",
  });

type Entries = Readonly<Record<string, z.output<typeof provenanceField>[string]>>;

/** A number of the scenario; `name` is its path in `--set` and `fixed-by`. */
interface Parameter {
  readonly name: string;
  readonly path: Path;
  readonly value: string;
}

const ALL: readonly Form[] = FORMS;
const NOT_PARAMETERS = ALL.flatMap(({ notParameters }) => notParameters);

const leaves = (node: TreeNode, name: string, path: Path): Parameter[] => {
  if (node.kind === "map")
    return [...node.entries].flatMap(([key, entry]) => leaves(entry.node, `${name}.${key}`, [...path, key]));
  if (node.kind === "list" && node.items.length > 0 && hasIds(node))
    return node.items.flatMap((item, i) => leaves(item, `${name}.${idOf(item) ?? ""}`, [...path, i]));
  return NOT_PARAMETERS.some((pattern) => pattern.test(name)) ? [] : [{ name, path, value: written(node) }];
};

/** Returns the parameters of the world, including the defaults that count as parameters. */
const worldParameters = (root: MapNode, keys: readonly string[]): Parameter[] => [
  ...keys.flatMap((key) => {
    const node = root.entries.get(key)?.node;
    return node === undefined || (node.kind === "map" && node.entries.size === 0) ? [] : leaves(node, key, [key]);
  }),
  ...ALL.flatMap(({ defaults }) => (defaults === undefined ? [] : defaultsLeft(root, defaults))),
];

const defaultsLeft = (root: MapNode, { key: map, shape, values }: Defaults): Parameter[] =>
  Object.entries(shape).flatMap(([key, schema]) => {
    const path = [map, key];
    if (nodeAt(root, path) !== undefined) return [];
    return [{ name: path.join("."), path, value: `${printDefault(schema, values[camelCase(key)]!)} (default)` }];
  });

/** Returns a default in the notation that the schema reads. */
const printDefault = (schema: z.ZodType, value: number): string => {
  if (schema.safeParse(value).success) return String(value);
  const percent = `${String(Number((value * 100).toPrecision(6)))} %`;
  return schema.safeParse(percent).success ? percent : printDuration(value as Duration);
};

/** Returns the numbers of faults and interventions; ids, selectors and `until` describe the story and are left out. */
const storyParameters = (root: MapNode): Parameter[] =>
  ["faults", "interventions"].flatMap((key) => {
    const node = root.entries.get(key)?.node;
    if (node?.kind !== "list" || !hasIds(node)) return [];
    return leaves(node, key, [key]).filter(({ name }) => !/\.(id|where(\..*)?|until)$/.test(name));
  });

interface Surroundings {
  readonly worldKeys: readonly string[];
  readonly sources: Readonly<Record<string, string>>;
  readonly report: Reporter;
}

/** Returns one row per parameter; reports missing provenances, unknown sources and patterns that match no parameter. */
export const assumptionsOf = (
  root: MapNode,
  entries: Entries,
  { worldKeys, sources, report }: Surroundings,
): readonly Assumption[] => {
  const patterns = Object.keys(entries).map((pattern) => ({ pattern, parts: pattern.split(".") }));
  const used = new Set<string>();
  for (const [pattern, { source }] of Object.entries(entries))
    if (!Object.hasOwn(sources, source))
      report(["provenance", pattern, "source"], `${quote(source)} is not a key of sources`, () =>
        didYouMean(source, Object.keys(sources)),
      );

  const missing: Parameter[] = [];
  const row = (parameter: Parameter, fallback: boolean): Assumption[] => {
    const parts = parameter.name.split(".");
    const fitting = patterns.filter((candidate) => covers(candidate.parts, parts));
    for (const { pattern } of fitting) used.add(pattern);
    const best = fitting.toSorted((a, b) => specificity(b.parts) - specificity(a.parts))[0];
    const entry = best === undefined ? undefined : entries[best.pattern];
    const { name, value } = parameter;
    if (entry !== undefined) {
      const source = `${entry.source}: ${sources[entry.source] ?? ""}${entry.note === undefined ? "" : ` (${entry.note})`}`;
      return [{ parameter: name, value, provenance: entry.is, source }];
    }
    if (fallback) return [{ parameter: name, value, provenance: "assumed", source: "this scenario" }];
    missing.push(parameter);
    return [];
  };
  const ofWorld = worldParameters(root, worldKeys);
  const rows = [
    ...ofWorld.flatMap((parameter) => row(parameter, false)),
    ...storyParameters(root).flatMap((parameter) => row(parameter, true)),
  ];
  reportMissing(missing, ofWorld, report);
  for (const { pattern } of patterns)
    if (!used.has(pattern))
      report(
        ["provenance", pattern],
        `${quote(pattern)} matches no parameter`,
        "write the path of a parameter; * matches one part of it",
        "key",
      );
  return rows;
};

/** Reports parameters without provenance; a section without any is one problem, not one per parameter. */
const reportMissing = (missing: readonly Parameter[], all: readonly Parameter[], report: Reporter): void => {
  const counts = (some: readonly Parameter[]): ReadonlyMap<string, number> => {
    const bySection = new Map<string, number>();
    for (const { path } of some) bySection.set(String(path[0]), (bySection.get(String(path[0])) ?? 0) + 1);
    return bySection;
  };
  const [lacking, whole] = [counts(missing), counts(all)];
  const reported = new Set<string>();
  for (const { name, path } of missing) {
    const section = String(path[0]);
    const count = lacking.get(section)!;
    if (count === 1 || count < whole.get(section)!) {
      const parts = name.split(".");
      const pattern = parts.length > 2 ? [section, "*", ...parts.slice(2)].join(".") : name;
      report(path, "has no provenance", `add provenance: ${pattern}: { is: assumed, source: … }`);
    } else if (!reported.has(section)) {
      reported.add(section);
      const message = `none of its ${String(count)} parameters has a provenance`;
      report([section], message, `add provenance: ${section}: { is: assumed, source: … }`, "key");
    }
  }
};

const covers = (pattern: readonly string[], name: readonly string[]): boolean =>
  pattern.length <= name.length && pattern.every((part, i) => part === "*" || part === name[i]);

/** Returns the rank of a pattern: longer ones first, then those with fewer stars. */
const specificity = (pattern: readonly string[]): number =>
  pattern.length * 100 - pattern.filter((part) => part === "*").length;

/** `firedrill list`: lists shipped scenarios, metrics, faults and interventions. */
import { Argument, type Command } from "commander";

const LISTS = ["scenarios", "metrics", "faults", "interventions"] as const;
type List = (typeof LISTS)[number];

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("list")
    .description("list shipped scenarios, metrics, faults or interventions")
    .addArgument(new Argument("[what]", "list to print").choices(LISTS).default("scenarios"))
    .option("--json", "print one JSON array")
    .action(async (what: List, flags: { readonly json?: true }) => {
      const entries = await LISTERS[what]();
      const text = flags.json === true ? JSON.stringify(entries, undefined, 2) : table(entries.map(rowOf)).join("\n");
      process.stdout.write(`${text}\n`);
    });
};

type Entry = Readonly<Record<string, string | readonly string[] | boolean>>;

const LISTERS: Readonly<Record<List, () => Promise<readonly Entry[]>>> = {
  scenarios: async () => (await import("../scenario/shipped.ts")).shippedScenarios().map((entry) => ({ ...entry })),
  faults: async () => (await import("../scenario/catalogue.ts")).FAULTS.map((entry) => ({ ...entry })),
  interventions: async () => (await import("../scenario/catalogue.ts")).INTERVENTIONS.map((entry) => ({ ...entry })),
  metrics: async () =>
    (await import("../scenario/metrics.ts")).METRICS.flatMap(({ name, stats, dimension, labels, meaning }) =>
      stats.map((stat) => ({
        name: `${name}.${stat.name}`,
        dimension,
        unit: stat.unit,
        labels,
        meaning,
        onlyFullScale: stat.onlyFullScale,
      })),
    ),
};

/** Returns the cells of a row: `onlyFullScale` becomes a note, and lists are joined with blanks. */
const rowOf = (entry: Entry): readonly string[] =>
  Object.entries(entry).flatMap(([key, value]) => {
    if (typeof value === "boolean") return value ? ["1:1 only"] : [];
    if (key === "dimension") return [];
    return [typeof value === "string" ? value : value.join(" ")];
  });

/** Returns the lines of a table, each column padded to its widest cell. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

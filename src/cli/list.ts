/** `firedrill list`: what there is to run, to ask for and to break. */
import { Argument, type Command } from "commander";

const LISTS = ["scenarios", "metrics", "faults", "interventions"] as const;
type List = (typeof LISTS)[number];

export const register = (program: Command): void => {
  program
    .command("list")
    .description("list shipped scenarios, metrics that figures are made of, faults or interventions")
    .addArgument(new Argument("[what]", "which list").choices(LISTS).default("scenarios"))
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

/** For people: `onlyFullScale` becomes a note, and lists are set with blanks. */
const rowOf = (entry: Entry): readonly string[] =>
  Object.entries(entry).flatMap(([key, value]) => {
    if (typeof value === "boolean") return value ? ["1:1 only"] : [];
    if (key === "dimension") return [];
    return [typeof value === "string" ? value : value.join(" ")];
  });

/** Columns padded to their widest cell, the last one free. */
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

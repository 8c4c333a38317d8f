/**
 * `firedrill list`: lists shipped scenarios, metrics, faults and interventions, and what a scenario has: its regions,
 * carriers, gateways, ports, centres and parameters. Texts fit 80 columns.
 */
import { Argument, type Command } from "commander";
import { EXIT, Refusal } from "./exit.ts";

const CATALOGUES = ["scenarios", "metrics", "faults", "interventions"] as const;
type Catalogue = (typeof CATALOGUES)[number];
/** Kinds of names in a world, by the word that asks for them. */
const KINDS = {
  regions: "region",
  carriers: "carrier",
  gateways: "gateway",
  ports: "port",
  centres: "centre",
  lines: "line",
  servers: "server",
  tiers: "tier",
  machines: "machine",
  windows: "window",
} as const;
type Kind = keyof typeof KINDS;
type List = Catalogue | Kind | "parameters";
const LISTS: readonly List[] = [...CATALOGUES, "parameters", ...(Object.keys(KINDS) as Kind[])];

const WIDTH = 80;
const INDENT = "    ";
/** The scenario whose names are listed by default: the world that all shipped scenarios of China share. */
const USUAL = "quiet-day";

interface Flags {
  readonly json?: true;
}

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("list")
    .description("list scenarios, metrics, faults or interventions, or what a scenario has")
    .addArgument(new Argument("[what]", "list to print").choices(LISTS).default("scenarios"))
    .argument("[scenario]", `scenario whose names or parameters are listed (default: ${USUAL}); for metrics a name`)
    .option("--json", "print one JSON array")
    .action(async (what: List, of: string | undefined, flags: Flags) => {
      const entries = await entriesOf(what, of);
      if (entries.length === 0 && flags.json !== true)
        return void process.stderr.write(`no ${what} in this scenario\n`);
      const text = flags.json === true ? JSON.stringify(entries, undefined, 2) : await textOf(what, entries, of);
      process.stdout.write(`${text}\n`);
    });
};

type Entry = Readonly<Record<string, string | readonly string[] | boolean>>;

const entriesOf = async (what: List, of: string | undefined): Promise<readonly Entry[]> => {
  if (isCatalogue(what)) {
    const entries = await CATALOGUE[what]();
    return of === undefined ? entries : named(entries, what, of);
  }
  const { load } = await import("./load.ts");
  const scenario = load(of ?? USUAL, { set: [], faults: true, interventions: true, twin: true });
  if (what === "parameters") return scenario.assumptions.map((entry) => ({ ...entry }));
  const { namesOfScenario } = await import("../scenario/known.ts");
  const names = namesOfScenario(scenario)[KINDS[what]] ?? [];
  const titles = (scenario.world as unknown as Readonly<Record<string, Titled | undefined>>)[what] ?? {};
  return names.map((name) => {
    const title = titles[name]?.title;
    return { name, ...(title === undefined ? {} : { title }) };
  });
};

type Titled = Readonly<Record<string, { readonly title?: string } | undefined>>;

const isCatalogue = (what: List): what is Catalogue => CATALOGUES.some((one) => one === what);

/** Returns the entries with a name, or whose name begins with it and a dot; throws a `Refusal` if there is none. */
const named = (entries: readonly Entry[], what: Catalogue, name: string): readonly Entry[] => {
  const found = entries.filter((entry) => `${String(entry["name"])}.`.startsWith(`${name}.`));
  if (found.length === 0)
    throw new Refusal(
      EXIT.usage,
      `error ${JSON.stringify(name)} is not in the list of ${what} (firedrill list ${what})`,
    );
  return found;
};

const CATALOGUE: Readonly<Record<Catalogue, () => Promise<readonly Entry[]>>> = {
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

const textOf = async (what: List, entries: readonly Entry[], of: string | undefined): Promise<string> => {
  const { wrap } = await import("../report/table.ts");
  const block = (head: string, ...below: readonly string[]): readonly string[] => [
    ...wrap(head, WIDTH),
    ...below
      .filter((text) => text !== "")
      .flatMap((text) => wrap(text, WIDTH - INDENT.length).map((line) => INDENT + line)),
  ];
  if (what === "metrics" && of === undefined) return shortMetrics(entries).join("\n");
  const lines = entries.flatMap((entry) => {
    const part = (key: string): string => partOf(entry[key]);
    if (what === "metrics")
      return block(
        [part("name"), part("unit"), entry["onlyFullScale"] === true ? "1:1 only" : ""].filter(Boolean).join("  "),
        part("meaning"),
        `labels: ${part("labels") || "none"}`,
      );
    if (what === "faults")
      return block(
        `${part("name")}: ${part("takes")}`,
        part("meaning"),
        `where: ${part("where") || "{}"}`,
        part("example"),
      );
    if (what === "interventions") return block(`${part("name")}: ${part("takes")}`, part("meaning"));
    if (what === "parameters")
      return block(`${part("parameter")}: ${part("value")}`, `${part("provenance")}: ${part("source")}`);
    return block([part("name"), part("title")].filter(Boolean).join("  "));
  });
  const words = what === "faults" && of === undefined ? await faultWords(block) : [];
  return [...lines, ...words].join("\n");
};

const partOf = (value: Entry[string] | undefined): string =>
  typeof value === "string" ? value : Array.isArray(value) ? value.join(" ") : "";

/** Returns one line for each metric: name, unit, and as much of the meaning as fits. */
const shortMetrics = (entries: readonly Entry[]): readonly string[] => {
  const width = Math.max(...entries.map(({ name }) => partOf(name).length));
  return entries.map((entry) => {
    const head = `${partOf(entry["name"]).padEnd(width)}  ${partOf(entry["unit"]).padEnd(2)}`;
    const text =
      `${head}  ${entry["onlyFullScale"] === true ? "(1:1 only) " : ""}${partOf(entry["meaning"])}`.trimEnd();
    return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
  });
};

/** Explains side by side the words of faults that are easily confused. */
const faultWords = async (
  block: (head: string, ...below: readonly string[]) => readonly string[],
): Promise<readonly string[]> => {
  const { FAULT_WORDS } = await import("../scenario/catalogue.ts");
  const words = FAULT_WORDS.flatMap(({ word, meaning, example }) => block(word, meaning, example));
  return ["", "Words that are easily confused: three effects, then three selectors", "", ...words];
};

/**
 * Reads and writes a run's folder. Its files always belong to its `run.json`: one process at a time writes, `run.json` after
 * the other data, and the reports of an earlier run are removed first. So a killed run leaves complete files only, and
 * `firedrill report` can draw the missing ones.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Meta, RunDocument, RunPictures } from "../study/document.ts";
import type { FinishedRun } from "./finished.ts";
import { renderCsv, type ReplicationFigure } from "./csv.ts";
import { printJson } from "./json.ts";
import { alone } from "./lock.ts";
import { CHARTS, errorCode, OwnFiles } from "./owned.ts";

/** The reports to draw. */
export interface Formats {
  readonly html: boolean;
  readonly md: boolean;
  readonly png: boolean;
}

/** All reports. */
export const ALL_FORMATS: Formats = { html: true, md: true, png: true };

/** The run in a folder, or why it cannot be read. */
export type FolderAnswer =
  | { readonly kind: "run"; readonly run: FinishedRun }
  | { readonly kind: "missing" | "invalid"; readonly message: string };

/** What became of a run: written, or left to another place because the folder holds a greater one. */
export type Keeping =
  { readonly kind: "written" } | { readonly kind: "greater"; readonly replications: number; readonly partial: boolean };

const DATA = ["replications.csv", "timeline.json", "meta.json", "run.json"];

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error))) return undefined;
    throw error;
  }
};

/** Removes the reports of another run, then its `run.json`: if killed in between, it leaves a valid run with fewer reports. */
const removeOther = async (own: OwnFiles, document: string): Promise<void> => {
  if (own.owns("run.json") && (await textOf(join(own.dir, "run.json"))) === document) return;
  await own.remove([...own.charts, "report.html", "report.md", "run.json"]);
};

const draw = async (own: OwnFiles, run: FinishedRun, formats: Formats): Promise<void> => {
  const { chartDefinitions } = await import("./definitions.ts");
  const definitions = chartDefinitions(run.document, run.pictures);
  const charts = formats.png ? definitions.map(({ name }) => `${CHARTS}/${name}.png`) : [];
  await own.claim([...charts, ...(formats.md ? ["report.md"] : []), ...(formats.html ? ["report.html"] : [])]);
  if (formats.png) {
    const { renderPng } = await import("./charts.ts");
    for (const [i, definition] of definitions.entries()) await own.write(charts[i]!, await renderPng(definition));
    await own.remove(own.charts.filter((name) => !charts.includes(name)));
  }
  if (formats.md) {
    const { renderMarkdown } = await import("./markdown.ts");
    await own.write("report.md", renderMarkdown(run, definitions));
  }
  if (formats.html) {
    const { renderPage } = await import("./html/page.ts");
    await own.write("report.html", renderPage(run, definitions));
  }
  await own.settle();
};

/** Draws the given reports of the run in a folder again, or returns what is wrong with it; throws as `writeFolder` does. */
export const redrawFolder = async (dir: string, formats: Formats): Promise<FolderAnswer> => {
  const seen = await readFolder(dir);
  if (seen.kind !== "run") return seen;
  return alone(dir, async () => {
    const answer = await readFolder(dir);
    if (answer.kind === "run") await draw(await OwnFiles.open(dir, "run", { besideOthers: true }), answer.run, formats);
    return answer;
  });
};

/** Throws `Unwritable` if a run cannot be written to an existing folder; writes nothing. */
export const demandFolder = async (dir: string): Promise<void> => (await OwnFiles.open(dir, "run")).demand();

/** Returns our run in a folder if it is greater than another: complete where that is partial, or with more replications. */
const greaterIn = async (own: OwnFiles, { replications, partial }: RunDocument): Promise<Keeping | undefined> => {
  if (!own.owns("run.json")) return undefined;
  const there = parse((await textOf(join(own.dir, "run.json"))) ?? "");
  if (!isDocument(there)) return undefined;
  const isGreater = there.replications > replications || (partial === true && there.partial !== true);
  return isGreater ? { kind: "greater", replications: there.replications, partial: there.partial === true } : undefined;
};

/**
 * Writes a finished run to an existing folder: its data first, then its reports, so that the data is kept if a report cannot
 * be drawn. A greater result is never replaced. Throws `Unwritable` if the folder or a file in it is not ours.
 */
export const writeFolder = (
  dir: string,
  run: FinishedRun & { readonly perReplication: readonly ReplicationFigure[] },
  formats: Formats = ALL_FORMATS,
): Promise<Keeping> =>
  alone(dir, async () => {
    const document = printJson(run.document);
    const own = await OwnFiles.open(dir, "run");
    await own.demand();
    const greater = await greaterIn(own, run.document);
    if (greater !== undefined) return greater;
    await removeOther(own, document);
    await own.claim(DATA);
    await own.write("replications.csv", renderCsv(run.perReplication));
    await own.write("timeline.json", printJson(run.pictures));
    await own.write("meta.json", printJson(run.meta));
    await own.write("run.json", document);
    await own.settle();
    await draw(own, run, formats);
    return { kind: "written" };
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists that every report reads from a document; the schema of a newer tool has another name. */
const LISTS = ["expect", "thresholds", "notJudged", "invariants", "timeline", "decisions", "assumptions"];

const isDocument = (value: unknown): value is RunDocument =>
  isRecord(value) &&
  value["schema"] === "firedrill.run/1" &&
  LISTS.every((key) => Array.isArray(value[key])) &&
  ["scenario", "population", "figures"].every((key) => isRecord(value[key]));

const isPictures = (value: unknown): value is RunPictures =>
  isRecord(value) && ["charts", "tiles", "windows"].every((key) => Array.isArray(value[key]));

/** Reads a run that `writeFolder` wrote, or returns what is wrong with the folder. */
export const readFolder = async (dir: string): Promise<FolderAnswer> => {
  const texts = new Map<string, unknown>();
  for (const name of ["run.json", "timeline.json", "meta.json"]) {
    const text = await textOf(join(dir, name));
    if (text === undefined) return { kind: "missing", message: `${join(dir, name)} does not exist` };
    texts.set(name, parse(text));
  }
  const invalid = (name: string, what: string): FolderAnswer => ({
    kind: "invalid",
    message: `${join(dir, name)} is not ${what}`,
  });
  const document = texts.get("run.json");
  const pictures = texts.get("timeline.json");
  const meta = texts.get("meta.json");
  if (!isDocument(document)) return invalid("run.json", "a run's document (firedrill.run/1)");
  if (!isPictures(pictures)) return invalid("timeline.json", "the pictures of a run");
  if (!isRecord(meta) || typeof meta["reproduce"] !== "string")
    return invalid("meta.json", "the circumstances of a run");
  return { kind: "run", run: { document, pictures, meta: meta as unknown as Meta } };
};

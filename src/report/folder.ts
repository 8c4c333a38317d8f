/**
 * Reads and writes a run's folder. Its files always belong to its `run.json`: each file is written under a temporary name
 * and renamed, `run.json` after the other data, and the reports of an earlier run are removed first. So a killed run leaves
 * complete files only, and `firedrill report` can draw the missing ones.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { kill, pid } from "node:process";
import type { Meta, RunDocument, RunPictures } from "../study/document.ts";
import type { FinishedRun } from "./finished.ts";
import { renderCsv, type ReplicationFigure } from "./csv.ts";
import { printJson } from "./json.ts";

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

const CHARTS = "charts";
const FILES = ["run.json", "timeline.json", "meta.json", "replications.csv", "report.html", "report.md"];
const TEMPORARY = /^\..+\.(\d+)\.tmp$/;
/** Age from which a temporary file is stale even if a process has the number of its writer; chosen. */
const STALE_MS = 600_000;

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a file atomically: a reader sees the old file or the new one, even after a crash. */
export const writeWhole = async (folder: string, name: string, content: string | Uint8Array): Promise<void> => {
  const temporary = join(folder, `.${name}.${String(pid)}.tmp`);
  const handle = await open(temporary, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
};

const isAlive = (owner: number): boolean => {
  try {
    return kill(owner, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
};

/** Removes temporary files of runs that were killed, and keeps those of a run that is writing now. */
const removeStale = async (folder: string): Promise<void> => {
  for (const name of await namesIn(folder)) {
    const owner = Number(TEMPORARY.exec(name)?.[1] ?? NaN);
    if (Number.isNaN(owner)) continue;
    const path = join(folder, name);
    const isOld = async (): Promise<boolean> => Date.now() - (await stat(path)).mtimeMs > STALE_MS;
    if (owner === pid || !isAlive(owner) || (await isOld())) await rm(path, { force: true });
  }
};

const prepare = async (dir: string): Promise<void> => {
  await mkdir(join(dir, CHARTS), { recursive: true });
  await removeStale(dir);
  await removeStale(join(dir, CHARTS));
};

/** Returns why the folder cannot be written to, undefined if it can; called before a long run. */
export const probeWritable = async (dir: string): Promise<string | undefined> => {
  try {
    await prepare(dir);
    await writeWhole(dir, "probe", "");
    await rm(join(dir, "probe"));
    for (const name of FILES)
      if ((await stat(join(dir, name)).catch(() => undefined))?.isDirectory() === true)
        return `cannot write to ${dir}: ${name} is a folder there`;
    return undefined;
  } catch (error) {
    return `cannot write to ${dir}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error))) return undefined;
    throw error;
  }
};

/** Removes the reports of another run, then its `run.json`: if killed in between, it leaves a valid run with fewer reports. */
const removeOther = async (dir: string, document: string): Promise<void> => {
  const old = await textOf(join(dir, "run.json"));
  if (old === undefined || old === document) return;
  await removeCharts(dir, []);
  for (const name of ["report.html", "report.md", "run.json"]) await rm(join(dir, name), { force: true });
};

const removeCharts = async (dir: string, kept: readonly string[]): Promise<void> => {
  for (const name of await namesIn(join(dir, CHARTS)))
    if (name.endsWith(".png") && !kept.includes(name)) await rm(join(dir, CHARTS, name), { force: true });
};

/** Draws the given reports of a run whose data is in `dir`. */
export const renderFolder = async (dir: string, run: FinishedRun, formats: Formats): Promise<void> => {
  await prepare(dir);
  const { chartDefinitions } = await import("./definitions.ts");
  const definitions = chartDefinitions(run.document, run.pictures);
  if (formats.png) {
    const { renderPng } = await import("./charts.ts");
    for (const definition of definitions)
      await writeWhole(join(dir, CHARTS), `${definition.name}.png`, await renderPng(definition));
    await removeCharts(
      dir,
      definitions.map(({ name }) => `${name}.png`),
    );
  }
  if (formats.md) {
    const { renderMarkdown } = await import("./markdown.ts");
    await writeWhole(dir, "report.md", renderMarkdown(run, definitions));
  }
  if (formats.html) {
    const { renderPage } = await import("./html/page.ts");
    await writeWhole(dir, "report.html", renderPage(run, definitions));
  }
  await sync(join(dir, CHARTS));
  await sync(dir);
};

/** Writes a finished run: its data first, then its reports, so that the data is kept if a report cannot be drawn. */
export const writeFolder = async (
  dir: string,
  run: FinishedRun & { readonly perReplication: readonly ReplicationFigure[] },
  formats: Formats = ALL_FORMATS,
): Promise<void> => {
  const document = printJson(run.document);
  await prepare(dir);
  await removeOther(dir, document);
  await writeWhole(dir, "replications.csv", renderCsv(run.perReplication));
  await writeWhole(dir, "timeline.json", printJson(run.pictures));
  await writeWhole(dir, "meta.json", printJson(run.meta));
  await writeWhole(dir, "run.json", document);
  await sync(dir);
  await renderFolder(dir, run, formats);
};

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

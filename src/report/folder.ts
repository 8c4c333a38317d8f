/**
 * Reads and writes a run's folder. Its files always belong to its `run.json`: one process at a time writes, `run.json` after
 * the other data, and the reports of an earlier run are removed first. So a killed run leaves complete files only, and
 * `firedrill report` can draw the missing ones.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { printableAll } from "../base/printable.ts";
import { type JsonReading, readJson } from "../scenario/json-file.ts";
import { renderProblems } from "../scenario/problem.ts";
import { readText } from "../scenario/text.ts";
import type { RunDocument } from "../study/document.ts";
import type { FinishedRun } from "./finished.ts";
import { renderCsv, type ReplicationFigure } from "./csv.ts";
import { printJson } from "./json.ts";
import { metaSchema, picturesSchema, replicationsSchema } from "./files-schema.ts";
import { alone } from "./lock.ts";
import { printCount } from "./numbers.ts";
import { CHARTS, isListed, OwnFiles } from "./owned.ts";
import { runSchema } from "./schema.ts";

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

const DECISIONS = "decisions.json";
const DATA = ["replications.csv", DECISIONS, "timeline.json", "meta.json", "run.json"];

/** Removes the reports of another run, then its `run.json`: if killed in between, it leaves a valid run with fewer reports. */
const removeOther = async (own: OwnFiles, document: string): Promise<void> => {
  const there = own.owns("run.json") ? readText(join(own.dir, "run.json"), MIB_MAX) : undefined;
  if (there !== undefined && "text" in there && there.text === document) return;
  await own.remove([...own.charts, "report.html", "report.md", "run.json"]);
};

const draw = async (own: OwnFiles, given: FinishedRun, formats: Formats): Promise<void> => {
  const run = printableAll(given);
  const { chartDefinitions } = await import("./charts/definitions.ts");
  const definitions = chartDefinitions(run.document, run.pictures);
  const charts = formats.png ? definitions.map(({ name }) => `${CHARTS}/${name}.png`) : [];
  await own.claim([...charts, ...(formats.md ? ["report.md"] : []), ...(formats.html ? ["report.html"] : [])]);
  if (formats.png) {
    const { renderPng } = await import("./charts/png.ts");
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
  const seen = readFolder(dir);
  if (seen.kind !== "run") return seen;
  return alone(dir, async () => {
    const answer = readFolder(dir);
    if (answer.kind === "run") await draw(await OwnFiles.open(dir, "run", { besideOthers: true }), answer.run, formats);
    return answer;
  });
};

/** Throws `Unwritable` if a run cannot be written to an existing folder; writes nothing. */
export const demandFolder = async (dir: string): Promise<void> => (await OwnFiles.open(dir, "run")).demand();

/** Returns our run in a folder if it is greater than another: complete where that is partial, or with more replications. */
const greaterIn = (own: OwnFiles, { replications, partial }: RunDocument): Keeping | undefined => {
  if (!own.owns("run.json")) return undefined;
  const reading = readJson(join(own.dir, "run.json"), runSchema, { mib: MIB_MAX, hint: "", whole: "" });
  if (!("content" in reading)) return undefined;
  const there = reading.content;
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
    const greater = greaterIn(own, run.document);
    if (greater !== undefined) return greater;
    await removeOther(own, document);
    await own.claim(DATA);
    await own.write("replications.csv", renderCsv(run.perReplication));
    await own.write(DECISIONS, printJson(run.decisions));
    await own.write("timeline.json", printJson(run.pictures));
    await own.write("meta.json", printJson(run.meta));
    await own.write("run.json", document);
    await own.settle();
    await draw(own, run, formats);
    return { kind: "written" };
  });

/** Size of the largest files that are read: of a run with a million decisions. */
const MIB_MAX = 400;

/** How the files of a folder are read. */
const HOW = {
  mib: MIB_MAX,
  hint: "run the scenario again, or draw the run with the version that wrote it",
  whole: "run the scenario again",
};

const problemIn = (file: string, message: string): JsonReading<never> => {
  const problem = { file, line: 1, column: 1, path: "", message, hint: HOW.whole, excerpt: "" };
  return { problems: [problem], missing: !existsSync(file) };
};

/** Reads the decisions of every replication: none in a folder of an earlier version, and else those of the whole run. */
const readDecisions = (dir: string, document: RunDocument | undefined): JsonReading<FinishedRun["decisions"]> => {
  const path = join(dir, DECISIONS);
  if (!existsSync(path))
    return isListed(dir, DECISIONS) ? problemIn(path, "no such file, and manifest.json lists it") : { content: [] };
  const reading = readJson(path, replicationsSchema, HOW);
  if (!("content" in reading) || document === undefined) return reading;
  const { content } = reading;
  if (content.length !== document.replications) {
    const listed = printCount(content.length, "replication");
    return problemIn(path, `lists ${listed}, and run.json is of ${String(document.replications)}`);
  }
  return content.every(({ replication }, i) => replication > (content[i - 1]?.replication ?? -1))
    ? reading
    : problemIn(path, "does not list the replications in their order");
};

/** Reads a run that `writeFolder` wrote, each file checked by its schema, or returns what is wrong with the folder. */
export const readFolder = (dir: string): FolderAnswer => {
  const document = readJson(join(dir, "run.json"), runSchema, HOW);
  const pictures = readJson(join(dir, "timeline.json"), picturesSchema, HOW);
  const meta = readJson(join(dir, "meta.json"), metaSchema, HOW);
  const decisions = readDecisions(dir, "content" in document ? document.content : undefined);
  if ("content" in document && "content" in pictures && "content" in meta && "content" in decisions)
    return {
      kind: "run",
      run: {
        document: document.content,
        pictures: pictures.content,
        meta: meta.content,
        decisions: decisions.content,
      },
    };
  const failed = [document, pictures, meta, decisions].filter((reading) => "problems" in reading);
  const kind = failed.some(({ missing }) => missing) ? "missing" : "invalid";
  return { kind, message: renderProblems(failed.flatMap(({ problems }) => problems)) };
};

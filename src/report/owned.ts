/**
 * Owns the files that Firedrill wrote to a folder. `manifest.json` lists them, and only what it lists is replaced or
 * removed; a name is listed before its file is written, so that a killed run leaves nothing that the next one cannot
 * replace. Each file is written under a temporary name and renamed: a reader sees the old file or the new one.
 */
import { access, constants, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { readText } from "../scenario/text.ts";
import { printJson } from "./json.ts";
import { Unwritable } from "./unwritable.ts";

/** What a folder holds. */
export type FolderKind = "run" | "fidelity";

/** The folder of pictures in a folder of results. */
export const CHARTS = "charts";
const MANIFEST = "manifest.json";
/** The files of a kind beside its charts. */
const FILES: Readonly<Record<FolderKind, readonly string[]>> = {
  run: ["run.json", "timeline.json", "meta.json", "replications.csv", "decisions.json", "report.html", "report.md"],
  fidelity: ["fidelity.json"],
};
const CHART = /^charts\/[\w-]{1,100}\.png$/;
const isName = (name: string, kind: FolderKind): boolean => FILES[kind].includes(name) || CHART.test(name);
/** What a killed or failed run of ours may leave in a folder without a manifest. */
const LEFTOVER = /^(\.manifest\.json\.firedrill\.tmp|firedrill-bug-\d+\.txt)$/;

const manifestSchema = z.strictObject({
  schema: z.literal("firedrill.manifest/1"),
  kind: z.enum(["run", "fidelity"]),
  files: z.array(z.string()),
});

/** Returns the code of a system's error, such as ENOENT; empty for any other value. */
const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

type Found = "nothing" | "file" | "folder" | "link" | "other";

const foundAt = async (path: string): Promise<Found> => {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return "link";
    return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return "nothing";
    throw error;
  }
};

const temporaryOf = (path: string): string => join(dirname(path), `.${basename(path)}.firedrill.tmp`);

/** Makes names and contents of a folder durable. */
const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a file whole; if that fails, the old file stays and no temporary one. What a killed process left is replaced. */
export const writeWhole = async (path: string, content: string | Uint8Array): Promise<void> => {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

const NOUNS: Readonly<Record<Exclude<Found, "nothing" | "file">, string>> = {
  folder: "a folder",
  link: "a symbolic link",
  other: "not a file",
};

/** The files of one kind that Firedrill wrote to a folder. */
export class OwnFiles {
  readonly dir: string;
  readonly #kind: FolderKind;
  readonly #names: Set<string>;

  private constructor(dir: string, kind: FolderKind, names: Iterable<string>) {
    this.dir = dir;
    this.#kind = kind;
    this.#names = new Set(names);
  }

  /**
   * Reads a folder's manifest and writes nothing. Throws `Unwritable` if the folder is not one of this kind: with
   * `besideOthers`, a folder without manifest may hold other files, which are then not ours.
   */
  static async open(dir: string, kind: FolderKind, { besideOthers = false } = {}): Promise<OwnFiles> {
    const names = await namesIn(dir, kind);
    const charts = await foundAt(join(dir, CHARTS));
    if (charts !== "nothing" && charts !== "folder")
      throw new Unwritable(dir, `${CHARTS} is ${charts === "file" ? "a file" : NOUNS[charts]} there: move it away`);
    if (names !== undefined) return new OwnFiles(dir, kind, names);
    const others = await foreignIn(dir);
    if (others.length > 0 && !besideOthers)
      throw new Unwritable(
        dir,
        `it is not a folder of results: it holds ${others[0]!}${others.length === 1 ? "" : ` and ${String(others.length - 1)} more`}, and no ${MANIFEST} lists what Firedrill may replace; name a new or an empty folder`,
      );
    return new OwnFiles(dir, kind, []);
  }

  /** True if a file was written by us. */
  owns(name: string): boolean {
    return this.#names.has(name);
  }

  /** Throws `Unwritable` if one of the files is another's, or the folder cannot be written. */
  async demand(names: readonly string[] = FILES[this.#kind]): Promise<void> {
    for (const folder of [this.dir, join(this.dir, CHARTS)])
      if ((await foundAt(folder)) !== "nothing") await access(folder, constants.W_OK | constants.X_OK);
    for (const name of names) {
      const found = await foundAt(join(this.dir, name));
      if (found === "nothing" || (found === "file" && this.owns(name))) continue;
      const what = found === "file" ? `is not listed in ${MANIFEST} as ours` : `is ${NOUNS[found]} there`;
      throw new Unwritable(this.dir, `${name} ${what}: move it away, or name another folder`);
    }
  }

  /** Lists files as ours before they are written; throws as `demand` does. */
  async claim(names: readonly string[]): Promise<void> {
    const odd = names.find((name) => !isName(name, this.#kind));
    if (odd !== undefined) throw new Error(`${odd} is not a name of a file of results`);
    await this.demand(names);
    for (const name of names) this.#names.add(name);
    await this.#list();
    if (names.some((name) => CHART.test(name))) await mkdir(join(this.dir, CHARTS), { recursive: true });
  }

  /** Writes a claimed file. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    if (!this.owns(name)) throw new Error(`${name} was not claimed`);
    await writeWhole(join(this.dir, name), content);
  }

  /** Removes our files among these names; what has become another's, such as a link, stays and is no longer listed. */
  async remove(names: readonly string[]): Promise<void> {
    const removed = names.filter((name) => this.owns(name));
    if (removed.length === 0) return;
    for (const name of removed) {
      const path = join(this.dir, name);
      await rm(temporaryOf(path), { force: true });
      if ((await foundAt(path)) === "file") await rm(path);
      this.#names.delete(name);
    }
    await this.#list();
  }

  /** Returns the names of our pictures. */
  get charts(): readonly string[] {
    return [...this.#names].filter((name) => CHART.test(name));
  }

  /** Removes temporary files that a killed run left of our files, and makes all that was written durable. */
  async settle(): Promise<void> {
    for (const name of this.#names) await rm(temporaryOf(join(this.dir, name)), { force: true });
    if ((await foundAt(join(this.dir, CHARTS))) === "folder") await sync(join(this.dir, CHARTS));
    await sync(this.dir);
  }

  async #list(): Promise<void> {
    const files = [...this.#names].sort();
    await writeWhole(
      join(this.dir, MANIFEST),
      printJson({ schema: "firedrill.manifest/1", kind: this.#kind, files } satisfies z.output<typeof manifestSchema>),
    );
  }
}

/** Returns the names that a folder's manifest lists; undefined without a manifest. */
const namesIn = async (dir: string, kind: FolderKind): Promise<readonly string[] | undefined> => {
  const found = await foundAt(join(dir, MANIFEST));
  if (found === "nothing") return undefined;
  const not = (what: string): Unwritable => new Unwritable(dir, `${what}; name another folder`);
  const read = found === "file" ? readText(join(dir, MANIFEST)) : undefined;
  const listed = manifestSchema.safeParse(read !== undefined && "text" in read ? parsed(read.text) : undefined);
  if (!listed.success) throw not(`its ${MANIFEST} is not one of Firedrill's`);
  if (listed.data.kind !== kind) throw not(`it holds the results of firedrill ${listed.data.kind}`);
  const odd = listed.data.files.find((name) => !isName(name, kind));
  if (odd !== undefined)
    throw not(`its ${MANIFEST} lists ${JSON.stringify(odd)}, which is not a file of firedrill ${kind}`);
  return listed.data.files;
};

/** True if a folder's manifest lists a file; false without a manifest that can be read. */
export const isListed = (dir: string, name: string): boolean => {
  const read = readText(join(dir, MANIFEST));
  const listed = manifestSchema.safeParse("text" in read ? parsed(read.text) : undefined);
  return listed.success && listed.data.files.includes(name);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Returns what a folder without manifest holds that is not ours. */
const foreignIn = async (dir: string): Promise<readonly string[]> => {
  const others: string[] = [];
  for (const name of (await readdir(dir)).sort()) {
    if (LEFTOVER.test(name)) continue;
    if (name === CHARTS && (await readdir(join(dir, name))).length === 0) continue;
    others.push(name);
  }
  return others;
};

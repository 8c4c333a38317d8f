/**
 * Keeps the outcomes of connections on disk, so that a process need not compute what an earlier one has. Nothing depends on it: a file
 * that is damaged, of another version or missing only costs time, and an error of writing is not reported.
 *
 * A file's name is a hash of all that its values depend on: this module with all that it imports, the model of connections among it,
 * and what runs them. A file is replaced as a whole, and begins with a hash of its name and content.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { outcomesMemory, outcomesToStore } from "../simulate/outcomes.ts";
import { sourcesOf } from "./sources.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Most bytes of a file; all shipped stories together need 25 MB at any scale. Chosen. */
const MOST_BYTES = 32 * 2 ** 20;
/** Files that are kept: of this version, and of the others that were used last. Chosen. */
const KEPT = 3;
/** After this time a file that somebody began to write is left over. Chosen. */
const LEFT_OVER_MS = 3_600_000;
const OURS = /^outcomes-[0-9a-f]{32}(\.\d+)?$/;

const HASH = "sha256";
const HASH_BYTES = 32;

/** Returns the folder of the cache: `FIREDRILL_CACHE`, or else the platform's usual place; undefined if it is `off`. */
export const cacheFolder = (env: Environment = process.env, platform = process.platform): string | undefined => {
  const { FIREDRILL_CACHE: asked = "", XDG_CACHE_HOME: xdg = "", LOCALAPPDATA: local = "" } = env;
  if (asked === "off") return undefined;
  if (asked !== "") return resolve(asked);
  if (isAbsolute(xdg)) return join(xdg, "firedrill");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "firedrill");
  if (platform === "win32" && local !== "") return join(local, "firedrill", "Cache");
  return join(homedir(), ".cache", "firedrill");
};

/** Returns the name of the file, which no other model and no other machine that computes differently has. */
const nameOf = (): string => {
  const hash = createHash(HASH).update(`${process.versions.v8} ${process.arch}\0`);
  for (const text of sourcesOf(fileURLToPath(import.meta.url)).values()) hash.update(text).update("\0");
  return `outcomes-${hash.digest("hex").slice(0, 32)}`;
};

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** The outcomes of connections of one process, from the cache and to it. */
export class OutcomesCache {
  /** Memory of the outcomes, for all threads. */
  readonly memory: SharedArrayBuffer;
  readonly #file: { readonly folder: string; readonly name: string } | undefined;

  /** Reads what earlier processes have left in the folder; undefined for no cache. */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : attempt(() => ({ folder, name: nameOf() }));
    this.memory = outcomesMemory(this.#read());
  }

  /** Writes the outcomes together with what others have written since, and removes files that are too many. */
  save(): void {
    if (this.#file === undefined) return;
    const { folder, name } = this.#file;
    attempt(() => {
      const before = this.#read();
      const content = Buffer.concat(outcomesToStore(this.memory, before, MOST_BYTES));
      if (content.equals(before)) utimesSync(join(folder, name), new Date(), new Date());
      else this.#write(content);
      prune(folder, name);
    });
  }

  /** Returns the content of the file, without any if it is missing or damaged. */
  #read(): Uint8Array {
    return (
      attempt(() => {
        const { folder, name } = this.#file!;
        const bytes = readFileSync(join(folder, name));
        const content = bytes.subarray(HASH_BYTES);
        return this.#hash(content).equals(bytes.subarray(0, HASH_BYTES)) ? content : undefined;
      }) ?? new Uint8Array()
    );
  }

  #write(content: Uint8Array): void {
    const { folder, name } = this.#file!;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, name);
    const unfinished = `${path}.${String(process.pid)}`;
    try {
      writeFileSync(unfinished, Buffer.concat([this.#hash(content), content]));
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }

  #hash(content: Uint8Array): Buffer {
    return createHash(HASH).update(this.#file!.name).update(content).digest();
  }
}

/** Removes files of other versions but those that were used last, and what killed processes have left. */
const prune = (folder: string, name: string): void => {
  const others = readdirSync(folder)
    .filter((file) => OURS.test(file) && file !== name)
    .map((file) => ({ path: join(folder, file), usedMs: statSync(join(folder, file)).mtimeMs }))
    .sort((one, other) => other.usedMs - one.usedMs);
  const whole = others.filter(({ path }) => !/\.\d+$/.test(path));
  const leftOver = others.filter(({ path, usedMs }) => /\.\d+$/.test(path) && usedMs < Date.now() - LEFT_OVER_MS);
  for (const { path } of [...whole.slice(KEPT - 1), ...leftOver]) rmSync(path, { force: true });
};

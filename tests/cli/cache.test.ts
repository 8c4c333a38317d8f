import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder, OutcomesCache } from "../../src/cli/cache.ts";
import { sourcesOf } from "../../src/cli/sources.ts";
import { Draws } from "../../src/base/random.ts";
import { outcomesMemory } from "../../src/simulate/outcomes.ts";
import { loginTransport } from "../../src/world/population/conversation.ts";
import { emptyFolder, firedrill, ROOT } from "./shell.ts";

/** Times of some logins near a round trip, most of which lose packets. */
const logins = (memory: SharedArrayBuffer, rttMs = 80): readonly number[] => {
  const transport = loginTransport(memory);
  const draws = new Draws("tests", "cache");
  return Array.from({ length: 300 }, (_, index) => {
    draws.at(0, index, 0);
    return transport.sample(transport.along({ rttMs, lossUp: 0.12, lossDown: 0.12 }), draws.out).doneMs;
  });
};

const COLD = logins(new OutcomesCache(undefined).memory);

const fileIn = (folder: string): string => {
  const files = readdirSync(folder);
  expect(files).toHaveLength(1);
  return join(folder, files[0]!);
};

/** Fills a new folder and returns its only file. */
const filled = (...rttsMs: readonly number[]): string => {
  const folder = join(emptyFolder(), "cache");
  const cache = new OutcomesCache(folder);
  for (const rttMs of rttsMs) logins(cache.memory, rttMs);
  cache.save();
  return fileIn(folder);
};

const NONE = outcomesMemory().byteLength;
/** Bytes that were read: they lie behind the memory of tables. */
const readInto = (memory: SharedArrayBuffer): number => memory.byteLength - NONE;

describe("the cache of outcomes", () => {
  const folder = join(filled(80), "..");

  it("gives a later process what an earlier one has computed, and the same logins", () => {
    const cache = new OutcomesCache(folder);
    const stored = readFileSync(fileIn(folder));
    expect(stored.byteLength).toBeGreaterThan(200 * 35);
    expect(readInto(cache.memory)).toBe(stored.byteLength - 32);
    expect(logins(cache.memory)).toEqual(COLD);
    cache.save();
    // Nothing was computed, so there is nothing to add.
    expect(readFileSync(fileIn(folder)).equals(stored)).toBe(true);
  });

  it("is read, not computed again: another time in the file is another time of a login", () => {
    const file = filled(80);
    const { memory } = new OutcomesCache(join(file, ".."));
    for (let at = NONE; at < memory.byteLength;) {
      const rows = new Uint32Array(memory, at, 2)[1]!;
      new Float32Array(memory, at + 8, 4 * rows).fill(1);
      at += 8 + 4 * Math.ceil((33 * rows) / 4);
      at = 4 * Math.ceil((at + 2 * rows) / 4);
    }
    expect(logins(memory)).not.toEqual(COLD);
  });

  it("adds to what two processes at once have computed", () => {
    const both = join(emptyFolder(), "cache");
    const caches = [new OutcomesCache(both), new OutcomesCache(both)];
    for (const [place, cache] of caches.entries()) logins(cache.memory, 80 + 120 * place);
    for (const cache of caches) cache.save();
    expect(readFileSync(fileIn(both)).byteLength).toBe(readFileSync(filled(80, 200)).byteLength);
  });

  const whole = readFileSync(fileIn(folder));
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    return bytes;
  };
  it.each([
    ["empty", Buffer.alloc(0)],
    ["torn", whole.subarray(0, whole.byteLength / 2)],
    ["longer", Buffer.concat([whole, Buffer.alloc(4)])],
    ["with another hash", flipped(3)],
    ["with another table", flipped(32)],
    ["with another time", flipped(1_000)],
    ["with another state at its end", flipped(whole.byteLength - 5)],
    ["another program's", Buffer.from("something else")],
  ])("does without a file that is %s, and replaces it", (_, bytes) => {
    const file = filled(80);
    writeFileSync(file, bytes);
    const cache = new OutcomesCache(join(file, ".."));
    expect(readInto(cache.memory)).toBe(0);
    expect(logins(cache.memory)).toEqual(COLD);
    cache.save();
    expect(readFileSync(fileIn(join(file, ".."))).equals(whole)).toBe(true);
  });

  it("does without the file of another version under its own name: the hash includes the name", () => {
    const file = filled(80);
    const content = readFileSync(file).subarray(32);
    for (const name of ["", "outcomes-00000000000000000000000000000000"]) {
      const hash = createHash("sha256").update(name).update(content).digest();
      writeFileSync(file, Buffer.concat([hash, content]));
      expect(readInto(new OutcomesCache(join(file, "..")).memory)).toBe(0);
    }
  });

  it("may be deleted while a process works, and need not be writable or a folder", () => {
    const gone = filled(80);
    const cache = new OutcomesCache(join(gone, ".."));
    rmSync(join(gone, ".."), { recursive: true });
    expect(logins(cache.memory)).toEqual(COLD);
    cache.save();
    expect(readFileSync(fileIn(join(gone, ".."))).equals(whole)).toBe(true);

    const noFolder = join(emptyFolder(), "file");
    writeFileSync(noFolder, "mine");
    for (const place of [noFolder, join(noFolder, "below")]) {
      const none = new OutcomesCache(place);
      expect(logins(none.memory)).toEqual(COLD);
      none.save();
    }
    expect(readFileSync(noFolder, "utf8")).toBe("mine");
  });

  it("keeps the two other versions that were used last, and what is not its own", () => {
    const file = filled(80);
    const at = (name: string, hoursAgo: number): string => {
      const path = join(file, "..", name);
      writeFileSync(path, "");
      const seconds = Date.now() / 1000 - hoursAgo * 3600;
      utimesSync(path, seconds, seconds);
      return path;
    };
    const version = (digit: string): string => `outcomes-${digit.repeat(32)}`;
    const kept = [at(version("1"), 1), at(version("2"), 9), at("notes.txt", 99), at(`${version("5")}.77`, 0.1)];
    const removed = [at(version("3"), 10), at(version("4"), 99), at(`${version("6")}.78`, 2)];
    mkdirSync(join(file, "..", "folder"));
    new OutcomesCache(join(file, "..")).save();
    expect([file, ...kept].every((path) => existsSync(path))).toBe(true);
    expect(removed.some((path) => existsSync(path))).toBe(false);
  });
});

it("the cache lies where the environment or the platform says", () => {
  expect(cacheFolder({ FIREDRILL_CACHE: "off", XDG_CACHE_HOME: "/x" }, "linux")).toBeUndefined();
  expect(cacheFolder({ FIREDRILL_CACHE: "/mine", XDG_CACHE_HOME: "/x" }, "linux")).toBe("/mine");
  expect(cacheFolder({ FIREDRILL_CACHE: "", XDG_CACHE_HOME: "/x" }, "linux")).toBe("/x/firedrill");
  // Only a whole path counts, says the standard.
  expect(cacheFolder({ XDG_CACHE_HOME: "x" }, "linux")).toBe(join(homedir(), ".cache/firedrill"));
  expect(cacheFolder({}, "darwin")).toBe(join(homedir(), "Library/Caches/firedrill"));
  expect(cacheFolder({ LOCALAPPDATA: "/local" }, "win32")).toBe("/local/firedrill/Cache");
});

describe("the sources of a module", () => {
  it("are all that it imports, however it does, and the versions of packages", () => {
    const folder = emptyFolder();
    const files = {
      "one.js": 'import "./two.js";\nimport {\n  a,\n} from "./three.js";\nimport fs from "node:fs";\n',
      "two.js": 'export { b } from "./four.js";\nexport const text = "./absent.js";\n',
      "three.js": 'const more = await import("./five.js");\nimport lib from "lib";\n',
      "four.js": 'import "./one.js";\n',
      "five.js": "",
      "six.js": "",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, "node_modules/lib/deep"), { recursive: true });
    writeFileSync(join(folder, "node_modules/lib/package.json"), '{ "version": "7.0.0", "main": "deep/main.js" }');
    writeFileSync(join(folder, "node_modules/lib/deep/main.js"), "");
    expect([...sourcesOf(join(folder, "one.js")).keys()]).toEqual(
      ["five.js", "four.js", "node_modules/lib/package.json", "one.js", "three.js", "two.js"].map((name) =>
        join(folder, name),
      ),
    );
  });

  it("have the model of connections in those of the cache", () => {
    const names = [...sourcesOf(join(ROOT, "dist/cli/cache.js")).keys()].map((path) => path.slice(ROOT.length + 1));
    for (const name of ["connection", "sender", "bbr", "tables", "table-columns", "transport"])
      expect(names).toContain(`dist/world/network/${name}.js`);
    expect(names).toContain("dist/world/population/conversation.js");
    expect(names).toContain("dist/base/random.js");
    expect(names.join("\n")).toContain("modules/seedrandom/package.json");
  });
});

it("a run is the same with a cold, warm, damaged or no cache, on any number of workers", () => {
  const folder = join(emptyFolder(), "cache");
  const run = (cache: string, workers: number): string => {
    const out = emptyFolder();
    const words = ["run", join(ROOT, "tests/cli/small.yaml"), "--scale", "1/50", "--quiet", "--out", out];
    expect(firedrill([...words, "--workers", String(workers)], { FIREDRILL_CACHE: cache }).code).toBe(0);
    return readFileSync(join(out, "run.json"), "utf8");
  };
  const without = run("off", 2);
  expect(existsSync(join(ROOT, "off"))).toBe(false);
  expect(run(folder, 2)).toBe(without);
  const stored = readFileSync(fileIn(folder));
  expect(stored.byteLength).toBeGreaterThan(1_000);
  expect(run(folder, 1)).toBe(without);
  expect(readFileSync(fileIn(folder)).equals(stored)).toBe(true);
  const torn = stored.subarray(0, stored.byteLength / 2);
  writeFileSync(fileIn(folder), torn);
  expect(run(folder, 1)).toBe(without);
  expect(readFileSync(fileIn(folder)).equals(stored)).toBe(true);
});

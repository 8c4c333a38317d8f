import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, firedrill, ROOT } from "./shell.ts";

const FILE = join(ROOT, "bench/data/tcp-measured.json");
const measured = JSON.parse(readFileSync(FILE, "utf8")) as {
  cells: { id: string; kind: string; params: object; stats: object }[];
};
const connects = measured.cells.filter(({ kind }) => kind === "connect").slice(0, 3);

const fileOf = (content: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), "measured-")), "measured.json");
  writeFileSync(file, content);
  return file;
};
const judge = (content: string, ...flags: string[]) =>
  firedrill(["fidelity", fileOf(content), "--samples", "4000", "--quiet", ...flags]);

describe("firedrill fidelity", () => {
  it("prints one document, the same with one thread", () => {
    const content = JSON.stringify({ cells: connects });
    const { code, stdout, stderr } = judge(content, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout) as { schema: string; kinds: unknown[]; cells: { id: string; model: object }[] };
    expect(document).toMatchObject({ schema: "firedrill.fidelity/1", kinds: [{ kind: "connect", cells: 3, held: 3 }] });
    expect(document.cells.map(({ id }) => id)).toEqual(connects.map(({ id }) => id));
    expect(Object.keys(document.cells[0]!.model)).toEqual(
      expect.arrayContaining(["n", "q101_ms", "success_10s", "success_30s", "mean_censored_30s_ms"]),
    );
    expect(judge(content, "--json", "--workers", "1").stdout).toBe(stdout);
  });

  it("writes its document and one chart per kind to a folder", () => {
    const dir = join(mkdtempSync(join(tmpdir(), "fidelity-")), "made");
    const { code, stdout } = judge(JSON.stringify({ cells: connects }), "--json", "--out", dir);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(dir, "fidelity.json"), "utf8"))).toEqual(JSON.parse(stdout));
    expect(readdirSync(join(dir, "charts"))).toEqual(["connect.png"]);
    const odd = connects.map((cell) => ({ ...cell, kind: "unheard-of" }));
    expect(judge(JSON.stringify({ cells: odd }), "--out", dir).code).toBe(2);
    expect(readdirSync(join(dir, "charts"))).toEqual([]);
    expect(judge(JSON.stringify({ cells: connects }), "--out", "/proc/none").code).toBe(73);
  });

  it("exits with 2 if cells are unknown, and with 3 if cells are missed", () => {
    const [first, second] = connects;
    const odd = { ...second!, params: { ...second!.params, cc: "reno" } };
    const few = { ...second!, id: "few", stats: { ...second!.stats, n: 5 } };
    const { code, stdout } = judge(JSON.stringify({ cells: [first, odd, few] }), "--out", emptyFolder());
    expect(code).toBe(2);
    expect(stdout).toContain('cc is "reno": cubic and bbr are modelled');
    expect(stdout).toMatch(/5 connections\s+are too few/);
    const other = { ...first!, params: { ...first!.params, rtt_ms: 300 } };
    expect(judge(JSON.stringify({ cells: [other, odd] }), "--json").code).toBe(3);
  });

  it.each([
    ["not JSON", '{ "cells": [ }', 65, /measured\.json:1:14\s+is not JSON/],
    ["no cells", "{}", 65, /cells/],
    [
      "a cell without a distribution",
      '{\n "cells": [\n  { "id": "a", "kind": "connect", "params": {}, "stats": { "n": 3 } } ] }',
      65,
      /measured\.json:3:\d+\s+cells\[0\]\.stats\.q101_ms/,
    ],
    [
      "quantiles out of order",
      JSON.stringify({
        cells: [{ ...connects[0], stats: { n: 3, q101_ms: [...Array.from({ length: 100 }, () => 7), 6] } }],
      }),
      65,
      /q101_ms\[100\]: is below the quantile before it/,
    ],
    [
      "a result of iperf3",
      '{"start":{"connected":[]},"intervals":[],"end":{}}',
      65,
      /is a result of iperf3, not a measured file/,
    ],
    ["a result of RIPE Atlas", '[{"fw":5020,"prb_id":1,"msm_id":1,"result":[]}]', 65, /is a result of RIPE Atlas/],
    ["a list", "[]", 65, /expected a map, not a list/],
    ["cells that are a map", '{"cells":{}}', 65, /cells: expected a list, not a map/],
    [
      "a mean without quantiles",
      '{"cells":[{"id":"a","kind":"connect","params":{},"stats":{"n":3,"p50_ms":{"v":1,"ci":[1,2]}}}]}',
      65,
      /q101_ms: is missing\n[^]*write q101_ms: a list of 101 times in ms/,
    ],
    [
      "two quantiles",
      '{"cells":[{"id":"a","kind":"connect","params":{},"stats":{"n":3,"q101_ms":[1,2]}}]}',
      65,
      /q101_ms: has 2 items: expected exactly 101\n/,
    ],
    ["the same cell twice", JSON.stringify({ cells: [connects[0], connects[0]] }), 65, /duplicate cell id/],
  ])("rejects %s with its position", (_what, content, exit, message) => {
    const { code, stderr } = judge(content);
    expect(code).toBe(exit);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("rejects a missing file and too few samples", () => {
    expect(firedrill(["fidelity", "/no/such.json"]).code).toBe(66);
    expect(firedrill(["fidelity", ROOT]).code).toBe(66);
    expect(firedrill(["fidelity", FILE, "--samples", "3999"]).code).toBe(64);
  });
});

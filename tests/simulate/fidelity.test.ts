import { describe, expect, it } from "vitest";
import { type MeasuredCell, readMeasured } from "../../src/scenario/measured.ts";
import { bandOf, judgeCell, tolerantKs } from "../../src/simulate/fidelity.ts";
import { assembleFidelity } from "../../src/study/fidelity.ts";

const reading = readMeasured("bench/data/tcp-measured.json");
const CELLS = "cells" in reading ? reading.cells : [];
const find = (kind: string, params: Record<string, unknown>): MeasuredCell =>
  CELLS.find(
    (cell) => cell.kind === kind && Object.entries(params).every(([key, value]) => cell.params[key] === value),
  )!;

describe("the tolerant distance of two distributions", () => {
  const quantiles = (ms: (share: number) => number) => Array.from({ length: 101 }, (_, percent) => ms(percent / 100));
  const times = (ms: (share: number) => number) =>
    Float64Array.from({ length: 5_000 }, (_, i) => ms((i + 0.5) / 5_000));

  it("is none for the same, and for a shift of 3 ms and 1.5 %", () => {
    const same = (share: number): number => 100 + 400 * share;
    expect(tolerantKs(times(same), quantiles(same))).toBe(0);
    expect(
      tolerantKs(
        times((share) => 1.014 * same(share) + 2.9),
        quantiles(same),
      ),
    ).toBeLessThan(0.002);
    expect(
      tolerantKs(
        times((share) => (same(share) - 2.9) / 1.014),
        quantiles(same),
      ),
    ).toBeLessThan(0.002);
  });

  it("is the share that differs, in both directions and of those that fail", () => {
    const atom = (late: number) => (share: number) => (share < 1 - late ? 100 : 1_100);
    expect(tolerantKs(times(atom(0.3)), quantiles(atom(0.1)))).toBeCloseTo(0.2, 1);
    expect(tolerantKs(times(atom(0.1)), quantiles(atom(0.3)))).toBeCloseTo(0.2, 1);
    const failing = (share: number): number => (share < 0.75 ? 100 : Infinity);
    const q = quantiles(failing).map((ms) => (Number.isFinite(ms) ? ms : null));
    expect(tolerantKs(times(failing), q)).toBeLessThan(0.02);
    expect(
      tolerantKs(
        times(() => 100),
        q,
      ),
    ).toBeCloseTo(0.25, 1);
  });
});

describe("a cell", () => {
  it.each([
    ["connect", { rtt_ms: 100, loss_up: 0.2, syn_linear_timeouts: 4 }],
    ["connect", { rtt_ms: 300, loss_up: 0.26, syn_linear_timeouts: 0 }],
    ["login", { rtt_ms: 100, loss_up: 0.05, syn_linear_timeouts: 4 }],
    ["login", { rtt_ms: 300, loss_up: 0.26, syn_linear_timeouts: 4 }],
    ["login_jitter", { syn_linear_timeouts: 4 }],
    ["login_asym", { syn_linear_timeouts: 0 }],
    ["login_variant", { tcp_timestamps: 0, loss_up: 0.2 }],
    ["port_block", { block: "rst", loss_up: 0.1, rtt_ms: 300 }],
    ["upload", { size_bytes: 65_536, rate_mbit: "5", cc: "cubic", loss_up: 0.01 }],
  ])("of %s under %o is met", (kind, params) => {
    const result = judgeCell(find(kind, params), 2_000);
    expect(result).toMatchObject({ verdict: "held" });
    expect(result.model).toMatchObject({ n: 2_000 });
  });

  it("is broken by other physics than it was measured under", () => {
    const login = find("login", { rtt_ms: 100, loss_up: 0.2, syn_linear_timeouts: 4 });
    const params = { ...login.params, loss_up: 0.1, loss_down: 0.1 };
    expect(judgeCell({ ...login, params }, 2_000).verdict).toBe("broken");
  });

  it("is unknown, with the reason, under what the model does not know", () => {
    const connect = find("connect", { rtt_ms: 30 });
    for (const [key, value, reason] of [
      ["cc", "reno", /cc is "reno"/],
      ["ecn", 1, /a parameter ecn is not modelled/],
      ["loss_model", "weibull", /loss_model is “weibull”/],
      ["rtt_ms", "fast", /rtt_ms is "fast"/],
      ["loss_up", 1, /loss_up is 1/],
    ] as const) {
      const result = judgeCell({ ...connect, params: { ...connect.params, [key]: value } }, 10);
      expect(result).toMatchObject({ verdict: "unknown", ks: null, model: null });
      expect(result.reason).toMatch(reason);
    }
    expect(judgeCell({ ...connect, kind: "download" }, 10).reason).toMatch(/download is not modelled/);
  });

  it("answers the same wherever it stands", () => {
    const cell = find("login", { rtt_ms: 30, loss_up: 0.1 });
    expect(judgeCell(cell, 300)).toEqual(judgeCell({ ...cell }, 300));
  });

  it("is judged by the limits of its kind and loss", () => {
    expect(bandOf(find("login", { loss_up: 0.4 })).limits).toEqual({ ks: 0.09, success: 0.06, mean: 0.1 });
    expect(bandOf(find("login", { loss_up: 0.26 })).lossBand).toBe("20–26 %");
    expect(bandOf(find("login_burst", { burst: 5 })).limits.mean).toBeUndefined();
  });
});

it("a kind holds when all of its cells do", () => {
  const [good, odd] = [find("connect", { rtt_ms: 30 }), find("connect", { rtt_ms: 300 })];
  const results = [judgeCell(good, 1_000), judgeCell({ ...odd, params: { ...odd.params, cc: "vegas" } }, 10)];
  const document = assembleFidelity(results);
  expect(document.kinds).toMatchObject([{ kind: "connect", cells: 2, held: 1, verdict: "unknown" }]);
  expect(document.cells.map(({ verdict }) => verdict)).toEqual(["held", "unknown"]);
});

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

  it("is 0 for equal distributions, and for a shift of 3 ms and 1.5 %", () => {
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

  it("is the share that differs, in both directions and among failures", () => {
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

  it("is unknown, with the reason, under conditions that are not modelled", () => {
    const connect = find("connect", { rtt_ms: 30 });
    for (const [key, value, reason] of [
      ["cc", "reno", /cc is "reno"/],
      ["ecn", 1, /a parameter ecn is not modelled/],
      ["loss_model", "weibull", /loss_model is "weibull": bernoulli/],
      ["loss_model", "gilbert_packetized", /loss_model is/],
      ["loss_up", undefined, /loss_up is missing/],
      ["loss", 0.4, /loss is 0.4, and neither/],
      ["rtt_ms", "fast", /rtt_ms is "fast"/],
      ["loss_up", 1.1, /loss_up is 1.1, not a share/],
      ["jitter", 500, /jitter is 500, not a text/],
      ["jitter", "each packet + U(0,1.2.3) ms per direction, order kept", /jitter is/],
      ["block", "drop", /block is not modelled for connect/],
      ["burst", 5, /burst is not modelled for connect with bernoulli loss/],
      ["syn_linear_timeouts", 2.5, /not a whole number/],
      ["tcp_timestamps", 2, /tcp_timestamps is 2/],
      ["rate_mbit", 0, /rate_mbit is 0/],
    ] as const) {
      const params = { ...connect.params };
      if (value === undefined) delete params[key];
      else params[key] = value;
      const result = judgeCell({ ...connect, params }, 10);
      expect(result).toMatchObject({ verdict: "unknown", ks: null, model: null });
      expect(result.reason).toMatch(reason);
    }
    expect(judgeCell({ ...connect, kind: "download" }, 10).reason).toMatch(/download is not modelled/);
  });

  it("has the same result at any place in its file", () => {
    const cell = find("login", { rtt_ms: 30, loss_up: 0.1 });
    expect(judgeCell(cell, 300)).toEqual(judgeCell({ ...cell }, 300));
  });

  it("does not hang on huge values, but names them", () => {
    const upload = find("upload", { size_bytes: 65_536 });
    const of = (size: number) => judgeCell({ ...upload, params: { ...upload.params, size_bytes: size } }, 1).reason;
    expect(of(1e12)).toMatch(/16 MiB/);
    const burst = find("login_burst", { bad_ms: 1_000 });
    expect(judgeCell({ ...burst, params: { ...burst.params, bad_ms: 1e-6 } }, 1).reason).toMatch(/outages of 1 ms/);
  });

  it("with total loss fails every connect", () => {
    const { id, params, ...connect } = find("connect", { rtt_ms: 30 });
    const all = {
      ...connect,
      id,
      params: { ...params, loss_up: 1 },
      stats: { n: 50, q101_ms: Array<null>(101).fill(null) },
    };
    expect(judgeCell(all, 100)).toMatchObject({ verdict: "held", ks: 0 });
  });

  it("of a heartbeat counts only connections that sent one, under any loss", () => {
    const beat = find("heartbeat", { nat: "none", app_timeout_ms: 5_000, loss_up: 0.1 });
    const result = judgeCell({ ...beat, params: { ...beat.params, loss_up: 0.26, loss_down: 0.26 } }, 4_000);
    const { q101_ms: times, outcomes } = result.model as { q101_ms: number[]; outcomes: Record<string, number> };
    // Time-outs come after the app's patience, and no connection ends between the last answers and that.
    const late = times.filter((ms) => ms >= 4_990).length;
    expect(late).toBeGreaterThanOrEqual(Math.floor(100 * outcomes["ex_timeout"]!));
    expect(outcomes["ex_timeout"]).toBeLessThan(0.04);
  });

  it("is judged by the limits of its kind and loss, as they were stated", () => {
    const limits = new Map(
      CELLS.map((cell) => {
        const { lossBand, limits: own } = bandOf(cell);
        return [`${cell.kind} ${lossBand}`, [own.ks, own.success, own.mean]];
      }),
    );
    const login = { "to 10 %": [0.06, 0.005, 0.12], "20–26 %": [0.08, 0.02, 0.1], "40 %": [0.09, 0.06, 0.1] };
    expect(Object.fromEntries(limits)).toEqual({
      "connect all": [0.05, 0.01, 0.1],
      ...Object.fromEntries(
        Object.entries(login).flatMap(([band, own]) => [
          [`login ${band}`, own],
          [`login_variant ${band}`, own],
        ]),
      ),
      "login_burst outages in time": [0.05, 0.01, 0.15],
      "login_burst bursts of packets": [0.1, 0.05, undefined],
      "port_block all": [0.06, 0.01, 0.1],
      "heartbeat all": [0.06, 0.01, 0.1],
      "login_jitter all": [0.08, 0.01, 0.12],
      "login_asym all": [0.08, 0.01, 0.12],
      "upload all": [0.2, 0.03, 0.2],
    });
  });

  it("is broken by distance, mean or success alone, unless the measured interval widened by half is as wide", () => {
    const cell = find("login", { rtt_ms: 100, loss_up: 0.05, syn_linear_timeouts: 4 });
    const { mean_censored_30s_ms: mean, success_10s: success } = cell.stats;
    const judge = (stats: object) => judgeCell({ ...cell, stats: { ...cell.stats, ...stats } }, 1_000);
    expect(judge({}).verdict).toBe("held");
    const q101 = cell.stats.q101_ms.map((ms) => (ms === null ? null : 1.5 * ms));
    expect(judge({ q101_ms: q101 }).verdict).toBe("broken");
    const model = judge({}).model!["mean_censored_30s_ms"] as number;
    const far = 0.8 * mean!.v!;
    expect(judge({ mean_censored_30s_ms: { v: far, ci: [far - 1, far + 1] } }).verdict).toBe("broken");
    // An interval from far to 2/3 of the way to the model, widened by half of itself, just reaches it.
    const reach = far + (2 / 3) * (model - far);
    expect(judge({ mean_censored_30s_ms: { v: far, ci: [far, reach + 1] } }).verdict).toBe("held");
    expect(judge({ mean_censored_30s_ms: { v: far, ci: [far, reach - 1] } }).verdict).toBe("broken");
    expect(judge({ success_10s: { v: success!.v! - 0.1, ci: [0, 0.1] } }).verdict).toBe("broken");
  });
});

it("every measured cell is held by the model", () => {
  expect(CELLS).toHaveLength(152);
  expect(CELLS.filter((cell) => judgeCell(cell, 2_000).verdict !== "held").map(({ id }) => id)).toEqual([]);
});

it("a kind holds when all of its cells do", () => {
  const [good, odd] = [find("connect", { rtt_ms: 30 }), find("connect", { rtt_ms: 300 })];
  const results = [judgeCell(good, 1_000), judgeCell({ ...odd, params: { ...odd.params, cc: "vegas" } }, 10)];
  const document = assembleFidelity(results);
  expect(document.kinds).toMatchObject([{ kind: "connect", cells: 2, held: 1, verdict: "unknown" }]);
  expect(document.cells.map(({ verdict }) => verdict)).toEqual(["held", "unknown"]);
});

describe("a cell that cannot be finished", () => {
  const beat = find("heartbeat", { nat: "mapping expired after 5 s idle: silent drop", app_timeout_ms: 5_000 });
  const under = (params: Record<string, unknown>, samples: number) =>
    judgeCell({ ...beat, params: { ...beat.params, ...params } as MeasuredCell["params"] }, samples);

  it.each([
    [5_000, 0.08],
    [20_000, 0.08],
    [20_000, 0.3],
    ["none", 0.08],
    ["none", 0.3],
  ])("ends where a mapping expires silently: time-out %s, loss %d", (app_timeout_ms, loss) => {
    const { model, reason } = under({ app_timeout_ms, loss_up: loss, loss_down: loss }, 2_000);
    expect(reason).toBeUndefined();
    const { outcomes } = model as { outcomes: Record<string, number> };
    // The mapping is gone for every heartbeat, unless a late repeat of the server kept it.
    expect(outcomes["ok"] ?? 0).toBeLessThan(0.11);
    // A client without a time-out ends when the kernel has repeated its segment 15 times.
    const ending = app_timeout_ms === "none" ? "ex_error:ETIMEDOUT" : "ex_timeout";
    expect((outcomes["ok"] ?? 0) + outcomes[ending]!).toBeCloseTo(1, 6);
  });

  it("says after how many tries no heartbeat could be sent", () => {
    for (const loss of [0.9, 1])
      expect(under({ loss_up: loss, loss_down: loss }, 500)).toMatchObject({
        verdict: "unknown",
        reason: "20 connections in a row failed before a heartbeat could be sent",
      });
  });

  it("is unknown beyond its limit of work, and says how far it came", () => {
    const login = find("login", { rtt_ms: 100, loss_up: 0.2, syn_linear_timeouts: 4 });
    const result = judgeCell(login, 2_000, 10_000);
    expect(result).toMatchObject({ verdict: "unknown", model: null });
    expect(result.reason).toMatch(/^stopped after \d+ of 2000 connections, at the limit of 10000 events/);
    expect(judgeCell(login, 2_000).reason).toBeUndefined();
  });

  it("names times beyond a day, and passes a long pause with short outages at once", () => {
    for (const key of ["idle_before_heartbeat_ms", "app_timeout_ms"])
      expect(under({ [key]: 1e9 }, 1).reason).toMatch(new RegExp(`${key} is 1000000000: up to a day`));
    const { loss_up: _up, loss_down: _down, ...others } = beat.params;
    const outages = { ...others, nat: "none", loss_model: "gilbert_time", mean: 0.05, bad_ms: 1 };
    const params = { ...outages, idle_before_heartbeat_ms: 86_400_000 } as MeasuredCell["params"];
    expect(judgeCell({ ...beat, params }, 1_000).reason).toBeUndefined();
  });
});

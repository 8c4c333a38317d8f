/**
 * A canary: textbook TCP, whose retransmission time-out always follows from the true round trip. It must break the lossy
 * logins that the real model holds.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { readMeasured } from "../../src/scenario/measured.ts";
import { bandOf, judgeCell } from "../../src/simulate/fidelity.ts";
import { assembleFidelity } from "../../src/study/fidelity.ts";
import { RoundTrip } from "../../src/world/network/rtt.ts";

type Sample = (this: RoundTrip, us: number, leastUs: number, acknowledged: number, next: number) => void;
const real: Sample = Reflect.get(RoundTrip.prototype, "sample");

/** Makes every connection measure the true round trip from its start. */
const knowTheTruth = (trueUs: number): void => {
  vi.spyOn(RoundTrip.prototype, "sample").mockImplementation(function (
    this: RoundTrip,
    _us,
    _least,
    acknowledged,
    next,
  ) {
    real.call(this, trueUs, trueUs, acknowledged, next);
  });
  vi.spyOn(RoundTrip.prototype, "unknown").mockImplementation(function (this: RoundTrip) {
    real.call(this, trueUs, trueUs, 0, 0);
  });
};

const SAMPLES = 4_000;
const LOSSY = ["20–26 %", "40 %"];
const reading = readMeasured("bench/data/tcp-measured.json");
const cells = ("cells" in reading ? reading.cells : []).filter(
  (cell) => cell.kind === "login" && LOSSY.includes(bandOf(cell).lossBand),
);

/** Returns the verdict of each kind of lossy login. */
const verdicts = (isTextbook: boolean): Readonly<Record<string, string>> => {
  const results = cells.map((cell) => {
    if (isTextbook) knowTheTruth(Number(cell.params["rtt_ms"]) * 1_000);
    return judgeCell(cell, SAMPLES);
  });
  return Object.fromEntries(assembleFidelity(results).kinds.map(({ lossBand, verdict }) => [lossBand, verdict]));
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe("logins at 20 % loss and more", () => {
  it("are held by the model", () => {
    expect(cells.length).toBeGreaterThanOrEqual(8);
    expect(verdicts(false)).toEqual({ "20–26 %": "held", "40 %": "held" });
  });

  it("are broken by textbook time-outs", () => {
    expect(verdicts(true)).toEqual({ "20–26 %": "broken", "40 %": "broken" });
  });
});

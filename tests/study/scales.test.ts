import { describe, expect, it } from "vitest";
import type { Figure } from "../../src/scenario/figure-parts.ts";
import { scalesText } from "../../src/cli/scales.ts";
import type { FigureSample } from "../../src/simulate/replication.ts";
import type { Pair } from "../../src/study/replications.ts";
import { compareScales, scaleSample } from "../../src/study/scales.ts";
import { replicate } from "./fake.ts";

const figure = (metric: string, stat: string): Figure => ({
  text: `${metric}.${stat}`,
  metric,
  stat,
  labels: [],
  window: "run",
  by: undefined,
  unit: "%",
});
const sample = (scale: string, ...values: number[]): { scale: string; values: number[] } => ({ scale, values });

describe("two scales", () => {
  const fine = sample("1/100", 1.4, 1.41, 1.39, 1.4);

  it("agree when the whole interval of their difference is inside the margin", () => {
    expect(compareScales(figure("loss", "mean"), sample("1/1000", 1.42, 1.4, 1.41, 1.43), fine)?.verdict).toBe("held");
  });
  it("disagree when all of it is outside", () => {
    expect(compareScales(figure("loss", "mean"), sample("1/1000", 1.62, 1.6, 1.61, 1.63), fine)?.verdict).toBe(
      "broken",
    );
  });
  it("are not called equal because both are noisy", () => {
    expect(compareScales(figure("loss", "mean"), sample("1/1000", 0.4, 2.4, 1.0, 1.9), fine)?.verdict).toBe("unknown");
  });
  it("are not compared where replications were cut off, as nobody knows by how much they differ", () => {
    const one = figure("alarm.delay", "max");
    const runs = (...samples: readonly FigureSample[]): readonly Pair[] =>
      samples.map((sample, replication) => ({
        run: { ...replicate({ replication, faults: true, interventions: true }), figures: { [one.text]: sample } },
        twin: undefined,
      }));
    const cut = scaleSample("1/1000", one, runs({ value: 4_800, atLeast: true }, { value: 4_800, atLeast: true }));
    const whole = scaleSample("1/100", one, runs({ value: 150 }, { value: 151 }));
    expect(whole).toEqual({ scale: "1/100", values: [150, 151] });
    const [row, same] = [compareScales(one, cut, whole)!, compareScales(one, cut, { ...cut, scale: "1/100" })!];
    expect(row).toMatchObject({ verdict: "unknown", cutOff: { n: 2, of: 2, seen: null, beyond: 4_800 } });
    expect(row).not.toHaveProperty("referenceCutOff");
    expect(same.verdict).toBe("unknown");
    const text = scalesText("story", [{ ...row, unit: "s" }], false).replaceAll(/[\s\u00a0]+/g, " ");
    expect(text).toContain("not within 80 min in any");
    expect(text).not.toContain("4,800");
  });
  it("are compared only where a margin is stated, and only with data", () => {
    expect(compareScales(figure("server.load", "peak"), fine, fine)).toBeUndefined();
    expect(compareScales(figure("login.time", "max"), fine, fine)).toBeUndefined();
    expect(compareScales(figure("evacuation.delay", "max"), fine, fine)).toMatchObject({
      margin: 180,
      verdict: "held",
    });
    expect(compareScales(figure("loss", "mean"), sample("1/1000", 1.4), fine)).toBeUndefined();
  });
});

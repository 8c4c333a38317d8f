import { describe, expect, it } from "vitest";
import type { Figure } from "../../src/scenario/figure-parts.ts";
import { compareScales } from "../../src/study/scales.ts";

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

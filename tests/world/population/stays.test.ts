import { describe, expect, it } from "vitest";
import { Draws } from "../../../src/base/random.ts";
import { Stays } from "../../../src/world/population/stays.ts";

const CLIENTS = 20_000;

/** Returns the mean stay of many clients, ms, each asked interval by interval whether it leaves. */
const meanStayMs = (stays: Stays, cell: number, intervalsMs: readonly number[]): number => {
  const draws = new Draws("stays", "test");
  let sum = 0;
  for (let index = 0; index < CLIENTS; index++) {
    for (let beat = 0; ; beat++) {
      const intervalMs = intervalsMs[Math.min(beat, intervalsMs.length - 1)]!;
      const leavesMs = stays.leavesAfterMs(cell, draws.at(cell, index, beat), intervalMs);
      sum += leavesMs > 0 ? leavesMs : intervalMs;
      if (leavesMs > 0) break;
    }
  }
  return sum / CLIENTS;
};

describe("a stay", () => {
  it.each([
    ["an hour, asked at heartbeats that grow longer", 3_600_000, 1, [210_000, 210_000, 210_000, 580_000]],
    ["ten minutes, which is hardly longer than a heartbeat", 600_000, 1, [210_000, 580_000]],
    ["a hundredth of an hour in a surge of 100, within one heartbeat", 3_600_000, 100, [210_000, 580_000]],
    ["four hours a fifth in a surge of 5", 14_400_000, 5, [210_000, 580_000]],
  ])("lasts as long as asked for on average: %s", (_, usualMs, surge, intervalsMs) => {
    const stays = new Stays(usualMs, Float64Array.of(1, surge));
    expect(meanStayMs(stays, 1, intervalsMs) / (usualMs / surge)).toBeCloseTo(1, 1.6);
  });

  it("ends as usual for one of as many as the surge is high", () => {
    const stays = new Stays(3_600_000, Float64Array.of(1, 10));
    const draws = new Draws("kinds", "test");
    const usual = (cell: number): number =>
      Array.from({ length: CLIENTS }, (_, index) => stays.isUsual(cell, draws.at(cell, index, 0))).filter(Boolean)
        .length / CLIENTS;
    expect(usual(0)).toBe(1);
    expect(usual(1)).toBeCloseTo(0.1, 2);
  });
});

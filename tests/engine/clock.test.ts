import { describe, expect, test } from "vitest";
import { Clock } from "../../src/engine/clock.ts";
import { ms, seconds, type Instant } from "../../src/base/units.ts";

const at = (milliseconds: number): Instant => (milliseconds * 1_000) as Instant;

describe("the clock", () => {
  test("runs actions up to a bucket's start before that bucket, in the order of their times", () => {
    const clock = new Clock(ms(250));
    const log: string[] = [];
    const note = (what: string) => (): void => void log.push(`${what} at ${String(clock.now / 1_000)}`);
    clock.at(at(500), note("late"));
    clock.at(at(100), note("early"));
    clock.at(at(250), note("edge"));
    clock.at(at(250), note("edge again"));
    clock.at(at(600), note("last"));
    clock.run(at(600), (startMs) => void log.push(`bucket ${String(startMs)} at ${String(clock.now / 1_000)}`));
    expect(log).toEqual([
      "bucket 0 at 0",
      "early at 100",
      "edge at 250",
      "edge again at 250",
      "bucket 250 at 250",
      "late at 500",
      "bucket 500 at 500",
      "last at 600",
    ]);
    expect(clock.now).toBe(at(600));
  });

  test("repeats at equal steps, and an action may ask for more at once", () => {
    const clock = new Clock(seconds(1));
    const times: number[] = [];
    let extra = 0;
    clock.every(seconds(60), at(30_000), () => {
      times.push(clock.now / 1_000_000);
      clock.at(clock.now, () => (extra += 1));
    });
    clock.run(at(300_000), () => undefined);
    expect(times).toEqual([30, 90, 150, 210, 270]);
    expect(extra).toBe(5);
  });

  test("goes on where it stopped, and drains every bucket once", () => {
    const clock = new Clock(ms(250));
    const starts: number[] = [];
    for (const until of [1_000, 1_100, 2_000]) clock.run(at(until), (startMs) => void starts.push(startMs));
    expect(starts).toEqual([0, 250, 500, 750, 1_000, 1_250, 1_500, 1_750]);
  });

  test("lets no action be asked for in the past", () => {
    const clock = new Clock(ms(250));
    clock.run(at(1_000), () => undefined);
    expect(() => clock.at(at(999), () => undefined)).toThrow("asked for at");
  });
});

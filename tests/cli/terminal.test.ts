import { describe as story, expect, it } from "vitest";
import { inputWords, readReps } from "../../src/cli/settings.ts";
import { canRedraw, wantsColor } from "../../src/cli/terminal.ts";
import { describe, span } from "../../src/cli/progress.ts";

const tty = { isTTY: true };
const pipe = {};

story("colour", () => {
  it("is for terminals, unless they are dumb or belong to CI", () => {
    expect(wantsColor("auto", tty, {})).toBe(true);
    expect(wantsColor("auto", pipe, {})).toBe(false);
    expect(wantsColor("auto", tty, { TERM: "dumb" })).toBe(false);
    expect(wantsColor("auto", tty, { CI: "true" })).toBe(false);
    expect(wantsColor("auto", tty, { CI: "false" })).toBe(true);
  });

  it("follows NO_COLOR before FORCE_COLOR, and the flag before both", () => {
    expect(wantsColor("auto", tty, { NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
    expect(wantsColor("auto", tty, { NO_COLOR: "" })).toBe(true);
    expect(wantsColor("auto", pipe, { FORCE_COLOR: "1", CI: "true" })).toBe(true);
    expect(wantsColor("auto", tty, { FORCE_COLOR: "0" })).toBe(false);
    expect(wantsColor("always", pipe, { NO_COLOR: "1" })).toBe(true);
    expect(wantsColor("never", tty, { FORCE_COLOR: "1" })).toBe(false);
  });

  it("does not affect redrawing: a log is never redrawn", () => {
    expect(canRedraw(tty, {})).toBe(true);
    expect(canRedraw(pipe, { FORCE_COLOR: "1" })).toBe(false);
    expect(canRedraw(tty, { CI: "1" })).toBe(false);
  });
});

story("progress", () => {
  it("names replication, simulated time, speed, time left and the leading figure", () => {
    const interval = { value: 3.52, ci95: [3.44, 3.6] as const };
    const standing = { finished: 2, planned: 10, seconds: 25, secondsPlanned: 100, clock: 4350.7, events: 4.2e6 };
    const text = describe({ ...standing, leading: { name: "loss", unit: "%", interval } }, 2);
    expect(text).toBe("replication 3 of 10 · 1:12:30 · 2.1 M events/s · 6 s left · loss 3.52 % [3.44, 3.60]");
  });

  it("leaves out what it does not know", () => {
    const standing = { finished: 0, planned: 1, seconds: 0, secondsPlanned: 9, clock: undefined, events: 0 };
    expect(describe({ ...standing, leading: undefined }, 0)).toBe("replication 1 of 1");
  });

  it("prints long times in long units", () => {
    expect([span(0.2), span(89), span(300), span(5000)]).toEqual(["1 s", "89 s", "5 min", "1 h 23 min"]);
  });
});

story("flags", () => {
  it("accept one number of replications, or a range", () => {
    expect(readReps("10")).toEqual({ least: 10, most: 10 });
    expect(readReps("10..200")).toEqual({ least: 10, most: 200 });
    for (const wrong of ["", "x", "1.5", "0", "-3", "5..", "..5", "9..3", "1e3"])
      expect(() => readReps(wrong), wrong).toThrow();
  });

  it("that change the result are all in the command that reproduces it", () => {
    const flags = { set: ["faults.a.loss=0 %", "x=it's"], faults: true, interventions: false, twin: true };
    expect(inputWords({ ...flags, seed: "012", reps: { least: 5, most: 9 }, scale: "1/1000" })).toEqual([
      ...["--seed", "012", "--reps", "5..9", "--scale", "1/1000"],
      ...["--set", "faults.a.loss=0 %", "--set", "x=it's", "--no-interventions"],
    ]);
    expect(inputWords({ set: [], faults: true, interventions: true, twin: true })).toEqual([]);
  });
});

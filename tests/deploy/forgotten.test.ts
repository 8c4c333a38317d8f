/** The verdict on what a store that died has forgotten, on outcomes made by hand. */
import { expect, it } from "vitest";
import { ms, seconds } from "../../src/base/units.ts";
import type { Drill, DrillOutcome } from "../../src/deploy/drill/drill.ts";
import { boundOf, problemsOf } from "../../src/deploy/drill/verdict.ts";

const DRILL: Drill = {
  ...{ seed: "forgotten", subscribers: 20_000, parts: 2, blockSize: 100, batchSize: 10, workers: 2, slots: 3 },
  ...{
    rate: { perSecond: 1_000, burst: 10, horizon: ms(0) },
    jitter: ms(100),
    capacity: 2_000,
    lease: seconds(2),
    kills: 4,
  },
  ...{
    persistence: "everysec",
    withMachine: true,
    patience: 10_000,
    built: "",
    environment: {},
    triggers: "redis",
    longestWay: ms(50),
  },
};
const ALONE: Drill = { ...DRILL, withMachine: false };
const NONE: Drill = { ...ALONE, persistence: "none" };

/** `inTwo` members in two blocks, when `cameBack` more were pending after the death than before it. */
const outcome = (inTwo: number, cameBack: number): DrillOutcome => ({
  ...{ isDone: true, repeated: inTwo, fullest: 0, bound: 0, took: 0, killed: [], exits: [] },
  tally: { batches: [], told: DRILL.subscribers, missed: [], strangers: 0, repeats: [] },
  causes: new Map([["claim lost", inTwo]]),
  before: { filled: 2, source: 9_000, claimed: 600, finished: 104 },
  after: { filled: 2, source: 9_000 + cameBack, claimed: 600, finished: 104 },
});

it("a store that dies alone repeats batches that it did not answer, one that forgets whole blocks, and none that is finished", () => {
  expect([ALONE, NONE, DRILL].map((drill) => boundOf("store lost", drill))).toEqual([60, 1_800, 1_800]);
});

it("nobody is in two blocks when the store keeps what it has answered; else who was claimed since it was last kept", () => {
  // In each hand a block; and what the limiter lets through in two and a half seconds, with a burst and the age of grants.
  expect([ALONE, NONE, DRILL].map((drill) => boundOf("claim lost", drill))).toEqual([
    0,
    1_800,
    1_800 + 2_500 + 10 + 100,
  ]);
});

it("nobody is in two blocks who was not back in the source", () => {
  expect(problemsOf(DRILL, outcome(1_500, 300))).toEqual([]);
  expect(problemsOf(DRILL, outcome(1_501, 300))).toEqual([
    "1501 were in two blocks, and only 1500 can have been back in the source",
  ]);
});

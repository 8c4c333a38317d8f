/** The verdict on a drill, on outcomes made by hand: each cause turns it red as soon as it repeats one more than it can. */
import { expect, it } from "vitest";
import { ms, seconds } from "../../src/base/units.ts";
import type { Drill, DrillOutcome } from "../../src/deploy/drill/drill.ts";
import type { DuplicateReason } from "../../src/deploy/drill/findings.ts";
import { boundOf, problemsOf } from "../../src/deploy/drill/verdict.ts";

const DRILL: Drill = {
  ...{ seed: "verdict", subscribers: 1_000, parts: 2, blockSize: 100, batchSize: 10, workers: 2, slots: 3 },
  ...{
    rate: { perSecond: 100, burst: 10, horizon: ms(0) },
    jitter: ms(100),
    capacity: 1_000,
    lease: seconds(2),
    kills: 4,
  },
  ...{
    persistence: "everysec",
    withMachine: false,
    patience: 10_000,
    built: "",
    environment: {},
    triggers: "redis",
    longestWay: ms(50),
  },
};
const NOTHING = { filled: 0, source: 0, claimed: 0, finished: 0 };
const outcome = (causes: readonly (readonly [DuplicateReason, number])[]): DrillOutcome => ({
  isDone: true,
  tally: { batches: [], told: DRILL.subscribers, missed: [], strangers: 0, repeats: [] },
  causes: new Map(causes),
  ...{ repeated: 0, fullest: 0, bound: 120, took: 0, killed: [], before: NOTHING, after: NOTHING, exits: [] },
});
const CAUSES: readonly DuplicateReason[] = [
  "worker killed",
  "store lost",
  "lease expired",
  "redelivered",
  "unexplained",
];

it("each cause may repeat what it explains", () => {
  expect(CAUSES.map((cause) => boundOf(cause, DRILL))).toEqual([4 * 3 * 10, 2 * 3 * 10, 5 * 2 * 3 * 10, 0, 0]);
  expect(problemsOf(DRILL, outcome(CAUSES.map((cause) => [cause, boundOf(cause, DRILL)])))).toEqual([]);
});

it("and not one more", () => {
  for (const cause of CAUSES) {
    const bound = boundOf(cause, DRILL);
    expect(problemsOf(DRILL, outcome([[cause, bound + 1]]))).toEqual([
      `${String(bound + 1)} told again (${cause}), bound ${String(bound)}`,
    ]);
  }
});

/** The whole of push on real parts, with real deaths: the small brother of `npm run bench -- push`. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { ms, seconds } from "../../src/base/units.ts";
import { runDrill, type Drill } from "../../src/deploy/drill/drill.ts";
import { problemsOf } from "../../src/deploy/drill/verdict.ts";
import { describeAllReal } from "../contracts/real.ts";

const SMALL: Drill = {
  seed: "small",
  subscribers: 20_000,
  parts: 4,
  triggers: "redis",
  blockSize: 500,
  lotSize: 50,
  workers: 4,
  slots: 2,
  rate: { perSecond: 8_000, burst: 400, horizon: ms(250) },
  jitter: ms(250),
  longestWay: ms(100),
  capacity: 10_400,
  lease: seconds(1.5),
  kills: 1,
  persistence: "everysec",
  withMachine: true,
  patience: 40_000,
  built: join(import.meta.dirname, "../../dist"),
  environment: process.env,
};

await describeAllReal(["redis", "mysql", "rabbitmq"], "20,000 are told at least once, and never too fast", () => {
  it.each<Pick<Drill, "persistence" | "withMachine" | "triggers">>([
    { persistence: "everysec", withMachine: true, triggers: "redis" },
    { persistence: "none", withMachine: false, triggers: "rabbitmq" },
  ])(
    "though a worker, the dispatcher and a Redis die: $persistence, with its machine: $withMachine, triggers on $triggers",
    { timeout: 60_000 },
    async (how) => {
      const drill = { ...SMALL, ...how };
      const outcome = await runDrill(drill);
      expect(problemsOf(drill, outcome)).toEqual([]);
      expect(outcome.killed.toSorted()).toEqual([
        expect.stringMatching(/^dispatcher\.\d$/),
        "redis",
        expect.stringMatching(/^w[0-3]\.\d$/),
      ]);
    },
  );

  it.each([
    {
      kills: 1,
      told: "not everybody, when one of them is killed",
      problems: [expect.stringMatching(/^\d+ were never told/)],
    },
    { kills: 0, told: "everybody, when nobody is killed", problems: [] },
  ])("workers that report before they push tell $told", { timeout: 60_000 }, async ({ kills, problems }) => {
    const worker = join(import.meta.dirname, "../canaries/hasty-worker.js");
    const drill = { ...SMALL, subscribers: 4_000, kills, withMachine: false, worker };
    expect(problemsOf(drill, await runDrill(drill))).toEqual(problems);
  });
});

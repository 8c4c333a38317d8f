/** What every run of the crash harness must keep. */
import { duplicatesAtMost } from "../../../src/algorithms/push/duplicates.ts";
import { minutes } from "../../../src/base/units.ts";
import { type CrashHarness, BATCH, type Plan } from "./crash-harness.ts";

export const QUIET: Plan = {
  ...{ subscribers: 14, parts: 2, workers: 2, dispatchers: 1, publishesAgain: true },
  mishap: () => undefined,
  pick: (below) => Math.floor(below / 2),
};
export const HOUR = minutes(60);

/** Returns the broken promises of a run; none if all is well. */
export const complaints = (harness: CrashHarness): string[] => {
  const { service: service, audience, task } = harness;
  const untold = audience.filter((uin) => !service.told.has(uin));
  const unexplained = service.repeated.get("unexplained") ?? 0;
  const most: Readonly<Record<string, number>> = duplicatesAtMost(service.mishaps, BATCH);
  const beyond = [...service.repeated].filter(([cause, count]) => count > (most[cause] ?? 0));
  return [
    ...(task.state === "done" ? [] : [`the task is ${task.state} after ${String(harness.now)} us`]),
    ...(untold.length === 0 ? [] : [`untold: ${untold.join(" ")}`]),
    ...beyond.map(([cause, count]) => `${String(count)} told again by ${cause}, at most ${String(most[cause])}`),
    ...(unexplained === 0 ? [] : [`${String(unexplained)} told again without a cause`]),
  ];
};

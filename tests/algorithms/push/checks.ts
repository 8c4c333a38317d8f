/** What every drill must keep, whatever befell it. */
import { duplicatesAtMost } from "../../../src/algorithms/push/duplicates.ts";
import { minutes } from "../../../src/base/units.ts";
import { type Drill, LOT, type Plan } from "./harness.ts";

export const QUIET: Plan = {
  ...{ subscribers: 14, parts: 2, workers: 2, dispatchers: 1, publishesAgain: true },
  mishap: () => undefined,
  pick: (below) => Math.floor(below / 2),
};
export const HOUR = minutes(60);

/** The broken promises of a drill; none when all is well. */
export const complaints = (drill: Drill): string[] => {
  const { sink, audience, task } = drill;
  const untold = audience.filter((uin) => !sink.told.has(uin));
  const unexplained = sink.repeated.get("unexplained") ?? 0;
  const most: Readonly<Record<string, number>> = duplicatesAtMost(sink.mishaps, LOT);
  const beyond = [...sink.repeated].filter(([cause, count]) => count > (most[cause] ?? 0));
  return [
    ...(task.state === "done" ? [] : [`the task is ${task.state} after ${String(drill.now)} us`]),
    ...(untold.length === 0 ? [] : [`untold: ${untold.join(" ")}`]),
    ...beyond.map(([cause, count]) => `${String(count)} told again by ${cause}, at most ${String(most[cause])}`),
    ...(unexplained === 0 ? [] : [`${String(unexplained)} told again without a cause`]),
  ];
};

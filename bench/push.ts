/**
 * Push on real parts: a million reminders through Redis, MariaDB or MySQL, and RabbitMQ, by a dispatcher and four workers, some of which are killed while they
 * work, as is Redis. Everybody must be told, nobody more often than the deaths excuse, and no second may see more than the message service can take. Beside
 * how fast it went stands how fast the simulated world says it would go, from how long each step of a worker took when it was measured alone beforehand.
 * FIREDRILL_PUSH_SUBSCRIBERS tells another number of people.
 */
import { constants } from "node:os";
import { join } from "node:path";
import { ms, seconds } from "../src/base/units.ts";
import { runDrill, type Drill, type DrillOutcome } from "../src/deploy/drill/drill.ts";
import { subscribersIn } from "../src/deploy/drill/subscribers.ts";
import { boundOf, problemsOf } from "../src/deploy/drill/verdict.ts";
import { calibrate, type Calibration } from "./push/calibration.ts";
import { predict } from "./push/prediction.ts";
import { STEPS } from "./push/steps.ts";
import type { Bench, Row } from "./row.ts";

const DRILL: Omit<Drill, "persistence" | "withMachine"> = {
  seed: "push",
  subscribers: subscribersIn(process.env),
  parts: 8,
  triggers: "redis",
  blockSize: 5_000,
  batchSize: 250,
  workers: 4,
  slots: 2,
  // Eight slots of 250 take 50 ms.
  rate: { perSecond: 40_000, burst: 1_000, horizon: ms(250) },
  jitter: ms(250),
  longestWay: ms(100),
  capacity: 51_000,
  lease: seconds(5),
  kills: 6,
  patience: 300_000,
  // What the benchmarks were built into.
  built: join(import.meta.dirname, "../src"),
  environment: process.env,
};

type Mode = Pick<Drill, "persistence" | "withMachine"> & Partial<Drill> & { readonly name: string };

/** How fast it goes when nothing holds it back and nobody dies; then what Redis keeps, and what dies with it. */
const MODES: readonly Mode[] = [
  {
    ...{ name: "no limit, nobody dies", persistence: "everysec", withMachine: false, kills: 0 },
    // More than any machine of this size tells.
    ...{ rate: { perSecond: 1_000_000, burst: 1_000, horizon: ms(250) }, capacity: 1_251_000 },
  },
  { name: "appendfsync everysec, the process dies", persistence: "everysec", withMachine: false },
  { name: "appendfsync everysec, the machine dies", persistence: "everysec", withMachine: true },
  { name: "nothing kept on disk, triggers on RabbitMQ", persistence: "none", withMachine: false, triggers: "rabbitmq" },
];

const rowsOf = (name: string, drill: Drill, outcome: DrillOutcome, predicted: number): readonly Row[] => {
  const { tally, causes, fullest, bound, took, before, after, killed } = outcome;
  const row = (what: string, value: number, unit: Row["unit"]): Row => {
    return { bench: "push", impl: `${name}: ${what}`, n: drill.subscribers, value, unit };
  };
  const measured = tally.told / (took / 1_000);
  return [
    row(`killed ${killed.length === 0 ? "nobody" : killed.join(", ")}; told at least once`, tally.told, "people"),
    ...[...causes].map(([cause, count]) =>
      row(`told again, ${cause} (at most ${String(boundOf(cause, drill))})`, count, "people"),
    ),
    ...(killed.includes("redis")
      ? [
          row(`to be told when Redis died (${String(before.finished)} blocks finished)`, before.source, "people"),
          row(`to be told when it was back (${String(after.finished)} blocks finished)`, after.source, "people"),
        ]
      : []),
    row(`fullest second at the message service (at most ${String(bound)})`, fullest, "people"),
    row("measured, deaths included", measured, "people/s"),
    row("predicted by the simulated world", predicted, "people/s"),
    row("measured / predicted", measured / predicted, "ratio"),
  ];
};

const calibrationRows = (drill: Drill, { steps, away }: Calibration): readonly Row[] => {
  const row = (what: string, value: number): Row => {
    const impl = `a worker's steps, ${String(drill.workers * drill.slots)} at once, Redis keeps ${drill.persistence}: ${what}`;
    return { bench: "push", impl, n: drill.subscribers, value, unit: "ms" };
  };
  return [
    ...STEPS.map((step) => {
      const { mean, median, served } = steps[step];
      const own = served === 0 ? "" : `, of which Redis works ${served.toFixed(2)}`;
      return row(`${step}, mean (median ${median.toFixed(2)}${own})`, mean);
    }),
    row("from a worker's death to its next life", away.worker),
    row("from Redis' death to its next life", away.redis),
  ];
};

/** What is interrupted cleans up behind itself and ends; a second time it ends at once. */
const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interruption = new AbortController();
  let by: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    by ??= signal;
    interruption.abort(new Error(`interrupted by ${signal}`));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
    if (by !== undefined) process.exit(128 + constants.signals[by]);
  }
};

export const push: Bench = {
  run: async () => {
    const rows: Row[] = [];
    const calibrations = new Map<Drill["persistence"], Calibration>();
    for (const { name, ...how } of MODES) {
      const drill: Drill = { ...DRILL, ...how };
      const { persistence } = drill;
      const calibration = calibrations.get(persistence) ?? (await calibrate(drill));
      if (!calibrations.has(persistence)) rows.push(...calibrationRows(drill, calibration));
      calibrations.set(persistence, calibration);
      const predicted = predict(drill, calibration);
      const outcome = await interruptible((signal) => runDrill(drill, signal));
      rows.push(...rowsOf(name, drill, outcome, predicted));
      for (const problem of problemsOf(drill, outcome)) {
        process.stderr.write(`${name}: ${problem}\n`);
        process.exitCode = 1;
      }
    }
    return rows;
  },
};

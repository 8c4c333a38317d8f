/**
 * Push on real parts: a million reminders through Redis, MariaDB or MySQL, and RabbitMQ, by a dispatcher and four workers, some of which are killed while they
 * work, as is Redis. Everybody must be told, nobody more often than the deaths excuse, and no second may see more than the message service can take.
 * FIREDRILL_PUSH_SUBSCRIBERS tells another number of people.
 */
import { join } from "node:path";
import { ms, seconds } from "../src/base/units.ts";
import { runDrill, type Drill, type Outcome } from "../src/deploy/drill/drill.ts";
import { boundOf, problemsOf } from "../src/deploy/drill/verdict.ts";
import type { Bench, Row } from "./row.ts";

const DRILL: Omit<Drill, "persistence" | "withMachine"> = {
  seed: "push",
  subscribers: Number(process.env["FIREDRILL_PUSH_SUBSCRIBERS"] ?? 1_000_000),
  parts: 8,
  blockSize: 5_000,
  lotSize: 250,
  workers: 4,
  slots: 2,
  // Eight slots of 250 take 50 ms.
  rate: { perSecond: 40_000, burst: 1_000, horizon: ms(250) },
  jitter: ms(250),
  capacity: 51_000,
  lease: seconds(5),
  kills: 6,
  patience: 300_000,
  // What the benchmarks were built into.
  built: join(import.meta.dirname, "../src"),
  environment: process.env,
};

/** What Redis keeps, and what dies with it. */
const MODES: readonly (Pick<Drill, "persistence" | "withMachine"> & { readonly name: string })[] = [
  { name: "appendfsync everysec, the process dies", persistence: "everysec", withMachine: false },
  { name: "appendfsync everysec, the machine dies", persistence: "everysec", withMachine: true },
  { name: "nothing kept on disk", persistence: "none", withMachine: false },
];

const rowsOf = (name: string, drill: Drill, outcome: Outcome): readonly Row[] => {
  const { tally, causes, fullest, bound, took, before, after } = outcome;
  const row = (what: string, value: number, unit: Row["unit"]): Row => {
    return { bench: "push", impl: `${name}: ${what}`, n: drill.subscribers, value, unit };
  };
  return [
    row(`killed ${outcome.killed.join(", ")}; told at least once`, tally.told, "people"),
    ...[...causes].map(([cause, count]) =>
      row(`told again, ${cause} (at most ${String(boundOf(cause, drill))})`, count, "people"),
    ),
    row(`to be told when Redis died (${String(before.finished)} blocks finished)`, before.source, "people"),
    row(`to be told when it was back (${String(after.finished)} blocks finished)`, after.source, "people"),
    row(`fullest second at the message service (at most ${String(bound)})`, fullest, "people"),
    row("throughput, deaths included", tally.told / (took / 1_000), "people/s"),
  ];
};

export const push: Bench = {
  run: async () => {
    const rows: Row[] = [];
    for (const { name, ...how } of MODES) {
      const drill = { ...DRILL, ...how };
      const outcome = await runDrill(drill);
      rows.push(...rowsOf(name, drill, outcome));
      for (const problem of problemsOf(drill, outcome)) {
        process.stderr.write(`${name}: ${problem}\n`);
        process.exitCode = 1;
      }
    }
    return rows;
  },
};

/**
 * The evacuation of Tianjin at 1:1: every one of 180 million users is a row, 70 million of them led elsewhere within the
 * simulated hour, one replication without its twin. And seven million moved among more and more people: what that costs should
 * follow those who move and not those who are online.
 */
import { join } from "node:path";
import { readScenario } from "../src/scenario/read.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import { ours, ROOT } from "./programs.ts";
import type { Bench, Row } from "./row.ts";
import { measureRun } from "./world.ts";

const SIMULATED_S = 3_600;
const EVERYBODY = 180e6;
const SEVEN_MILLION = 7e6;

/** The story's first hour with `online` people, of which the given share belongs to the north. */
const hour = (online: number, northShare: number): Scenario => {
  const other = `${String((100 * (1 - northShare)) / 2)} %`;
  const reading = readScenario(join(ROOT, "scenarios", "tianjin-2015.yaml"), {
    set: [
      `online=${String(online)}`,
      `centres.north.share=${String(100 * northShare)} %`,
      `centres.shanghai.share=${other}`,
      `centres.shenzhen.share=${other}`,
      "run.scale=1",
      "run.duration=60 min",
      "run.warmup=1 min",
      "windows.before=1 min..5 min",
      "windows.evacuation=5 min..60 min",
      "windows.dark=58 min..60 min",
      "faults.dark.at=59 min",
      "interventions.evacuation.at=5 min",
      "rows-a-gateway-min=1",
    ],
  });
  if (!("scenario" in reading)) throw new Error(reading.problems.map(({ message }) => message).join("\n"));
  return reading.scenario;
};

const rowsOf = (bench: string, impl: string, n: number): readonly Row[] => {
  const { seconds, events, bytes } = ours(bench, n, 1);
  const row = { bench, impl, n };
  return [
    { ...row, value: SIMULATED_S / seconds, unit: "x real time" },
    { ...row, value: seconds, unit: "s" },
    { ...row, value: events / seconds / 1e6, unit: "M events/s" },
    { ...row, value: bytes! / 1_073_741_824, unit: "GiB" },
  ];
};

/** 70 million of 180 million moved. */
export const tianjin: Bench = {
  run: () => rowsOf("tianjin", "firedrill, 70 M moved in an hour, 1:1", EVERYBODY),
  measure: (n) => measureRun(hour(n, 70 / 180), true),
};

/** Seven million moved, among 18, 60 and 180 million. */
export const seven: Bench = {
  run: () => {
    const rows = [18e6, 60e6, EVERYBODY].map((n) => rowsOf("seven", "firedrill, 7 M moved in an hour, 1:1", n));
    const seconds = rows.map((own) => own.find(({ unit }) => unit === "s")!.value);
    const growth = { bench: "seven", impl: "wall, 180 M online / 18 M online", n: EVERYBODY, unit: "ratio" } as const;
    return [...rows.flat(), { ...growth, value: seconds.at(-1)! / seconds[0]! }];
  },
  measure: (n) => measureRun(hour(n, SEVEN_MILLION / n), true),
};

/**
 * False alarms and needless moves in peace: the quiet day, many times over, each with its own chance. With none in d
 * days the true rate is below 3/d a day with 95 % confidence (the goal, chosen, is at most 0.1 a day, which 30 days show).
 */
import { join } from "node:path";
import { readScenario } from "../src/scenario/read.ts";
import { simulate } from "../src/simulate/simulation.ts";
import { ours, ROOT } from "./programs.ts";
import type { Bench, Measurement, Row } from "./row.ts";

const DAYS = 32;
/** Two at a time would disturb each other's timing, and nothing here is timed: days are grouped to bound a process. */
const DAYS_A_PROCESS = 8;

/** Simulates days from `n`, the first of this process. `events` are alarms and moves. */
const measure = (n: number): Measurement => {
  const reading = readScenario(join(ROOT, "scenarios", "quiet-day.yaml"));
  if (!("scenario" in reading)) throw new Error(reading.problems.map(({ message }) => message).join("\n"));
  const start = performance.now();
  let events = 0;
  for (let day = n; day < n + DAYS_A_PROCESS; day++) {
    const { decisions } = simulate(reading.scenario, { replication: day, faults: false, interventions: false });
    events += decisions.filter(({ kind }) => kind === "alert" || kind === "move" || kind === "fail-open").length;
  }
  return { events, seconds: (performance.now() - start) / 1_000 };
};

const run = (): readonly Row[] => {
  let events = 0;
  for (let day = 0; day < DAYS; day += DAYS_A_PROCESS) events += ours("quiet", day, 1).events;
  const row = { bench: "quiet", impl: "firedrill scheduler, 33 regions in peace", n: DAYS };
  return [
    { ...row, value: events, unit: "alarms and moves" },
    { ...row, value: upperBound(events) / DAYS, unit: "a day at most (95 %)" },
  ];
};

/** The Poisson mean that gives k events or fewer with 5 % chance, by bisection: 3.0 for none. */
const upperBound = (k: number): number => {
  const atMost = (mean: number): number => {
    let term = Math.exp(-mean);
    let sum = term;
    for (let i = 1; i <= k; i++) sum += term *= mean / i;
    return sum;
  };
  let [low, high] = [0, 4 * k + 10];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
};

export const quiet: Bench = { run, measure };

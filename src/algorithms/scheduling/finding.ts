/**
 * What attribution finds: what failed, for whom, how much worse it is, and the numbers that say so.
 * Met by: src/world/seams/scheduling.ts
 */
import { estimate } from "./estimate.ts";
import type { AlertKind, SchedulerEffect } from "./messages.ts";
import type { Level } from "./places.ts";
import type { Evidence, Quality, Rise } from "./quality.ts";
import type { Cell } from "./cell.ts";

/** A routed cell whose alarm, or whose pool's alarm, stands since a round; `alarmedIn` is when we first saw it. */
export interface Suspect {
  readonly cell: Cell;
  readonly since: number;
  readonly alarmedIn: number;
  /** Its own evidence is no alarm: its pool's is. */
  readonly isLent: boolean;
}

export interface Finding {
  readonly what: AlertKind;
  readonly who: string;
  readonly ip: string;
  /** Gateways it is about; undefined for all. */
  readonly gateways: ReadonlySet<number> | undefined;
  /** Endpoints it is about. */
  readonly unit: ReadonlySet<number>;
  readonly level: Level | "access";
  readonly rise: Rise;
  /** The rise at its lower bound. */
  readonly riseAtLeast: Rise;
  readonly since: number;
  readonly why: readonly string[];
}

/** What people are told of it. */
export const alertOf = (
  { who, ip, gateways, unit }: Finding,
  what: AlertKind,
  why: readonly string[],
): Extract<SchedulerEffect, { kind: "alert" }> => ({ kind: "alert", what, who, ip, gateways, endpoints: unit, why });

type Verdict = "bad" | "clean" | "unknown";

/** Nats that are worth a mention: e^3 to one. */
export const HINT = 3;

/** A verdict of so many nats. */
export const judge = (nats: number, proof: number): Verdict =>
  nats >= proof ? "bad" : nats <= -proof ? "clean" : "unknown";

/**
 * The same of evidence about alternates. Clean must also look clean: where sessions degrade clearly more often than in
 * peace, something is wrong there too, if less than was asked about.
 */
export const verdictOf = ({ nats, bad, expected }: Evidence, proof: number): Verdict => {
  const verdict = judge(nats, proof);
  const isWorse = bad > expected + Math.max(3 * Math.sqrt(expected), expected / 4);
  return verdict === "clean" && isWorse ? "unknown" : verdict;
};

export const partOf = (rise: Rise, part: number): Rise => ({
  sessions: rise.sessions * part,
  connects: rise.connects * part,
});

/** The numbers that every finding states: how much worse these cells are since a round, and at least. */
export const measure = (
  quality: Quality,
  cells: readonly Cell[],
  since: number,
  rise: Rise,
  why: readonly string[],
): Pick<Finding, "rise" | "riseAtLeast" | "since" | "why"> => {
  const told = quality.evidence(cells, since, rise);
  const dispersion = Math.max(1, ...cells.map((cell) => cell.sessions.dispersion));
  const normal = told.sessions > 0 ? told.expected / told.sessions : 0;
  const now = estimate(told.bad, told.sessions, dispersion);
  const often = cells[0] === undefined ? 0 : quality.normalConnects(cells[0]);
  const failing = estimate(told.failures, told.connects, 3);
  const above = (low: number, was: number): number => Math.max(0, (low - was) / (1 - was));
  const riseAtLeast = {
    sessions: rise.sessions > 0 ? above(now.low, normal) : 0,
    connects: rise.connects > 0 ? above(failing.low, often) : 0,
  };
  const loss = [normal, now.mid, now.low, now.high].map((share) => percent(quality.lossOf(share)));
  const reasons = [
    `loss ${loss[0]!} → ${loss[1]!} (${loss[2]!} to ${loss[3]!}) in ${String(told.sessions)} sessions`,
    `failed connects ${String(told.failures)} of ${String(told.connects)}, normal ${percent(often)}`,
    ...why,
  ];
  return { rise, riseAtLeast, since, why: reasons };
};

export const sizeOf = (rise: Rise): number => rise.sessions + rise.connects;

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** A line of reasons; none where nobody said anything. */
export const told = (label: string, evidence: Evidence): readonly string[] =>
  evidence.sessions + evidence.connects === 0 ? [] : [`${label}: ${describe(evidence)}`];

export const describe = ({ nats, sessions, bad, expected, connects, failures }: Evidence): string =>
  `${nats.toFixed(1)} nats for bad: ${String(bad)} of ${String(sessions)} sessions degraded, ${expected.toFixed(1)} expected; ` +
  `${String(failures)} of ${String(connects)} connects failed`;

/** Since which round a cell whose test is raised is likely to be worse. */
export const onset = ({ sessions, connects }: Cell): number => {
  const [first, second] = sessions.test.value >= connects.test.value ? [sessions, connects] : [connects, sessions];
  return first.test.raisedIn >= 0 ? first.test.raisedIn : second.test.raisedIn;
};

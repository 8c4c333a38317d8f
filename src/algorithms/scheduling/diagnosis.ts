/**
 * What attribution finds: what failed, for which gateways, how much worse it is, and the numbers that say so.
 * Met by: src/world/seams/scheduling.ts
 */
import { printFixed, printPlain } from "../../base/digits.ts";
import type { Evidence, Rise, RiseSince } from "./evidence.ts";
import type { AlertKind, SchedulerEffect } from "./messages.ts";
import type { PathStats } from "./path-stats.ts";
import type { Quality } from "./quality.ts";
import { estimateShare } from "./share-estimate.ts";
import type { DomainLevel } from "./topology-index.ts";

/** This many gateways of one region and carrier with an access fault make a regional fault. Chosen. */
export const REGIONAL = 3;

/** A routed path that is in alarm itself or through its pool. */
export interface Suspect {
  /** The path. */
  readonly path: PathStats;
  /** The round since which it is likely to be worse. */
  readonly since: number;
  /** The round in which its alarm was first seen. */
  readonly firstSeen: number;
  /** True if its own evidence makes no alarm, but its pool's does. */
  readonly isPooled: boolean;
}

/** A fault with its name, its scope and its evidence. */
export interface Diagnosis {
  /** Kind of fault. */
  readonly what: AlertKind;
  /** Name of what is at fault: a gateway, region/carrier, endpoint, server, line or centre. */
  readonly who: string;
  /** Its address; empty if it has none. */
  readonly ip: string;
  /** Gateways it is about; undefined for all. */
  readonly gateways: ReadonlySet<number> | undefined;
  /** Endpoints it is about. */
  readonly endpoints: ReadonlySet<number>;
  /** The failure domain that is at fault; "access" if it is the carrier's. */
  readonly level: DomainLevel | "access";
  /** How much worse it is. */
  readonly rise: Rise;
  /** The rise at its lower bound. */
  readonly riseAtLeast: Rise;
  /** The round since which it is worse. */
  readonly since: number;
  /** The evidence, in words. */
  readonly why: readonly string[];
}

/** Returns the alert that reports a diagnosis under a given kind, with given reasons. */
export const alertOf = (
  { who, ip, gateways, endpoints }: Diagnosis,
  what: AlertKind,
  why: readonly string[],
): Extract<SchedulerEffect, { kind: "alert" }> => ({ kind: "alert", what, who, ip, gateways, endpoints, why });

/** What evidence proves. */
export type EvidenceVerdict = "bad" | "clean" | "unknown";

/** Nats that are worth a mention: e^3 to one. */
export const HINT = 3;

/** Returns the verdict of evidence in nats for bad, if `proof` nats either way are a proof. */
export const judge = (nats: number, proof: number): EvidenceVerdict =>
  nats >= proof ? "bad" : nats <= -proof ? "clean" : "unknown";

/**
 * Returns the verdict of evidence about alternates. Clean must also look clean: where clearly more sessions degrade
 * than normal, something is wrong there too, if less than was asked about.
 */
export const verdictOf = ({ nats, bad, expected }: Evidence, proof: number): EvidenceVerdict => {
  const verdict = judge(nats, proof);
  const isWorse = bad > expected + Math.max(3 * Math.sqrt(expected), expected / 4);
  return verdict === "clean" && isWorse ? "unknown" : verdict;
};

/** Returns a part of a rise. */
export const partOfRise = (rise: Rise, part: number): Rise => ({
  sessions: rise.sessions * part,
  connects: rise.connects * part,
});

/**
 * Returns the numbers of a diagnosis: how much worse these paths are, at least how much, and both in words before
 * `why`.
 */
export const measure = (
  quality: Quality,
  paths: readonly PathStats[],
  { since, rise }: RiseSince,
  why: readonly string[],
): Pick<Diagnosis, "rise" | "riseAtLeast" | "since" | "why"> => {
  const sum = quality.evidence(paths, since, rise);
  const dispersion = Math.max(1, ...paths.map((path) => path.sessions.dispersion));
  const normal = sum.sessions > 0 ? sum.expected / sum.sessions : 0;
  const now = estimateShare(sum.bad, sum.sessions, dispersion);
  const normalConnects = paths[0] === undefined ? 0 : quality.normalConnects(paths[0]);
  const failing = estimateShare(sum.failures, sum.connects, 3);
  const above = (low: number, was: number): number => Math.max(0, (low - was) / (1 - was));
  const riseAtLeast = {
    sessions: rise.sessions > 0 ? above(now.low, normal) : 0,
    connects: rise.connects > 0 ? above(failing.low, normalConnects) : 0,
  };
  const loss = [normal, now.mid, now.low, now.high].map((share) => percent(quality.lossOf(share)));
  const reasons = [
    `probes lost, there and back: ${loss[0]!} → ${loss[1]!} (${loss[2]!} to ${loss[3]!}) in ${printPlain(sum.sessions)} sessions`,
    `failed connects ${printPlain(sum.failures)} of ${printPlain(sum.connects)}, normal ${percent(normalConnects)}`,
    ...why,
  ];
  return { rise, riseAtLeast, since, why: reasons };
};

/** Returns the sum of a rise's parts; 0 if nothing rose. */
export const sizeOfRise = (rise: Rise): number => rise.sessions + rise.connects;

/** Prints a share as a percentage with two decimals. */
export const percent = (share: number): string => `${printFixed(100 * share, 2)} %`;

/** Returns one line of reasons for this evidence; none if it rests on no outcome. */
export const evidenceLine = (label: string, evidence: Evidence): readonly string[] =>
  evidence.sessions + evidence.connects === 0 ? [] : [`${label}: ${describeEvidence(evidence)}`];

/** Prints evidence in words. */
export const describeEvidence = ({ nats, sessions, bad, expected, connects, failures }: Evidence): string =>
  `log-likelihood of a fault ${printFixed(nats, 1)}: ${printPlain(bad)} of ${printPlain(sessions)} sessions degraded, ${printFixed(expected, 1)} expected` +
  (connects === 0 ? "" : `; ${printPlain(failures)} of ${printPlain(connects)} connects failed`);

/** Returns the round since which a path whose test is raised is likely to be worse. */
export const onset = ({ sessions, connects }: PathStats): number => {
  const [first, second] = sessions.test.value >= connects.test.value ? [sessions, connects] : [connects, sessions];
  return first.test.raisedIn >= 0 ? first.test.raisedIn : second.test.raisedIn;
};

/**
 * Checks the feed of reports. A scheduler that acts on a broken feed does more harm than the fault it imagines, so a
 * feed that is silent, impossible or suddenly thin is not acted on.
 * Met by: src/world/seams/scheduling.ts
 */
import { printFixed, printPlain } from "../../base/digits.ts";
import { type Instant, printDuration, START } from "../../base/units.ts";
import type { QualityReport } from "./messages.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** If more than this share of a round's reports is impossible, the feed is broken and not one client. Chosen. */
const ABSURD_SHARE = 0.05;
/** The volume over this many rounds is too thin below this part of the mean. Chosen. */
const VOLUME_ROUNDS = 3;
const VOLUME_LEFT = 0.2;
/** Rounds before a fall of volume is judged, the gain of its mean, and the deviations by which it must fall. Chosen. */
const VOLUME_KNOWN = 12;
const VOLUME_GAIN = 0.02;
const VOLUME_DEVIATIONS = 4;

/** The checks of one feed. */
export class FeedMonitor {
  readonly #topology: TopologyIndex;
  readonly #policy: SchedulerPolicy;
  #heardAt: Instant | undefined;
  #reports = 0;
  #absurd = 0;
  #example = "";
  #volume = 0;
  readonly #recent: number[] = [];
  #mean = 0;
  #variance = 0;
  #rounds = 0;

  /** Checks reports against this topology. */
  constructor(topology: TopologyIndex, policy: SchedulerPolicy) {
    this.#topology = topology;
    this.#policy = policy;
  }

  /** Returns true for a possible report; an impossible one is counted and to be dropped. */
  admit(report: QualityReport, now: Instant): boolean {
    this.#reports += 1;
    const flaw = this.#problemOf(report);
    if (flaw !== undefined) {
      this.#absurd += 1;
      // The smallest text of a round, so that the order of reports does not matter.
      if (this.#example === "" || flaw < this.#example) this.#example = flaw;
      return false;
    }
    this.#heardAt = now;
    this.#volume += report.sessions + report.connects;
    return true;
  }

  /** Closes a round. Returns why the feed cannot be trusted, in words; undefined if it can. */
  closeRound(now: Instant): string | undefined {
    const { staleAfter } = this.#policy;
    const absurd = this.#absurd > this.#reports * ABSURD_SHARE ? this.#example : undefined;
    const [reports, bad] = [this.#reports, this.#absurd];
    this.#reports = 0;
    this.#absurd = 0;
    this.#example = "";
    const thin = this.#closeVolume();
    if (absurd !== undefined) return `${printPlain(bad)} of ${printPlain(reports)} reports are impossible: ${absurd}`;
    // A feed that never began counts as silent too.
    if (now - (this.#heardAt ?? START) >= staleAfter) return `no reports for ${printDuration(staleAfter)}`;
    return thin;
  }

  #closeVolume(): string | undefined {
    this.#recent.push(this.#volume);
    if (this.#recent.length > VOLUME_ROUNDS) this.#recent.shift();
    const volume = this.#volume;
    this.#volume = 0;
    if (this.#heardAt === undefined) return undefined;
    const mean = this.#recent.reduce((sum, each) => sum + each, 0) / this.#recent.length;
    const deviation = Math.sqrt(this.#variance / VOLUME_ROUNDS);
    const isThin =
      this.#rounds >= VOLUME_KNOWN &&
      mean < VOLUME_LEFT * this.#mean &&
      this.#mean - mean > VOLUME_DEVIATIONS * deviation;
    if (isThin)
      return `${printFixed(mean, 0)} sessions and connects a round, ${printFixed(this.#mean, 0)} before: fell by more than 80 %`;
    // A single thin round may be the start of a fall, so it is not learnt from.
    if (this.#rounds < VOLUME_KNOWN || volume >= VOLUME_LEFT * this.#mean) this.#learnVolume(volume);
    return undefined;
  }

  #learnVolume(volume: number): void {
    this.#rounds += 1;
    const gain = Math.max(VOLUME_GAIN, 1 / this.#rounds);
    const off = volume - this.#mean;
    this.#mean += gain * off;
    this.#variance = (1 - gain) * (this.#variance + gain * off * off);
  }

  #problemOf(report: QualityReport): string | undefined {
    const { gateway, endpoint, sessions, degraded, probes, unanswered, connects, connectFailures } = report;
    const { gateways, endpoints } = this.#topology;
    const isKnown = isIndex(gateway, gateways.length) && isIndex(endpoint, endpoints.length);
    if (!isKnown) return `gateway ${String(gateway)}, endpoint ${String(endpoint)}`;
    const areCounts =
      isCount(sessions) &&
      isCount(degraded) &&
      isCount(probes) &&
      isCount(unanswered) &&
      isCount(connects) &&
      isCount(connectFailures);
    if (!areCounts) return `counts ${[sessions, degraded, probes, unanswered, connects, connectFailures].join(", ")}`;
    if (unanswered > probes) return `${printPlain(unanswered)} unanswered of ${printPlain(probes)} probes`;
    if (degraded > sessions) return `${printPlain(degraded)} degraded of ${printPlain(sessions)} sessions`;
    if (degraded > unanswered || (degraded === 0 && unanswered > 0))
      return `${printPlain(unanswered)} unanswered in ${printPlain(degraded)} degraded sessions`;
    if (sessions > probes) return `${printPlain(sessions)} sessions of ${printPlain(probes)} probes`;
    if (connectFailures > connects)
      return `${printPlain(connectFailures)} failures of ${printPlain(connects)} connects`;
    return undefined;
  }
}

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const isIndex = (index: number, length: number): boolean => Number.isInteger(index) && index >= 0 && index < length;

/**
 * Can we believe what we hear? A scheduler that acts on a broken feed does more harm than the fault it imagines, so
 * a feed that is silent, impossible, or suddenly thin is left alone, and the table with it.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Instant, printDuration, START } from "../../base/units.ts";
import type { QualityReport } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** More than this share of a round's reports impossible: the feed is broken, not one client. Chosen. */
const ABSURD_SHARE = 0.05;
/** Volume is compared over this many rounds, with what remains of it when it fell by 80 %. */
const VOLUME_ROUNDS = 3;
const VOLUME_LEFT = 0.2;
/** Rounds of volume before a fall is judged, how fast its mean is learnt, and by how many of its deviations it must fall. Chosen. */
const VOLUME_KNOWN = 12;
const VOLUME_GAIN = 0.02;
const VOLUME_DEVIATIONS = 4;

export class Feed {
  readonly #places: Places;
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

  constructor(places: Places, policy: SchedulerPolicy) {
    this.#places = places;
    this.#policy = policy;
  }

  /** True for a report that can be: the others are counted and dropped. */
  admit(report: QualityReport, now: Instant): boolean {
    this.#reports += 1;
    const flaw = this.#flaw(report);
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

  /** Ends a round; why the feed cannot be trusted, or nothing. */
  close(now: Instant): string | undefined {
    const { staleAfter } = this.#policy;
    const absurd = this.#absurd > this.#reports * ABSURD_SHARE ? this.#example : undefined;
    const [reports, bad] = [this.#reports, this.#absurd];
    this.#reports = 0;
    this.#absurd = 0;
    this.#example = "";
    const thin = this.#closeVolume();
    if (absurd !== undefined) return `${String(bad)} of ${String(reports)} reports are impossible: ${absurd}`;
    // A feed that never began is as silent as one that ended.
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
      return `${mean.toFixed(0)} sessions and connects a round, ${this.#mean.toFixed(0)} before: fell by more than 80 %`;
    // A single thin round may be the start of a fall: it is not learnt from.
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

  #flaw(report: QualityReport): string | undefined {
    const { gateway, endpoint, sessions, degraded, probes, unanswered, connects, connectFailures } = report;
    const { gateways, endpoints } = this.#places;
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
    if (unanswered > probes) return `${String(unanswered)} unanswered of ${String(probes)} probes`;
    if (degraded > sessions) return `${String(degraded)} degraded of ${String(sessions)} sessions`;
    if (degraded > unanswered || (degraded === 0 && unanswered > 0))
      return `${String(unanswered)} unanswered in ${String(degraded)} degraded sessions`;
    if (sessions > probes) return `${String(sessions)} sessions of ${String(probes)} probes`;
    if (connectFailures > connects) return `${String(connectFailures)} failures of ${String(connects)} connects`;
    return undefined;
  }
}

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const isIndex = (index: number, length: number): boolean => Number.isInteger(index) && index >= 0 && index < length;

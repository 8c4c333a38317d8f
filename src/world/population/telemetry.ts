/**
 * Telemetry: the clients' quality reports on their way to the scheduler. Reports are batched, late and sometimes lost, and a
 * client without a connection reports only after its next login.
 *
 * Heartbeats are reported once per batch, login attempts with the login. All clients whose beats were answered over one path
 * in one round had the same chances, so their reports are drawn together: binomially, over people and not over rows. The
 * noise is the same at every scale, and it costs nothing per person.
 */
import { fractionOf } from "../../base/chance.ts";
import { binomialQuantile } from "../../base/math.ts";
import { Draws, identity, open, RandomStream } from "../../base/random.ts";
import type { QualityReport } from "../../algorithms/scheduling/messages.ts";
import type { LinksAgreed } from "../links.ts";
import { Batch, CONNECTS, DEGRADED, FAILURES, PROBES, SESSIONS, UNANSWERED } from "./batch.ts";
import type { Crowd } from "./crowd.ts";

export interface TelemetryPlan {
  readonly seed: string;
  readonly gateways: number;
  readonly probesABeat: number;
  /** Rounds between two batches of the same cell; cells take turns. */
  readonly batchRounds: number;
  /** Mean lateness of a report, and the share that is lost. */
  readonly lateMs: number;
  readonly lost: number;
  /** Share of sessions that measure an alternate as well. */
  readonly explore: number;
  /** Length of a scheduler's round: reports are handed over at its end. */
  readonly roundMs: number;
}

export class Telemetry {
  /** Share of reports that faults lose beyond the usual, and how much later they make the rest, ms. */
  extraLost = 0;
  extraLateMs = 0;
  readonly #plan: TelemetryPlan;
  readonly #crowd: Crowd;
  readonly #draws: Draws;
  readonly #connectDraws: Draws;
  readonly #lateDraws: Draws;
  /** By gateway: the identity of its first cell, which keys how late its batches are. */
  readonly #gatewayIdentity: Int32Array;
  readonly #chance = new RandomStream();
  readonly #endpointIdentity: Int32Array;
  /** By cell: the changes of its links when its attempts were last collected. */
  readonly #changesBefore: Uint32Array;
  /** Batches under way, by the round they arrive in, and batches that have arrived, to be used again. */
  readonly #underWay = new Map<number, Batch>();
  readonly #spare: Batch[] = [];
  readonly #lateness: Lateness;
  #round = 0;

  constructor(crowd: Crowd, plan: TelemetryPlan) {
    this.#plan = plan;
    this.#crowd = crowd;
    this.#draws = new Draws(plan.seed, "reports");
    this.#lateDraws = new Draws(plan.seed, "late batches");
    this.#gatewayIdentity = new Int32Array(plan.gateways);
    for (let cell = crowd.population.cells.length - 1; cell >= 0; cell--)
      this.#gatewayIdentity[crowd.population.gateway[cell]!] = crowd.population.identity[cell]!;
    this.#connectDraws = new Draws(plan.seed, "connect reports");
    this.#endpointIdentity = Int32Array.from(crowd.endpoints, ({ name }) => identity(name));
    this.#changesBefore = new Uint32Array(crowd.population.cells.length);
    this.#lateness = new Lateness(plan.lateMs / plan.roundMs);
  }

  /** Sends off what beats have measured of one link so far, before its path changes. */
  collect(link: number, nowMs: number): void {
    const { links } = this.#crowd;
    const cell = links.cellOf(link);
    this.#collectBeats(links.agreed(), cell, link, nowMs, this.#late(cell));
  }

  /** Returns how many rounds late beats are that are reported of a cell now: all behind its gateway together. */
  #late(cell: number): number {
    const who = this.#gatewayIdentity[this.#crowd.population.gateway[cell]!]!;
    const u = open(this.#lateDraws.at(who, 0, this.#round));
    return this.#lateness.rounds(u) + this.#extra(open(this.#lateDraws.out[1]!));
  }

  #collectBeats(agreed: LinksAgreed, cell: number, link: number, nowMs: number, late: number): void {
    agreed.accrue(link, nowMs);
    const sessions = agreed.unreportedBeats(link);
    if (sessions <= 0) return;
    const { links, population, dispatch, endpointCount } = this.#crowd;
    const report = agreed.reportBeats(link);
    const gateway = population.gateway[cell]!;
    const endpoint = link - links.of(cell, 0);
    this.#draws.at(population.identity[cell]!, this.#endpointIdentity[endpoint]!, report);
    const chance = this.#chance.from(this.#draws.out);
    const kept = binomialQuantile(chance.next(), sessions, this.#arrives());
    if (kept === 0) return;
    const batch = this.#batch(late);
    const paths = gateway * endpointCount;
    this.#file(batch, paths + endpoint, link, kept);
    const explorers = binomialQuantile(chance.next(), kept, this.#plan.explore);
    if (explorers === 0) return;
    // All of them measure the same alternate, the next in turn.
    const { alternates } = dispatch.of(gateway);
    if (alternates.length === 0) return;
    const alternate = alternates[(gateway + report) % alternates.length]!;
    this.#file(batch, paths + alternate, links.of(cell, alternate), explorers);
  }

  /** Sends off attempts at connections, reported after a success: this round's logins, and those that failed before or beside one. */
  #collectConnects(agreed: LinksAgreed, cell: number, link: number): void {
    const logins = agreed.unreportedLogins(link);
    const failed = agreed.unreportedFailures(link);
    if (logins + failed === 0) return;
    agreed.reportAttempts(link);
    const { links, population, endpointCount } = this.#crowd;
    const endpoint = link - links.of(cell, 0);
    this.#connectDraws.at(population.identity[cell]!, this.#endpointIdentity[endpoint]!, this.#round);
    const chance = this.#chance.from(this.#connectDraws.out);
    const keptFailures = binomialQuantile(chance.next(), failed, this.#arrives());
    const kept = keptFailures + binomialQuantile(chance.next(), logins, this.#arrives());
    if (kept === 0) return;
    // Late together: a row stands for many people, and what it met must not be reported as if it had happened twice.
    const batch = this.#batch(this.#lateness.rounds(chance.next()) + this.#extra(chance.next()));
    const at = batch.at(population.gateway[cell]! * endpointCount + endpoint);
    batch.counts[at + CONNECTS]! += kept;
    batch.counts[at + FAILURES]! += keptFailures;
  }

  /** Returns the fraction of reports that is not lost. */
  #arrives(): number {
    return (1 - this.#plan.lost) * (1 - this.extraLost);
  }

  /** Ends a round, and hands over what arrived in it, in the order of gateways and endpoints. */
  deliver(nowMs: number, receive: (report: QualityReport) => void): void {
    const { population } = this.#crowd;
    const agreed = this.#crowd.links.agreed();
    for (let cell = 0; cell < population.cells.length; cell++) {
      const inUse = agreed.inUseOf(cell);
      // All users of a gateway report in one batch, or its mix of 2G and 3G would change from round to round.
      if ((population.gateway[cell]! + this.#round) % this.#plan.batchRounds === 0) {
        const late = this.#late(cell);
        for (const link of inUse) this.#collectBeats(agreed, cell, link, nowMs, late);
      }
      if (agreed.changes(cell) === this.#changesBefore[cell]) continue;
      this.#changesBefore[cell] = agreed.changes(cell);
      for (const link of inUse) this.#collectConnects(agreed, cell, link);
    }
    this.#handOver(receive);
    this.#round += 1;
  }

  /** Hands over the batch that arrives now. */
  #handOver(receive: (report: QualityReport) => void): void {
    const { endpointCount } = this.#crowd;
    const arrived = this.#underWay.get(this.#round);
    if (arrived === undefined) return;
    const { counts } = arrived;
    arrived.each((path, at) => {
      receive({
        kind: "quality",
        gateway: Math.floor(path / endpointCount),
        endpoint: path % endpointCount,
        sessions: counts[at + SESSIONS]!,
        degraded: counts[at + DEGRADED]!,
        probes: counts[at + PROBES]!,
        unanswered: counts[at + UNANSWERED]!,
        connects: counts[at + CONNECTS]!,
        connectFailures: counts[at + FAILURES]!,
      });
    });
    this.#underWay.delete(this.#round);
    arrived.clear();
    this.#spare.push(arrived);
  }

  /** Files what sessions measured of a link, which is on a gateway's path to an endpoint; it arrives together. */
  #file(batch: Batch, path: number, link: number, sessions: number): void {
    const { probesABeat } = this.#plan;
    const unanswered = fractionOf(this.#crowd.links.now.probeFails(link));
    const degrades = atLeastOnce(unanswered, probesABeat);
    const degraded = binomialQuantile(this.#chance.next(), sessions, degrades);
    const at = batch.at(path);
    batch.counts[at + SESSIONS]! += sessions;
    batch.counts[at + PROBES]! += sessions * probesABeat;
    if (degraded === 0) return;
    const lost = Math.floor((degraded * unanswered * probesABeat) / degrades + this.#chance.next());
    batch.counts[at + DEGRADED]! += degraded;
    batch.counts[at + UNANSWERED]! += Math.min(degraded * probesABeat, lost);
  }

  /** Returns the whole rounds that faults add, from a uniform in (0, 1): the part of a round left over is a chance of one more. */
  #extra(u: number): number {
    return Math.floor(this.extraLateMs / this.#plan.roundMs + u);
  }

  /** Returns the batch that arrives this many rounds late. */
  #batch(late: number): Batch {
    const round = this.#round + late;
    let batch = this.#underWay.get(round);
    if (batch === undefined) {
      batch = this.#spare.pop() ?? new Batch(this.#plan.gateways * this.#crowd.endpointCount);
      this.#underWay.set(round, batch);
    }
    return batch;
  }
}

/** Returns the chance that at least one of `count` independent events of this chance happens. */
const atLeastOnce = (chance: number, count: number): number => {
  let none = 1;
  for (let i = 0; i < count; i++) none *= 1 - chance;
  return 1 - none;
};

/** The lateness of reports made at any moment of a round: exponential, with a mean of `mean` rounds. */
class Lateness {
  /** Share that is late at all, and the logarithm of what of it stays late for another round. */
  readonly #late: number;
  readonly #logStays: number;

  constructor(mean: number) {
    this.#late = mean === 0 ? 0 : mean * (1 - Math.exp(-1 / mean));
    this.#logStays = -1 / mean;
  }

  /** Returns in how many rounds a report arrives, from a uniform in (0, 1). */
  rounds(u: number): number {
    return 1 - u >= this.#late ? 0 : 1 + Math.floor(Math.log((1 - u) / this.#late) / this.#logStays);
  }
}

/**
 * What clients tell: quality reports on their way to the scheduler. They are batched, late and sometimes lost, and
 * whoever is cut off tells nothing until the next success.
 *
 * Beats are told of once a batch; whoever gets in tells at once of the attempts that it took. All people whose beats were
 * answered over one path in one round, or who got in, met the same chances, so what they report together is drawn together:
 * binomially, over people and not over rows. The noise is the same whatever the scale, and it costs nothing per person.
 */
import { binomialQuantile } from "../../base/math.ts";
import { Draws, identity, open, Stream } from "../../base/random.ts";
import type { QualityReport } from "../../algorithms/scheduling/messages.ts";
import { Batch, CONNECTS, DEGRADED, FAILURES, PROBES, SESSIONS, UNANSWERED } from "./batch.ts";
import { BEATS, FAILED, LINK, LOGINS, LOGINS_TOLD, MISSED, PROBE_FAILS, TELLINGS, TOLD } from "../link.ts";
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
  /** A fault may lose more and make the rest later. */
  extraLost = 0;
  extraLateMs = 0;
  readonly #plan: TelemetryPlan;
  readonly #crowd: Crowd;
  readonly #draws: Draws;
  readonly #connectDraws: Draws;
  readonly #lateDraws: Draws;
  /** Name of a gateway's first cell: its batches are late together. */
  readonly #gatewayIdentity: Int32Array;
  readonly #chance = new Stream();
  readonly #endpointIdentity: Int32Array;
  /** What is under way, by the round it arrives in, and batches that have arrived, to be used again. */
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
    this.#lateness = new Lateness(plan.lateMs / plan.roundMs);
  }

  /** Sends off what beats have measured over one path so far: at a round's end, or before the path changes. */
  collect(pair: number, nowMs: number): void {
    const crowd = this.#crowd;
    const { links } = crowd;
    const link = pair * LINK;
    crowd.accrue(link, nowMs);
    const answered = links[link + BEATS]! - links[link + MISSED]!;
    const sessions = answered - links[link + TOLD]!;
    // Less than none: somebody's missed beat is known before all the beats before it have been counted.
    if (sessions <= 0) return;
    links[link + TOLD] = answered;
    const telling = links[link + TELLINGS]! + 1;
    links[link + TELLINGS] = telling;
    const cell = Math.floor(pair / crowd.endpointCount);
    const endpoint = pair % crowd.endpointCount;
    // All beats that are told of behind a gateway now are late together.
    const who = this.#gatewayIdentity[crowd.population.gateway[cell]!]!;
    const u = open(this.#lateDraws.at(who, 0, this.#round));
    const late = this.#lateness.rounds(u) + this.#extra(open(this.#lateDraws.out[1]!));
    this.#draws.at(crowd.population.identity[cell]!, this.#endpointIdentity[endpoint]!, telling);
    const chance = this.#chance.from(this.#draws.out);
    const kept = binomialQuantile(chance.next(), sessions, this.#arrives());
    if (kept > 0) this.#file(late, cell, endpoint, kept, chance);
    const explorers = binomialQuantile(chance.next(), kept, this.#plan.explore);
    if (explorers === 0) return;
    // All of them measure the same alternate, the next in turn.
    const { alternates } = crowd.tables[crowd.population.gateway[cell]!]!;
    if (alternates.length === 0) return;
    const alternate = alternates[(crowd.population.gateway[cell]! + telling) % alternates.length]!;
    this.#file(late, cell, alternate, explorers, chance);
  }

  /** Attempts at connections, told after a success: this round's logins, and those that failed before or beside one. */
  #tellConnects(pair: number): void {
    const crowd = this.#crowd;
    const { links } = crowd;
    const link = pair * LINK;
    const logins = links[link + LOGINS]! - links[link + LOGINS_TOLD]!;
    const failed = links[link + FAILED]!;
    if (logins + failed === 0) return;
    links[link + LOGINS_TOLD] = links[link + LOGINS]!;
    links[link + FAILED] = 0;
    const cell = Math.floor(pair / crowd.endpointCount);
    const endpoint = pair % crowd.endpointCount;
    this.#connectDraws.at(crowd.population.identity[cell]!, this.#endpointIdentity[endpoint]!, this.#round);
    const chance = this.#chance.from(this.#connectDraws.out);
    const keptFailures = binomialQuantile(chance.next(), failed, this.#arrives());
    const kept = keptFailures + binomialQuantile(chance.next(), logins, this.#arrives());
    if (kept === 0) return;
    // Late together: a row stands for many people, and what it met must not be told as if it had happened twice.
    const batch = this.#batch(this.#lateness.rounds(chance.next()) + this.#extra(chance.next()));
    const at = batch.at(this.#path(cell, endpoint));
    batch.counts[at + CONNECTS]! += kept;
    batch.counts[at + FAILURES]! += keptFailures;
  }

  /** Chance that a report is not lost. */
  #arrives(): number {
    return (1 - this.#plan.lost) * (1 - this.extraLost);
  }

  /** Ends a round: hands over what arrived in it, in the order of gateways and endpoints. */
  deliver(nowMs: number, receive: (report: QualityReport) => void): void {
    const { inUse, endpointCount } = this.#crowd;
    const { gateway } = this.#crowd.population;
    for (const pair of inUse) {
      // All users of a gateway tell in one batch, or its mix of 2G and 3G would change from round to round.
      if ((gateway[Math.floor(pair / endpointCount)]! + this.#round) % this.#plan.batchRounds === 0)
        this.collect(pair, nowMs);
      this.#tellConnects(pair);
    }
    const arrived = this.#underWay.get(this.#round);
    if (arrived !== undefined) {
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
    this.#round += 1;
  }

  /** What these sessions measured of a path; it arrives together. */
  #file(late: number, cell: number, endpoint: number, sessions: number, chance: Stream): void {
    const crowd = this.#crowd;
    const { probesABeat } = this.#plan;
    const unanswered = crowd.links[crowd.linkOf(cell, endpoint) + PROBE_FAILS]! / 4_294_967_296;
    const degrades = atLeastOnce(unanswered, probesABeat);
    const degraded = binomialQuantile(chance.next(), sessions, degrades);
    const batch = this.#batch(late);
    const at = batch.at(this.#path(cell, endpoint));
    batch.counts[at + SESSIONS]! += sessions;
    batch.counts[at + PROBES]! += sessions * probesABeat;
    if (degraded === 0) return;
    const lost = Math.floor((degraded * unanswered * probesABeat) / degrades + chance.next());
    batch.counts[at + DEGRADED]! += degraded;
    batch.counts[at + UNANSWERED]! += Math.min(degraded * probesABeat, lost);
  }

  /** Whole rounds that a fault adds, one more for as many as its last part of a round says. */
  #extra(u: number): number {
    return Math.floor(this.extraLateMs / this.#plan.roundMs + u);
  }

  /** What arrives this many rounds late. */
  #batch(late: number): Batch {
    const round = this.#round + late;
    let batch = this.#underWay.get(round);
    if (batch === undefined) this.#underWay.set(round, (batch = this.#spare.pop() ?? new Batch()));
    return batch;
  }

  #path(cell: number, endpoint: number): number {
    return this.#crowd.population.gateway[cell]! * this.#crowd.endpointCount + endpoint;
  }
}

/** Chance that of `count` independent things with this chance at least one happens. */
const atLeastOnce = (chance: number, count: number): number => {
  let none = 1;
  for (let i = 0; i < count; i++) none *= 1 - chance;
  return 1 - none;
};

/** Reports made at any moment of a round and late by an exponential time, whose mean is `mean` rounds. */
class Lateness {
  /** Share that is late at all, and the logarithm of what of it stays late for another round. */
  readonly #late: number;
  readonly #logStays: number;

  constructor(mean: number) {
    this.#late = mean === 0 ? 0 : mean * (1 - Math.exp(-1 / mean));
    this.#logStays = -1 / mean;
  }

  /** In how many rounds a report arrives, from a uniform in (0, 1). */
  rounds(u: number): number {
    return 1 - u >= this.#late ? 0 : 1 + Math.floor(Math.log((1 - u) / this.#late) / this.#logStays);
  }
}

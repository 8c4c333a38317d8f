/**
 * What clients tell: quality reports on their way to the scheduler. They are batched, late and sometimes lost, and
 * whoever is cut off tells nothing until the next success.
 *
 * All people whose beats were answered over one path in one round met the same chances, so what they report
 * together is drawn together: binomially, over people and not over rows. The noise is the same whatever the scale,
 * and it costs nothing per person.
 */
import { binomialQuantile } from "../../base/math.ts";
import { Draws, identity, open, Stream } from "../../base/random.ts";
import type { QualityReport } from "../../algorithms/scheduling/messages.ts";
import type { Crowd } from "./crowd.ts";

/** Counts of one gateway and endpoint that arrive in one round. */
const SESSIONS = 0;
const DEGRADED = 1;
const PROBES = 2;
const UNANSWERED = 3;
const CONNECTS = 4;
const FAILURES = 5;
const WIDTH = 6;

/** Rounds of lateness told apart; whatever is later arrives in the last (below e^-8 of it all, at a lateness of half a round). */
const LATE_ROUNDS = 6;
/** Paths there is room for from the start. */
const ROOM = 1_024;
/** Longest lateness a fault may add, in rounds. */
const EXTRA_ROUNDS = 64;

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
  /** Answered beats already told of, by pair. */
  readonly #told: Float64Array;
  readonly #collections: Int32Array;
  /** Arrivals round by round, for paths in the order in which they were first heard of: few are, so they stay close together. */
  readonly #rounds: Int32Array[];
  /** Place of a gateway and endpoint in a round, less one; and all that have one, in order. */
  readonly #places: Int32Array;
  readonly #known: number[] = [];
  #isSorted = true;
  /** Share of batches that arrive in the round they are sent in, in the next, and so on. */
  readonly #lateness: Float64Array;
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
    this.#told = new Float64Array(crowd.beats.length);
    this.#collections = new Int32Array(crowd.beats.length);
    const pairs = plan.gateways * crowd.endpointCount;
    const rounds = LATE_ROUNDS + EXTRA_ROUNDS;
    this.#rounds = Array.from({ length: rounds }, () => new Int32Array(ROOM * WIDTH));
    this.#places = new Int32Array(pairs);
    this.#lateness = latenessByRound(plan.lateMs, plan.roundMs);
  }

  /** Sends off what has been measured over one path so far: at a round's end, or before the path changes. */
  collect(pair: number): void {
    const crowd = this.#crowd;
    const answered = crowd.beats[pair]! - crowd.missed[pair]!;
    const sessions = answered - this.#told[pair]!;
    if (sessions === 0) return;
    this.#told[pair] = answered;
    this.#collections[pair]! += 1;
    const cell = Math.floor(pair / crowd.endpointCount);
    const endpoint = pair % crowd.endpointCount;
    this.#draws.at(crowd.population.identity[cell]!, this.#endpointIdentity[endpoint]!, this.#collections[pair]!);
    const chance = this.#chance.from(this.#draws.out);
    const kept = binomialQuantile(chance.next(), sessions, (1 - this.#plan.lost) * (1 - this.extraLost));
    const late = this.#lateBy(
      open(this.#lateDraws.at(this.#gatewayIdentity[crowd.population.gateway[cell]!]!, 0, this.#round)),
    );
    if (kept > 0) this.#file(late, cell, endpoint, kept, chance);
    const explorers = binomialQuantile(chance.next(), kept, this.#plan.explore);
    if (explorers === 0) return;
    // All of them measure the same alternate, the next in turn.
    const { alternates } = crowd.tables[crowd.population.gateway[cell]!]!;
    if (alternates.length === 0) return;
    const alternate = alternates[(crowd.population.gateway[cell]! + this.#collections[pair]!) % alternates.length]!;
    this.#file(late, cell, alternate, explorers, chance);
  }

  /** Attempts at connections, told after a success; `failures` of them failed. */
  connects(cell: number, index: number, endpoint: number, ordinal: number, attempts: number, failures: number): void {
    const u = open(this.#connectDraws.at(this.#crowd.population.identity[cell]!, index, ordinal));
    const lost = 1 - (1 - this.#plan.lost) * (1 - this.extraLost);
    if (u < lost) return;
    const late = this.#lateBy((u - lost) / (1 - lost));
    const at = this.#place(this.#crowd.population.gateway[cell]!, endpoint);
    const round = this.#rounds[this.#slot(late)]!;
    round[at + CONNECTS]! += attempts;
    round[at + FAILURES]! += failures;
  }

  /** Ends a round: hands over what arrived in it, in the order of gateways and endpoints. */
  deliver(receive: (report: QualityReport) => void): void {
    const { inUse, endpointCount } = this.#crowd;
    const { gateway } = this.#crowd.population;
    // All users of a gateway tell in one batch, or its mix of 2G and 3G would change from round to round.
    for (const pair of inUse)
      if ((gateway[Math.floor(pair / endpointCount)]! + this.#round) % this.#plan.batchRounds === 0) this.collect(pair);
    const slot = this.#slot(0, 0);
    const round = this.#rounds[slot]!;
    if (!this.#isSorted) this.#known.sort((a, b) => a - b);
    this.#isSorted = true;
    for (const pair of this.#known) {
      const at = (this.#places[pair]! - 1) * WIDTH;
      if (round[at + SESSIONS] === 0 && round[at + CONNECTS] === 0) continue;
      receive({
        kind: "quality",
        gateway: Math.floor(pair / endpointCount),
        endpoint: pair % endpointCount,
        sessions: round[at + SESSIONS]!,
        degraded: round[at + DEGRADED]!,
        probes: round[at + PROBES]!,
        unanswered: round[at + UNANSWERED]!,
        connects: round[at + CONNECTS]!,
        connectFailures: round[at + FAILURES]!,
      });
    }
    round.fill(0);
    this.#round += 1;
  }

  /** What these sessions measured of a path; it arrives together. */
  #file(late: number, cell: number, endpoint: number, sessions: number, chance: Stream): void {
    const crowd = this.#crowd;
    const { probesABeat } = this.#plan;
    const unanswered = crowd.paths.probeFails[cell * crowd.endpointCount + endpoint]! / 4_294_967_296;
    const degrades = atLeastOnce(unanswered, probesABeat);
    const degraded = binomialQuantile(chance.next(), sessions, degrades);
    const at = this.#place(crowd.population.gateway[cell]!, endpoint);
    const round = this.#rounds[this.#slot(late)]!;
    round[at + SESSIONS]! += sessions;
    round[at + PROBES]! += sessions * probesABeat;
    if (degraded === 0) return;
    const lost = Math.floor((degraded * unanswered * probesABeat) / degrades + chance.next());
    round[at + DEGRADED]! += degraded;
    round[at + UNANSWERED]! += Math.min(degraded * probesABeat, lost);
  }

  /** In how many rounds a report arrives, from a uniform. */
  #lateBy(u: number): number {
    let late = 0;
    for (let left = u; late < LATE_ROUNDS - 1 && left >= this.#lateness[late]!; late++) left -= this.#lateness[late]!;
    return late;
  }

  #slot(late: number, extraMs: number = this.extraLateMs): number {
    const extra = Math.min(EXTRA_ROUNDS - 1, Math.round(extraMs / this.#plan.roundMs));
    return (this.#round + late + extra) % this.#rounds.length;
  }

  /** Where the counts of a gateway and endpoint are. */
  #place(gateway: number, endpoint: number): number {
    const pair = gateway * this.#crowd.endpointCount + endpoint;
    const place = this.#places[pair]!;
    return (place === 0 ? this.#admit(pair) : place - 1) * WIDTH;
  }

  #admit(pair: number): number {
    const place = this.#known.push(pair);
    this.#places[pair] = place;
    this.#isSorted = false;
    const room = this.#rounds[0]!.length / WIDTH;
    if (place > room)
      this.#rounds.forEach((round, slot) => {
        const larger = new Int32Array(2 * round.length);
        larger.set(round);
        this.#rounds[slot] = larger;
      });
    return place - 1;
  }
}

/** Chance that of `count` independent things with this chance at least one happens. */
const atLeastOnce = (chance: number, count: number): number => {
  let none = 1;
  for (let i = 0; i < count; i++) none *= 1 - chance;
  return 1 - none;
};

/** Made at any moment of a round and late by an exponential time: the share that arrives 0, 1, 2 … rounds later. */
const latenessByRound = (lateMs: number, roundMs: number): Float64Array => {
  const shares = new Float64Array(LATE_ROUNDS);
  const stays = lateMs === 0 ? 0 : Math.exp(-roundMs / lateMs);
  let later = lateMs === 0 ? 0 : (lateMs / roundMs) * (1 - stays);
  shares[0] = 1 - later;
  for (let late = 1; late < LATE_ROUNDS; late++) {
    shares[late] = late === LATE_ROUNDS - 1 ? later : later * (1 - stays);
    later -= shares[late]!;
  }
  return shares;
};

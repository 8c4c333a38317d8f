/**
 * Normal shares where a path itself was reported too little: a young path borrows from its gateway, and adds what its
 * line adds for its region and carrier. Also how loss of probes and shares of bad sessions relate: four independent
 * probes give nearly four times as many bad sessions as lost probes, fully correlated ones give as many; to how many
 * independent probes a session amounts is learnt from the feed.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Decay } from "./decay.ts";
import type { PathSums } from "./round-sums.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Share of bad sessions before anything is reported: loss of 1.5 % over four probes. */
const SESSION_PRIOR = 0.06;
/** Independent probes a session before that is learnt, and the most there may be. Chosen. */
const PACKETS_PRIOR = 3;
const PACKETS_MOST = 16;
/** A prior share counts as this many outcomes. Chosen. */
const PRIOR_WEIGHT = 50;

/** Counts that decay with the policy's memory, of things numbered from 0. */
class DecayingCounts {
  readonly all: Float64Array;
  readonly bad: Float64Array;
  readonly #addedIn: Int32Array;
  readonly #decay: Decay;

  constructor(things: number, decay: Decay) {
    this.all = new Float64Array(things);
    this.bad = new Float64Array(things);
    this.#addedIn = new Int32Array(things);
    this.#decay = decay;
  }

  add(thing: number, all: number, bad: number, round: number): void {
    const keep = this.#decay.factor(round - this.#addedIn[thing]!);
    this.#addedIn[thing] = round;
    this.all[thing] = this.all[thing]! * keep + all;
    this.bad[thing] = this.bad[thing]! * keep + bad;
  }

  /** Returns the share of bad ones, mixed with a prior share. */
  share(thing: number, prior: number): number {
    return (this.bad[thing]! + PRIOR_WEIGHT * prior) / (this.all[thing]! + PRIOR_WEIGHT);
  }
}

/** Normal shares of gateways, of groups, and of groups on a line. */
export class Baselines {
  readonly #topology: TopologyIndex;
  readonly #gateways: DecayingCounts;
  readonly #groups: DecayingCounts;
  readonly #groupLines: DecayingCounts;
  /** Of all paths that are not in doubt. */
  readonly #sessions: DecayingCounts;
  readonly #probes: DecayingCounts;
  #packets = PACKETS_PRIOR;
  #round = 0;

  /** Starts from priors alone. */
  constructor(topology: TopologyIndex, decay: Decay) {
    this.#topology = topology;
    this.#gateways = new DecayingCounts(topology.gateways.length, decay);
    this.#groups = new DecayingCounts(topology.members.length, decay);
    this.#groupLines = new DecayingCounts(topology.members.length * topology.lines, decay);
    this.#sessions = new DecayingCounts(1, decay);
    this.#probes = new DecayingCounts(1, decay);
  }

  /** Begins a round: the relation of loss and bad sessions then holds for all of it, whatever the order of paths. */
  openRound(round: number): void {
    this.#round = round;
    this.#packets = this.#measurePackets();
  }

  /** Learns what is normal from the sums of a path that no open fault explains. */
  learn(gateway: number, endpoint: number, { sessions: all, degraded: bad }: PathSums): void {
    this.#gateways.add(gateway, all, bad, this.#round);
    this.#groups.add(this.#topology.groupOf[gateway]!, all, bad, this.#round);
    this.#groupLines.add(this.#topology.groupLine(gateway, endpoint), all, bad, this.#round);
  }

  /**
   * Learns how loss and bad sessions relate from the sums of a path that is not in doubt. The relation is not linear, so
   * a path that loses much, mixed with others, would make it look as if a session had fewer probes.
   */
  learnRelation({ sessions: all, degraded: bad, probes, unanswered }: PathSums): void {
    this.#sessions.add(0, all, bad, this.#round);
    this.#probes.add(0, probes, unanswered, this.#round);
  }

  /** Returns the normal share of bad sessions of a young path: its gateway's, and what its line adds for the group. */
  prior(gateway: number, endpoint: number): number {
    const group = this.#groups.share(this.#topology.groupOf[gateway]!, this.#sessions.share(0, SESSION_PRIOR));
    const own = this.#gateways.share(gateway, group);
    const line = this.#groupLines.share(this.#topology.groupLine(gateway, endpoint), group);
    return Math.max(own / 3, own + line - group);
  }

  /** Returns the loss of probes that gives this share of bad sessions. */
  lossOf(share: number): number {
    return 1 - Math.exp(Math.log(1 - Math.min(0.999, share)) / this.#packets);
  }

  /** Returns the share of bad sessions that this loss of probes gives. */
  shareOf(loss: number): number {
    return 1 - Math.exp(Math.log(1 - Math.min(0.999, loss)) * this.#packets);
  }

  #measurePackets(): number {
    const [sessions, probes] = [this.#sessions, this.#probes];
    if (probes.bad[0]! < 20 || sessions.bad[0]! < 20) return PACKETS_PRIOR;
    const share = sessions.bad[0]! / sessions.all[0]!;
    const loss = probes.bad[0]! / probes.all[0]!;
    if (share >= 0.9 || loss >= 0.9) return PACKETS_PRIOR;
    return Math.min(PACKETS_MOST, Math.max(1, Math.log(1 - share) / Math.log(1 - loss)));
  }
}

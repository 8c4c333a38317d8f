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

/** Counts that decay with the policy's memory. */
class DecayingCounts {
  all = 0;
  bad = 0;
  #at = 0;

  add(all: number, bad: number, round: number, decay: Decay): void {
    const keep = decay.factor(round - this.#at);
    this.#at = round;
    this.all = this.all * keep + all;
    this.bad = this.bad * keep + bad;
  }

  /** Returns the share of bad ones, mixed with a prior share. */
  share(prior: number): number {
    return (this.bad + PRIOR_WEIGHT * prior) / (this.all + PRIOR_WEIGHT);
  }
}

/** Normal shares of gateways, of groups, and of groups on a line. */
export class Baselines {
  readonly #topology: TopologyIndex;
  readonly #decay: Decay;
  readonly #gateways: DecayingCounts[];
  readonly #groups: DecayingCounts[];
  readonly #groupLines: DecayingCounts[];
  readonly #all = new DecayingCounts();
  readonly #probes = new DecayingCounts();
  #packets = PACKETS_PRIOR;
  #round = 0;

  /** Starts from priors alone. */
  constructor(topology: TopologyIndex, decay: Decay) {
    this.#topology = topology;
    this.#decay = decay;
    this.#gateways = topology.gateways.map(() => new DecayingCounts());
    this.#groups = topology.members.map(() => new DecayingCounts());
    this.#groupLines = Array.from({ length: topology.members.length * topology.lines }, () => new DecayingCounts());
  }

  /** Begins a round: the relation of loss and bad sessions then holds for all of it, whatever the order of paths. */
  openRound(round: number): void {
    this.#round = round;
    this.#packets = this.#measurePackets();
  }

  /** Learns what is normal from the sums of a path that no open fault explains. */
  learn(gateway: number, endpoint: number, { sessions: all, degraded: bad }: PathSums): void {
    const decay = this.#decay;
    const group = this.#topology.groupOf[gateway]!;
    const groupLine = this.#topology.groupLine(gateway, endpoint);
    this.#gateways[gateway]!.add(all, bad, this.#round, decay);
    this.#groups[group]!.add(all, bad, this.#round, decay);
    this.#groupLines[groupLine]!.add(all, bad, this.#round, decay);
  }

  /**
   * Learns how loss and bad sessions relate from the sums of a path that is not in doubt. The relation is not linear, so
   * a path that loses much, mixed with others, would make it look as if a session had fewer probes.
   */
  learnRelation({ sessions: all, degraded: bad, probes, unanswered }: PathSums): void {
    this.#all.add(all, bad, this.#round, this.#decay);
    this.#probes.add(probes, unanswered, this.#round, this.#decay);
  }

  /** Returns the normal share of bad sessions of a young path: its gateway's, and what its line adds for the group. */
  prior(gateway: number, endpoint: number): number {
    const group = this.#groups[this.#topology.groupOf[gateway]!]!.share(this.#all.share(SESSION_PRIOR));
    const own = this.#gateways[gateway]!.share(group);
    const line = this.#groupLines[this.#topology.groupLine(gateway, endpoint)]!.share(group);
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
    if (this.#probes.bad < 20 || this.#all.bad < 20) return PACKETS_PRIOR;
    const share = this.#all.bad / this.#all.all;
    const loss = this.#probes.bad / this.#probes.all;
    if (share >= 0.9 || loss >= 0.9) return PACKETS_PRIOR;
    return Math.min(PACKETS_MOST, Math.max(1, Math.log(1 - share) / Math.log(1 - loss)));
  }
}

/**
 * What is normal where little was heard: a cell that is young borrows from its gateway, and from what its line adds for
 * its region and carrier. And what loss means in sessions: four independent probes give nearly four times as many bad
 * sessions as lost probes, wholly correlated ones only once; how many independent ones they amount to is learnt.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Places } from "./places.ts";
import type { Sums } from "./heard.ts";
import type { Fading } from "./fading.ts";

/** Share of bad sessions before anything is heard: loss of 1.5 % over four probes. */
const SESSION_PRIOR = 0.06;
/** Independent probes a session before that is learnt, and the most it may be. Chosen. */
const PACKETS_PRIOR = 3;
const PACKETS_MOST = 16;

/** Counts that fade with the policy's memory. */
class Tally {
  all = 0;
  bad = 0;
  #at = 0;

  add(all: number, bad: number, round: number, fading: Fading): void {
    const keep = fading.left(round - this.#at);
    this.#at = round;
    this.all = this.all * keep + all;
    this.bad = this.bad * keep + bad;
  }

  share(otherwise: number): number {
    return (this.bad + 50 * otherwise) / (this.all + 50);
  }
}

export class Norms {
  readonly #places: Places;
  readonly #fading: Fading;
  readonly #gateways: Tally[];
  readonly #groups: Tally[];
  readonly #groupLines: Tally[];
  readonly #all = new Tally();
  readonly #probes = new Tally();
  #packets = PACKETS_PRIOR;
  #round = 0;

  constructor(places: Places, fading: Fading) {
    this.#places = places;
    this.#fading = fading;
    this.#gateways = places.gateways.map(() => new Tally());
    this.#groups = places.members.map(() => new Tally());
    this.#groupLines = Array.from({ length: places.members.length * places.lines }, () => new Tally());
  }

  /** Begins a round: what was learnt so far holds for all of it, whatever the order of cells. */
  open(round: number): void {
    this.#round = round;
    this.#packets = this.#measurePackets();
  }

  /** Takes in what was heard in this round of a cell that is free of known faults. */
  learn(gateway: number, endpoint: number, { sessions: all, degraded: bad, probes, unanswered }: Sums): void {
    const fading = this.#fading;
    const group = this.#places.groupOf[gateway]!;
    const groupLine = this.#places.groupLine(gateway, endpoint);
    this.#gateways[gateway]!.add(all, bad, this.#round, fading);
    this.#groups[group]!.add(all, bad, this.#round, fading);
    this.#groupLines[groupLine]!.add(all, bad, this.#round, fading);
    this.#all.add(all, bad, this.#round, fading);
    this.#probes.add(probes, unanswered, this.#round, fading);
  }

  /** What is normal for a young cell: its gateway's share, and what its line adds for the group. Loss adds up along a way. */
  prior(gateway: number, endpoint: number): number {
    const group = this.#groups[this.#places.groupOf[gateway]!]!.share(this.#all.share(SESSION_PRIOR));
    const own = this.#gateways[gateway]!.share(group);
    const line = this.#groupLines[this.#places.groupLine(gateway, endpoint)]!.share(group);
    return Math.max(own / 3, own + line - group);
  }

  /** Loss of a probe, from the share of bad sessions. */
  lossOf(share: number): number {
    return 1 - Math.exp(Math.log(1 - Math.min(0.999, share)) / this.#packets);
  }

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

/**
 * Pools of paths, for what a single path cannot show: all paths of a group, and those on one line. A pool adds up the
 * votes of its paths, each against its own past, and a vote is bounded: a pool is raised only when many of its paths are
 * worse, never by one gateway, however large, and no change of mix can raise it.
 * Met by: src/world/seams/scheduling.ts
 */
import { Cusum, CUSUM_WIDTH, type CusumMemory } from "./cusum.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** A pool in alarm. */
export interface AlarmedPool {
  /** The round since which it is likely to be worse. */
  readonly since: number;
  /** Its group. */
  readonly group: number;
  /** Its line; undefined if it is of all lines. */
  readonly line: number | undefined;
}

/** The pools of all groups. */
export class Pools {
  /** Number of pools. */
  readonly count: number;
  readonly #topology: TopologyIndex;
  /** By pool: its votes in this round, summed before they count. A group's pool comes before those of its lines. */
  readonly #votes: Float64Array;
  readonly #hasVotes: Uint8Array;
  #voted: number[] = [];
  readonly #memory: CusumMemory;
  /** A cursor over the tests. */
  readonly #test: Cusum;
  /** Pools that were in alarm when they last had votes. */
  readonly #alarmed = new Set<number>();

  /** Starts without votes. */
  constructor(topology: TopologyIndex) {
    this.#topology = topology;
    this.count = topology.members.length * (1 + topology.lines);
    this.#votes = new Float64Array(this.count);
    this.#hasVotes = new Uint8Array(this.count);
    this.#memory = { numbers: new Float64Array(this.count * CUSUM_WIDTH) };
    this.#test = new Cusum(this.#memory);
  }

  /** Takes a path's vote, in nats, for its group's pool and for that of its line. */
  vote(gateway: number, endpoint: number, nats: number): void {
    const whole = this.#ofGroup(gateway);
    this.#add(whole, nats);
    this.#add(whole + 1 + this.#topology.lineOf[endpoint]!, nats);
  }

  #add(pool: number, nats: number): void {
    if (this.#hasVotes[pool] === 0) this.#voted.push(pool);
    this.#hasVotes[pool] = 1;
    this.#votes[pool]! += nats;
  }

  /** Adds the votes of a round to the tests. */
  closeRound(height: number, round: number): void {
    for (const pool of this.#voted) {
      const test = this.#at(pool);
      test.add(this.#votes[pool]!, height, round);
      if (test.value >= height) this.#alarmed.add(pool);
      this.#votes[pool] = 0;
      this.#hasVotes[pool] = 0;
    }
    this.#voted = [];
  }

  /** Returns the pools whose tests have reached this height, which never falls, group by group. */
  alarmed(height: number): readonly AlarmedPool[] {
    const pools = [...this.#alarmed].sort((a, b) => a - b);
    return pools.flatMap((pool) => {
      const test = this.#at(pool);
      if (test.value < height) {
        this.#alarmed.delete(pool);
        return [];
      }
      const place = pool % (1 + this.#topology.lines);
      const group = (pool - place) / (1 + this.#topology.lines);
      return [{ since: test.raisedIn, group, line: place === 0 ? undefined : place - 1 }];
    });
  }

  /** Resets the tests of the pools that a path votes in. */
  reset(gateway: number, endpoint: number): void {
    const whole = this.#ofGroup(gateway);
    this.#at(whole).reset();
    this.#at(whole + 1 + this.#topology.lineOf[endpoint]!).reset();
  }

  /** Resets all tests. */
  resetAll(): void {
    this.#memory.numbers.fill(0);
  }

  #ofGroup(gateway: number): number {
    return this.#topology.groupOf[gateway]! * (1 + this.#topology.lines);
  }

  #at(pool: number): Cusum {
    return this.#test.moveTo(pool * CUSUM_WIDTH);
  }
}

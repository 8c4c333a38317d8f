/**
 * The sums of a round's reports by path. They are read in the order of gateways and endpoints, whatever the order of
 * reports.
 * Met by: src/world/seams/scheduling.ts
 */
import type { QualityReport } from "./messages.ts";
import type { PathList } from "./path-stats.ts";

/** Sums of one path in this round. */
export type PathSums = Omit<QualityReport, "kind" | "gateway" | "endpoint">;

const SESSIONS = 0;
const DEGRADED = 1;
const PROBES = 2;
const UNANSWERED = 3;
const CONNECTS = 4;
const FAILURES = 5;
const IS_REPORTED = 6;
/** Numbers of a path: as many as fit into a line of the processor's cache. */
const WIDTH = 8;

/** Sums of all paths in this round. While they are read, it is a cursor over them. */
export class RoundSums implements PathSums {
  readonly #paths: PathList;
  readonly #endpoints: number;
  /** By the number of a path, `WIDTH` apart. */
  #counts = new Float64Array(WIDTH);
  /** The paths that were reported, each by gateway and endpoint in one number. */
  #reported: number[] = [];
  #isInOrder = true;
  #at = 0;

  /** Makes room for as many paths as there are; `endpoints` is how many a gateway may have at most. */
  constructor(paths: PathList, endpoints: number) {
    this.#paths = paths;
    this.#endpoints = endpoints;
  }

  /** Number of paths reported in this round. */
  get size(): number {
    return this.#reported.length;
  }

  /** Adds a report to the sums of its path. */
  add(report: QualityReport): void {
    const { gateway, endpoint } = report;
    const at = this.#paths.numberOf(gateway, endpoint) * WIDTH;
    if (at >= this.#counts.length) this.#grow(at);
    const counts = this.#counts;
    if (counts[at + IS_REPORTED] === 0) this.#note(gateway * this.#endpoints + endpoint);
    counts[at + IS_REPORTED] = 1;
    counts[at + SESSIONS]! += report.sessions;
    counts[at + DEGRADED]! += report.degraded;
    counts[at + PROBES]! += report.probes;
    counts[at + UNANSWERED]! += report.unanswered;
    counts[at + CONNECTS]! += report.connects;
    counts[at + FAILURES]! += report.connectFailures;
  }

  /** Points to each path in turn and passes it to `take`, then starts a new round. */
  drain(take: (gateway: number, endpoint: number, number: number) => void): void {
    if (!this.#isInOrder) this.#reported.sort((a, b) => a - b);
    for (const pair of this.#reported) {
      const gateway = Math.floor(pair / this.#endpoints);
      const endpoint = pair - gateway * this.#endpoints;
      const number = this.#paths.numberOf(gateway, endpoint);
      this.#at = number * WIDTH;
      take(gateway, endpoint, number);
      // One by one: a call of `fill` takes longer.
      for (let place = this.#at; place <= this.#at + IS_REPORTED; place++) this.#counts[place] = 0;
    }
    this.#reported = [];
    this.#isInOrder = true;
  }

  /** Sessions of the path at hand. */
  get sessions(): number {
    return this.#counts[this.#at + SESSIONS]!;
  }

  /** Its sessions that lost a probe. */
  get degraded(): number {
    return this.#counts[this.#at + DEGRADED]!;
  }

  /** Its probes. */
  get probes(): number {
    return this.#counts[this.#at + PROBES]!;
  }

  /** Its probes that stayed unanswered. */
  get unanswered(): number {
    return this.#counts[this.#at + UNANSWERED]!;
  }

  /** Its connects. */
  get connects(): number {
    return this.#counts[this.#at + CONNECTS]!;
  }

  /** Its connects that failed. */
  get connectFailures(): number {
    return this.#counts[this.#at + FAILURES]!;
  }

  #note(pair: number): void {
    if (this.#reported.length > 0 && this.#reported[this.#reported.length - 1]! > pair) this.#isInOrder = false;
    this.#reported.push(pair);
  }

  #grow(at: number): void {
    const counts = this.#counts;
    this.#counts = new Float64Array(Math.max(at + WIDTH, 2 * counts.length));
    this.#counts.set(counts);
  }
}

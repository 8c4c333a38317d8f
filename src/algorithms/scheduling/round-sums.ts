/**
 * The sums of a round's reports by path. Few of all paths are reported in a round, so their sums lie close together in
 * the order in which they were first reported; they are read in the order of gateways and endpoints.
 * Met by: src/world/seams/scheduling.ts
 */
import type { QualityReport } from "./messages.ts";

/** Sums of one path in this round. */
export type PathSums = { -readonly [Key in Exclude<keyof QualityReport, "kind" | "gateway" | "endpoint">]: number };

/** Sums of all paths in this round. */
export class RoundSums {
  /** By path: one plus the index of its sums; 0 if it was not reported. */
  readonly #indexes: Int32Array;
  readonly #endpoints: number;
  #paths: number[] = [];
  readonly #sums: PathSums[] = [];
  #isInOrder = true;

  /** Makes room for all pairs of a gateway and an endpoint. */
  constructor(gateways: number, endpoints: number) {
    this.#indexes = new Int32Array(gateways * endpoints);
    this.#endpoints = endpoints;
  }

  /** Number of paths reported in this round. */
  get size(): number {
    return this.#paths.length;
  }

  /** Adds a report to the sums of its path. */
  add(report: QualityReport): void {
    const path = report.gateway * this.#endpoints + report.endpoint;
    const sums = this.#sumsOf(path);
    sums.sessions += report.sessions;
    sums.degraded += report.degraded;
    sums.probes += report.probes;
    sums.unanswered += report.unanswered;
    sums.connects += report.connects;
    sums.connectFailures += report.connectFailures;
  }

  /** Passes the sums of each path to `take`, which must not keep them, and starts a new round. */
  drain(take: (gateway: number, endpoint: number, sums: PathSums) => void): void {
    if (!this.#isInOrder) this.#paths.sort((a, b) => a - b);
    for (const path of this.#paths) {
      const sums = this.#sums[this.#indexes[path]! - 1]!;
      take(Math.floor(path / this.#endpoints), path % this.#endpoints, sums);
      sums.sessions = sums.degraded = sums.probes = sums.unanswered = sums.connects = sums.connectFailures = 0;
      this.#indexes[path] = 0;
    }
    this.#paths = [];
    this.#isInOrder = true;
  }

  #sumsOf(path: number): PathSums {
    const known = this.#indexes[path]!;
    if (known > 0) return this.#sums[known - 1]!;
    if (this.#paths.length > 0 && this.#paths[this.#paths.length - 1]! > path) this.#isInOrder = false;
    const count = this.#paths.push(path);
    this.#indexes[path] = count;
    return (this.#sums[count - 1] ??= {
      sessions: 0,
      degraded: 0,
      probes: 0,
      unanswered: 0,
      connects: 0,
      connectFailures: 0,
    });
  }
}

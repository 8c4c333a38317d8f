/**
 * What was heard since the last round, added up by path: few of all paths, so their sums lie close together in the order
 * in which they were first heard of, and are handed over in the order of gateways and endpoints.
 * Met by: src/world/seams/scheduling.ts
 */
import type { QualityReport } from "./messages.ts";

/** Sums of one path in this round. */
export type Sums = { -readonly [Key in Exclude<keyof QualityReport, "kind" | "gateway" | "endpoint">]: number };

export class Heard {
  /** By path: its place, plus one; 0 for one that was not heard of. */
  readonly #places: Int32Array;
  readonly #endpoints: number;
  #paths: number[] = [];
  readonly #sums: Sums[] = [];
  #isInOrder = true;

  constructor(gateways: number, endpoints: number) {
    this.#places = new Int32Array(gateways * endpoints);
    this.#endpoints = endpoints;
  }

  get count(): number {
    return this.#paths.length;
  }

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

  /** Hands over all sums and forgets them; `take` must not keep them. */
  drain(take: (gateway: number, endpoint: number, sums: Sums) => void): void {
    if (!this.#isInOrder) this.#paths.sort((a, b) => a - b);
    for (const path of this.#paths) {
      const sums = this.#sums[this.#places[path]! - 1]!;
      take(Math.floor(path / this.#endpoints), path % this.#endpoints, sums);
      sums.sessions = sums.degraded = sums.probes = sums.unanswered = sums.connects = sums.connectFailures = 0;
      this.#places[path] = 0;
    }
    this.#paths = [];
    this.#isInOrder = true;
  }

  #sumsOf(path: number): Sums {
    const known = this.#places[path]!;
    if (known > 0) return this.#sums[known - 1]!;
    if (this.#paths.length > 0 && this.#paths[this.#paths.length - 1]! > path) this.#isInOrder = false;
    const place = this.#paths.push(path);
    this.#places[path] = place;
    return (this.#sums[place - 1] ??= {
      sessions: 0,
      degraded: 0,
      probes: 0,
      unanswered: 0,
      connects: 0,
      connectFailures: 0,
    });
  }
}

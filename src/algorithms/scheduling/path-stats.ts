/**
 * The paths, from gateways to IP:ports, and what was reported of each. Of all pairs of a gateway and an endpoint few are
 * ever reported, nearly always candidates: these are numbered in advance, so that the memory of a gateway's paths lies
 * together.
 * Met by: src/world/seams/scheduling.ts
 */
import { CONNECTS, OutcomeMemory, OutcomeStream, SESSIONS } from "./outcome-stream.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Statistics of one path. */
export interface PathStats {
  /** Index of the gateway. */
  readonly gateway: number;
  /** Index of the endpoint. */
  readonly endpoint: number;
  /** Sessions over it, and those that lost a probe. */
  readonly sessions: OutcomeStream;
  /** Connects over it, and those that failed. */
  readonly connects: OutcomeStream;
}

/** All paths that were reported or asked about, and their memory. */
export class PathList {
  /** Streams of sessions, by the number of a path. */
  readonly sessions: OutcomeMemory;
  /** Streams of connects, by the number of a path. */
  readonly connects: OutcomeMemory;
  readonly #endpoints: number;
  /** By gateway and endpoint: the path's number, plus one; 0 of pairs that have none. */
  readonly #numbers: Int32Array;
  #numbered = 0;
  /** By number; a candidate has none until it is known. */
  readonly #paths: (PathStats | undefined)[];
  #count = 0;
  readonly #ofGateway: PathStats[][];
  readonly #ofEndpoint: PathStats[][];

  /** Starts without any path. */
  constructor({ gateways, endpoints }: TopologyIndex) {
    this.#endpoints = endpoints.length;
    this.#numbers = new Int32Array(gateways.length * endpoints.length);
    for (const [gateway, { candidates }] of gateways.entries())
      for (const endpoint of candidates.toSorted((a, b) => a - b)) this.numberOf(gateway, endpoint);
    this.#paths = new Array<PathStats | undefined>(this.#numbered).fill(undefined);
    this.sessions = new OutcomeMemory(this.#numbered);
    this.connects = new OutcomeMemory(this.#numbered);
    this.#ofGateway = gateways.map(() => []);
    this.#ofEndpoint = endpoints.map(() => []);
  }

  /** Number of known paths. */
  get count(): number {
    return this.#count;
  }

  /** Returns the number of a path, from 0; a new one if it had none. */
  numberOf(gateway: number, endpoint: number): number {
    const pair = gateway * this.#endpoints + endpoint;
    if (this.#numbers[pair] === 0) this.#numbers[pair] = ++this.#numbered;
    return this.#numbers[pair]! - 1;
  }

  /** Returns a path; new statistics if it was not known. */
  path(gateway: number, endpoint: number): PathStats {
    const number = this.numberOf(gateway, endpoint);
    return this.#paths[number] ?? this.#begin(number, gateway, endpoint);
  }

  #begin(number: number, gateway: number, endpoint: number): PathStats {
    this.sessions.reserve(number + 1);
    this.connects.reserve(number + 1);
    const path: PathStats = {
      gateway,
      endpoint,
      sessions: new OutcomeStream(SESSIONS, this.sessions, number),
      connects: new OutcomeStream(CONNECTS, this.connects, number),
    };
    this.#paths[number] = path;
    this.#count += 1;
    insert(this.#ofGateway[gateway]!, path, (other) => other.endpoint > endpoint);
    insert(this.#ofEndpoint[endpoint]!, path, (other) => other.gateway > gateway);
    return path;
  }

  /** Returns the known paths of a gateway, by endpoint. */
  ofGateway(gateway: number): readonly PathStats[] {
    return this.#ofGateway[gateway]!;
  }

  /** Returns the known paths to an endpoint, by gateway. */
  ofEndpoint(endpoint: number): readonly PathStats[] {
    return this.#ofEndpoint[endpoint]!;
  }
}

/** Inserts a path before the first of the others that come after it. */
const insert = (paths: PathStats[], path: PathStats, isAfter: (other: PathStats) => boolean): void => {
  let place = paths.length;
  while (place > 0 && isAfter(paths[place - 1]!)) place -= 1;
  paths.splice(place, 0, path);
};

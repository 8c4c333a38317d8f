/**
 * The true quality of each path from a user to a destination: its legs (radio, gateway, the carrier's route, a peering where carriers
 * change, the centre's line), each with delay and loss, and the faults on them. Deployed algorithms must not read it.
 *
 * Values are composed again only for the links that a change touches.
 */

import { chanceOf } from "../../base/chance.ts";
import type { LinksNow } from "../links.ts";
import { beatFails } from "./beats.ts";
import type { PathQuality } from "./transport.ts";

/** Quality of a path while nothing is wrong. */
export interface Legs {
  /** Round trip, ms. */
  readonly rttMs: number;
  /** Share of packets that pass, each way. */
  readonly passes: number;
}

/** A change of a path's quality, by a fault or an intervention. */
export interface Impairment {
  /** Share of packets lost on the way to the server. */
  readonly lossUp: number;
  /** Share of packets lost on the way to the client. */
  readonly lossDown: number;
  /** Round-trip time that it adds, ms. */
  readonly delayMs: number;
  /** Whether all packets are dropped or answered with a reset, or only new connections are refused. */
  readonly block: "drop" | "reset" | "new" | undefined;
}

/** What paths are built from. */
export interface PathParts {
  /** Number of cells. */
  readonly cells: number;
  /** Number of endpoints. */
  readonly endpoints: number;
  /** How long clients wait for the answer to a beat. */
  readonly beatTimeoutMs: number;
  /** Quality of each path while nothing is wrong. */
  readonly legs: (cell: number, endpoint: number) => Legs;
  /** All that `legs` depends on: paths of the same object are composed once, for all runs in this process. */
  readonly key: object;
  /** Takes the chances that follow from each path. */
  readonly links: LinksNow;
}

/** Value of `block`: packets pass. */
export const OPEN = 0;
/** Value of `block`: packets pass, but new connections are refused. */
export const CLOSED = 1;
/** Value of `block`: packets are dropped. */
export const DROPS = 2;
/** Value of `block`: packets are answered with a reset. */
export const RESETS = 3;

/** Numbers of a link side by side, as an attempt uses all of them. */
const RTT = 0;
const LOSS_UP = 1;
const LOSS_DOWN = 2;
const BLOCK = 3;
const WIDTH = 4;

/** Paths while nothing is wrong, by link: their numbers, and the chances that a beat and a probe stay unanswered. */
interface PathsAtRest {
  readonly numbers: Float64Array;
  readonly beat: Float64Array;
  readonly probe: Float64Array;
}

type ComposedPath = PathQuality & { readonly block: number };

const pathsAtRest = new WeakMap<object, PathsAtRest>();

/** The quality of all paths, by link. */
export class Paths {
  /** Number of cells. */
  readonly cells: number;
  /** Number of endpoints. */
  readonly endpoints: number;
  /** How long clients wait for the answer to a beat. */
  readonly beatTimeoutMs: number;
  readonly #legs: (cell: number, endpoint: number) => Legs;
  readonly #links: LinksNow;
  /** By link, `WIDTH` apart. */
  readonly #numbers: Float64Array;
  /** What was derived last: a cell's ways to the endpoints of one line are alike. */
  #derived: (PathQuality & { readonly beat: number; readonly probe: number }) | undefined;

  constructor({ cells, endpoints, beatTimeoutMs, legs, key, links }: PathParts) {
    this.cells = cells;
    this.endpoints = endpoints;
    this.#legs = legs;
    this.#links = links;
    this.beatTimeoutMs = beatTimeoutMs;
    let rest = pathsAtRest.get(key);
    if (rest === undefined) pathsAtRest.set(key, (rest = this.#atRest()));
    this.#numbers = rest.numbers.slice();
    for (let link = 0; link < rest.beat.length; link++)
      links.setFailures(link, { beat: rest.beat[link]!, probe: rest.probe[link]! });
  }

  #atRest(): PathsAtRest {
    const size = this.cells * this.endpoints;
    const numbers = new Float64Array(size * WIDTH);
    const [beat, probe] = [new Float64Array(size), new Float64Array(size)];
    for (let cell = 0; cell < this.cells; cell++)
      for (let endpoint = 0; endpoint < this.endpoints; endpoint++) {
        const link = cell * this.endpoints + endpoint;
        const quality = this.#composed(cell, endpoint, []);
        const fails = this.#failuresOf(quality);
        write(numbers, link, quality);
        beat[link] = fails.beat;
        probe[link] = fails.probe;
      }
    return { numbers, beat, probe };
  }

  /** Returns the round trip, at least 1 ms. */
  rttMs(link: number): number {
    return this.#numbers[link * WIDTH + RTT]!;
  }

  /** Returns the share of packets lost on the way to the server. */
  lossUp(link: number): number {
    return this.#numbers[link * WIDTH + LOSS_UP]!;
  }

  /** Returns the share of packets lost on the way to the client. */
  lossDown(link: number): number {
    return this.#numbers[link * WIDTH + LOSS_DOWN]!;
  }

  /** Returns `OPEN`, `CLOSED`, `DROPS` or `RESETS`. */
  block(link: number): number {
    return this.#numbers[link * WIDTH + BLOCK]!;
  }

  /** True if these impairments would change any value of the path. */
  wouldChange(cell: number, endpoint: number, impairments: readonly Impairment[]): boolean {
    const link = cell * this.endpoints + endpoint;
    const { rttMs, lossUp, lossDown, block } = this.#composed(cell, endpoint, impairments);
    return (
      rttMs !== this.rttMs(link) ||
      lossUp !== this.lossUp(link) ||
      lossDown !== this.lossDown(link) ||
      block !== this.block(link)
    );
  }

  /** Sets the quality of a path under its present impairments. */
  compose(cell: number, endpoint: number, impairments: readonly Impairment[]): void {
    const link = cell * this.endpoints + endpoint;
    const composed = this.#composed(cell, endpoint, impairments);
    write(this.#numbers, link, composed);
    this.#links.setFailures(link, this.#failuresOf(composed));
  }

  /** Returns the chance that a heartbeat is not answered in time if these impairments were all. */
  beatFailsUnder(cell: number, endpoint: number, impairments: readonly Impairment[]): number {
    return beatFails(this.#composed(cell, endpoint, impairments), this.beatTimeoutMs);
  }

  #composed(cell: number, endpoint: number, impairments: readonly Impairment[]): ComposedPath {
    const { rttMs, passes } = this.#legs(cell, endpoint);
    let rtt = rttMs;
    let up = passes;
    let down = passes;
    let block = OPEN;
    for (const impairment of impairments) {
      rtt += impairment.delayMs;
      up *= 1 - impairment.lossUp;
      down *= 1 - impairment.lossDown;
      if (impairment.block === "drop") block = DROPS;
      else if (impairment.block === "reset" && block !== DROPS) block = RESETS;
      else if (impairment.block === "new" && block === OPEN) block = CLOSED;
    }
    return {
      rttMs: Math.max(1, rtt),
      lossUp: block <= CLOSED ? clampShare(1 - up) : 1,
      lossDown: block <= CLOSED ? clampShare(1 - down) : 1,
      block,
    };
  }

  /** Returns the chances, out of 2^32, that a beat and a probe stay unanswered. */
  #failuresOf({ rttMs, lossUp, lossDown }: PathQuality): { readonly beat: number; readonly probe: number } {
    let last = this.#derived;
    if (last?.rttMs !== rttMs || last.lossUp !== lossUp || last.lossDown !== lossDown) {
      const beat = chanceOf(beatFails({ rttMs, lossUp, lossDown }, this.beatTimeoutMs));
      const probe = chanceOf(1 - (1 - lossUp) * (1 - lossDown));
      this.#derived = last = { rttMs, lossUp, lossDown, beat, probe };
    }
    return last;
  }
}

const write = (numbers: Float64Array, link: number, { rttMs, lossUp, lossDown, block }: ComposedPath): void => {
  const at = link * WIDTH;
  numbers[at + RTT] = rttMs;
  numbers[at + LOSS_UP] = lossUp;
  numbers[at + LOSS_DOWN] = lossDown;
  numbers[at + BLOCK] = block;
};

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));

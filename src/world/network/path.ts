/**
 * What a user's packets meet on the way to a destination: legs in a row (radio, gateway, the carrier's own
 * route, a peering where carriers change, the centre's line), each with its delay and its loss, and whatever
 * faults lie on them. The world's truth: nobody deployed may read it.
 *
 * One row a pair of cell and endpoint, as columns. Values are composed again only for the pairs that a
 * change touches.
 */

import { BEAT_FAILS, LINK, PROBE_FAILS } from "../link.ts";
import { beatFails } from "./beats.ts";
import type { PathQuality } from "./transport.ts";

/** Everything a set of paths is made of before any fault. */
export interface Legs {
  /** Round trip, ms. */
  readonly rttMs: number;
  /** Share of packets that come through each way. */
  readonly passes: number;
}

/** Something lies on a path: a fault, or a change made by operators. */
export interface Burden {
  readonly lossUp: number;
  readonly lossDown: number;
  readonly delayMs: number;
  readonly block: "drop" | "reset" | undefined;
}

export const OPEN = 0;
export const DROPS = 1;
export const RESETS = 2;

export class Paths {
  readonly cells: number;
  readonly endpoints: number;
  readonly rttMs: Float64Array;
  readonly lossUp: Float64Array;
  readonly lossDown: Float64Array;
  readonly block: Uint8Array;
  /** What the crowd needs of a path and does on it, by link. */
  readonly links: Float64Array;
  readonly #legs: (cell: number, endpoint: number) => Legs;
  readonly beatTimeoutMs: number;

  constructor(cells: number, endpoints: number, beatTimeoutMs: number, legs: (cell: number, endpoint: number) => Legs) {
    const size = cells * endpoints;
    this.cells = cells;
    this.endpoints = endpoints;
    this.#legs = legs;
    this.beatTimeoutMs = beatTimeoutMs;
    this.rttMs = new Float64Array(size);
    this.lossUp = new Float64Array(size);
    this.lossDown = new Float64Array(size);
    this.block = new Uint8Array(size);
    this.links = new Float64Array(size * LINK);
    for (let cell = 0; cell < cells; cell++)
      for (let endpoint = 0; endpoint < endpoints; endpoint++) this.compose(cell, endpoint, []);
  }

  /** Whether composing the path under these burdens would change any value. */
  wouldChange(cell: number, endpoint: number, burdens: readonly Burden[]): boolean {
    const pair = cell * this.endpoints + endpoint;
    const { rttMs, lossUp, lossDown, block } = this.#composed(cell, endpoint, burdens);
    return (
      rttMs !== this.rttMs[pair] ||
      lossUp !== this.lossUp[pair] ||
      lossDown !== this.lossDown[pair] ||
      block !== this.block[pair]
    );
  }

  /** Composes one path anew under what lies on it now. */
  compose(cell: number, endpoint: number, burdens: readonly Burden[]): void {
    const pair = cell * this.endpoints + endpoint;
    const { rttMs, lossUp, lossDown, block } = this.#composed(cell, endpoint, burdens);
    this.rttMs[pair] = rttMs;
    this.lossUp[pair] = lossUp;
    this.lossDown[pair] = lossDown;
    this.block[pair] = block;
    this.#derive(pair);
  }

  #composed(cell: number, endpoint: number, burdens: readonly Burden[]): PathQuality & { readonly block: number } {
    const { rttMs, passes } = this.#legs(cell, endpoint);
    let rtt = rttMs;
    let up = passes;
    let down = passes;
    let block = OPEN;
    for (const burden of burdens) {
      rtt += burden.delayMs;
      up *= 1 - burden.lossUp;
      down *= 1 - burden.lossDown;
      if (burden.block === "drop") block = DROPS;
      else if (burden.block === "reset" && block === OPEN) block = RESETS;
    }
    return {
      rttMs: Math.max(1, rtt),
      lossUp: block === OPEN ? clampShare(1 - up) : 1,
      lossDown: block === OPEN ? clampShare(1 - down) : 1,
      block,
    };
  }

  #derive(pair: number): void {
    const lost = 1 - (1 - this.lossUp[pair]!) * (1 - this.lossDown[pair]!);
    this.links[pair * LINK + PROBE_FAILS] = lost * 4_294_967_296;
    const quality = { rttMs: this.rttMs[pair]!, lossUp: this.lossUp[pair]!, lossDown: this.lossDown[pair]! };
    this.links[pair * LINK + BEAT_FAILS] = beatFails(quality, this.beatTimeoutMs) * 4_294_967_296;
  }
}

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));

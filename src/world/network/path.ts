/**
 * What a user's packets meet on the way to a destination: legs in a row (radio, gateway, the carrier's own
 * route, a peering where carriers change, the centre's line), each with its delay and its loss, and whatever
 * faults lie on them. The world's truth: nobody deployed may read it.
 *
 * One row a link, as columns. Values are composed again only for the links that a change touches.
 */

import { chanceOf } from "../../base/chance.ts";
import type { LinksNow } from "../links.ts";
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

export interface PathParts {
  readonly cells: number;
  readonly endpoints: number;
  readonly beatTimeoutMs: number;
  readonly legs: (cell: number, endpoint: number) => Legs;
  /** Learn the chances that follow from each path. */
  readonly links: LinksNow;
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
  readonly beatTimeoutMs: number;
  readonly #legs: (cell: number, endpoint: number) => Legs;
  readonly #links: LinksNow;

  constructor({ cells, endpoints, beatTimeoutMs, legs, links }: PathParts) {
    const size = cells * endpoints;
    this.cells = cells;
    this.endpoints = endpoints;
    this.#legs = legs;
    this.#links = links;
    this.beatTimeoutMs = beatTimeoutMs;
    this.rttMs = new Float64Array(size);
    this.lossUp = new Float64Array(size);
    this.lossDown = new Float64Array(size);
    this.block = new Uint8Array(size);
    for (let cell = 0; cell < cells; cell++)
      for (let endpoint = 0; endpoint < endpoints; endpoint++) this.compose(cell, endpoint, []);
  }

  /** Whether composing the path under these burdens would change any value. */
  wouldChange(cell: number, endpoint: number, burdens: readonly Burden[]): boolean {
    const link = cell * this.endpoints + endpoint;
    const { rttMs, lossUp, lossDown, block } = this.#composed(cell, endpoint, burdens);
    return (
      rttMs !== this.rttMs[link] ||
      lossUp !== this.lossUp[link] ||
      lossDown !== this.lossDown[link] ||
      block !== this.block[link]
    );
  }

  /** Composes one path anew under what lies on it now. */
  compose(cell: number, endpoint: number, burdens: readonly Burden[]): void {
    const link = cell * this.endpoints + endpoint;
    const { rttMs, lossUp, lossDown, block } = this.#composed(cell, endpoint, burdens);
    this.rttMs[link] = rttMs;
    this.lossUp[link] = lossUp;
    this.lossDown[link] = lossDown;
    this.block[link] = block;
    this.#derive(link);
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

  #derive(link: number): void {
    const quality = { rttMs: this.rttMs[link]!, lossUp: this.lossUp[link]!, lossDown: this.lossDown[link]! };
    const lost = 1 - (1 - quality.lossUp) * (1 - quality.lossDown);
    this.#links.setFailures(link, {
      beat: chanceOf(beatFails(quality, this.beatTimeoutMs)),
      probe: chanceOf(lost),
    });
  }
}

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));

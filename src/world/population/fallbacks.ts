/**
 * What clients remember of an address that failed them where the table sends them: few of all, so that a map holds them. An
 * entry goes when its client gets through to that address.
 */
import { RowMap } from "../../base/row-map.ts";
import { FALLBACK_LASTS } from "../../algorithms/access/fallback.ts";
import type { Race } from "../../algorithms/access/racing.ts";
import type { Client } from "./client.ts";
import type { Dispatch } from "./dispatch.ts";

/** Time is remembered in units of 2^14 ms, in 16 bits: twelve days, and nobody is away for more than ten. */
const UNIT_BITS = 14;
const TIME = 0xffff;
const LASTS = FALLBACK_LASTS / 1_000 / (1 << UNIT_BITS);
/** Nothing is remembered: an endpoint is never used instead of itself. */
const NOTHING = 0;

/** What clients remember, by row: the failed endpoint 8, the one used instead 8, the time 16 bits. */
export class Fallbacks {
  readonly #dispatch: Dispatch;
  readonly #rows = new RowMap();

  /** Asks this table where clients are sent. */
  constructor(dispatch: Dispatch) {
    this.#dispatch = dispatch;
  }

  /** Notes that an endpoint failed a client at `nowMs`, and another one answered. */
  note({ row }: Client, failed: number, instead: number, nowMs: number): void {
    this.#rows.set(row, ((failed << 24) | (instead << 16) | ((nowMs >>> UNIT_BITS) & TIME)) >>> 0);
  }

  /** Remembers from a race over these candidates whether the endpoint that the table sends a client to failed it. */
  learn(client: Client, { winner, started }: Race, candidates: readonly number[], failed: readonly boolean[]): void {
    const place = candidates.indexOf(this.#dispatch.routeOf(client.cell, client.index));
    if (place === winner) {
      if (this.#rows.size > 0) this.#rows.delete(client.row);
    } else if (place < started && failed[place]!)
      this.note(client, candidates[place]!, candidates[winner]!, client.dueMs);
  }

  /** True if the endpoint that the table sends a client to failed it, and it has not got through there since. */
  hasFailed(client: Client): boolean {
    return this.#of(client) !== NOTHING;
  }

  /** True if a client remembers anything, wherever the table sends it now. */
  remembers({ row }: Client): boolean {
    return this.#rows.size > 0 && this.#rows.get(row) !== NOTHING;
  }

  /** Returns the endpoint that a client tries first instead of where the table sends it; -1 if it remembers no recent failure. */
  insteadFor(client: Client, nowMs: number): number {
    const remembered = this.#of(client);
    const units = ((nowMs >>> UNIT_BITS) - remembered) & TIME;
    return remembered !== NOTHING && units < LASTS ? (remembered >>> 16) & 0xff : -1;
  }

  #of({ row, cell, index }: Client): number {
    if (this.#rows.size === 0) return NOTHING;
    const remembered = this.#rows.get(row);
    return remembered !== NOTHING && remembered >>> 24 === this.#dispatch.routeOf(cell, index) ? remembered : NOTHING;
  }
}

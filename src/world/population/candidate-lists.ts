/**
 * The lists of addresses that clients try one after another: where the dispatch table sends them, then their gateway's candidates.
 */
import { Draws } from "../../base/random.ts";
import { fallbackFirst } from "../../algorithms/access/fallback.ts";
import type { ReconnectPolicy } from "../../algorithms/access/reconnect.ts";
import { CANDIDATES_MOST } from "../../scenario/people/limits.ts";
import type { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import type { RouteTable } from "./dispatch.ts";
import type { Fallbacks } from "./fallbacks.ts";

/** Lists of a gateway's clients while nothing changes that they depend on, by where the table sends them. */
interface Lists {
  readonly table: RouteTable;
  readonly reconnectShares: Float64Array;
  readonly isFresh: boolean;
  readonly byBest: Choice[];
}

/** The lists that clients with the same best may have, and running sums of their weights; none with a single list. */
interface Choice {
  readonly upTo: readonly number[];
  readonly lists: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];

export class CandidateLists {
  readonly #crowd: Crowd;
  readonly #fallbacks: Fallbacks;
  readonly #policy: ReconnectPolicy["policy"];
  readonly #others: Draws;
  /** By gateway. */
  readonly #lists: (Lists | undefined)[] = [];

  constructor(
    crowd: Crowd,
    fallbacks: Fallbacks,
    { seed, reconnect }: { readonly seed: string; readonly reconnect: ReconnectPolicy },
  ) {
    this.#crowd = crowd;
    this.#fallbacks = fallbacks;
    this.#policy = reconnect.policy;
    this.#others = new Draws(seed, "login elsewhere");
  }

  /** True if a client's list begins where the table sends it: with no recent loss of a server, and none that failed it. */
  beginsWithRoute(client: Client, nowMs: number): boolean {
    return nowMs >= this.#crowd.dispatch.reconnectSharesEndMs && !this.#fallbacks.remembers(client);
  }

  /** Returns the client's list: where the table sends it, then the gateway's candidates; first the one that it fell back to. */
  of(client: Client, nowMs: number): readonly number[] {
    const { cell, index } = client;
    const { population, dispatch } = this.#crowd;
    const gateway = population.gateway[cell]!;
    const table = dispatch.of(gateway);
    const best = dispatch.routeOf(cell, index);
    const { reconnectShares } = dispatch;
    const isFresh = nowMs < dispatch.reconnectSharesEndMs;
    let lists = this.#lists[gateway];
    if (lists?.table !== table || lists.reconnectShares !== reconnectShares || lists.isFresh !== isFresh)
      lists = this.#lists[gateway] = { table, reconnectShares, isFresh, byBest: [] };
    const choice = (lists.byBest[best] ??= this.#choiceOf(table.candidates, best, isFresh));
    const { upTo } = choice;
    let place = 0;
    if (upTo.length > 1) {
      // A draw of its own: by the rank that says when they come, clients that come together would go together.
      const left = this.#others.uniform(population.identity[cell]!, index, 0) * upTo.at(-1)!;
      while (place < upTo.length - 1 && left >= upTo[place]!) place += 1;
    }
    const list = choice.lists[place]!;
    const instead = isFresh ? -1 : this.#fallbacks.insteadFor(client, nowMs);
    return instead < 0 ? list : fallbackFirst(list, instead);
  }

  /**
   * Returns the lists that clients with this best endpoint may have. On the carrier's own line the order follows the user's id,
   * weighted by the room of each server, or all who lose a centre would go to its neighbour. The table's endpoint stays first,
   * unless a loss is so fresh that the servers' own word counts.
   */
  #choiceOf(candidates: readonly number[], best: number, isFresh: boolean): Choice {
    const { endpoints, dispatch } = this.#crowd;
    const { reconnectShares } = dispatch;
    const { centre, line } = endpoints[best]!;
    const list = [best, ...candidates.filter((candidate) => candidate !== best)].slice(0, CANDIDATES_MOST);
    const others =
      this.#policy === "directed"
        ? list.filter((candidate) => {
            const { line: own, centre: there, server } = endpoints[candidate]!;
            return own === line && (isFresh ? reconnectShares[server]! > 0 : there !== centre);
          })
        : [];
    if (others.length < 2) return { upTo: NONE, lists: [list] };
    let all = 0;
    return {
      upTo: others.map((other) => (all += reconnectShares[endpoints[other]!.server]!)),
      lists: others.map((chosen) => {
        const head = isFresh ? [chosen] : [best, chosen];
        return [...head, ...list.filter((one) => !head.includes(one))];
      }),
    };
  }
}

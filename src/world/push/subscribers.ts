/**
 * The subscribers of a task: numbers from 1 up, some with an app that fetches the task ahead. Lists are made on demand and not
 * kept: a hundred million would take as much memory as the store itself.
 */
import { partOf } from "../../algorithms/push/task.ts";
import { prefetchAt } from "../../algorithms/push/prefetch.ts";
import { type Duration, inSeconds, START } from "../../base/units.ts";
import { Draws } from "../../base/random.ts";

/** The subscribers of one task. */
export class Subscribers {
  readonly count: number;
  /** A bit each. */
  readonly #fetched: Uint8Array;
  /** Number of subscribers that have fetched it. */
  readonly fetched: number;

  /** Gives a share of them such an app: the same ones for every task. */
  constructor(count: number, share: number, seed: string) {
    this.count = count;
    this.#fetched = new Uint8Array(share === 0 ? 0 : (count >> 3) + 1);
    const apps = new Draws(seed, "whose app fetches ahead");
    let fetched = 0;
    for (let uin = 1; share > 0 && uin <= count; uin++) {
      if (apps.uniform(uin, 0, 0) >= share) continue;
      this.#fetched[uin >> 3]! |= 1 << (uin & 7);
      fetched += 1;
    }
    this.fetched = fetched;
  }

  /** Number of subscribers to be pushed to. */
  get pushed(): number {
    return this.count - this.fetched;
  }

  /** True if the subscriber's app fetches the task ahead. */
  hasFetched(uin: number): boolean {
    return this.#fetched.length > 0 && (this.#fetched[uin >> 3]! & (1 << (uin & 7))) !== 0;
  }

  /** Returns how many fetch in each second of a night of this length. */
  fetches(over: Duration): Float64Array {
    const bySecond = new Float64Array(Math.ceil(inSeconds(over)));
    for (let uin = 1; uin <= this.count; uin++)
      if (this.hasFetched(uin)) bySecond[Math.floor(inSeconds(prefetchAt(uin, START, over)))]! += 1;
    return bySecond;
  }

  /** Returns new lists of the subscribers to be pushed to, by part. */
  byPart(parts: number): readonly Uint32Array[] {
    const sizes = new Uint32Array(parts);
    for (let uin = 1; uin <= this.count; uin++) if (!this.hasFetched(uin)) sizes[partOf(uin, parts)]! += 1;
    const lists = Array.from(sizes, (size) => new Uint32Array(size));
    sizes.fill(0);
    for (let uin = 1; uin <= this.count; uin++) {
      if (this.hasFetched(uin)) continue;
      const part = partOf(uin, parts);
      lists[part]![sizes[part]!++] = uin;
    }
    return lists;
  }
}

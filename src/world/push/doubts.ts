/**
 * Who may be told again, and why: those pushed to by a worker that died before it reported them, those whose report or
 * claim a failover lost. Nobody in the world knows it; it is how the book tells one duplicate from another.
 */
import { duplicatesAtMost } from "../../algorithms/push/duplicates.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { Cause } from "./notes.ts";

/** What was written to a shard of late. */
interface Writing {
  readonly at: Instant;
  readonly task: number;
  readonly uins: readonly number[];
}

/** Old writings are thrown away when so many have gathered. */
const MANY = 1_024;

export class Doubts {
  /** Slots whose host crashed with a block in their hands, and reports whose answer was lost with a shard. */
  crashes = 0;
  unanswered = 0;
  /** Members whose claim or report a failover lost, and slots that had a block of such a shard. */
  #forgotten = 0;
  #unaware = 0;
  readonly #repeated: Record<Cause, number> = { crash: 0, redelivery: 0, lease: 0, failover: 0 };
  /** By task. */
  readonly #causes: readonly Map<number, Cause>[];
  /** By shard, in order of time. */
  readonly #writings: Writing[][];
  readonly #keeps: Duration;

  /** Writings older than `keeps` are heard of everywhere. */
  constructor(tasks: number, shards: number, keeps: Duration) {
    this.#causes = Array.from({ length: tasks }, () => new Map<number, Cause>());
    this.#writings = Array.from({ length: shards }, () => []);
    this.#keeps = keeps;
  }

  /** The first cause stays: what came later happened to what was in doubt already. */
  raise(task: number, uins: readonly number[], cause: Cause): void {
    const causes = this.#causes[task]!;
    for (const uin of uins) if (!causes.has(uin)) causes.set(uin, cause);
  }

  /** Why somebody is told again; `usual` where nothing is known against it. */
  blame(task: number, uin: number, usual: Cause): Cause {
    const cause = this.#causes[task]!.get(uin) ?? usual;
    this.#repeated[cause] += 1;
    return cause;
  }

  /** Causes that repeated more than they can, in words. */
  excesses(lotSize: number): readonly string[] {
    const { crashes, unanswered } = this;
    const counts = { crashes, unanswered, forgotten: this.#forgotten, unaware: this.#unaware };
    const most = duplicatesAtMost({ ...counts, redeliveries: 0, takeovers: 0 }, lotSize);
    const bounds = { crash: most.crash, failover: most.failover + most.unanswered };
    return (["crash", "failover"] as const)
      .filter((cause) => this.#repeated[cause] > bounds[cause])
      .map((cause) => `${cause}: ${String(this.#repeated[cause])} told again, ${String(bounds[cause])} at most`);
  }

  /** A shard was told of these: that they were claimed, or pushed to. */
  write(shard: number, writing: Writing): void {
    const writings = this.#writings[shard]!;
    writings.push(writing);
    if (writings.length < MANY || writings[MANY / 2]!.at > writing.at - this.#keeps) return;
    this.#writings[shard] = writings.filter(({ at }) => at > writing.at - this.#keeps);
  }

  /** A shard has forgotten all that it was told after `heard`, and so many slots have a block of it. */
  forget(shard: number, heard: Instant, slots: number): void {
    this.#unaware += slots;
    for (const { at, task, uins } of this.#writings[shard]!) {
      if (at <= heard) continue;
      this.raise(task, uins, "failover");
      this.#forgotten += uins.length;
    }
    this.#writings[shard] = [];
  }
}

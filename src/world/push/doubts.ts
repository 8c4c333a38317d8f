/**
 * Who may be told again, and why: those pushed to by a worker that died before it reported them, those whose report or
 * claim a failover lost. Nobody in the world knows it; it is how the book tells one duplicate from another.
 */
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

  causeOf(task: number, uin: number): Cause | undefined {
    return this.#causes[task]!.get(uin);
  }

  /** A shard was told of these: that they were claimed, or pushed to. */
  write(shard: number, writing: Writing): void {
    const writings = this.#writings[shard]!;
    writings.push(writing);
    if (writings.length < MANY || writings[MANY / 2]!.at > writing.at - this.#keeps) return;
    this.#writings[shard] = writings.filter(({ at }) => at > writing.at - this.#keeps);
  }

  /** A shard has forgotten all that it was told after `heard`. */
  forget(shard: number, heard: Instant): void {
    for (const { at, task, uins } of this.#writings[shard]!) if (at > heard) this.raise(task, uins, "failover");
    this.#writings[shard] = [];
  }
}

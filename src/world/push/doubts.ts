/**
 * Who may be told again, and why: those pushed to by a worker that died before it reported them, or that outlived its lease
 * with them in its hands, those whose report or claim a failover lost. Nobody in the world knows it; it is how the book
 * tells one duplicate from another.
 */
import { duplicatesAtMost } from "../../algorithms/push/duplicates.ts";
import type { Duration, Instant } from "../../base/units.ts";
import { CAUSES } from "../../scenario/push/shape.ts";
import type { Cause } from "./notes.ts";

/** Subscribers of a task. */
export interface Some {
  readonly task: number;
  readonly uins: readonly number[];
}

/** What was written to a shard of late. */
interface Writing extends Some {
  readonly at: Instant;
}

/** Causes that repeated somebody not yet, the oldest first, and the one that did last. */
interface Suspicion {
  readonly open: Cause[];
  last: Cause;
}

/** How a block came to one who took it over from a worker that lives: out of the queue, or as a second copy of it. */
type Heir = "lease" | "redelivery";

/** Old writings are thrown away when so many have gathered. */
const MANY = 1_024;

export class Doubts {
  /** Slots whose host crashed with a block in their hands, and reports whose answer was lost with a shard. */
  crashes = 0;
  unanswered = 0;
  /** Blocks taken over from a worker that lives, with a lot in its hands. */
  readonly #takeovers: Record<Heir, number> = { lease: 0, redelivery: 0 };
  /** Members whose claim or report a failover lost, and slots that had a block of such a shard. */
  #forgotten = 0;
  #unaware = 0;
  readonly #repeated: Record<Cause, number> = { crash: 0, redelivery: 0, lease: 0, failover: 0 };
  /** By task and uin. */
  readonly #causes: readonly Map<number, Suspicion>[];
  /** By shard, in order of time. */
  readonly #writings: Writing[][];
  readonly #keeps: Duration;

  /** Writings older than `keeps` are heard of everywhere. */
  constructor(tasks: number, shards: number, keeps: Duration) {
    this.#causes = Array.from({ length: tasks }, () => new Map<number, Suspicion>());
    this.#writings = Array.from({ length: shards }, () => []);
    this.#keeps = keeps;
  }

  raise(task: number, uins: readonly number[], cause: Cause): void {
    const causes = this.#causes[task]!;
    for (const uin of uins) {
      const known = causes.get(uin);
      if (known === undefined) causes.set(uin, { open: [cause], last: cause });
      else known.open.push(cause);
    }
  }

  /** Why somebody is told again: each cause once, and the last for whatever else; `usual` where there is none. */
  blame(task: number, uin: number, usual: Cause): Cause {
    const known = this.#causes[task]!.get(uin);
    const cause = known?.open.shift() ?? known?.last ?? usual;
    if (known !== undefined) known.last = cause;
    this.#repeated[cause] += 1;
    return cause;
  }

  /**
   * Causes that repeated more than they can, in words. A lease that is over repeats at most the lot in the hands of whoever
   * had it: he renews it before he pushes the next one, and hears that the block is another's. A block that is handed out
   * twice repeats nobody while that lease runs, as its second worker is kept out, and once it is over as much as any other.
   */
  excesses(lotSize: number): readonly string[] {
    const { crashes, unanswered } = this;
    const { lease, redelivery } = this.#takeovers;
    const counts = { crashes, unanswered, forgotten: this.#forgotten, unaware: this.#unaware, redeliveries: 0 };
    const most = duplicatesAtMost({ ...counts, takeovers: lease }, lotSize);
    const bounds: Readonly<Record<Cause, number>> = {
      crash: most.crash,
      failover: most.failover + most.unanswered,
      lease: most["lease-expiry"],
      redelivery: duplicatesAtMost({ ...counts, takeovers: redelivery }, lotSize)["lease-expiry"],
    };
    return CAUSES.filter((cause) => this.#repeated[cause] > bounds[cause]).map(
      (cause) => `${cause}: ${String(this.#repeated[cause])} told again, ${String(bounds[cause])} at most`,
    );
  }

  /** A block changed hands while its worker lives, who had pushed to these and not reported them. */
  takeOver(task: number, uins: readonly number[], cause: Heir): void {
    if (uins.length === 0) return;
    this.#takeovers[cause] += 1;
    this.raise(task, uins, cause);
  }

  /** A shard was told of these: that they were claimed, or pushed to. */
  write(shard: number, writing: Writing): void {
    const writings = this.#writings[shard]!;
    writings.push(writing);
    if (writings.length < MANY || writings[MANY / 2]!.at > writing.at - this.#keeps) return;
    this.#writings[shard] = writings.filter(({ at }) => at > writing.at - this.#keeps);
  }

  /** A shard has forgotten all that it was told after `heard`, and these besides; so many slots have a block of it. */
  forget(shard: number, heard: Instant, besides: readonly Some[], slots: number): void {
    this.#unaware += slots;
    for (const { task, uins } of [...besides, ...this.#writings[shard]!.filter(({ at }) => at > heard)]) {
      this.raise(task, uins, "failover");
      this.#forgotten += uins.length;
    }
    this.#writings[shard] = [];
  }
}

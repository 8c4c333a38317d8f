/**
 * The message service: which subscribers were told how often, and why more than once. A mishap gives credit for subscribers
 * that it may tell again; every repetition uses one up, and one without credit is unexplained.
 */
import type { DuplicateCause, Mishaps } from "../../../src/algorithms/push/duplicates.ts";

const CAUSES: readonly DuplicateCause[] = ["crash", "redelivery", "unanswered", "lease-expiry", "failover"];

export class MessageService {
  readonly told = new Map<number, number>();
  readonly repeated = new Map<DuplicateCause | "unexplained", number>();
  readonly mishaps: { -readonly [K in keyof Mishaps]: number } = {
    ...{ crashes: 0, redeliveries: 0, unanswered: 0, takeovers: 0, forgotten: 0, unaware: 0 },
  };
  readonly #credit = new Map<string, number>();

  deliver(uin: number): void {
    const before = this.told.get(uin) ?? 0;
    this.told.set(uin, before + 1);
    if (before === 0) return;
    const cause = CAUSES.find((one) => (this.#credit.get(`${one} ${String(uin)}`) ?? 0) > 0) ?? "unexplained";
    this.repeated.set(cause, (this.repeated.get(cause) ?? 0) + 1);
    if (cause !== "unexplained") this.#add(cause, uin, -1);
  }

  /** Allows a mishap of this kind to repeat these, each this many times. */
  forgive(cause: DuplicateCause, uins: Iterable<number>, times = 1): void {
    for (const uin of uins) this.#add(cause, uin, times);
  }

  #add(cause: DuplicateCause, uin: number, times: number): void {
    const key = `${cause} ${String(uin)}`;
    this.#credit.set(key, (this.#credit.get(key) ?? 0) + times);
  }
}

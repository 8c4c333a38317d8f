/**
 * Arrivals: how the people of rows join a queue one by one, though a row's event comes at one time. A row that comes alone is
 * spread, or its people would make a queue of their own. Where many rows come together they are a flood, and join at once but for
 * the last few: so the queue that they make does not depend on how many people a row stands for.
 */

/** Rows that are spread at a time: together they take all that a server can do. Chosen. */
export const ROWS_SPREAD = 4;

/** People of rows who are still to join, by server. */
export class Arrivals {
  readonly #waiting: Float64Array;
  /** People of a row other than the one who comes at the time of its event. */
  readonly #mates: number;

  /** `peopleARow`: people of a usual row, at least 1. */
  constructor(servers: number, peopleARow: number) {
    this.#waiting = new Float64Array(servers);
    this.#mates = peopleARow - 1;
  }

  /**
   * Takes the people of the rows that came in a bucket, and returns how many join in it, a whole number. `able`: logins that the
   * server can serve in a bucket; at 0 it is down, and those who were still to join are lost.
   */
  join(server: number, came: number, able: number, isBusy: boolean): number {
    const waiting = this.#waiting[server]! + came;
    if (waiting === 0) return 0;
    if (able === 0) {
      this.#waiting[server] = 0;
      return came;
    }
    const spread = ROWS_SPREAD * this.#mates;
    const joining = Math.min(
      waiting,
      Math.ceil(Math.max(waiting - spread, (waiting * able) / spread, isBusy ? able : 0)),
    );
    this.#waiting[server] = waiting - joining;
    return joining;
  }
}

/**
 * How servers bear an evacuation, round by round: how long logins wait, how many succeed, how many of those a server
 * can serve are asked for. A server in distress gets no people, and each such round halves what it gets afterwards; its
 * share grows back step by step.
 * Met by: src/world/seams/scheduling.ts
 */
import type { HealthReport } from "./messages.ts";

/** A longer wait for a login is distress: users notice a second. Chosen. */
const LONGEST_WAIT_MS = 1_000;
/** A smaller share of successful logins is distress, if at least this many were asked for. Chosen. */
const LEAST_SUCCESS = 0.95;
const FEW = 1_000;
/** Share of a server's logins that all logins together, moves included, may use. Chosen. */
const MOST_OF_LOGINS = 0.5;
/** What a healthy round adds to a server's share, and the least share. Chosen: from half to whole in five rounds. */
const RECOVERY = 0.1;
const LEAST = 1 / 16;

/** The health of each server. */
export class ServerHealth {
  readonly #share: Float64Array;
  readonly #isDistressed: Uint8Array;
  readonly #askedBefore: Float64Array;
  readonly #reports: (HealthReport | undefined)[];
  /** People moved to each server in this round, and in the round that the reports are about. */
  #moved: Float64Array;
  #movedBefore: Float64Array;

  /** Starts with all servers healthy. */
  constructor(servers: number) {
    this.#share = new Float64Array(servers).fill(1);
    this.#isDistressed = new Uint8Array(servers);
    this.#askedBefore = new Float64Array(servers);
    this.#moved = new Float64Array(servers);
    this.#movedBefore = new Float64Array(servers);
    this.#reports = new Array<HealthReport | undefined>(servers).fill(undefined);
  }

  /** Takes a server's report of the last round. */
  report(report: HealthReport): void {
    this.#reports[report.server] = report;
  }

  /** Notes people moved to a server in this round. */
  addMoved(server: number, people: number): void {
    this.#moved[server]! += people;
  }

  /** Closes a round: judges each server by its last report. */
  closeRound(): void {
    [this.#movedBefore, this.#moved] = [this.#moved, this.#movedBefore.fill(0)];
    for (const [server, report] of this.#reports.entries()) {
      if (report === undefined) continue;
      const share = this.#share[server]!;
      // Logins asked for at the end of a round are served in the next: few are distress if both rounds asked for more.
      const asked = Math.min(report.asked, this.#askedBefore[server]!);
      this.#askedBefore[server] = report.asked;
      const isDistressed =
        report.waitMs > LONGEST_WAIT_MS || (asked >= FEW && report.completed < LEAST_SUCCESS * asked);
      this.#isDistressed[server] = isDistressed ? 1 : 0;
      this.#share[server] = isDistressed ? Math.max(LEAST, share / 2) : Math.min(1, share + RECOVERY);
    }
  }

  /** Returns the share in [0, 1] of what a server could get that it gets; 0 in distress. */
  share(server: number): number {
    return this.#isDistressed[server] === 1 ? 0 : this.#share[server]!;
  }

  /**
   * Returns the logins that may be added in a round to those of people who come by themselves; Infinity without a
   * report.
   */
  spareLogins(server: number): number {
    const report = this.#reports[server];
    if (report === undefined) return Infinity;
    const byThemselves = Math.max(0, report.asked - this.#movedBefore[server]!);
    return Math.max(0, MOST_OF_LOGINS * report.able - byThemselves);
  }
}

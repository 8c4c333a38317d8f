/**
 * How servers bear what is asked of them, round by round: how long logins wait, how many succeed, how much of what they can
 * serve is asked for. A server in distress is given nothing, and each such round halves what it is given afterwards; trust
 * comes back step by step.
 * Met by: src/world/seams/scheduling.ts
 */
import type { HealthReport } from "./messages.ts";

/** A login that waits longer is distress: users notice a second. Chosen. */
const LONGEST_WAIT_MS = 1_000;
/** Fewer logins that succeed are distress; of so few asked for nothing follows. Chosen. */
const LEAST_SUCCESS = 0.95;
const FEW = 1_000;
/** Of a server's logins, moves and everybody else may together use this share. Chosen. */
const MOST_OF_LOGINS = 0.5;
/** Trust won back in a healthy round, and the least there is. Chosen: from half to whole in five. */
const RECOVERY = 0.1;
const LEAST = 1 / 16;

export class Health {
  readonly #share: Float64Array;
  readonly #isDistressed: Uint8Array;
  readonly #askedBefore: Float64Array;
  readonly #reports: (HealthReport | undefined)[];
  /** People led to each server in this round, and in the one that is reported of. */
  #led: Float64Array;
  #ledBefore: Float64Array;

  constructor(servers: number) {
    this.#share = new Float64Array(servers).fill(1);
    this.#isDistressed = new Uint8Array(servers);
    this.#askedBefore = new Float64Array(servers);
    this.#led = new Float64Array(servers);
    this.#ledBefore = new Float64Array(servers);
    this.#reports = new Array<HealthReport | undefined>(servers).fill(undefined);
  }

  hear(report: HealthReport): void {
    this.#reports[report.server] = report;
  }

  /** These are led to a server now. */
  lead(server: number, people: number): void {
    this.#led[server]! += people;
  }

  /** Ends a round. */
  close(): void {
    [this.#ledBefore, this.#led] = [this.#led, this.#ledBefore.fill(0)];
    for (const [server, report] of this.#reports.entries()) {
      if (report === undefined) continue;
      const share = this.#share[server]!;
      // Who asks at the end of a round is answered in the next: few answers are distress where both rounds asked for more.
      const asked = Math.min(report.asked, this.#askedBefore[server]!);
      this.#askedBefore[server] = report.asked;
      const isDistressed =
        report.waitMs > LONGEST_WAIT_MS || (asked >= FEW && report.completed < LEAST_SUCCESS * asked);
      this.#isDistressed[server] = isDistressed ? 1 : 0;
      this.#share[server] = isDistressed ? Math.max(LEAST, share / 2) : Math.min(1, share + RECOVERY);
    }
  }

  /** Part in [0, 1] of what it could be given that it is given. */
  share(server: number): number {
    return this.#isDistressed[server] === 1 ? 0 : this.#share[server]!;
  }

  /** Logins that may be added in a round, next to those of people who come by themselves. */
  logins(server: number): number {
    const report = this.#reports[server];
    if (report === undefined) return Infinity;
    const byThemselves = Math.max(0, report.asked - this.#ledBefore[server]!);
    return Math.max(0, MOST_OF_LOGINS * report.able - byThemselves);
  }
}

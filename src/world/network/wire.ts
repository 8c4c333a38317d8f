/** One direction of a path: packets leave one after another at a rate, wait in a queue that overflows, and keep their order. */
import type { RandomStream } from "../../base/random.ts";
import type { Loss } from "./loss.ts";

export interface Packet {
  atUs: number;
  readonly kind: "syn" | "syn-ack" | "segment" | "reset";
  /** Number of the segment it carries; -1 for a bare acknowledgement. */
  readonly segment: number;
  /** Its place in the sender's sequence: that segment, or the next new one. */
  readonly sequence: number;
  /** All segments below are acknowledged, and of what arrived beyond them the first so many arrivals are told. */
  readonly acknowledged: number;
  readonly arrivals: number;
  /** When it was sent, and the stamp that it echoes; -1 for none. */
  readonly stampUs: number;
  readonly echoUs: number;
}

export interface WirePlan {
  readonly delayUs: number;
  /** Added to each packet's delay: uniform up to this. */
  readonly jitterUs: number;
  readonly loss: Loss;
  /** Bytes a microsecond, and how many may wait; no limit without. */
  readonly rate?: { readonly bytesAUs: number; readonly queueBytes: number } | undefined;
}

export class Wire {
  sent = 0;
  lost = 0;
  readonly #plan: WirePlan;
  readonly #chance: RandomStream;
  readonly #queue: Packet[] = [];
  #head = 0;
  #latestUs = 0;
  #busyUntilUs = 0;

  constructor(plan: WirePlan, chance: RandomStream) {
    this.#plan = plan;
    this.#chance = chance;
  }

  /** `isCut`: it goes nowhere, whatever its luck. */
  send(packet: Packet, bytes: number, nowUs: number, isCut: boolean): void {
    const { delayUs, jitterUs, loss, rate } = this.#plan;
    this.sent += 1;
    const passes = loss.passes(nowUs, this.#chance) && !isCut;
    let leavesUs = nowUs;
    if (rate !== undefined) {
      const waiting = Math.max(0, this.#busyUntilUs - nowUs) * rate.bytesAUs;
      if (waiting + bytes > rate.queueBytes) {
        this.lost += 1;
        return;
      }
      this.#busyUntilUs = Math.max(this.#busyUntilUs, nowUs) + bytes / rate.bytesAUs;
      leavesUs = this.#busyUntilUs;
    }
    if (!passes) {
      this.lost += 1;
      return;
    }
    const jitter = jitterUs > 0 ? this.#chance.next() * jitterUs : 0;
    this.#latestUs = Math.max(this.#latestUs, Math.round(leavesUs + delayUs + jitter));
    packet.atUs = this.#latestUs;
    this.#queue.push(packet);
  }

  /** When the next packet arrives; never without one. */
  get nextUs(): number {
    return this.#queue[this.#head]?.atUs ?? Infinity;
  }

  /** The next packet; there must be one. */
  take(): Packet {
    const packet = this.#queue[this.#head]!;
    this.#head += 1;
    if (this.#head > 64 && 2 * this.#head > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return packet;
  }
}

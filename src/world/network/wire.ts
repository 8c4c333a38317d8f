/** One direction of a path: packets leave at a rate, wait in a bounded queue, and keep their order. */
import type { RandomStream } from "../../base/random.ts";
import type { Loss } from "./loss.ts";

/** A TCP packet. */
export interface Packet {
  /** When it arrives; set by the wire. */
  atUs: number;
  /** What it is. */
  readonly kind: "syn" | "syn-ack" | "segment" | "reset";
  /** Number of the segment it carries; -1 for a bare acknowledgement. */
  readonly segment: number;
  /** Its sequence number: that segment, or the next new one. */
  readonly sequence: number;
  /** All segments below this one are acknowledged. */
  readonly acknowledged: number;
  /** Number of the receiver's arrivals that selective acknowledgements report. */
  readonly arrivals: number;
  /** Its timestamp: when it was sent. */
  readonly stampUs: number;
  /** Timestamp that it echoes; -1 for none. */
  readonly echoUs: number;
}

/** Returns a packet without data. */
export const bare = (kind: Packet["kind"], stampUs: number, echoUs: number): Packet => ({
  atUs: 0,
  kind,
  segment: -1,
  sequence: 0,
  acknowledged: 0,
  arrivals: 0,
  stampUs,
  echoUs,
});

/** Properties of a wire. */
export interface WirePlan {
  /** Delay of every packet. */
  readonly delayUs: number;
  /** Added to each packet's delay: uniform up to this. */
  readonly jitterUs: number;
  /** Decides which packets are lost. */
  readonly loss: Loss;
  /** Bytes a microsecond, and bytes that may wait; unlimited if absent. */
  readonly rate?: { readonly bytesAUs: number; readonly queueBytes: number } | undefined;
}

/** One direction between two ends. */
export class Wire {
  /** Packets sent. */
  sent = 0;
  /** Packets lost, also to a full queue. */
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

  /** Sends a packet; it is lost in any case if `isCut`. */
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

  /** When the next packet arrives; Infinity if none is under way. */
  get nextUs(): number {
    return this.#queue[this.#head]?.atUs ?? Infinity;
  }

  /** Removes and returns the next packet; there must be one. */
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

/** One end of a connection: its sender and its receiver, whose acknowledgements ride on the same packets. */
import type { Congestion } from "./congestion.ts";
import { Receiver } from "./receiver.ts";
import { type Port, Sender } from "./sender.ts";
import type { Packet, Wire } from "./wire.ts";

/** IP and TCP headers with stamps. */
export const HEADER_BYTES = 52;

/** What an end is a part of. */
interface Flow {
  readonly nowUs: number;
  late(us: number): number;
  send(wire: Wire, packet: Packet, bytes: number): void;
}

export class End implements Port {
  readonly receiver = new Receiver();
  sender!: Sender;
  isOpen = false;
  readonly #flow: Flow;
  readonly #out: Wire;

  constructor(flow: Flow, out: Wire) {
    this.#flow = flow;
    this.#out = out;
  }

  get nowUs(): number {
    return this.#flow.nowUs;
  }

  late(us: number): number {
    return this.#flow.late(us);
  }

  open(congestion: Congestion, hasStamps: boolean, sampleUs: number | undefined, isCut: boolean): void {
    this.isOpen = true;
    this.sender = new Sender(this, congestion, hasStamps);
    this.sender.begin(sampleUs, isCut);
  }

  transmit(segment: number, bytes: number): void {
    this.receiver.tell(true, this.nowUs);
    this.#send(segment, bytes + HEADER_BYTES);
  }

  acknowledge(): void {
    this.receiver.tell(false, this.nowUs);
    this.#send(-1, HEADER_BYTES);
  }

  #send(segment: number, bytes: number): void {
    const { next, arrivals, stampUs } = this.receiver;
    const packet: Packet = {
      atUs: 0,
      kind: "segment",
      segment,
      sequence: segment < 0 ? this.sender.next : segment,
      acknowledged: next,
      arrivals: arrivals.length,
      stampUs: this.nowUs,
      echoUs: stampUs,
    };
    this.#flow.send(this.#out, packet, bytes);
  }
}

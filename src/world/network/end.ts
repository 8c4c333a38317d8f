/** One end of a connection: its sender and its receiver, whose acknowledgements ride on the same packets. */
import type { Congestion } from "./congestion.ts";
import { Receiver } from "./receiver.ts";
import { type Port, Sender } from "./sender.ts";
import type { Packet, Wire } from "./wire.ts";

/** Bytes of a full segment's data, and of IP and TCP headers: 12 of an Ethernet frame's 1,500 are the stamps'. */
export interface Framing {
  readonly full: number;
  readonly header: number;
}

export const framingOf = (hasStamps: boolean): Framing =>
  hasStamps ? { full: 1_448, header: 52 } : { full: 1_460, header: 40 };

/** What an end is a part of. */
interface Flow {
  readonly nowUs: number;
  late(us: number): number;
  send(wire: Wire, packet: Packet, bytes: number): void;
}

export class End implements Port {
  readonly receiver: Receiver;
  sender!: Sender;
  isOpen = false;
  readonly #flow: Flow;
  readonly #out: Wire;
  readonly #framing: Framing;

  constructor(flow: Flow, out: Wire, framing: Framing) {
    this.#flow = flow;
    this.#out = out;
    this.#framing = framing;
    this.receiver = new Receiver(framing.full);
  }

  get nowUs(): number {
    return this.#flow.nowUs;
  }

  late(us: number): number {
    return this.#flow.late(us);
  }

  open(congestion: Congestion, hasStamps: boolean, sampleUs: number | undefined, isCut: boolean): void {
    this.isOpen = true;
    this.sender = new Sender(this, congestion, { hasStamps, full: this.#framing.full });
    this.sender.begin(sampleUs, isCut);
  }

  transmit(segment: number, bytes: number): void {
    this.receiver.tell(true, this.nowUs);
    this.#send(segment, bytes + this.#framing.header);
  }

  acknowledge(): void {
    this.receiver.tell(false, this.nowUs);
    this.#send(-1, this.#framing.header);
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

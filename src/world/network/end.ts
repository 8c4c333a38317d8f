/** One end of a connection: its sender and its receiver, whose acknowledgements travel on the same packets. */
import type { Congestion } from "./congestion.ts";
import { Receiver } from "./receiver.ts";
import type { Port } from "./retransmission.ts";
import { Sender } from "./sender.ts";
import type { Packet, Wire } from "./wire.ts";

/** Sizes in an Ethernet frame of 1,500 bytes, of which timestamps take 12. */
export interface Framing {
  /** Bytes of data in a full segment. */
  readonly full: number;
  /** Bytes of IP and TCP headers. */
  readonly header: number;
}

/** Returns the sizes with or without TCP timestamps. */
export const framingOf = (hasStamps: boolean): Framing =>
  hasStamps ? { full: 1_448, header: 52 } : { full: 1_460, header: 40 };

/** What an end is a part of. */
interface Flow {
  readonly nowUs: number;
  late(us: number): number;
  send(wire: Wire, packet: Packet, bytes: number): void;
}

/** The client's or the server's end. */
export class End implements Port {
  /** Its receiving half. */
  readonly receiver: Receiver;
  /** Its sending half; set by `open`. */
  sender!: Sender;
  /** True once the handshake is done at this end. */
  isOpen = false;
  /** True once the kernel has given up its repeats. */
  hasGivenUp = false;
  readonly #flow: Flow;
  readonly #out: Wire;
  readonly #framing: Framing;

  constructor(flow: Flow, out: Wire, framing: Framing) {
    this.#flow = flow;
    this.#out = out;
    this.#framing = framing;
    this.receiver = new Receiver(framing.full);
  }

  /** Time of the connection, us. */
  get nowUs(): number {
    return this.#flow.nowUs;
  }

  /** Returns the time after which a kernel timer of this length fires, us. */
  late(us: number): number {
    return this.#flow.late(us);
  }

  /** Starts the sender with what the handshake measured; `isCut` starts its window at one segment. */
  open(congestion: Congestion, hasStamps: boolean, sampleUs: number | undefined, isCut: boolean): void {
    this.isOpen = true;
    this.sender = new Sender(this, congestion, { hasStamps, full: this.#framing.full });
    this.sender.begin(sampleUs, isCut);
  }

  /** Sends a segment, which carries an acknowledgement. */
  transmit(segment: number, bytes: number): void {
    this.receiver.noteAcknowledged(true, this.nowUs);
    this.#send(segment, bytes + this.#framing.header);
  }

  /** Gives up the connection. */
  giveUp(): void {
    this.hasGivenUp = true;
  }

  /** Sends a bare acknowledgement. */
  acknowledge(): void {
    this.receiver.noteAcknowledged(false, this.nowUs);
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

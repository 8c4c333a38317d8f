/**
 * One TCP connection packet by packet: the exact model of how Linux behaves on a bad path, and the oracle of every faster one.
 *
 * The handshake has two timers, the client's for its SYN and the server's for its SYN-ACK. A repeated SYN-ACK echoes the first SYN that
 * arrived, so the client's first round-trip sample, and every time-out after it, counts from there. Then both ends are the kernel's
 * senders and receivers; the application asks and answers at once.
 */
import { assert } from "../../base/assert.ts";
import { wholePower } from "../../base/math.ts";
import type { RandomStream } from "../../base/random.ts";
import { Bbr } from "./bbr.ts";
import { type Congestion, Cubic } from "./congestion.ts";
import { End, type Framing, framingOf } from "./end.ts";
import { firstDeadlineOf, lifeOf } from "./patience.ts";
import { late } from "./timers.ts";
import { bare, type Packet, Wire, type WirePlan } from "./wire.ts";

/** A request and its response. */
export interface Exchange {
  /** Bytes of the request. */
  readonly request: number;
  /** Bytes of the response. */
  readonly response: number;
  /** Pause between the previous response and this request; 0 by default. */
  readonly afterUs?: number;
}

/** What is asked and answered, and the settings of the kernels at both ends. */
export interface Conversation {
  /** SYNs a second apart before they double: 4 since Linux 6.5, 0 before. */
  readonly linearSyns: number;
  /** True if both ends use TCP timestamps. */
  readonly hasStamps: boolean;
  /** Congestion control of both ends. */
  readonly congestion: "cubic" | "bbr";
  /** Requests and responses, in order. */
  readonly exchanges: readonly Exchange[];
  /** The application gives up this long after its start; after the latest request, if it pauses before requests. */
  readonly patienceUs: number;
}

/** The wires between client and server. */
export interface Wires {
  /** To the server. */
  readonly up: WirePlan;
  /** To the client. */
  readonly down: WirePlan;
  /** Decides whether a packet to the server passes, apart from loss; `idleUs` is the time since the flow's last packet. */
  readonly middle?: ((kind: Packet["kind"], idleUs: number) => "pass" | "drop" | "reset") | undefined;
}

type PacketCounts = Readonly<Pick<Wire, "sent" | "lost">>;

/** How a connection ended; `unreachable` if the client's kernel gave up. */
export type Ending = "done" | "timeout" | "refused" | "reset" | "unreachable";

/** The result of one connection. */
export interface ConnectionOutcome {
  /** How it ended. */
  readonly ending: Ending;
  /** When it ended, from the first SYN. */
  readonly atUs: number;
  /** When the handshake was done; Infinity if it never was. */
  readonly connectedUs: number;
  /** When the last request was sent. */
  readonly askedUs: number;
  /** Requests sent. */
  readonly asked: number;
  /** Events simulated. */
  readonly events: number;
  /** Packets to the server. */
  readonly up: PacketCounts;
  /** Packets to the client. */
  readonly down: PacketCounts;
}

const SYN_RETRIES = 6;
const SYN_ACK_RETRIES = 5;
const FIRST_TIMEOUT_US = 1_000_000;

/** Simulates one connection. */
export class Connection {
  /** Time since the first SYN. */
  nowUs = 0;
  readonly #conversation: Conversation;
  readonly #middle: Wires["middle"];
  readonly #chance: RandomStream;
  readonly #up: Wire;
  readonly #down: Wire;
  readonly #framing: Framing;
  readonly #client: End;
  readonly #server: End;
  /** The client's SYNs so far and the next one; the first SYN that came through. */
  #syns = 0;
  #synUs = 0;
  #firstSynUs = -1;
  /** The server's SYN-ACKs so far, its timer, and when the first of them left. */
  #synAcks = 0;
  #synAckUs = Infinity;
  #synAckTimeouts = 0;
  #firstSynAckUs = 0;
  /** The exchange under way, when its request is due, and all segments that each side is to get by then. */
  #turn = 0;
  #askUs = Infinity;
  #wanted = 0;
  #owed = 0;
  #deadlineUs: number;
  #connectedUs = Infinity;
  #askedUs = 0;
  #asked = 0;
  #events = 0;
  #flowUs = 0;
  #ending: Ending | undefined;

  constructor(conversation: Conversation, { up, down, middle }: Wires, chance: RandomStream) {
    this.#conversation = conversation;
    this.#middle = middle;
    this.#chance = chance;
    this.#up = new Wire(up, chance);
    this.#down = new Wire(down, chance);
    this.#framing = framingOf(conversation.hasStamps);
    this.#client = new End(this, this.#up, this.#framing);
    this.#server = new End(this, this.#down, this.#framing);
    this.#deadlineUs = firstDeadlineOf(conversation);
  }

  /** Simulates the connection to its end, which comes by its own patience at the latest. */
  run(): ConnectionOutcome {
    const lifeUs = lifeOf(this.#conversation);
    while (this.#ending === undefined) {
      this.#step();
      assert(this.nowUs <= lifeUs, () => "a connection outlives its own patience");
    }
    return {
      ending: this.#ending,
      atUs: this.nowUs,
      connectedUs: this.#connectedUs,
      askedUs: this.#askedUs,
      asked: this.#asked,
      events: this.#events,
      up: { sent: this.#up.sent, lost: this.#up.lost },
      down: { sent: this.#down.sent, lost: this.#down.lost },
    };
  }

  /** Returns the time after which a kernel timer of this length fires, us. */
  late(us: number): number {
    return late(us, this.#chance);
  }

  /** Sends a packet over a wire, unless the middle drops or resets it. */
  send(wire: Wire, packet: Packet, bytes: number): void {
    const idleUs = this.nowUs - this.#flowUs;
    const fate = wire === this.#up ? (this.#middle?.(packet.kind, idleUs) ?? "pass") : "pass";
    if (fate !== "drop") this.#flowUs = this.nowUs;
    // A refusal comes from the other side: the packet travels there, and may be lost on the way.
    wire.send(fate === "reset" ? { ...packet, kind: "reset" } : packet, bytes, this.nowUs, fate === "drop");
  }

  /** Handles the earliest pending event; there are few kinds, each with one next event. */
  #step(): void {
    const { sender: asking, receiver: hearing } = this.#client;
    const { sender: answering, receiver: asked } = this.#server;
    let at = this.#deadlineUs;
    let event = 0;
    if (this.#down.nextUs < at) [at, event] = [this.#down.nextUs, 1];
    if (this.#up.nextUs < at) [at, event] = [this.#up.nextUs, 2];
    if (this.#synUs < at) [at, event] = [this.#synUs, 3];
    if (this.#synAckUs < at) [at, event] = [this.#synAckUs, 4];
    if (this.#askUs < at) [at, event] = [this.#askUs, 5];
    if (hearing.dueUs < at) [at, event] = [hearing.dueUs, 6];
    if (asked.dueUs < at) [at, event] = [asked.dueUs, 7];
    if (this.#client.isOpen) {
      if (asking.timer.dueUs < at) [at, event] = [asking.timer.dueUs, 8];
      if (asking.paceUs < at) [at, event] = [asking.paceUs, 9];
    }
    if (this.#server.isOpen) {
      if (answering.timer.dueUs < at) [at, event] = [answering.timer.dueUs, 10];
      if (answering.paceUs < at) [at, event] = [answering.paceUs, 11];
    }
    this.nowUs = at;
    this.#events += 1;
    switch (event) {
      case 0:
        this.#ending = "timeout";
        return;
      case 1:
        return this.#atClient(this.#down.take());
      case 2:
        return this.#atServer(this.#up.take());
      case 3:
        return this.#sendSyn();
      case 4:
        return this.#repeatSynAck();
      case 5:
        return this.#ask();
      case 6:
        return this.#client.acknowledge();
      case 7:
        return this.#server.acknowledge();
      case 8:
        asking.fire();
        if (this.#client.hasGivenUp) this.#ending = "unreachable";
        return;
      case 9:
        return asking.push();
      case 10:
        return answering.fire();
      default:
        return answering.push();
    }
  }

  // The handshake.

  #sendSyn(): void {
    const { linearSyns } = this.#conversation;
    if (this.#syns > SYN_RETRIES + linearSyns) {
      this.#ending = "unreachable";
      return;
    }
    const wait = FIRST_TIMEOUT_US * wholePower(2, Math.max(0, this.#syns - linearSyns));
    this.#syns += 1;
    this.#synUs = this.nowUs + this.late(wait);
    this.send(this.#up, bare("syn", this.nowUs, -1), this.#framing.header);
  }

  #sendSynAck(): void {
    if (this.#synAcks === 0) this.#firstSynAckUs = this.nowUs;
    this.#synAcks += 1;
    this.#synAckUs = this.nowUs + this.late(FIRST_TIMEOUT_US * wholePower(2, this.#synAckTimeouts));
    this.send(this.#down, bare("syn-ack", this.nowUs, this.#firstSynUs), this.#framing.header);
  }

  #repeatSynAck(): void {
    this.#synAckUs = Infinity;
    if (this.#synAckTimeouts >= SYN_ACK_RETRIES) return;
    this.#synAckTimeouts += 1;
    this.#sendSynAck();
  }

  #atClient(packet: Packet): void {
    const client = this.#client;
    if (packet.kind === "reset") {
      this.#ending = client.isOpen ? "reset" : "refused";
      return;
    }
    if (packet.kind === "segment") return this.#take(client, this.#server, packet);
    if (client.isOpen) return client.acknowledge();
    this.#synUs = Infinity;
    this.#connectedUs = this.nowUs;
    client.receiver.stampUs = packet.stampUs;
    const { hasStamps, exchanges } = this.#conversation;
    // Karn's rule, unless a stamp tells which SYN is answered: the first that came through.
    const sampleUs = this.#syns === 1 ? this.nowUs : hasStamps ? this.nowUs - packet.echoUs : undefined;
    // Many SYNs make a careful start, unless the stamp says that the first of them came through.
    const isNeedless = hasStamps && packet.echoUs === 0;
    client.open(this.#control(sampleUs), hasStamps, sampleUs, this.#syns > 2 && !isNeedless);
    client.acknowledge();
    if (exchanges.length === 0) this.#ending = "done";
    else this.#prepare();
  }

  #atServer(packet: Packet): void {
    const server = this.#server;
    if (packet.kind === "reset" || server.hasGivenUp)
      return this.send(this.#down, bare("reset", this.nowUs, -1), this.#framing.header);
    if (packet.kind === "syn") {
      if (server.isOpen) return server.acknowledge();
      if (this.#firstSynUs < 0) this.#firstSynUs = packet.stampUs;
      return this.#sendSynAck();
    }
    if (!server.isOpen) {
      this.#synAckUs = Infinity;
      const { hasStamps } = this.#conversation;
      const isRepeated = this.#synAcks > 1;
      const sampleUs = !isRepeated
        ? this.nowUs - this.#firstSynAckUs
        : hasStamps
          ? this.nowUs - packet.echoUs
          : undefined;
      const isNeedless = hasStamps && packet.echoUs === this.#firstSynAckUs;
      server.open(
        this.#control(sampleUs),
        hasStamps,
        sampleUs,
        this.#synAcks > 2 && this.#synAckTimeouts > 0 && !isNeedless,
      );
      server.receiver.stampUs = packet.stampUs;
    }
    this.#take(server, this.#client, packet);
  }

  #control(sampleUs: number | undefined): Congestion {
    return this.#conversation.congestion === "bbr" ? new Bbr(sampleUs, this.#chance) : new Cubic();
  }

  // Data.

  #take(to: End, from: End, packet: Packet): void {
    const { segment, sequence, stampUs } = packet;
    const { receiver, sender } = to;
    if (segment >= 0 && receiver.isOld(segment)) {
      receiver.take(segment, 0, this.nowUs);
      return to.acknowledge();
    }
    receiver.stamp(sequence, stampUs);
    sender.acknowledge(packet, from.receiver);
    if (segment < 0) return;
    const before = receiver.next;
    if (receiver.take(segment, from.sender.sizeOf(segment), this.nowUs)) to.acknowledge();
    else receiver.delay(this.nowUs, (us) => this.late(us));
    if (receiver.next > before) this.#read(to);
  }

  /** The applications: the server answers a whole request at once, the client goes on after a whole answer. */
  #read(end: End): void {
    const { exchanges } = this.#conversation;
    if (end === this.#server) {
      if (end.receiver.next >= this.#wanted && end.sender.total < this.#owed)
        end.sender.write(exchanges[this.#turn]!.response);
      return;
    }
    if (end.receiver.next < this.#owed) return;
    this.#turn += 1;
    if (this.#turn === exchanges.length) this.#ending = "done";
    else this.#prepare();
  }

  #prepare(): void {
    const { afterUs = 0 } = this.#conversation.exchanges[this.#turn]!;
    if (afterUs === 0) this.#ask();
    else {
      this.#askUs = this.nowUs + afterUs;
      this.#deadlineUs = this.#askUs + this.#conversation.patienceUs;
    }
  }

  #ask(): void {
    const { request, response } = this.#conversation.exchanges[this.#turn]!;
    this.#askUs = Infinity;
    this.#askedUs = this.nowUs;
    this.#asked += 1;
    this.#wanted += Math.ceil(request / this.#framing.full);
    this.#owed += Math.ceil(response / this.#framing.full);
    this.#client.sender.write(request);
  }
}

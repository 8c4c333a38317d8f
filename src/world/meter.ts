/**
 * Packets that beats, probes, logins and messages sent over each path, and the lost ones of them. Lost packets are one binomial draw
 * for each path and metering, over the packets of all its people, so their noise does not depend on the scale.
 */
import { binomialQuantile } from "../base/math.ts";
import { Draws, identity, open } from "../base/random.ts";
import type { LinksAgreed } from "./links.ts";
import type { Crowd } from "./population/crowd.ts";

/** Packets of a beat without loss: the beat, its answer, the last acknowledgement; and two for each probe. */
const BEAT_PACKETS = 3;
const PROBE_PACKETS = 2;
/** Packets of a login without loss, counted on the transport model: handshake, three exchanges, acknowledgements. */
const LOGIN_PACKETS = 27;

/** Numbers of a link, in one line of the processor's cache. */
const BEATS = 0;
const LOGINS = 1;
const SINCE = 2;
const WIDTH = 4;

/** What packets are counted by. */
export interface MeterPlan {
  /** Seeds all draws. */
  readonly seed: string;
  /** Probes that go with each beat. */
  readonly probesABeat: number;
  /** Messages of a person an hour. */
  readonly messagesAnHour: number;
  /** Packets of a message. */
  readonly packetsAMessage: number;
}

/** Draws for one metering, and its ordinal. */
interface LossDraws {
  readonly draws: Draws;
  readonly ordinal: number;
}

/** Counts the packets of every link and cell. */
export class Meter {
  /** Packets sent by link since the run began: delivered + lost, as nothing is in flight at a metering. */
  readonly sent: Float64Array;
  /** Packets lost by link. */
  readonly lost: Float64Array;
  /** Packets delivered by link. */
  readonly delivered: Float64Array;
  /** Packets sent by cell. */
  readonly sentByCell: Float64Array;
  /** Packets lost by cell. */
  readonly lostByCell: Float64Array;
  readonly #crowd: Crowd;
  readonly #regular: Draws;
  readonly #changes: Draws;
  readonly #endpointIdentity: Int32Array;
  /** By link, `WIDTH` apart: its beats and logins until it was last metered, and when that was before a change. */
  readonly #before: Float64Array;
  readonly #changeCount: Uint16Array;
  readonly #beatPackets: number;
  readonly #messagePacketsAMs: number;
  /** When all links were last metered, ms: a link that came into use since then counts from here. */
  #allAt = 0;

  constructor(crowd: Crowd, plan: MeterPlan) {
    this.#crowd = crowd;
    const size = crowd.links.count;
    this.sent = new Float64Array(size);
    this.lost = new Float64Array(size);
    this.delivered = new Float64Array(size);
    this.sentByCell = new Float64Array(crowd.population.cells.length);
    this.lostByCell = new Float64Array(crowd.population.cells.length);
    this.#before = new Float64Array(size * WIDTH);
    this.#changeCount = new Uint16Array(size);
    this.#regular = new Draws(plan.seed, "packets");
    this.#changes = new Draws(plan.seed, "packets before a change");
    this.#endpointIdentity = Int32Array.from(crowd.endpoints, ({ name }) => identity(name));
    this.#beatPackets = BEAT_PACKETS + PROBE_PACKETS * plan.probesABeat;
    this.#messagePacketsAMs = (plan.messagesAnHour * plan.packetsAMessage) / 3_600_000;
  }

  /** Meters every path; call at times that no fault moves: every minute and at the edges of windows. */
  meterAll(nowMs: number): void {
    const agreed = this.#crowd.links.agreed();
    // Draws are keyed by time, not by the number of meterings: another window must not change what is lost.
    for (const link of agreed.inUse) this.#meter(agreed, link, nowMs, { draws: this.#regular, ordinal: nowMs });
    this.#allAt = nowMs;
  }

  /** Meters a link whose path is about to change. */
  meterBeforeChange(link: number, nowMs: number): void {
    this.#changeCount[link]! += 1;
    this.#meter(this.#crowd.links.agreed(), link, nowMs, { draws: this.#changes, ordinal: this.#changeCount[link]! });
    this.#before[link * WIDTH + SINCE] = nowMs;
  }

  #meter(agreed: LinksAgreed, link: number, nowMs: number, { draws, ordinal }: LossDraws): void {
    const { links, paths, population } = this.#crowd;
    const before = this.#before;
    const at = link * WIDTH;
    const beats = agreed.beats(link, nowMs);
    const logins = agreed.logins(link);
    const messages = agreed.held(link) * this.#messagePacketsAMs * (nowMs - Math.max(before[at + SINCE]!, this.#allAt));
    const beaten = Math.max(0, beats - before[at + BEATS]!);
    const loggedIn = logins - before[at + LOGINS]!;
    const packets = Math.round(beaten * this.#beatPackets + loggedIn * LOGIN_PACKETS + messages);
    before[at + BEATS]! += beaten;
    before[at + LOGINS] = logins;
    if (packets === 0) return;
    const chance = (paths.lossUp(link) + paths.lossDown(link)) / 2;
    const cell = links.cellOf(link);
    const u = open(draws.at(population.identity[cell]!, this.#endpointIdentity[links.endpointOf(link)]!, ordinal));
    // Lost packets are sent again, but not over a dead path, where no loss is reported.
    const sent = chance < 0.95 ? Math.round(packets / (1 - chance)) : packets;
    const lost = binomialQuantile(u, sent, chance);
    this.sent[link]! += sent;
    this.lost[link]! += lost;
    this.sentByCell[cell]! += sent;
    this.lostByCell[cell]! += lost;
    this.delivered[link]! += sent - lost;
  }
}

/**
 * Packets that beats, probes, logins and messages sent over each path, and the lost ones of them. Lost packets are one binomial draw
 * for each path and metering, over the packets of all its people, so their noise does not depend on the scale.
 */
import { binomialQuantile } from "../base/math.ts";
import { Draws, identity, open } from "../base/random.ts";
import type { Crowd } from "./population/crowd.ts";

/** Packets of a beat without loss: the beat, its answer, the last acknowledgement; and two for each probe. */
const BEAT_PACKETS = 3;
const PROBE_PACKETS = 2;
/** Packets of a login without loss, counted on the transport model: handshake, three exchanges, acknowledgements. */
const LOGIN_PACKETS = 27;

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
  /** When each link was last metered, and its beats and logins until then. */
  readonly #since: Float64Array;
  readonly #beatsBefore: Float64Array;
  readonly #loginsBefore: Float64Array;
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
    this.#since = new Float64Array(size);
    this.#beatsBefore = new Float64Array(size);
    this.#loginsBefore = new Float64Array(size);
    this.#changeCount = new Uint16Array(size);
    this.#regular = new Draws(plan.seed, "packets");
    this.#changes = new Draws(plan.seed, "packets before a change");
    this.#endpointIdentity = Int32Array.from(crowd.endpoints, ({ name }) => identity(name));
    this.#beatPackets = BEAT_PACKETS + PROBE_PACKETS * plan.probesABeat;
    this.#messagePacketsAMs = (plan.messagesAnHour * plan.packetsAMessage) / 3_600_000;
  }

  /** Meters every path; call at times that no fault moves: every minute and at the edges of windows. */
  meterAll(nowMs: number): void {
    // Draws are keyed by time, not by the number of meterings: another window must not change what is lost.
    for (const link of this.#crowd.links.agreed().inUse)
      this.#meter(link, nowMs, { draws: this.#regular, ordinal: nowMs });
    this.#allAt = nowMs;
  }

  /** Meters a link whose path is about to change. */
  meterBeforeChange(link: number, nowMs: number): void {
    this.#changeCount[link]! += 1;
    this.#meter(link, nowMs, { draws: this.#changes, ordinal: this.#changeCount[link]! });
  }

  #meter(link: number, nowMs: number, { draws, ordinal }: LossDraws): void {
    const { links, paths, population } = this.#crowd;
    const agreed = links.agreed();
    const [beats, logins] = [agreed.beats(link, nowMs), agreed.logins(link)];
    const messages = agreed.held(link) * this.#messagePacketsAMs * (nowMs - Math.max(this.#since[link]!, this.#allAt));
    const beaten = Math.max(0, beats - this.#beatsBefore[link]!);
    const loggedIn = logins - this.#loginsBefore[link]!;
    const packets = Math.round(beaten * this.#beatPackets + loggedIn * LOGIN_PACKETS + messages);
    this.#beatsBefore[link]! += beaten;
    this.#loginsBefore[link] = logins;
    this.#since[link] = nowMs;
    if (packets === 0) return;
    const chance = (paths.lossUp[link]! + paths.lossDown[link]!) / 2;
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

/**
 * Packets, as the world counts them: what beats, probes, logins and messages sent over each path, and how
 * many of them were lost. Lost packets are one binomial draw for each path and metering, over the packets of
 * all its people, so the noise is theirs whatever the scale.
 */
import { binomialQuantile } from "../base/math.ts";
import { Draws, identity, open } from "../base/random.ts";
import { HELD, LINK, LOGINS } from "./link.ts";
import type { Crowd } from "./population/crowd.ts";

/** Packets of a beat without loss: the beat, its answer, the last acknowledgement; and two for each probe. */
const BEAT_PACKETS = 3;
const PROBE_PACKETS = 2;
/** Packets of a login without loss, counted on the transport model: handshake, three exchanges, acknowledgements. */
const LOGIN_PACKETS = 27;

export interface MeterPlan {
  readonly seed: string;
  readonly probesABeat: number;
  readonly messagesAnHour: number;
  readonly packetsAMessage: number;
}

export class Meter {
  /** By pair, since the run began. Sent = delivered + lost: at a metering nothing is in flight. */
  readonly sent: Float64Array;
  readonly lost: Float64Array;
  readonly delivered: Float64Array;
  /** The same by cell. */
  readonly sentByCell: Float64Array;
  readonly lostByCell: Float64Array;
  readonly #crowd: Crowd;
  readonly #regular: Draws;
  readonly #changes: Draws;
  readonly #endpointIdentity: Int32Array;
  /** When each pair was last metered, and its beats and logins until then. */
  readonly #since: Float64Array;
  readonly #beatsBefore: Float64Array;
  readonly #loginsBefore: Float64Array;
  readonly #changeCount: Uint16Array;
  readonly #beatPackets: number;
  readonly #messagePacketsAMs: number;
  /** When all were last metered: a path that came into use since then counts from here. */
  #allAt = 0;

  constructor(crowd: Crowd, plan: MeterPlan) {
    this.#crowd = crowd;
    const size = crowd.links.length / LINK;
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

  /** Meters every path. Called at times that no fault moves: every minute and at the edges of windows. */
  meterAll(nowMs: number): void {
    // Chance by the time, not by how many meterings there were: another window shall not change what is lost.
    for (const pair of this.#crowd.inUse) this.#meter(pair, nowMs, this.#regular, nowMs);
    this.#allAt = nowMs;
  }

  /** Meters one path whose quality is about to change. */
  meterBeforeChange(pair: number, nowMs: number): void {
    this.#changeCount[pair]! += 1;
    this.#meter(pair, nowMs, this.#changes, this.#changeCount[pair]!);
  }

  #meter(pair: number, nowMs: number, draws: Draws, ordinal: number): void {
    const { links, paths, population, endpointCount } = this.#crowd;
    const link = pair * LINK;
    const [beats, logins] = [this.#crowd.beats(link, nowMs), links[link + LOGINS]!];
    const messages =
      links[link + HELD]! * this.#messagePacketsAMs * (nowMs - Math.max(this.#since[pair]!, this.#allAt));
    const beaten = Math.max(0, beats - this.#beatsBefore[pair]!);
    const loggedIn = logins - this.#loginsBefore[pair]!;
    const packets = Math.round(beaten * this.#beatPackets + loggedIn * LOGIN_PACKETS + messages);
    this.#beatsBefore[pair]! += beaten;
    this.#loginsBefore[pair] = logins;
    this.#since[pair] = nowMs;
    if (packets === 0) return;
    const chance = (paths.lossUp[pair]! + paths.lossDown[pair]!) / 2;
    const cell = Math.floor(pair / endpointCount);
    const u = open(draws.at(population.identity[cell]!, this.#endpointIdentity[pair % endpointCount]!, ordinal));
    // What is lost is sent again; over a dead path nothing is, for nobody hears that it was lost.
    const sent = chance < 0.95 ? Math.round(packets / (1 - chance)) : packets;
    const lost = binomialQuantile(u, sent, chance);
    this.sent[pair]! += sent;
    this.lost[pair]! += lost;
    this.sentByCell[cell]! += sent;
    this.lostByCell[cell]! += lost;
    this.delivered[pair]! += sent - lost;
  }
}

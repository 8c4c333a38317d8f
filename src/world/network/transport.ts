/**
 * How TCP behaves on a path that loses packets: the exact model, one flow at a time.
 *
 * Rules as measured on Linux: SYNs at 0, 1, 3, 7 s and a SYN-ACK timer of the server's own; a lost
 * SYN-ACK inflates the first round-trip sample and with it every later timer; the first repeat is a
 * tail-loss probe, then time-outs that double; a loss with something acknowledged after it costs one
 * round trip. Timers end on coarse kernel ticks. A message is flights of segments; nothing is per byte.
 */
import type { Stream } from "../../base/random.ts";
import { Flight } from "./flight.ts";
import { Estimator, late } from "./timers.ts";

/** What a path does to packets: round trip in ms, chance of loss for each packet up and down. */
export interface PathQuality {
  readonly rttMs: number;
  readonly lossUp: number;
  readonly lossDown: number;
}

/** One way through a login: each time is `timerMs` of waiting for timers and `trips` round trips. */
export interface LoginOutcome {
  connected: boolean;
  connectTimerMs: number;
  /** True when all exchanges after the connect ended before the deadline. */
  complete: boolean;
  timerMs: number;
  trips: number;
  sent: number;
  lost: number;
}

/** Request and response segments of a login after the connect: 300/1200, 300/1200, 300/8192 bytes at 1,448 a segment. */
const LOGIN: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [1, 6],
];

const SYN_RETRIES = 6;
const SYNACK_RETRIES = 5;
const INITIAL_WINDOW = 10;
const FIRST_TIMEOUT_MS = 1_000;
/** Nothing is followed for longer: every caller has given up by then. */
const DEADLINE_MS = 40_000;

/** From the first SYN: how long timers held the connect up, and what both sides learnt of the path meanwhile. */
interface Handshake {
  readonly timerMs: number;
  readonly sampleMs: number;
  readonly repeats: number;
  readonly answeredAtMs: number;
}

/** One message, in ms from when it was handed over; `trips` round trips of `lastMs` are the path's, the rest timers. */
interface Transfer {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly sentAtMs: number;
  readonly trips: number;
  readonly window: number;
}

/** One flow on one path; reused for flow after flow, so that a sample allocates next to nothing. */
export class Flow {
  readonly outcome: LoginOutcome = {
    connected: false,
    connectTimerMs: 0,
    complete: false,
    timerMs: 0,
    trips: 0,
    sent: 0,
    lost: 0,
  };
  #path: PathQuality = { rttMs: 0, lossUp: 0, lossDown: 0 };
  #chance!: Stream;
  #sent = 0;
  #lost = 0;
  /** Loss of the lossier direction, the logarithm of what passes there, and how many packets still pass before a loss. */
  #heavier = 0;
  #logPasses = 0;
  #untilLoss = 0;
  readonly #latest = new Flight();

  /** Follows one login from the first SYN to the last answer, and leaves it in `outcome`. */
  login(path: PathQuality, chance: Stream): LoginOutcome {
    this.#path = path;
    this.#chance = chance;
    this.#sent = this.#lost = 0;
    this.#heavier = Math.max(path.lossUp, path.lossDown);
    this.#logPasses = Math.log(1 - this.#heavier);
    this.#untilLoss = this.#gap();
    const { outcome } = this;
    outcome.connected = outcome.complete = false;
    outcome.timerMs = outcome.trips = outcome.connectTimerMs = 0;
    const handshake = this.#connect();
    if (handshake !== undefined) {
      outcome.connected = true;
      outcome.connectTimerMs = handshake.timerMs;
      outcome.complete = this.#exchanges(handshake);
    }
    outcome.sent = this.#sent;
    outcome.lost = this.#lost;
    return outcome;
  }

  /**
   * Whether a packet comes through. Losses are drawn as gaps between them, so packets that arrive cost no draw: the
   * next loss of the lossier direction is a geometric number of packets away, and of the other thinned to its share.
   */
  #passes(loss: number): boolean {
    this.#sent += 1;
    if (this.#untilLoss > 0) {
      this.#untilLoss -= 1;
      return true;
    }
    this.#untilLoss = this.#gap();
    if (loss < this.#heavier && this.#chance.next() * this.#heavier >= loss) return true;
    this.#lost += 1;
    return false;
  }

  /** Packets that pass before the next loss at the heavier rate. */
  #gap(): number {
    if (this.#heavier >= 1) return 0;
    return this.#heavier <= 0 ? Infinity : Math.floor(Math.log(this.#chance.next()) / this.#logPasses);
  }

  /**
   * The handshake as two timers: the client's for its SYN, the server's for its SYN-ACK, which a repeated SYN
   * restarts. Server times are told half a round trip early, so that both run on one axis; the connect then takes
   * `timerMs` plus one round trip. With timestamps the SYN-ACK echoes the first SYN that came through, so the
   * client's first sample counts from there.
   */
  #connect(): Handshake | undefined {
    const { rttMs, lossUp, lossDown } = this.#path;
    let synAt = 0;
    let syns = 0;
    let answerAt = Infinity;
    let answers = 0;
    let timeouts = 0;
    let firstThrough = -1;
    for (;;) {
      const at = Math.min(synAt, answerAt);
      if (at > DEADLINE_MS) return undefined;
      if (synAt <= answerAt) {
        syns += 1;
        synAt = syns > SYN_RETRIES ? Infinity : at + late(FIRST_TIMEOUT_MS * (1 << (syns - 1)), this.#chance);
        if (!this.#passes(lossUp)) continue;
        if (firstThrough < 0) firstThrough = at;
      } else timeouts += 1;
      answers += 1;
      if (this.#passes(lossDown))
        return { timerMs: at, sampleMs: at - firstThrough + rttMs, repeats: answers - 1, answeredAtMs: at + rttMs / 2 };
      answerAt = timeouts >= SYNACK_RETRIES ? Infinity : at + late(FIRST_TIMEOUT_MS * (1 << timeouts), this.#chance);
    }
  }

  /** The exchanges after a handshake: false when the deadline passes first. */
  #exchanges(handshake: Handshake): boolean {
    const { rttMs: rtt, lossUp, lossDown } = this.#path;
    const { outcome } = this;
    const client = new Estimator(handshake.sampleMs);
    let server: Estimator | undefined;
    let clientWindow = INITIAL_WINDOW;
    let serverWindow = handshake.repeats > 1 ? 2 : INITIAL_WINDOW;
    let now = handshake.timerMs + rtt;
    let serverSentAt = handshake.answeredAtMs;
    let ackHeardAt = this.#passes(lossUp) ? now + rtt / 2 : Infinity;
    outcome.timerMs = handshake.timerMs;
    outcome.trips = 1;
    for (let turn = 0; turn < LOGIN.length; turn++) {
      const [request, response] = LOGIN[turn]!;
      const up = this.#transfer(request, lossUp, lossDown, client, clientWindow);
      clientWindow = up.window;
      const clientSentAt = now + up.sentAtMs;
      const heard = Math.min(ackHeardAt, now + up.firstMs);
      now += up.lastMs;
      if (now > DEADLINE_MS) return false;
      server = this.#serverHeard(server, heard, serverSentAt);
      const down = this.#transfer(response, lossDown, lossUp, server, serverWindow);
      serverWindow = down.window;
      serverSentAt = now + down.sentAtMs;
      const quickAck = turn === 0 && this.#passes(lossDown) ? now + rtt / 2 : Infinity;
      client.add(this.#repeatUntilHeard(client, clientSentAt, Math.min(now + down.firstMs, quickAck)) - clientSentAt);
      now += down.lastMs;
      if (now > DEADLINE_MS) return false;
      ackHeardAt = turn === 0 && this.#passes(lossUp) ? now + rtt / 2 : Infinity;
      outcome.trips += up.trips + down.trips;
      outcome.timerMs = now - outcome.trips * rtt;
    }
    return true;
  }

  /** The server's estimate after it heard, at `heard`, of what it sent at `sentAt`; a spurious probe may be answered sooner. */
  #serverHeard(server: Estimator | undefined, heard: number, sentAt: number): Estimator {
    if (server === undefined) return new Estimator(heard - sentAt);
    const { rttMs, lossUp, lossDown } = this.#path;
    const wait = server.probeAfter(true);
    const probeAt = sentAt + wait < heard ? sentAt + late(wait, this.#chance) : Infinity;
    const answered = probeAt < heard && this.#passes(lossDown) && this.#passes(lossUp);
    server.add((answered ? Math.min(heard, probeAt + rttMs) : heard) - sentAt);
    return server;
  }

  /** The client repeats a request that nobody acknowledged yet; an acknowledgement of a repeat may come before the answer. */
  #repeatUntilHeard(client: Estimator, sentAt: number, heard: number): number {
    const { rttMs, lossUp, lossDown } = this.#path;
    let best = heard;
    const wait = client.probeAfter(true);
    if (sentAt + wait >= heard) return heard;
    let repeatAt = sentAt + late(wait, this.#chance);
    for (let repeat = 0; repeatAt < best && repeat < 6; repeat++) {
      if (this.#passes(lossUp) && this.#passes(lossDown)) best = Math.min(best, repeatAt + rttMs);
      repeatAt += late(client.rto * (1 << repeat), this.#chance);
    }
    return best;
  }

  /**
   * `count` segments one way. One turn is one flight: what is lost below something acknowledged is known a round
   * trip later; a lost tail waits for a probe, then for time-outs of one, two, four times the retransmission
   * time-out. Answers when the first and the last segment arrived and when the last useful copy left.
   */
  #transfer(count: number, lossThere: number, lossBack: number, estimator: Estimator, window: number): Transfer {
    const rtt = this.#path.rttMs;
    const chance = this.#chance;
    // Most transfers are one flight that loses nothing: all of it is known without following each segment.
    if (count <= Math.floor(window) && this.#untilLoss >= 2 * count) {
      this.#untilLoss -= 2 * count;
      this.#sent += 2 * count;
      return { firstMs: rtt / 2, lastMs: rtt / 2, sentAtMs: 0, trips: 0.5, window };
    }
    let mode: "open" | "probe" | "recovery" | "timeout" = "open";
    let at = 0;
    let trips = 0;
    let fresh = count;
    let lost = 0;
    let tail = 0;
    let unheard = 0;
    let backOff = 0;
    let first = Infinity;
    let w = window;
    let ceiling = Infinity;
    let allowance = Infinity;
    while (at <= DEADLINE_MS) {
      // A repeat may carry what has long arrived: then only its acknowledgement helps.
      const single = mode === "probe" || (mode === "timeout" && w === 1);
      const idle = single && unheard > 0 && chance.next() < unheard / (unheard + tail + lost);
      let again = 0;
      let anew = 0;
      if (!idle && mode === "probe") {
        again = 1;
        tail -= 1;
      } else if (!idle) {
        const room = Math.min(Math.floor(w), allowance);
        again = Math.min(lost, room);
        anew = Math.min(fresh, room - again);
        lost -= again;
        fresh -= anew;
      }
      const flight = this.#flight(Math.max(1, again + anew), lossThere, lossBack);
      if (flight.arrived > 0) first = Math.min(first, at + rtt / 2);
      allowance = Infinity;
      const heardAny = flight.lastHeard >= 0;
      let found = 0;
      let missing = 0;
      if (idle) unheard = heardAny ? 0 : unheard;
      else {
        found = flight.lastHeard + 1 - flight.arrivedBelow;
        missing = flight.size - flight.lastHeard - 1 - (flight.arrived - flight.arrivedBelow);
        unheard = flight.arrived - flight.arrivedBelow + (heardAny ? 0 : unheard);
      }
      if (heardAny) {
        found += tail;
        tail = 0;
      }
      tail += missing;
      if (lost === 0 && fresh === 0 && found === 0 && tail === 0) {
        const after = mode === "timeout" ? 2 : mode === "probe" ? Math.max(2, w * 0.7) : w;
        return { firstMs: first, lastMs: at + rtt / 2, sentAtMs: at, trips: trips + 0.5, window: after };
      }
      if (heardAny) {
        backOff = 0;
        at += rtt;
        trips += 1;
        const acknowledged = flight.arrivedBelow;
        if (found > 0 && !(idle && mode === "timeout")) {
          if (mode === "open" && flight.heardAboveHole < 3) at += late(rtt / 4 + 8, chance);
          if (mode === "open" || mode === "probe" || (mode === "recovery" && flight.anewLost(again))) {
            ceiling = Math.max(2, w * 0.7);
            w = ceiling;
          }
          if (mode === "timeout") w = Math.min(ceiling, w + acknowledged);
          else {
            mode = "recovery";
            allowance = Math.max(1, acknowledged);
          }
          lost += found;
          continue;
        }
        lost += found;
        if (lost === 0 && tail === 0 && mode !== "timeout") mode = "open";
        if (w < ceiling) w = Math.min(ceiling, w + acknowledged);
        if (lost > 0 || fresh > 0) allowance = mode === "recovery" ? Math.max(1, acknowledged) : Infinity;
        else if (mode === "open") {
          at += late(estimator.probeAfter(tail === 1), chance);
          mode = "probe";
        } else {
          at += late(estimator.rto, chance);
          mode = "timeout";
          lost = tail;
          tail = 0;
          ceiling = Math.max(2, w * 0.7);
          w = 1;
        }
      } else if (mode === "open" && tail > 0) {
        at += late(estimator.probeAfter(flight.size === 1), chance);
        mode = "probe";
      } else {
        if (backOff === 0 && mode !== "timeout") ceiling = Math.max(2, w * 0.7);
        at += late(estimator.rto * (1 << Math.min(12, backOff)), chance);
        backOff += 1;
        mode = "timeout";
        lost += tail;
        tail = 0;
        w = 1;
      }
    }
    return { firstMs: first, lastMs: at, sentAtMs: at, trips, window: w };
  }

  /** Sends a flight of segments and their acknowledgements, each packet on its own chance. */
  #flight(size: number, lossThere: number, lossBack: number): Flight {
    const flight = this.#latest;
    flight.reset(size);
    for (let i = 0; i < size; i++) {
      const arrived = this.#passes(lossThere);
      flight.note(i, arrived, arrived && this.#passes(lossBack));
    }
    return flight;
  }
}

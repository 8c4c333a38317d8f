/**
 * The first BBR as in Linux (tcp_bbr.c), for transfers of some seconds: start-up, drain, and cruising in cycles. Its window
 * follows the measured rate; losses only hold it for a round trip. The shortest round trip is never forgotten, so the
 * ten-second refresh of it is not here.
 */
import type { RandomStream } from "../../base/random.ts";
import type { Congestion, AckProgress, CongestionWindow } from "./congestion.ts";

const PACKET_BYTES = 1_500;
const FULL = 1_448;
/** 2 / ln 2: fills a pipe in as few rounds as doubling does. */
const START_GAIN = 2.885;
const CRUISE_WINDOW = 2;
const CYCLE = [1.25, 0.75, 1, 1, 1, 1, 1, 1] as const;
const MARGIN = 0.99;
const ROUNDS_KEPT = 10;
/** Sent before pacing begins. */
const UNPACED = 10;
const LEAST_WINDOW = 4;
/** Bunches sent at once: what goes out in about a millisecond, one segment below 1.2 Mbit/s and else two at least. */
const BUNCH_US = 1_024;
const SLOW_BYTES_A_US = 0.15;
const BUNCH_MOST_BYTES = 65_000;
/** Acknowledgements in bunches: the most beyond what was expected, of five to ten rounds, in packets of 100 ms at most. */
const EXTRA_ROUNDS = 5;
const EXTRA_MOST_US = 100_000;

/** BBR version 1. */
export class Bbr implements Congestion {
  /** Losses do not set its threshold. */
  readonly reactsToLoss = false;
  /** It measures the delivery rate. */
  readonly usesRateSamples = true;
  readonly #chance: RandomStream;
  #mode: "start" | "drain" | "cruise" = "start";
  /** Bytes a microsecond that leave. */
  #pace: number;
  #gain = START_GAIN;
  #sent = 0;
  /** Highest delivery rate of each of the latest rounds, segments a microsecond, with its round; and the highest. */
  #rates: { readonly round: number; readonly rate: number }[] = [];
  #rate = 0;
  #round = 0;
  #roundEnds = 0;
  #isRoundStart = false;
  /** Start-up is over when the rate stands still for three rounds. */
  #full = 0;
  #flatRounds = 0;
  #isFull = false;
  #phase = 0;
  #phaseUs = 0;
  /** The window before the repair under way, and whether for its first round only as much is sent as arrives. */
  #before = 0;
  #wasRepair: AckProgress["repair"] = "none";
  #isConserving = false;
  /** Delivered beyond the expected since a time, and the most of it in this stretch of rounds and the one before. */
  #epochUs = 0;
  #epochDelivered = 0;
  #extra: [number, number] = [0, 0];
  #extraRounds = 0;

  /** `roundTripUs`: what the handshake measured; 1 ms when it measured nothing. */
  constructor(roundTripUs: number | undefined, chance: RandomStream) {
    this.#chance = chance;
    this.#pace = (START_GAIN * UNPACED * PACKET_BYTES * MARGIN) / (roundTripUs ?? 1_000);
  }

  /** Remembers the window for the end of the repair, and leaves the threshold. */
  reduced({ window, threshold }: CongestionWindow): number {
    this.#before = this.#wasRepair === "none" ? window : Math.max(this.#before, window);
    return threshold;
  }

  /** Returns the pacing gap after a segment, us; 0 for the first ones. */
  gapUs(bytes: number): number {
    this.#sent += 1;
    return this.#sent > UNPACED ? bytes / this.#pace : 0;
  }

  /** Takes in an acknowledgement and sets the window. */
  progress(flow: CongestionWindow, progress: AckProgress): void {
    this.#measure(progress);
    this.#countExtra(flow, progress);
    this.#cycle(progress);
    this.#watchStart(progress);
    const { inFlight, delivered } = progress;
    if (this.#mode === "start" && this.#isFull) {
      this.#mode = "drain";
      this.#gain = 1 / START_GAIN;
    }
    if (this.#mode === "drain" && inFlight <= this.#target(1, progress)) {
      this.#mode = "cruise";
      this.#phase = (7 - Math.floor(7 * this.#chance.next()) + 1) % CYCLE.length;
      this.#phaseUs = progress.nowUs;
      this.#gain = CYCLE[this.#phase]!;
    }
    const pace = MARGIN * this.#gain * this.#rate * PACKET_BYTES;
    if (this.#isFull || pace > this.#pace) this.#pace = pace;
    if (delivered > 0) this.#resize(flow, progress);
  }

  #measure({ rateSample: { before, by, spanUs, isAppLimited: isStarved } }: AckProgress): void {
    this.#isRoundStart = false;
    if (spanUs <= 0) return;
    if (before >= this.#roundEnds) {
      this.#roundEnds = by;
      this.#round += 1;
      this.#isRoundStart = true;
      this.#isConserving = false;
    }
    const rate = (by - before) / spanUs;
    if (isStarved && rate < this.#rate) return;
    const oldest = this.#round - ROUNDS_KEPT;
    this.#rates = this.#rates.filter((one) => one.round >= oldest && one.rate > rate);
    this.#rates.push({ round: this.#round, rate });
    this.#rate = this.#rates[0]!.rate;
  }

  #countExtra({ window }: CongestionWindow, { nowUs, delivered, rateSample: pace }: AckProgress): void {
    if (pace.spanUs <= 0) return;
    if (this.#isRoundStart && ++this.#extraRounds >= EXTRA_ROUNDS) {
      this.#extraRounds = 0;
      this.#extra = [0, this.#extra[0]];
    }
    let expected = this.#rate * (nowUs - this.#epochUs);
    if (this.#epochDelivered <= expected) {
      this.#epochDelivered = expected = 0;
      this.#epochUs = nowUs;
    }
    this.#epochDelivered += delivered;
    this.#extra[0] = Math.max(this.#extra[0], Math.min(window, this.#epochDelivered - expected));
  }

  #cycle(progress: AckProgress): void {
    if (this.#mode !== "cruise") return;
    const { nowUs, leastUs, losses, inFlightBefore } = progress;
    const isLong = nowUs - this.#phaseUs > leastUs;
    const isOver =
      this.#gain === 1
        ? isLong
        : this.#gain > 1
          ? isLong && (losses > 0 || inFlightBefore >= this.#target(this.#gain, progress))
          : isLong || inFlightBefore <= this.#target(1, progress);
    if (!isOver) return;
    this.#phase = (this.#phase + 1) % CYCLE.length;
    this.#phaseUs = nowUs;
    this.#gain = CYCLE[this.#phase]!;
  }

  #watchStart({ rateSample: { isAppLimited: isStarved } }: AckProgress): void {
    if (this.#isFull || !this.#isRoundStart || isStarved) return;
    if (this.#rate >= 1.25 * this.#full) {
      this.#full = this.#rate;
      this.#flatRounds = 0;
    } else {
      this.#flatRounds += 1;
      this.#isFull = this.#flatRounds >= 3;
    }
  }

  #resize(flow: CongestionWindow, progress: AckProgress): void {
    const { delivered, losses, inFlight, repair, rateSample: pace } = progress;
    let { window } = flow;
    if (losses > 0) window = Math.max(1, window - losses);
    if (repair === "recovery" && this.#wasRepair === "none") {
      this.#isConserving = true;
      this.#roundEnds = pace.by;
      window = inFlight + delivered;
    } else if (repair === "none" && this.#wasRepair !== "none") {
      window = Math.max(window, this.#before);
      this.#isConserving = false;
    }
    this.#wasRepair = repair;
    if (this.#isConserving) {
      flow.window = Math.max(window, inFlight + delivered);
      return;
    }
    const gain = this.#mode === "cruise" ? CRUISE_WINDOW : START_GAIN;
    const extra = this.#isFull ? Math.min(Math.max(...this.#extra), this.#rate * EXTRA_MOST_US) : 0;
    const target = this.#budget(Math.ceil(this.#rate * progress.leastUs * gain) + Math.floor(extra));
    if (this.#isFull) window = Math.min(window + delivered, target);
    else if (window < target || pace.by < UNPACED) window += delivered;
    flow.window = Math.max(LEAST_WINDOW, window);
  }

  /** Segments on the way at a gain of what the path holds. */
  #target(gain: number, { leastUs }: AckProgress): number {
    return this.#budget(Math.ceil(this.#rate * leastUs * gain));
  }

  /** Three bunches more, so that sender, path and receiver each have one, and an even number. */
  #budget(segments: number): number {
    const least = this.#pace < SLOW_BYTES_A_US ? 1 : 2;
    const bunch = Math.max(least, Math.floor(Math.min(this.#pace * BUNCH_US, BUNCH_MOST_BYTES) / FULL));
    const even = 2 * Math.ceil((segments + 3 * bunch) / 2);
    return even + (this.#mode === "cruise" && this.#phase === 0 ? 2 : 0);
  }
}

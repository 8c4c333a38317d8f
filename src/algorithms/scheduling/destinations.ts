/**
 * Where a gateway's users can go instead. A destination must be proved better: its loss at the upper bound is compared
 * with the present loss at the lower bound. Explorers of this gateway count first; if they are few, siblings to the
 * same address or to the same port of its line count too, each against its own past (indirect standardisation), so that
 * a sibling with better radio does not make the path look better.
 * Met by: src/world/seams/scheduling.ts
 */
import { printPlain } from "../../base/digits.ts";
import { estimateShare } from "./share-estimate.ts";
import { type Diagnosis, onset, percent } from "./diagnosis.ts";
import type { Capacity } from "./capacity.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import type { OutcomeCounts } from "./outcome-stream.ts";
import type { PathStats } from "./path-stats.ts";

/** Outcomes with which a pool is not widened, and outcomes that it may borrow from the past. Chosen. */
const ENOUGH = 60;
const BORROWED = 40;
/**
 * Users who must leave may get this much more loss than at home normally. Chosen: a peering between carriers costs
 * more.
 */
const WORSE_BY_NATURE = 0.03;

/** A destination, or the reasons why there is none. */
export interface DestinationChoice {
  /** The endpoint; undefined if none is better or has room. */
  readonly endpoint: number | undefined;
  /** True if no better endpoint has room for all. */
  readonly isFull: boolean;
  /** Reasons, in words. */
  readonly why: readonly string[];
}

interface Offer {
  readonly endpoint: number;
  /** People it can take in addition to those to come. */
  readonly room: number;
  readonly why: string;
}

/** Chooses destinations. */
export class Destinations {
  readonly #quality: Quality;
  readonly #topology: TopologyIndex;
  readonly #capacity: Capacity;
  readonly #policy: SchedulerPolicy;

  /** Reads this state. */
  constructor({ quality, topology, capacity, policy }: SchedulerState) {
    this.#quality = quality;
    this.#topology = topology;
    this.#capacity = capacity;
    this.#policy = policy;
  }

  /**
   * Returns the server with the most room on the first line, in the gateway's own order of preference, that is proved
   * better and has room for all of its users; for a port fault the same server if another port of it will do. If no
   * server has room for all, the one with the most room takes some. Without a diagnosis every path not in alarm counts
   * as better. `isOpen` is false for endpoints that other faults cover; `committed` holds the people who are to come to
   * each server.
   */
  choose(
    gateway: number,
    from: number,
    diagnosis: Diagnosis | undefined,
    rules: { isOpen: (endpoint: number) => boolean; committed: ReadonlyMap<number, number> },
  ): DestinationChoice {
    const preferred = this.#inOrder(gateway, from, diagnosis?.level === "port").filter(
      (endpoint) => endpoint !== from && rules.isOpen(endpoint) && this.#isUsable(endpoint),
    );
    const { people } = this.#topology.gateway(gateway);
    const home = this.#topology.endpoint(from).server;
    const refused: string[] = [];
    let line: string | undefined;
    let whole: Offer | undefined;
    let part: Offer | undefined;
    for (const endpoint of preferred) {
      const { server } = this.#topology.endpoint(endpoint);
      // The same server counts as a line of its own; otherwise the servers of a line compete.
      const here = server === home ? "same server" : String(this.#topology.lineOf[endpoint]!);
      if (whole !== undefined && here !== line) break;
      const proof =
        diagnosis === undefined
          ? this.#notBad(gateway, from, endpoint)
          : this.#better(gateway, from, endpoint, diagnosis);
      if (!proof.isBetter) {
        if (proof.why !== "") refused.push(proof.why);
        continue;
      }
      const room = server === home ? Infinity : this.#capacity.headroom(server) - (rules.committed.get(server) ?? 0);
      const offer = { endpoint, room, why: proof.why };
      if (room >= people && (whole === undefined || room > whole.room)) [whole, line] = [offer, here];
      if (part === undefined || room > part.room) part = offer;
    }
    if (whole !== undefined) return { endpoint: whole.endpoint, isFull: false, why: [whole.why] };
    if (part === undefined) return { endpoint: undefined, isFull: false, why: refused };
    const isEnough = part.room > 0 && part.room >= 0.01 * people;
    const why = [part.why, this.#capacity.describe(this.#topology.endpoint(part.endpoint).server)];
    return { endpoint: isEnough ? part.endpoint : undefined, isFull: true, why };
  }

  #isUsable(endpoint: number): boolean {
    return this.#capacity.isUsable(this.#topology.endpoint(endpoint).server);
  }

  /**
   * Returns the endpoints to try: the gateway's candidates with their lines, lines of the same name, then all measured
   * ones.
   */
  #inOrder(gateway: number, from: number, isPortFault: boolean): readonly number[] {
    const topology = this.#topology;
    const own = topology.gateway(gateway).candidates;
    const { line } = topology.endpoint(from);
    const sameName = [...topology.endpoints.keys()].filter((endpoint) => topology.endpoint(endpoint).line === line);
    const measured = this.#quality.pathsOf(gateway).map(({ endpoint }) => endpoint);
    const withLines = own.flatMap((endpoint) => [endpoint, ...topology.domain("line", endpoint)]);
    const samePort = isPortFault ? topology.domain("server", from) : [];
    return [...new Set([...samePort, ...withLines, ...sameName, ...measured])];
  }

  /** Accepts, for users who must leave in any case, what is not in alarm and normally not much worse than home. */
  #notBad(gateway: number, from: number, endpoint: number): { isBetter: boolean; why: string } {
    const quality = this.#quality;
    const normalLoss = (place: number): number => quality.lossOf(quality.normalSessions(quality.path(gateway, place)));
    const isBetter =
      !quality.isRaised(quality.path(gateway, endpoint)) && normalLoss(endpoint) <= normalLoss(from) + WORSE_BY_NATURE;
    return { isBetter, why: isBetter ? `to ${this.#topology.endpoint(endpoint).name}, not in alarm` : "" };
  }

  /** Accepts what is proved better than the present path. */
  #better(gateway: number, from: number, endpoint: number, diagnosis: Diagnosis): { isBetter: boolean; why: string } {
    const quality = this.#quality;
    const { betterRatio, betterMargin } = this.#policy;
    const { name } = this.#topology.endpoint(endpoint);
    const there = this.#estimate(gateway, endpoint, diagnosis);
    if (there === undefined) return { isBetter: false, why: `${name}: never measured` };
    const here = quality.path(gateway, from);
    // A path that got worse later than others must not be judged by the time before.
    const since = quality.horizon(Math.max(diagnosis.since, quality.isRaised(here) ? onset(here) : 0));
    const [sessions, connects] = [here.sessions.countsSince(since), here.connects.countsSince(since)];
    // Its own outcomes if there are enough; otherwise its normal share and the rise of all paths concerned.
    const present = (own: OutcomeCounts, deflation: number, normal: number, rise: number): number =>
      own.all >= ENOUGH ? estimateShare(own.bad, own.all, deflation).low : normal + rise * (1 - normal);
    const parts: string[] = [];
    let isBetter = true;
    if (diagnosis.rise.sessions > 0) {
      const now = quality.lossOf(
        present(sessions, here.sessions.dispersion, quality.normalSessions(here), diagnosis.riseAtLeast.sessions),
      );
      const then = quality.lossOf(there.sessions);
      const hasLess = then <= betterRatio * now && then <= now - betterMargin;
      if (!hasLess && diagnosis.rise.connects === 0) isBetter = false;
      parts.push(`loss at most ${percent(then)} against at least ${percent(now)}`);
    }
    if (diagnosis.rise.connects > 0) {
      const now = present(
        connects,
        here.connects.dispersion,
        quality.normalConnects(here),
        diagnosis.riseAtLeast.connects,
      );
      const hasLess = there.connects <= betterRatio * now && there.connects <= now - betterMargin;
      if (!hasLess) isBetter = false;
      parts.push(`failed connects at most ${percent(there.connects)} against at least ${percent(now)}`);
    }
    return { isBetter, why: `${name}: ${parts.join("; ")} (${there.by})` };
  }

  /**
   * Returns upper bounds of the shares of bad sessions and of failed connects, from the narrowest pool with enough
   * outcomes. Only sessions tell of loss, for a connect gets through it sooner or later; sessions and connects tell of
   * connecting.
   */
  #estimate(
    gateway: number,
    endpoint: number,
    { since, rise }: Diagnosis,
  ): { sessions: number; connects: number; by: string } | undefined {
    const topology = this.#topology;
    const quality = this.#quality;
    // A port that was never tried may be blocked, whatever its server's other ports show.
    const { port } = topology.endpoint(endpoint);
    const line = topology.domain("line", endpoint).filter((other) => topology.endpoint(other).port === port);
    const own = quality.pathsOf(gateway);
    const all = topology.members[topology.groupOf[gateway]!]!.flatMap((member) => quality.pathsOf(member));
    const pools: readonly (readonly [string, readonly PathStats[]])[] = [
      ["its own explorers", own.filter((path) => path.endpoint === endpoint)],
      ["its siblings", all.filter((path) => path.endpoint === endpoint)],
      ["its siblings to that line", all.filter((path) => line.includes(path.endpoint))],
    ];
    const normal = quality.normalSessions(quality.path(gateway, endpoint));
    const often = quality.normalConnects(quality.path(gateway, endpoint));
    let best: { sessions: number; connects: number; by: string } | undefined;
    for (const [by, paths] of pools) {
      const pool = this.#pool(paths, since);
      const heard = rise.sessions > 0 ? pool.sessionsNow : pool.sessionsNow + pool.connectsNow;
      if (heard === 0) continue;
      const expected = pool.expected / pool.sessions;
      const high = Math.min(1, estimateShare(pool.bad, pool.sessions, pool.deflation).high * (normal / expected));
      const failing = estimateShare(pool.failures, pool.connects, 3).high;
      best = {
        sessions: high,
        connects: Math.max(failing, often),
        by: `${by}, ${printPlain(pool.sessionsNow)} sessions and ${printPlain(pool.connectsNow)} connects since`,
      };
      if (heard >= ENOUGH) break;
    }
    return best;
  }

  /** Returns the sums of a pool, each path's past included up to the limit. */
  #pool(paths: readonly PathStats[], from: number) {
    const since = this.#quality.horizon(from);
    const sum = {
      sessionsNow: 0,
      connectsNow: 0,
      sessions: 0,
      bad: 0,
      expected: 0,
      connects: 0,
      failures: 0,
      deflation: 1,
    };
    for (const path of paths) {
      const normal = this.#quality.normalSessions(path);
      const often = this.#quality.normalConnects(path);
      const sessions = path.sessions.countsSince(since);
      const connects = path.connects.countsSince(since);
      if (sessions.all + connects.all === 0) continue;
      const lent = Math.min(BORROWED, path.sessions.known);
      const lentConnects = Math.min(BORROWED, path.connects.known);
      sum.sessionsNow += sessions.all;
      sum.connectsNow += connects.all;
      sum.sessions += sessions.all + lent;
      sum.bad += sessions.bad + lent * normal;
      sum.expected += (sessions.all + lent) * normal;
      sum.connects += connects.all + lentConnects;
      sum.failures += connects.bad + lentConnects * often;
      sum.deflation = Math.max(sum.deflation, path.sessions.dispersion);
    }
    return sum;
  }
}

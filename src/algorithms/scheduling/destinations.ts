/**
 * Where to go instead. A destination must be proved better, not look better: its loss at the upper bound is
 * compared with the present loss at the lower bound. What explorers of this gateway say comes first; when they are
 * few, siblings to the same address or the same port of its line speak for it, each against its own past (indirect standardisation), so that a
 * sibling with better radio does not flatter the way.
 * Met by: src/world/seams/scheduling.ts
 */
import { estimate } from "./estimate.ts";
import { type Finding, onset, percent } from "./finding.ts";
import type { Capacity } from "./capacity.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";
import type { Counts } from "./stream.ts";
import type { Cell } from "./cell.ts";

/** Outcomes that a pool needs before a wider one is asked, and how many of the past it may borrow. Chosen. */
const ENOUGH = 60;
const BORROWED = 40;
/** Who must leave may meet this much more loss than at home in peace. Chosen: a peering between carriers costs more. */
const WORSE_BY_NATURE = 0.03;

export interface Choice {
  /** Undefined if there is none. */
  readonly endpoint: number | undefined;
  /** None that is good has room for all. */
  readonly isFull: boolean;
  readonly why: readonly string[];
}

interface Offer {
  readonly endpoint: number;
  /** People it can take besides those who are already to come. */
  readonly room: number;
  readonly why: string;
}

export class Destinations {
  readonly #quality: Quality;
  readonly #places: Places;
  readonly #capacity: Capacity;
  readonly #policy: SchedulerPolicy;

  constructor(quality: Quality, places: Places, capacity: Capacity, policy: SchedulerPolicy) {
    this.#quality = quality;
    this.#places = places;
    this.#capacity = capacity;
    this.#policy = policy;
  }

  /**
   * The first line, in the gateway's own order of preference, that is proved better and has a server with room for all of
   * its users; there the server with the most room. For a port fault the same server if another port of it will do. If no
   * server takes all, the roomiest one takes some. `isOpen` rules out what other faults cover; `committed` is who else
   * is still to come to each server.
   */
  choose(
    gateway: number,
    from: number,
    finding: Finding | undefined,
    rules: { isOpen: (endpoint: number) => boolean; committed: ReadonlyMap<number, number> },
  ): Choice {
    const preferred = this.#inOrder(gateway, from, finding?.level === "port").filter(
      (endpoint) => endpoint !== from && rules.isOpen(endpoint) && this.#isUsable(endpoint),
    );
    const { people } = this.#places.gateway(gateway);
    const home = this.#places.endpoint(from).server;
    const refused: string[] = [];
    let line: string | undefined;
    let whole: Offer | undefined;
    let part: Offer | undefined;
    for (const endpoint of preferred) {
      const { server } = this.#places.endpoint(endpoint);
      // The same server stands alone; otherwise the servers of a line are alternatives of one another.
      const here = server === home ? "same server" : String(this.#places.lineOf[endpoint]!);
      if (whole !== undefined && here !== line) break;
      const proof =
        finding === undefined ? this.#notBad(gateway, from, endpoint) : this.#better(gateway, from, endpoint, finding);
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
    const why = [part.why, this.#capacity.describe(this.#places.endpoint(part.endpoint).server)];
    return { endpoint: isEnough ? part.endpoint : undefined, isFull: true, why };
  }

  #isUsable(endpoint: number): boolean {
    return this.#capacity.isUsable(this.#places.endpoint(endpoint).server);
  }

  /** Its own candidates first, each with the other servers of its line; then lines of the same name, then whatever was measured. */
  #inOrder(gateway: number, from: number, isPortFault: boolean): readonly number[] {
    const places = this.#places;
    const own = places.gateway(gateway).candidates;
    const { line } = places.endpoint(from);
    const sameName = [...places.endpoints.keys()].filter((endpoint) => places.endpoint(endpoint).line === line);
    const measured = this.#quality.cellsOf(gateway).map(({ endpoint }) => endpoint);
    const withLines = own.flatMap((endpoint) => [endpoint, ...places.unit("line", endpoint)]);
    const samePort = isPortFault ? places.unit("server", from) : [];
    return [...new Set([...samePort, ...withLines, ...sameName, ...measured])];
  }

  /** For users who must leave in any case: anywhere that is not in alarm, and not by nature much worse than home. */
  #notBad(gateway: number, from: number, endpoint: number): { isBetter: boolean; why: string } {
    const quality = this.#quality;
    const normalLoss = (place: number): number => quality.lossOf(quality.normalSessions(quality.cell(gateway, place)));
    const isBetter =
      !quality.isRaised(quality.cell(gateway, endpoint)) && normalLoss(endpoint) <= normalLoss(from) + WORSE_BY_NATURE;
    return { isBetter, why: isBetter ? `to ${this.#places.endpoint(endpoint).name}, not in alarm` : "" };
  }

  #better(gateway: number, from: number, endpoint: number, finding: Finding): { isBetter: boolean; why: string } {
    const quality = this.#quality;
    const { betterRatio, betterMargin } = this.#policy;
    const { name } = this.#places.endpoint(endpoint);
    const there = this.#estimate(gateway, endpoint, finding);
    if (there === undefined) return { isBetter: false, why: `${name}: never measured` };
    const here = quality.cell(gateway, from);
    // Who got worse later than others is not flattered by the time before.
    const since = quality.horizon(Math.max(finding.since, quality.isRaised(here) ? onset(here) : 0));
    const [sessions, connects] = [here.sessions.since(since), here.connects.since(since)];
    // What it meets itself, where that is enough to tell; else its normal and the rise of all who are concerned.
    const present = (own: Counts, deflation: number, normal: number, rise: number): number =>
      own.all >= ENOUGH ? estimate(own.bad, own.all, deflation).low : normal + rise * (1 - normal);
    const parts: string[] = [];
    let isBetter = true;
    if (finding.rise.sessions > 0) {
      const now = quality.lossOf(
        present(sessions, here.sessions.dispersion, quality.normalSessions(here), finding.riseAtLeast.sessions),
      );
      const then = quality.lossOf(there.sessions);
      const hasLess = then <= betterRatio * now && then <= now - betterMargin;
      if (!hasLess && finding.rise.connects === 0) isBetter = false;
      parts.push(`loss at most ${percent(then)} against at least ${percent(now)}`);
    }
    if (finding.rise.connects > 0) {
      const now = present(
        connects,
        here.connects.dispersion,
        quality.normalConnects(here),
        finding.riseAtLeast.connects,
      );
      const hasLess = there.connects <= betterRatio * now && there.connects <= now - betterMargin;
      if (!hasLess) isBetter = false;
      parts.push(`failed connects at most ${percent(there.connects)} against at least ${percent(now)}`);
    }
    return { isBetter, why: `${name}: ${parts.join("; ")} (${there.by})` };
  }

  /**
   * Upper bounds of the shares of bad sessions and failed connects, from the narrowest pool that says enough. Of loss only
   * sessions tell: whoever connects gets through it, sooner or later. Of connecting whoever has a session tells too.
   */
  #estimate(
    gateway: number,
    endpoint: number,
    { since, rise }: Finding,
  ): { sessions: number; connects: number; by: string } | undefined {
    const places = this.#places;
    const quality = this.#quality;
    // A port that nobody tried may be blocked, whatever is said of its server.
    const { port } = places.endpoint(endpoint);
    const line = places.unit("line", endpoint).filter((other) => places.endpoint(other).port === port);
    const own = quality.cellsOf(gateway);
    const all = places.members[places.groupOf[gateway]!]!.flatMap((member) => quality.cellsOf(member));
    const pools: readonly (readonly [string, readonly Cell[]])[] = [
      ["its own explorers", own.filter((cell) => cell.endpoint === endpoint)],
      ["its siblings", all.filter((cell) => cell.endpoint === endpoint)],
      ["its siblings to that line", all.filter((cell) => line.includes(cell.endpoint))],
    ];
    const normal = quality.normalSessions(quality.cell(gateway, endpoint));
    const often = quality.normalConnects(quality.cell(gateway, endpoint));
    let best: { sessions: number; connects: number; by: string } | undefined;
    for (const [by, cells] of pools) {
      const pool = this.#pool(cells, since);
      const heard = rise.sessions > 0 ? pool.sessionsNow : pool.sessionsNow + pool.connectsNow;
      if (heard === 0) continue;
      const expected = pool.expected / pool.sessions;
      const high = Math.min(1, estimate(pool.bad, pool.sessions, pool.deflation).high * (normal / expected));
      const failing = estimate(pool.failures, pool.connects, 3).high;
      best = {
        sessions: high,
        connects: Math.max(failing, often),
        by: `${by}, ${String(pool.sessionsNow)} sessions and ${String(pool.connectsNow)} connects since`,
      };
      if (heard >= ENOUGH) break;
    }
    return best;
  }

  #pool(cells: readonly Cell[], from: number) {
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
    for (const cell of cells) {
      const normal = this.#quality.normalSessions(cell);
      const often = this.#quality.normalConnects(cell);
      const sessions = cell.sessions.since(since);
      const connects = cell.connects.since(since);
      if (sessions.all + connects.all === 0) continue;
      const lent = Math.min(BORROWED, cell.sessions.known);
      const lentConnects = Math.min(BORROWED, cell.connects.known);
      sum.sessionsNow += sessions.all;
      sum.connectsNow += connects.all;
      sum.sessions += sessions.all + lent;
      sum.bad += sessions.bad + lent * normal;
      sum.expected += (sessions.all + lent) * normal;
      sum.connects += connects.all + lentConnects;
      sum.failures += connects.bad + lentConnects * often;
      sum.deflation = Math.max(sum.deflation, cell.sessions.dispersion);
    }
    return sum;
  }
}

/**
 * The dispatch table: for each gateway the best endpoint, the other candidates, and the share of its users that each
 * endpoint gets while a shift is under way. It paces shifts; whether a shift is right is decided elsewhere.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Duration, hours, type Instant } from "../../base/units.ts";
import { type Capacity, settlingTime } from "./capacity.ts";
import type { RouteShare, SchedulerEffect } from "./messages.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** A shift of a gateway's users to one endpoint, in steps. */
export interface Shift {
  /** Endpoint they are sent to. */
  readonly target: number;
  /** True if it leads users back home. */
  readonly restores: boolean;
  /**
   * True if users have lost their server: pacing would only keep them offline, so only the target's fullness limits it.
   */
  readonly isForced: boolean;
  /** The reason without the names that differ from gateway to gateway. */
  readonly cause: string;
  /** Reasons, in words. */
  readonly why: readonly string[];
}

/** One move of a share of a gateway's users, paced by its caller. */
export interface ShareMove {
  /** Endpoint they are sent to. */
  readonly target: number;
  /** Share of the gateway's users, in (0, 1]. */
  readonly share: number;
  /** Endpoints they leave. */
  readonly from: ReadonlySet<number>;
  /** Connected clients move after a delay spread over this long. */
  readonly spread: Duration;
  /** The reason without the names that differ from gateway to gateway. */
  readonly cause: string;
  /** Reasons, in words. */
  readonly why: readonly string[];
}

interface Row {
  /** Endpoint of its users while nothing is wrong. */
  home: number;
  best: number;
  shares: Map<number, number>;
  /** Other endpoints to which some of them were moved for good. */
  belongs: ReadonlySet<number>;
  shift: (Shift & { nextAt: Instant }) | undefined;
  movedAt: Instant[];
  /** The best endpoint before the last move. */
  cameFrom: number | undefined;
}

const isAtHome = ({ best, home, shares, belongs }: Row): boolean => {
  if (best !== home) return false;
  for (const endpoint of shares.keys()) if (endpoint !== home && !belongs.has(endpoint)) return false;
  return true;
};

/** A step home moves at most this share of a gateway's users: a path that was bad is tried with few first. Chosen. */
const RETURN_SLICE = 0.25;
/** A step moves at least this share of a gateway's users. Chosen. */
export const SMALLEST_STEP = 0.01;

/** The dispatch table: one row for each gateway. */
export class DispatchTable {
  readonly #rows: Row[];
  readonly #topology: TopologyIndex;
  readonly #capacity: Capacity;
  readonly #policy: SchedulerPolicy;

  /** Sends every gateway's users to its first candidate, and assigns them to its server in `capacity`. */
  constructor(topology: TopologyIndex, capacity: Capacity, policy: SchedulerPolicy) {
    this.#topology = topology;
    this.#capacity = capacity;
    this.#policy = policy;
    this.#rows = topology.gateways.map((gateway) => {
      const home = gateway.candidates[0]!;
      capacity.assign(topology.endpoint(home).server, gateway.people);
      return {
        home,
        best: home,
        shares: new Map([[home, 1]]),
        belongs: new Set(),
        shift: undefined,
        movedAt: [],
        cameFrom: undefined,
      };
    });
  }

  /** Returns the endpoint of a gateway's users while nothing is wrong. */
  home(gateway: number): number {
    return this.#rows[gateway]!.home;
  }

  /** Returns the endpoint that a gateway's users are to try first. */
  best(gateway: number): number {
    return this.#rows[gateway]!.best;
  }

  /** Returns the share in [0, 1] of a gateway's users that an endpoint gets. */
  share(gateway: number, endpoint: number): number {
    return this.#rows[gateway]!.shares.get(endpoint) ?? 0;
  }

  /** True if an endpoint gets a share of a gateway's users. */
  isRouted(gateway: number, endpoint: number): boolean {
    return this.share(gateway, endpoint) > 0;
  }

  /** Returns the endpoints that get a share of a gateway's users, in the order in which they got it. */
  routedEndpoints(gateway: number): readonly number[] {
    return [...this.#rows[gateway]!.shares.keys()];
  }

  /** Returns the shift of a gateway's users that is under way, if any. */
  shift(gateway: number): Shift | undefined {
    return this.#rows[gateway]!.shift;
  }

  /** Returns the people that the shifts under way have yet to move, by server. */
  peopleToCome(): ReadonlyMap<number, number> {
    const people = new Map<number, number>();
    for (const gateway of this.underWay()) {
      const { target } = this.#rows[gateway]!.shift!;
      const { server } = this.#topology.endpoint(target);
      const left = this.#shareElsewhere(this.#rows[gateway]!, server) * this.#topology.gateway(gateway).people;
      people.set(server, (people.get(server) ?? 0) + left);
    }
    return people;
  }

  /** Returns the gateways with a shift under way. */
  underWay(): readonly number[] {
    return this.#gatewaysWhere(({ shift }) => shift !== undefined);
  }

  /** Returns the gateways with users away from home. */
  away(): readonly number[] {
    return this.#gatewaysWhere((row) => !isAtHome(row));
  }

  #gatewaysWhere(holds: (row: Row) => boolean): readonly number[] {
    const found: number[] = [];
    for (let gateway = 0; gateway < this.#rows.length; gateway++) if (holds(this.#rows[gateway]!)) found.push(gateway);
    return found;
  }

  /** Makes an endpoint the gateway's home; users at its other endpoints count as at home too. */
  setHome(gateway: number, home: number): void {
    const row = this.#rows[gateway]!;
    row.home = home;
    row.belongs = new Set(row.shares.keys());
  }

  /**
   * True if the gateway has stayed long enough since its last move and moved rarely enough in the last hour. `leaves`
   * are the endpoints it must leave: if its last move was from one of them to another, it need not stay.
   */
  mayMove(gateway: number, now: Instant, leaves?: ReadonlySet<number>): boolean {
    const row = this.#rows[gateway]!;
    row.movedAt = row.movedAt.filter((at) => after(at, hours(1)) > now);
    const last = row.movedAt.at(-1);
    const hasStayed = last === undefined || now >= after(last, this.#policy.dwell);
    const isStillThere = leaves?.has(row.best) === true && leaves.has(row.cameFrom ?? -1);
    return (hasStayed || isStillThere) && row.movedAt.length < this.#policy.movesAnHour;
  }

  /** Starts a shift with its first step. Returns undefined and changes nothing if the target has no room for that. */
  beginShift(gateway: number, shift: Shift, now: Instant): SchedulerEffect | undefined {
    const row = this.#rows[gateway]!;
    const before = row.shift;
    row.shift = { ...shift, nextAt: now };
    const effect = this.stepShift(gateway, now);
    if (effect === undefined) row.shift = before;
    return effect;
  }

  /** Makes the next step of a gateway's shift. Returns undefined if none is due or there is no room. */
  stepShift(gateway: number, now: Instant): SchedulerEffect | undefined {
    const row = this.#rows[gateway]!;
    const { shift } = row;
    if (shift === undefined || now < shift.nextAt) return undefined;
    const { people } = this.#topology.gateway(gateway);
    const server = this.#topology.endpoint(shift.target).server;
    const left = 1 - this.share(gateway, shift.target);
    const free = this.#shareElsewhere(row, server);
    const room = shift.isForced ? this.#capacity.headroom(server) : this.#capacity.allowance(server);
    const slice = shift.restores ? Math.min(left, RETURN_SLICE) : left;
    // Users on another port of the same server add no load.
    const added = Math.min(free, slice, people > 0 ? room / people : 1);
    const moved = Math.min(slice, added + (left - free));
    if (moved < Math.min(left, SMALLEST_STEP) || moved <= 0) return undefined;
    const isMove = row.best !== shift.target;
    this.#transfer(gateway, shift.target, moved >= left - 1e-9 ? left : moved, now);
    if (isMove) this.#noteMove(row, shift.target, now);
    row.shift = row.shares.size === 1 ? undefined : { ...shift, nextAt: after(now, settlingTime(this.#policy)) };
    return {
      kind: "dispatch",
      gateway,
      routes: this.#routes(row),
      candidates: this.candidates(gateway),
      hintSpread: this.#policy.hintSpread,
      move: isMove,
      restores: shift.restores,
      cause: shift.cause,
      why: [...shift.why, this.#capacity.describe(server)],
    };
  }

  /**
   * Moves a share of a gateway's users away from the named endpoints at once. Returns undefined if none of them is
   * there.
   */
  moveShare(
    gateway: number,
    { target, share, from, spread, cause, why }: ShareMove,
    now: Instant,
  ): Extract<SchedulerEffect, { kind: "dispatch" }> | undefined {
    const row = this.#rows[gateway]!;
    let left = 0;
    for (const [endpoint, part] of row.shares) if (from.has(endpoint)) left += part;
    const moved = left - share < SMALLEST_STEP / 10 ? left : share;
    if (moved <= 0) return undefined;
    const isMove = row.best !== target && from.has(row.best);
    this.#transfer(gateway, target, moved, now, from);
    if (isMove) this.#noteMove(row, target, now);
    return {
      kind: "dispatch",
      gateway,
      routes: this.#routes(row),
      candidates: this.candidates(gateway),
      hintSpread: spread,
      move: isMove,
      restores: false,
      cause,
      why: [...why, this.#capacity.describe(this.#topology.endpoint(target).server)],
    };
  }

  #noteMove(row: Row, target: number, now: Instant): void {
    row.cameFrom = row.best;
    row.best = target;
    row.movedAt.push(now);
  }

  /** Ends a shift where it stands. */
  stopShift(gateway: number): void {
    this.#rows[gateway]!.shift = undefined;
  }

  /**
   * Returns the list that a client is given: the best endpoint, then those that share least with the ones before
   * (another centre, then another server, then another port), equal ones in the gateway's own order; a home that users
   * leave is last.
   */
  candidates(gateway: number): readonly number[] {
    const { best, home } = this.#rows[gateway]!;
    const list = [best];
    const left = this.#topology
      .gateway(gateway)
      .candidates.filter((candidate) => candidate !== best && candidate !== home);
    while (left.length > 0) {
      const novelty = left.map((candidate) => this.#novelty(list, candidate));
      const next = novelty.indexOf(Math.max(...novelty));
      list.push(...left.splice(next, 1));
    }
    if (home !== best) list.push(home);
    return list;
  }

  #novelty(list: readonly number[], candidate: number): number {
    const { centre, line, server } = this.#topology.endpoint(candidate);
    const before = list.map((endpoint) => this.#topology.endpoint(endpoint));
    const isNew = (shares: (other: { centre: string; line: string; server: number }) => boolean): number =>
      before.some(shares) ? 0 : 1;
    return (
      4 * isNew((other) => other.centre === centre) +
      2 * isNew((other) => other.centre === centre && other.line === line) +
      isNew((other) => other.server === server)
    );
  }

  #shareElsewhere(row: Row, server: number): number {
    let share = 0;
    for (const [endpoint, part] of row.shares) if (this.#topology.endpoint(endpoint).server !== server) share += part;
    return share;
  }

  /**
   * Moves a share from the other endpoints, or from the named ones only, to the target; the target's server goes first.
   */
  #transfer(gateway: number, target: number, share: number, now: Instant, from?: ReadonlySet<number>): void {
    const row = this.#rows[gateway]!;
    const { people } = this.#topology.gateway(gateway);
    const server = this.#topology.endpoint(target).server;
    const isNear = (endpoint: number): boolean => this.#topology.endpoint(endpoint).server === server;
    const sources = [...row.shares.keys()].filter(
      (endpoint) => endpoint !== target && (from === undefined || from.has(endpoint)),
    );
    let left = share;
    for (const source of [...sources.filter(isNear), ...sources.filter((endpoint) => !isNear(endpoint))]) {
      const part = Math.min(left, row.shares.get(source)!);
      left -= part;
      const rest = row.shares.get(source)! - part;
      if (rest < 1e-9) row.shares.delete(source);
      else row.shares.set(source, rest);
      row.shares.set(target, (row.shares.get(target) ?? 0) + part);
      if (isNear(source)) continue;
      this.#capacity.assign(this.#topology.endpoint(source).server, -part * people);
      this.#capacity.assign(server, part * people);
      this.#capacity.addPending(server, part * people, now);
    }
    if (row.shares.size === 1) row.shares.set(target, 1);
  }

  #routes(row: Row): readonly RouteShare[] {
    const rest = [...row.shares].filter(([endpoint]) => endpoint !== row.best).sort(([a], [b]) => a - b);
    return [
      { endpoint: row.best, share: row.shares.get(row.best)! },
      ...rest.map(([endpoint, share]) => ({ endpoint, share })),
    ];
  }
}

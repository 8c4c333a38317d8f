/**
 * The dispatch table: for each gateway the best entry, the secondaries, and which share of its users goes where
 * while a shift is under way. It knows how a shift is paced; whether one is right was decided before.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Duration, hours, type Instant } from "../../base/units.ts";
import { type Capacity, settlingTime } from "./capacity.ts";
import type { Route, SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";

export interface Shift {
  readonly target: number;
  readonly restores: boolean;
  /** Users have lost their server already: pacing them would only keep them out, so only fullness bounds it. */
  readonly isForced: boolean;
  readonly cause: string;
  readonly why: readonly string[];
}

/** Users led by a plan of its own pace. */
export interface Leading {
  readonly target: number;
  readonly share: number;
  readonly from: ReadonlySet<number>;
  readonly spread: Duration;
  readonly cause: string;
  readonly why: readonly string[];
}

interface Row {
  /** Where its users belong in peace. */
  home: number;
  best: number;
  shares: Map<number, number>;
  /** Other places where some of them belong too. */
  belongs: ReadonlySet<number>;
  shift: (Shift & { nextAt: Instant }) | undefined;
  movedAt: Instant[];
  /** The best entry before the last move. */
  cameFrom: number | undefined;
}

const isAtHome = ({ best, home, shares, belongs }: Row): boolean =>
  best === home && [...shares.keys()].every((endpoint) => endpoint === home || belongs.has(endpoint));

/** Led back at most this share of a gateway's users a step: what was bad once is tried with few first. Chosen. */
const RETURN_SLICE = 0.25;
/** Less than this share of a gateway is not worth a step. */
export const SMALLEST_STEP = 0.01;

export class Dispatch {
  readonly #rows: Row[];
  readonly #places: Places;
  readonly #capacity: Capacity;
  readonly #policy: SchedulerPolicy;

  constructor(places: Places, capacity: Capacity, policy: SchedulerPolicy) {
    this.#places = places;
    this.#capacity = capacity;
    this.#policy = policy;
    this.#rows = places.gateways.map((gateway) => {
      const home = gateway.candidates[0]!;
      capacity.assign(places.endpoint(home).server, gateway.people);
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

  home(gateway: number): number {
    return this.#rows[gateway]!.home;
  }

  best(gateway: number): number {
    return this.#rows[gateway]!.best;
  }

  share(gateway: number, endpoint: number): number {
    return this.#rows[gateway]!.shares.get(endpoint) ?? 0;
  }

  /** Endpoints that a share of the gateway's users goes to, best first. */
  routed(gateway: number): readonly number[] {
    return [...this.#rows[gateway]!.shares.keys()];
  }

  shift(gateway: number): Shift | undefined {
    return this.#rows[gateway]!.shift;
  }

  /** People of shifts under way who have not been told yet, by the server they will go to. */
  committed(): ReadonlyMap<number, number> {
    const people = new Map<number, number>();
    for (const gateway of this.underWay()) {
      const { target } = this.#rows[gateway]!.shift!;
      const { server } = this.#places.endpoint(target);
      const left = this.#elsewhere(this.#rows[gateway]!, server) * this.#places.gateway(gateway).people;
      people.set(server, (people.get(server) ?? 0) + left);
    }
    return people;
  }

  /** Users of a gateway are on their way. */
  *underWay(): Iterable<number> {
    for (const [gateway, row] of this.#rows.entries()) if (row.shift !== undefined) yield gateway;
  }

  /** Gateways that are not all at home, in order. */
  *away(): Iterable<number> {
    for (const [gateway, row] of this.#rows.entries()) if (!isAtHome(row)) yield gateway;
  }

  /** From now on this is where the gateway's users belong, and where else some of them were led on purpose. */
  settle(gateway: number, home: number): void {
    const row = this.#rows[gateway]!;
    row.home = home;
    row.belongs = new Set(row.shares.keys());
  }

  /**
   * Has it stayed long enough since its last move, and moved seldom enough in the last hour? Whose last move only led from
   * one place of what it must leave to another has not left yet: staying there is no damping.
   */
  mayMove(gateway: number, now: Instant, leaves?: ReadonlySet<number>): boolean {
    const row = this.#rows[gateway]!;
    row.movedAt = row.movedAt.filter((at) => after(at, hours(1)) > now);
    const last = row.movedAt.at(-1);
    const hasStayed = last === undefined || now >= after(last, this.#policy.dwell);
    const isStillThere = leaves?.has(row.best) === true && leaves.has(row.cameFrom ?? -1);
    return (hasStayed || isStillThere) && row.movedAt.length < this.#policy.movesAnHour;
  }

  /** Starts a shift with its first step; undefined, and nothing changed, if the destination cannot take even that. */
  begin(gateway: number, shift: Shift, now: Instant): SchedulerEffect | undefined {
    const row = this.#rows[gateway]!;
    const before = row.shift;
    row.shift = { ...shift, nextAt: now };
    const effect = this.step(gateway, now);
    if (effect === undefined) row.shift = before;
    return effect;
  }

  /** The next step of the gateway's shift, when it is due and there is room. */
  step(gateway: number, now: Instant): SchedulerEffect | undefined {
    const row = this.#rows[gateway]!;
    const { shift } = row;
    if (shift === undefined || now < shift.nextAt) return undefined;
    const { people } = this.#places.gateway(gateway);
    const server = this.#places.endpoint(shift.target).server;
    const left = 1 - this.share(gateway, shift.target);
    const free = this.#elsewhere(row, server);
    const room = shift.isForced ? this.#capacity.headroom(server) : this.#capacity.allowance(server);
    const slice = shift.restores ? Math.min(left, RETURN_SLICE) : left;
    // Users already on the same server (another port of it) add no load.
    const added = Math.min(free, slice, people > 0 ? room / people : 1);
    const moved = Math.min(slice, added + (left - free));
    if (moved < Math.min(left, SMALLEST_STEP) || moved <= 0) return undefined;
    const isMove = row.best !== shift.target;
    this.#transfer(row, gateway, shift.target, moved >= left - 1e-9 ? left : moved, now);
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
   * Leads a share of a gateway's users away from these endpoints, whoever decided how many may go. Undefined when none of
   * them is routed there any more.
   */
  lead(
    gateway: number,
    { target, share, from, spread, cause, why }: Leading,
    now: Instant,
  ): Extract<SchedulerEffect, { kind: "dispatch" }> | undefined {
    const row = this.#rows[gateway]!;
    let left = 0;
    for (const [endpoint, part] of row.shares) if (from.has(endpoint)) left += part;
    const moved = left - share < SMALLEST_STEP / 10 ? left : share;
    if (moved <= 0) return undefined;
    const isMove = row.best !== target && from.has(row.best);
    this.#transfer(row, gateway, target, moved, now, from);
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
      why: [...why, this.#capacity.describe(this.#places.endpoint(target).server)],
    };
  }

  #noteMove(row: Row, target: number, now: Instant): void {
    row.cameFrom = row.best;
    row.best = target;
    row.movedAt.push(now);
  }

  /** Stops a shift where it stands. */
  halt(gateway: number): void {
    this.#rows[gateway]!.shift = undefined;
  }

  /**
   * The list a client is given: the best, then what shares least with what stands before it (another centre, then
   * another server, then another port), in the gateway's own order among equals; what users are being taken away from stands last.
   */
  candidates(gateway: number): readonly number[] {
    const { best, home } = this.#rows[gateway]!;
    const list = [best];
    const left = this.#places
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
    const { centre, line, server } = this.#places.endpoint(candidate);
    const before = list.map((endpoint) => this.#places.endpoint(endpoint));
    const isNew = (shares: (other: { centre: string; line: string; server: number }) => boolean): number =>
      before.some(shares) ? 0 : 1;
    return (
      4 * isNew((other) => other.centre === centre) +
      2 * isNew((other) => other.centre === centre && other.line === line) +
      isNew((other) => other.server === server)
    );
  }

  #elsewhere(row: Row, server: number): number {
    let share = 0;
    for (const [endpoint, part] of row.shares) if (this.#places.endpoint(endpoint).server !== server) share += part;
    return share;
  }

  /** Takes the share from the other routes (only from these, where some are named), those on the target's own server first. */
  #transfer(row: Row, gateway: number, target: number, share: number, now: Instant, from?: ReadonlySet<number>): void {
    const { people } = this.#places.gateway(gateway);
    const server = this.#places.endpoint(target).server;
    const isNear = (endpoint: number): boolean => this.#places.endpoint(endpoint).server === server;
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
      this.#capacity.assign(this.#places.endpoint(source).server, -part * people);
      this.#capacity.assign(server, part * people);
      this.#capacity.expect(server, part * people, now);
    }
    if (row.shares.size === 1) row.shares.set(target, 1);
  }

  #routes(row: Row): readonly Route[] {
    const rest = [...row.shares].filter(([endpoint]) => endpoint !== row.best).sort(([a], [b]) => a - b);
    return [
      { endpoint: row.best, share: row.shares.get(row.best)! },
      ...rest.map(([endpoint, share]) => ({ endpoint, share })),
    ];
  }
}

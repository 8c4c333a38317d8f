/**
 * How much more each server can take. Two counts of the same people are kept and the larger is believed: what the
 * table has assigned, and what the server reports plus what was decided and has not arrived yet. A shift is damped by
 * the load it adds, not by the share of the cell it moves: a small province moves at once, a large one in steps, and no
 * server is asked to take more than a part of its headroom before it has shown that it holds.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Duration, type Instant, START } from "../../base/units.ts";
import type { ServerEntry } from "./messages.ts";
import type { SchedulerPolicy } from "./policy.ts";

interface Server {
  readonly name: string;
  capacity: number;
  reported: number;
  assigned: number;
  isUp: boolean;
  downSince: Instant;
  /** Why nobody is to be led there: an operator's order, an evacuation. */
  readonly withdrawnFor: Set<string>;
  pending: { readonly people: number; readonly until: Instant }[];
}

export class Capacity {
  readonly #servers: Server[];
  readonly #policy: SchedulerPolicy;
  readonly #settling: Duration;

  constructor(servers: readonly ServerEntry[], policy: SchedulerPolicy) {
    this.#policy = policy;
    this.#settling = settlingTime(policy);
    this.#servers = servers.map(({ name, connections }) => ({
      name,
      capacity: connections,
      reported: 0,
      assigned: 0,
      isUp: true,
      downSince: START,
      withdrawnFor: new Set(),
      pending: [],
    }));
  }

  get servers(): number {
    return this.#servers.length;
  }

  hear(load: { server: number; connections: number; capacity: number; up: boolean }, now: Instant): void {
    const server = this.#servers[load.server]!;
    server.reported = load.connections;
    server.capacity = load.capacity;
    if (server.isUp && !load.up) server.downSince = now;
    server.isUp = load.up;
  }

  /** Nobody is to be led there, for this reason or not for this one any more. */
  withdraw(server: number, reason: string, isWithdrawn: boolean): void {
    const { withdrawnFor } = this.#servers[server]!;
    if (isWithdrawn) withdrawnFor.add(reason);
    else withdrawnFor.delete(reason);
  }

  isWithdrawn(server: number, reason: string): boolean {
    return this.#servers[server]!.withdrawnFor.has(reason);
  }

  /** Down for at least a round: one missed health check is none. */
  isDown(server: number, now: Instant): boolean {
    const { isUp, downSince } = this.#servers[server]!;
    return !isUp && now >= after(downSince, this.#policy.round);
  }

  isUsable(server: number): boolean {
    const { isUp, withdrawnFor } = this.#servers[server]!;
    return isUp && withdrawnFor.size === 0;
  }

  assign(server: number, people: number): void {
    this.#servers[server]!.assigned += people;
  }

  /** People who were told to come and may not have arrived. */
  expect(server: number, people: number, now: Instant): void {
    this.#servers[server]!.pending.push({ people, until: after(now, this.#settling) });
  }

  settle(now: Instant): void {
    for (const server of this.#servers)
      if (server.pending.length > 0) server.pending = server.pending.filter(({ until }) => until > now);
  }

  /** People it can take until it is as full as policy allows; never negative. */
  headroom(server: number): number {
    return Math.max(0, this.#policy.fullAt * this.#servers[server]!.capacity - this.#load(server));
  }

  /** People that may be added in this step: a share of the headroom there was before the shifts under way. */
  allowance(server: number): number {
    const pending = this.#pending(server);
    const headroom = this.headroom(server);
    return Math.max(0, Math.min(headroom, this.#policy.stepOfHeadroom * (headroom + pending) - pending));
  }

  /** The allowance, or at least this share of its capacity. */
  step(server: number, least: number): number {
    return Math.max(this.allowance(server), least * this.#servers[server]!.capacity);
  }

  /** How full it would be with so many more, against its capacity. */
  fullness(server: number, more: number): number {
    return (this.#load(server) + more) / this.#servers[server]!.capacity;
  }

  /** Would taking these servers out, on top of what is out already, leave too little? */
  mayRemove(servers: Iterable<number>, removed: ReadonlySet<number>): boolean {
    let all = 0;
    let gone = 0;
    const out = new Set([...removed, ...servers]);
    for (const [index, { capacity }] of this.#servers.entries()) {
      all += capacity;
      if (out.has(index)) gone += capacity;
    }
    return gone <= all * this.#policy.removalMax + 1e-6 * all;
  }

  /** For the reasons of a decision. */
  describe(server: number): string {
    const { name, assigned, reported, capacity } = this.#servers[server]!;
    const numbers = [assigned, reported, this.#pending(server), capacity, this.headroom(server)].map(Math.round);
    const [table, held, coming, full, free] = numbers.map(String);
    return `${name}: ${table!} assigned, ${held!} connected, ${coming!} on their way, capacity ${full!}, headroom ${free!}`;
  }

  /** The larger of the two counts. */
  #load(server: number): number {
    const { reported, assigned } = this.#servers[server]!;
    return Math.max(assigned, reported + this.#pending(server));
  }

  #pending(server: number): number {
    let sum = 0;
    for (const { people } of this.#servers[server]!.pending) sum += people;
    return sum;
  }
}

/** A step shows its effect when the hinted have moved and their servers have said so: the hints' spread and two rounds. */
export const settlingTime = (policy: SchedulerPolicy): Duration => (policy.hintSpread + 2 * policy.round) as Duration;

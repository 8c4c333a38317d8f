/**
 * How many more people each server can take. The larger of two counts of its people is used: those assigned to
 * it in the dispatch table, and those it reports plus those sent to it that have not arrived. A shift is damped by the
 * load it adds, not by the share of the gateway it moves: a small province moves at once, a large one in steps, and no
 * server gets more than a part of its headroom before it has reported the last step.
 * Met by: src/world/seams/scheduling.ts
 */
import { printFixed } from "../../base/digits.ts";
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
  /** Reasons for which it gets no users: an operator's order, an evacuation. */
  readonly withdrawnFor: Set<string>;
  pending: { readonly people: number; readonly until: Instant }[];
}

/** The capacity and the load of each server, in people. */
export class Capacity {
  readonly #servers: Server[];
  readonly #policy: SchedulerPolicy;
  readonly #settling: Duration;

  /** Starts with all servers up and empty. */
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

  /** Number of servers. */
  get servers(): number {
    return this.#servers.length;
  }

  /** Takes a server's report of its connections, its capacity and whether it is up. */
  report(load: { server: number; connections: number; capacity: number; up: boolean }, now: Instant): void {
    const server = this.#servers[load.server]!;
    server.reported = load.connections;
    server.capacity = load.capacity;
    if (server.isUp && !load.up) server.downSince = now;
    server.isUp = load.up;
  }

  /** Withdraws a server from new users for a reason, or ends that. */
  withdraw(server: number, reason: string, isWithdrawn: boolean): void {
    const { withdrawnFor } = this.#servers[server]!;
    if (isWithdrawn) withdrawnFor.add(reason);
    else withdrawnFor.delete(reason);
  }

  /** True if a server is withdrawn for this reason. */
  isWithdrawn(server: number, reason: string): boolean {
    return this.#servers[server]!.withdrawnFor.has(reason);
  }

  /** True if a server has been down for at least a round: a single missed health check does not count. */
  isDown(server: number, now: Instant): boolean {
    const { isUp, downSince } = this.#servers[server]!;
    return !isUp && now >= after(downSince, this.#policy.round);
  }

  /** True if a server is up and not withdrawn. */
  isUsable(server: number): boolean {
    const { isUp, withdrawnFor } = this.#servers[server]!;
    return isUp && withdrawnFor.size === 0;
  }

  /** Adds people that the dispatch table assigns to a server; negative to take them away. */
  assign(server: number, people: number): void {
    this.#servers[server]!.assigned += people;
  }

  /** Notes people who are sent to a server now and may take some time to arrive. */
  addPending(server: number, people: number, now: Instant): void {
    this.#servers[server]!.pending.push({ people, until: after(now, this.#settling) });
  }

  /** Forgets people who must have arrived by now: the server reports them. */
  expirePending(now: Instant): void {
    for (const server of this.#servers)
      if (server.pending.length > 0) server.pending = server.pending.filter(({ until }) => until > now);
  }

  /** Returns the people a server can take until it is as full as the policy allows; never negative. */
  headroom(server: number): number {
    return Math.max(0, this.#policy.fullAt * this.#servers[server]!.capacity - this.#load(server));
  }

  /** Returns the people that this step may add: a share of the headroom before the shifts under way. */
  allowance(server: number): number {
    const pending = this.#pending(server);
    const headroom = this.headroom(server);
    return Math.max(0, Math.min(headroom, this.#policy.stepOfHeadroom * (headroom + pending) - pending));
  }

  /** Returns the allowance, but not less than a share of the capacity. */
  stepAllowance(server: number, least: number): number {
    return Math.max(this.allowance(server), least * this.#servers[server]!.capacity);
  }

  /** Returns the fullness of a server with `more` people, as a share of its capacity. */
  fullness(server: number, more: number): number {
    return (this.#load(server) + more) / this.#servers[server]!.capacity;
  }

  /** True if the policy allows to take these servers out of service, with those that were removed before. */
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

  /** Prints a server's counts, for the reasons of a decision. */
  describe(server: number): string {
    const { name, assigned, reported, capacity } = this.#servers[server]!;
    const numbers = [assigned, reported, this.#pending(server), capacity, this.headroom(server)];
    const [table, held, coming, full, free] = numbers.map((people) => printFixed(people, 0));
    return `${name}: ${table!} assigned, ${held!} connected, ${coming!} on their way, capacity ${full!}, headroom ${free!}`;
  }

  /** Returns the larger of the two counts. */
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

/** Returns the time after which a step shows in the reports: the spread of the hints and two rounds. */
export const settlingTime = (policy: SchedulerPolicy): Duration => (policy.hintSpread + 2 * policy.round) as Duration;

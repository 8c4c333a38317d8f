/**
 * Between clients and the scheduler: once a round, telemetry becomes reports, and the scheduler's effects become rows of the dispatch
 * table and hints to connected clients. Only this file knows both the clients' columns and the scheduler's messages.
 */
import { type Duration, NEVER, type Instant, inMs, inSeconds, instantAt, ms, SECOND } from "../../base/units.ts";
import type { Machine } from "../../base/machine.ts";
import type {
  EvacuationPlan,
  HealthReport,
  SchedulerEffect,
  SchedulerInput,
} from "../../algorithms/scheduling/messages.ts";
import { moveSpread } from "../../algorithms/scheduling/pace.ts";
import type { Clock } from "../../engine/clock.ts";
import { CANDIDATES_MOST } from "../../scenario/people/limits.ts";
import type { Fleet } from "../fleet/centre.ts";
import type { Homes } from "../fleet/homes.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import type { Gateway } from "../network/gateway.ts";
import type { Crowd } from "../population/crowd.ts";
import type { Telemetry } from "../population/telemetry.ts";
import type { BulkUpdates } from "../bulk-updates.ts";

/** A decision as the run's document reports it. */
export interface SchedulerDecision {
  /** When, seconds since the run began. */
  readonly at: number;
  /** What kind of decision it is. */
  readonly kind: "alert" | "all-clear" | "move" | "step" | "restore" | "fail-open" | "evacuation";
  /** The decision in words. */
  readonly what: string;
  /** Name of the gateway, server … that it concerns. */
  readonly who: string;
  /** Address of that; empty if it has none. */
  readonly ip: string;
  /** Of a move, step or restore: the common reason of all gateways that are moved together. */
  readonly cause?: string;
  /** Reasons in words. */
  readonly why: readonly string[];
  /** Index of the gateway, if it concerns one. */
  readonly gateway: number | undefined;
  /** What an alert claims is at fault: gateways (undefined for all) on their way to endpoints. */
  readonly claim?: { readonly gateways: ReadonlySet<number> | undefined; readonly endpoints: ReadonlySet<number> };
}

/** What the seam connects. */
export interface SeamParts {
  /** The scheduler under test. */
  readonly scheduler: Machine<SchedulerInput, SchedulerEffect>;
  /** All gateways, by index. */
  readonly gateways: readonly Gateway[];
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** The clients; takes the dispatch table. */
  readonly crowd: Crowd;
  /** Read for loads and health. */
  readonly loginQueues: LoginQueues;
  /** Delivers the clients' reports. */
  readonly telemetry: Telemetry;
  /** Sends hints to connected clients. */
  readonly bulkUpdates: BulkUpdates;
  /** Times hand-overs. */
  readonly clock: Clock;
  /** Takes hand-overs of state. */
  readonly homes: Homes;
  /** People whose state can go from one centre to another in a second. */
  readonly handoverASecond: number;
}

/** Carries reports and operators' orders to the scheduler, and its decisions to the clients. */
export class SchedulingSeam {
  /** All decisions so far. */
  readonly decisions: SchedulerDecision[] = [];
  readonly #parts: SeamParts;
  readonly #up: boolean[];
  /** Inputs for the end of this round: operators' orders and finished hand-overs. */
  readonly #pending: SchedulerInput[] = [];

  readonly #withdrawn = new Set<number>();
  readonly #evacuated = new Set<string>();
  /** By centre: number of orders to evacuate it or to roll that back. */
  readonly #orderChanges = new Map<string, number>();
  /** When the line from one centre to another is free again, us. */
  readonly #linesBusyUntil = new Map<string, number>();
  /** By server, a round ago: logins asked for, completed, and capacity. */
  readonly #loginsBefore: (readonly [number, number, number])[] = [];

  constructor(parts: SeamParts) {
    this.#parts = parts;
    this.#up = parts.fleet.servers.map(() => true);
  }

  /** Notes whether a server answers health checks. */
  health(server: number, up: boolean): void {
    this.#up[server] = up;
  }

  /** Passes on an operator's order to withdraw a server, or to restore it. */
  operatorServer(server: number, withdrawn: boolean): void {
    if (withdrawn) this.#withdrawn.add(server);
    else this.#withdrawn.delete(server);
    this.#pending.push({ kind: "operator-server", server, withdrawn });
  }

  /** Passes on an operator's order to move a gateway to a centre. */
  operatorMove(gateway: number, centre: string): void {
    this.#pending.push({ kind: "operator-move", gateway, centre });
  }

  /** Passes on an operator's order to pause the scheduler. */
  pause(untilMs: number): void {
    this.#pending.push({ kind: "pause", until: instantAt(ms(untilMs)) });
  }

  /** Passes on an operator's order to evacuate a centre; repeating it changes nothing. */
  evacuate(plan: EvacuationPlan): void {
    // The same order again changes nothing.
    if (!this.#evacuated.has(plan.centre)) this.#changeOrder(plan.centre);
    this.#evacuated.add(plan.centre);
    this.#pending.push({ kind: "evacuate", plan });
  }

  /** Passes on an operator's order about all evacuations under way. */
  orderEvacuation(order: "pause" | "resume" | "roll-back"): void {
    this.#pending.push({ kind: "evacuation", order });
    if (order !== "roll-back") return;
    for (const centre of this.#evacuated) this.#changeOrder(centre);
    this.#evacuated.clear();
  }

  /** Cancels the hand-overs from a centre that are under way. */
  #changeOrder(centre: string): void {
    this.#orderChanges.set(centre, (this.#orderChanges.get(centre) ?? 0) + 1);
  }

  /** True if operators have withdrawn the server or evacuate its centre. */
  isWithdrawn(server: number): boolean {
    return this.#withdrawn.has(server) || this.#evacuated.has(this.#parts.fleet.servers[server]!.centre);
  }

  /** Ends a round: passes reports and loads to the scheduler, and applies its decisions. */
  endRound(now: Instant): void {
    const { scheduler, telemetry, fleet, loginQueues } = this.#parts;
    const effects: SchedulerEffect[] = [];
    const send = (input: SchedulerInput): void => {
      for (const effect of scheduler.handle(input, now)) effects.push(effect);
    };
    telemetry.deliver(inMs(now), send);
    fleet.servers.forEach(({ connections }, server) =>
      send({
        kind: "load",
        server,
        connections: loginQueues.held[server]!,
        capacity: connections,
        up: this.#up[server]!,
      }),
    );
    fleet.servers.forEach((_, server) => send(this.#healthOf(server)));
    for (const input of this.#pending.splice(0)) send(input);
    if (scheduler.wakeAt !== NEVER && scheduler.wakeAt <= now) send({ kind: "wake" });
    this.#apply(effects, now);
  }

  #apply(effects: readonly SchedulerEffect[], now: Instant): void {
    const { crowd, bulkUpdates, fleet } = this.#parts;
    const hinted = new Set<number>();
    const moved = new Float64Array(this.#parts.fleet.servers.length);
    let spread = 0 as Duration;
    for (const effect of effects) {
      this.#record(effect, now);
      if (effect.kind === "hand-over") this.#handOver(effect, now);
      if (effect.kind !== "dispatch") continue;
      for (const { endpoint, people } of crowd.setTable(effect.gateway, tableOf(effect.routes, effect.candidates)))
        moved[fleet.endpoints[endpoint]!.server]! += people;
      hinted.add(effect.gateway);
      spread = Math.max(spread, effect.hintSpread) as Duration;
    }
    if (hinted.size === 0) return;
    const servers = fleet.servers.map(({ loginsASecond }, server) => ({ people: moved[server]!, loginsASecond }));
    bulkUpdates.hint(hinted, inMs(moveSpread(spread, servers)));
  }

  /** Hands state over at the rate of the line between two centres, one batch after another; the scheduler learns when it is done. */
  #handOver(
    { of, batch, gateway, from, to, share, isRest }: Extract<SchedulerEffect, { kind: "hand-over" }>,
    now: Instant,
  ): void {
    const { clock, homes, crowd, handoverASecond } = this.#parts;
    const people = isRest ? homes.of(gateway, from) : share * crowd.peopleBehind(gateway);
    const line = `${from} to ${to}`;
    const begins = Math.max(now, this.#linesBusyUntil.get(line) ?? 0);
    const ends = Math.round(begins + (people / handoverASecond) * SECOND) as Instant;
    this.#linesBusyUntil.set(line, ends);
    const orderChange = this.#orderChanges.get(of);
    clock.at(ends, () => {
      // Another order has cancelled it.
      if (orderChange !== this.#orderChanges.get(of)) return;
      homes.handOver(gateway, from, to, isRest ? Infinity : people);
      this.#pending.push({ kind: "handed-over", of, batch });
    });
  }

  #healthOf(server: number): HealthReport {
    const { loginQueues } = this.#parts;
    const standing = [
      loginQueues.asked[server]!,
      loginQueues.completed[server]!,
      loginQueues.capacity[server]!,
    ] as const;
    const before = this.#loginsBefore[server] ?? [0, 0, 0];
    this.#loginsBefore[server] = standing;
    const [asked, completed, able] = standing.map((count, place) => count - before[place]!) as [number, number, number];
    return { kind: "health", server, waitMs: loginQueues.expectedWaitMs(server), asked, completed, able };
  }

  #record(effect: SchedulerEffect, now: Instant): void {
    const at = inSeconds(now);
    const { gateways, fleet } = this.#parts;
    if (effect.kind === "dispatch") {
      const { name, ips } = gateways[effect.gateway]!;
      const kind = !effect.move ? "step" : effect.restores ? "restore" : "move";
      const to = effect.routes.map(({ endpoint, share }) => {
        const { name: address, server } = fleet.endpoints[endpoint]!;
        return `${fleet.servers[server]!.name} (${address}) ${String(Math.round(share * 1000) / 10)} %`;
      });
      this.decisions.push({
        at,
        kind,
        what: `to ${to.join(", ")}`,
        who: name,
        ip: ips[0] ?? "",
        cause: effect.cause,
        why: effect.why,
        gateway: effect.gateway,
      });
    } else if (effect.kind === "fail-open" || effect.kind === "feed-trusted") {
      const [kind, what] =
        effect.kind === "fail-open"
          ? (["fail-open", "telemetry is not to be trusted"] as const)
          : (["all-clear", "telemetry is trusted again"] as const);
      this.decisions.push({ at, kind, what, who: "scheduler", ip: "", why: effect.why, gateway: undefined });
    } else if (effect.kind === "evacuation") {
      const { kind, what, who, why } = effect;
      this.decisions.push({ at, kind, what, who, ip: "", why, gateway: undefined });
    } else if (effect.kind !== "hand-over") {
      const gateway = gateways.findIndex(({ name }) => name === effect.who);
      this.decisions.push({
        at,
        kind: effect.kind,
        what: effect.what,
        who: effect.who,
        ip: effect.kind === "alert" ? effect.ip : "",
        why: effect.why,
        gateway: gateway < 0 ? undefined : gateway,
        ...(effect.kind === "alert" ? { claim: { gateways: effect.gateways, endpoints: effect.endpoints } } : {}),
      });
    }
  }
}

/** Returns a row of the dispatch table as clients look it up. */
export const tableOf = (
  routes: readonly { readonly endpoint: number; readonly share: number }[],
  candidates: readonly number[],
): { routes: number[]; upTo: number[]; candidates: number[]; alternates: number[] } => {
  let sum = 0;
  const endpoints = routes.map(({ endpoint }) => endpoint);
  return {
    routes: endpoints,
    upTo: routes.map(({ share }) => (sum += share)),
    candidates: candidates.slice(0, CANDIDATES_MOST),
    alternates: candidates.filter((candidate) => candidate !== endpoints[0]),
  };
};

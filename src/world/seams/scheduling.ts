/**
 * Where phones' columns meet the scheduler's objects: once a round the telemetry that arrived becomes reports,
 * and the scheduler's effects become rows of the dispatch table and hints to connected clients. Nothing else
 * in the world speaks both languages.
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
import type { Fleet } from "../fleet/centre.ts";
import type { Homes } from "../fleet/homes.ts";
import type { Desks } from "../fleet/server.ts";
import type { Gateway } from "../network/gateway.ts";
import type { Crowd } from "../population/crowd.ts";
import { CANDIDATES_MAX } from "../population/logins.ts";
import type { Telemetry } from "../population/telemetry.ts";
import type { Sweeps } from "../sweeps.ts";

/** A decision as the run's document tells it. `gateway` is set where it is about one. */
export interface SchedulerDecision {
  readonly at: number;
  readonly kind: "alert" | "all-clear" | "move" | "step" | "restore" | "fail-open" | "evacuation";
  readonly what: string;
  readonly who: string;
  readonly ip: string;
  /** Of a move, step or restore: the reason that gateways led together have in common. */
  readonly cause?: string;
  readonly why: readonly string[];
  readonly gateway: number | undefined;
  /** What an alert claims is sick: gateways (undefined for all) on their way to endpoints. */
  readonly claim?: { readonly gateways: ReadonlySet<number> | undefined; readonly endpoints: ReadonlySet<number> };
}

export interface SeamParts {
  readonly scheduler: Machine<SchedulerInput, SchedulerEffect>;
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly crowd: Crowd;
  readonly desks: Desks;
  readonly telemetry: Telemetry;
  readonly sweeps: Sweeps;
  readonly clock: Clock;
  readonly homes: Homes;
  /** People whose state goes from one centre to another in a second. */
  readonly handoverASecond: number;
}

export class SchedulingSeam {
  readonly decisions: SchedulerDecision[] = [];
  readonly #parts: SeamParts;
  readonly #up: boolean[];
  /** What operators and health checks said since the last round. */
  readonly #pending: SchedulerInput[] = [];

  readonly #withdrawn = new Set<number>();
  readonly #evacuated = new Set<string>();
  /** By centre, how often it was ordered to be evacuated or that was taken back. */
  readonly #turns = new Map<string, number>();
  /** When the line from one centre to another is free again. */
  readonly #linesBusyUntil = new Map<string, number>();
  /** Standings of the desks a round ago: asked, completed, able. */
  readonly #desksBefore: (readonly [number, number, number])[] = [];

  constructor(parts: SeamParts) {
    this.#parts = parts;
    this.#up = parts.fleet.servers.map(() => true);
  }

  health(server: number, up: boolean): void {
    this.#up[server] = up;
  }

  operatorServer(server: number, withdrawn: boolean): void {
    if (withdrawn) this.#withdrawn.add(server);
    else this.#withdrawn.delete(server);
    this.#pending.push({ kind: "operator-server", server, withdrawn });
  }

  operatorMove(gateway: number, centre: string): void {
    this.#pending.push({ kind: "operator-move", gateway, centre });
  }

  pause(untilMs: number): void {
    this.#pending.push({ kind: "pause", until: instantAt(ms(untilMs)) });
  }

  evacuate(plan: EvacuationPlan): void {
    // The same order again changes nothing.
    if (!this.#evacuated.has(plan.centre)) this.#turn(plan.centre);
    this.#evacuated.add(plan.centre);
    this.#pending.push({ kind: "evacuate", plan });
  }

  orderEvacuation(order: "pause" | "resume" | "roll-back"): void {
    this.#pending.push({ kind: "evacuation", order });
    if (order !== "roll-back") return;
    for (const centre of this.#evacuated) this.#turn(centre);
    this.#evacuated.clear();
  }

  /** State of the centre's people that is on its way now stays where it is. */
  #turn(centre: string): void {
    this.#turns.set(centre, (this.#turns.get(centre) ?? 0) + 1);
  }

  /** Operators want nobody there. */
  isWithdrawn(server: number): boolean {
    return this.#withdrawn.has(server) || this.#evacuated.has(this.#parts.fleet.servers[server]!.centre);
  }

  /** Ends a round: carries reports and loads up and decisions down. */
  exchange(now: Instant): void {
    const { scheduler, telemetry, fleet, desks } = this.#parts;
    const effects: SchedulerEffect[] = [];
    const tell = (input: SchedulerInput): void => {
      for (const effect of scheduler.handle(input, now)) effects.push(effect);
    };
    telemetry.deliver(inMs(now), tell);
    fleet.servers.forEach(({ connections }, server) =>
      tell({ kind: "load", server, connections: desks.held[server]!, capacity: connections, up: this.#up[server]! }),
    );
    fleet.servers.forEach((_, server) => tell(this.#healthOf(server)));
    for (const input of this.#pending.splice(0)) tell(input);
    if (scheduler.wakeAt !== NEVER && scheduler.wakeAt <= now) tell({ kind: "wake" });
    this.#perform(effects, now);
  }

  #perform(effects: readonly SchedulerEffect[], now: Instant): void {
    const { crowd, sweeps, fleet } = this.#parts;
    const hinted = new Set<number>();
    const led = new Float64Array(this.#parts.fleet.servers.length);
    let spread = 0 as Duration;
    for (const effect of effects) {
      this.#note(effect, now);
      if (effect.kind === "hand-over") this.#handOver(effect, now);
      if (effect.kind !== "dispatch") continue;
      for (const { endpoint, people } of crowd.setTable(effect.gateway, tableOf(effect.routes, effect.candidates)))
        led[fleet.endpoints[endpoint]!.server]! += people;
      hinted.add(effect.gateway);
      spread = Math.max(spread, effect.hintSpread) as Duration;
    }
    if (hinted.size === 0) return;
    const servers = fleet.servers.map(({ loginsASecond }, server) => ({ people: led[server]!, loginsASecond }));
    sweeps.hint(hinted, inMs(moveSpread(spread, servers)));
  }

  /** State goes from centre to centre at the rate of their line, one batch after another; when the round is over its people may be led. */
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
    const turn = this.#turns.get(of);
    clock.at(ends, () => {
      // Another order came meanwhile.
      if (turn !== this.#turns.get(of)) return;
      homes.handOver(gateway, from, to, isRest ? Infinity : people);
      this.#pending.push({ kind: "handed-over", of, batch });
    });
  }

  #healthOf(server: number): HealthReport {
    const { desks } = this.#parts;
    const standing = [desks.asked[server]!, desks.completed[server]!, desks.capacity[server]!] as const;
    const before = this.#desksBefore[server] ?? [0, 0, 0];
    this.#desksBefore[server] = standing;
    const [asked, completed, able] = standing.map((count, place) => count - before[place]!) as [number, number, number];
    return { kind: "health", server, waitMs: desks.queueMs(server), asked, completed, able };
  }

  #note(effect: SchedulerEffect, now: Instant): void {
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

/** A row of the dispatch table as clients look it up. */
export const tableOf = (
  routes: readonly { readonly endpoint: number; readonly share: number }[],
  candidates: readonly number[],
): { routes: number[]; upTo: number[]; candidates: number[]; alternates: number[] } => {
  let sum = 0;
  const endpoints = routes.map(({ endpoint }) => endpoint);
  return {
    routes: endpoints,
    upTo: routes.map(({ share }) => (sum += share)),
    candidates: candidates.slice(0, CANDIDATES_MAX),
    alternates: candidates.filter((candidate) => candidate !== endpoints[0]),
  };
};

/**
 * What the scheduler hears and says. It never sees a phone: only what phones reported, summed per
 * gateway and endpoint, and what its own servers know of their load.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Duration, Instant } from "../../base/units.ts";

/** A carrier's exit: all users behind it share its fate. `region` and `carrier` name its siblings. */
export interface GatewayEntry {
  readonly name: string;
  readonly ips: readonly string[];
  readonly region: string;
  readonly carrier: string;
  /** Users online behind it, roughly; the unit of load. */
  readonly people: number;
  /** Endpoint indices, best first: where its users go before anything is learnt. At least one. */
  readonly candidates: readonly number[];
}

/** An IP and port of ours. Ports of one server share its capacity. */
export interface EndpointEntry {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  /** Index of the server (the IP) among all servers. */
  readonly server: number;
  readonly centre: string;
  readonly line: string;
}

export interface ServerEntry {
  readonly name: string;
  readonly connections: number;
}

export interface Topology {
  readonly gateways: readonly GatewayEntry[];
  readonly endpoints: readonly EndpointEntry[];
  readonly servers: readonly ServerEntry[];
}

/** Sums of client reports that arrived together, about one gateway and endpoint. All counts are of people or packets, whole. */
export interface QualityReport {
  readonly kind: "quality";
  readonly gateway: number;
  readonly endpoint: number;
  /** Sessions that reported probes, and those of them in which at least one probe stayed unanswered. */
  readonly sessions: number;
  readonly degraded: number;
  readonly probes: number;
  readonly unanswered: number;
  /** Connect attempts, of which failed; failures of the past ride on the report of the next success. */
  readonly connects: number;
  readonly connectFailures: number;
}

/** How people are led out of a centre. */
export interface EvacuationPlan {
  readonly centre: string;
  /** Everybody within this long; in batches, those of one batch. */
  readonly within: Duration;
  /** People of a batch, and the pause after each; everybody is one batch without. */
  readonly batch: number | undefined;
  readonly rest: Duration;
  /** No batch is begun, and nobody led, in these times. */
  readonly avoid: readonly { readonly from: Instant; readonly to: Instant }[];
  /** False only to show what becomes of a plan that looks neither at room nor at distress. */
  readonly heedsHealth: boolean;
}

/** What a server tells of the round that is over. */
export interface HealthReport {
  readonly kind: "health";
  readonly server: number;
  /** Wait of a login that comes now, ms. */
  readonly waitMs: number;
  /** Logins asked for and completed in the round, and how many it could have served, people. */
  readonly asked: number;
  readonly completed: number;
  readonly able: number;
}

export type SchedulerInput =
  | QualityReport
  /** What servers know of themselves: connections held now; `up: false` for one that answers its health check no more. */
  | {
      readonly kind: "load";
      readonly server: number;
      readonly connections: number;
      readonly capacity: number;
      readonly up: boolean;
    }
  /** Operators: take a gateway's users or a server out of the game, or put them back; hold all moves until a time. */
  | { readonly kind: "operator-server"; readonly server: number; readonly withdrawn: boolean }
  | { readonly kind: "operator-move"; readonly gateway: number; readonly centre: string }
  | { readonly kind: "pause"; readonly until: Instant }
  /** Lead everybody out of a centre by this plan; hold that, let it go on, or take it back. */
  | { readonly kind: "evacuate"; readonly plan: EvacuationPlan }
  | { readonly kind: "evacuation"; readonly order: "pause" | "resume" | "roll-back" }
  | HealthReport
  /** The state of these people has arrived where they will be led. */
  | { readonly kind: "handed-over"; readonly of: string; readonly batch: number }
  | { readonly kind: "wake" };

/** One way a gateway's users are told to go, and the share of them. */
export interface Route {
  readonly endpoint: number;
  /** In (0, 1]; the routes of a gateway sum to 1. */
  readonly share: number;
}

export type SchedulerEffect =
  /** A new row of the dispatch table. `routes[0]` is the best entry; `candidates` the whole list a client is given, best first. */
  | {
      readonly kind: "dispatch";
      readonly gateway: number;
      readonly routes: readonly Route[];
      readonly candidates: readonly number[];
      /** Connected clients whose route changed are told to move, each after a delay spread over this long. */
      readonly hintSpread: Duration;
      /** True when the best entry changed (a move); a further step of the same damped shift is none. */
      readonly move: boolean;
      readonly restores: boolean;
      /** The reason that gateways led together have in common; `why` gives it with what else is to be said of this one. */
      readonly cause: string;
      readonly why: readonly string[];
    }
  /**
   * Somebody must look. For an access fault, a capacity alert, and a route or port fault nothing was moved; for a
   * server, line or centre of ours `why` says whether its users are being led away.
   */
  | {
      readonly kind: "alert";
      readonly what: AlertKind;
      /** Name of the gateway, region/carrier, endpoint, server or centre; `ip` where it has one. */
      readonly who: string;
      readonly ip: string;
      /** What it claims is sick: these gateways (undefined for all) on their way to these endpoints. */
      readonly gateways: ReadonlySet<number> | undefined;
      readonly endpoints: ReadonlySet<number>;
      readonly why: readonly string[];
    }
  /** The state of a share of a gateway's users goes from one centre to another; to be answered when it has arrived. */
  | {
      readonly kind: "hand-over";
      /** The centre whose evacuation it belongs to. */
      readonly of: string;
      readonly batch: number;
      readonly gateway: number;
      readonly from: string;
      readonly to: string;
      readonly share: number;
      /** It is all that were left. */
      readonly isRest: boolean;
    }
  /** An evacuation began, was held, is complete. */
  | { readonly kind: "evacuation"; readonly who: string; readonly what: string; readonly why: readonly string[] }
  /** The alarm about `who` is over. */
  | { readonly kind: "all-clear"; readonly what: AlertKind; readonly who: string; readonly why: readonly string[] }
  /** The scheduler no longer trusts what it hears and leaves the table as it is. */
  | { readonly kind: "fail-open"; readonly why: readonly string[] }
  /** It trusts the feed again and steers. */
  | { readonly kind: "feed-trusted"; readonly why: readonly string[] };

export type AlertKind =
  | "access fault"
  | "regional access fault"
  | "carrier access fault"
  | "route fault"
  | "port fault"
  | "server fault"
  | "line fault"
  | "centre fault"
  | "capacity";

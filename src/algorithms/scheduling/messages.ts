/**
 * The scheduler's inputs and effects. It never sees a single phone: only sums of what phones reported by gateway and
 * endpoint, and what servers report of their load.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Duration, Instant } from "../../base/units.ts";

/** A carrier's gateway to the internet: all users behind it share its faults. */
export interface GatewayEntry {
  /** Its name in alerts. */
  readonly name: string;
  /** Its public addresses. */
  readonly ips: readonly string[];
  /** Region; gateways of the same region and carrier are siblings. */
  readonly region: string;
  /** Carrier; a line of the same name is the carrier's own. */
  readonly carrier: string;
  /** Users online behind it, about; the unit of load. */
  readonly people: number;
  /** Indices of endpoints, best first: where its users connect before anything is learnt. At least one. */
  readonly candidates: readonly number[];
}

/** An IP and port that clients can connect to. Ports of one server share its capacity. */
export interface EndpointEntry {
  /** Its name in alerts. */
  readonly name: string;
  /** Its address. */
  readonly ip: string;
  /** Its port. */
  readonly port: number;
  /** Index of its server, which has one IP. */
  readonly server: number;
  /** Its data centre. */
  readonly centre: string;
  /** The carrier's line into the centre. */
  readonly line: string;
}

/** A server that holds connections. */
export interface ServerEntry {
  /** Its name in alerts. */
  readonly name: string;
  /** Connections it can hold. */
  readonly connections: number;
}

/** All that the scheduler routes; indices in inputs and effects refer to these lists. */
export interface Topology {
  /** Gateways of users. */
  readonly gateways: readonly GatewayEntry[];
  /** Endpoints to connect to. */
  readonly endpoints: readonly EndpointEntry[];
  /** Servers of the endpoints. */
  readonly servers: readonly ServerEntry[];
}

/** Sums of client reports that arrived together, about one gateway and endpoint. All counts are whole. */
export interface QualityReport {
  /** Input of clients. */
  readonly kind: "quality";
  /** Index of the gateway. */
  readonly gateway: number;
  /** Index of the endpoint. */
  readonly endpoint: number;
  /** Sessions that reported probes. */
  readonly sessions: number;
  /** Sessions of these in which at least one probe stayed unanswered. */
  readonly degraded: number;
  /** Probes that were sent in these sessions. */
  readonly probes: number;
  /** Probes of these that stayed unanswered. */
  readonly unanswered: number;
  /** Connect attempts; failed ones are reported with the next success. */
  readonly connects: number;
  /** Connect attempts of these that failed. */
  readonly connectFailures: number;
}

/** How people are moved out of a centre. */
export interface EvacuationPlan {
  /** Name of the centre. */
  readonly centre: string;
  /** Time in which everybody is moved; with batches, the people of one batch. */
  readonly within: Duration;
  /** People of a batch; undefined: everybody is one batch. */
  readonly batch: number | undefined;
  /** Pause after each batch. */
  readonly rest: Duration;
  /** Times in which nobody is moved and no batch may run. */
  readonly avoid: readonly { readonly from: Instant; readonly to: Instant }[];
  /** False only to show a plan that ignores room and distress. */
  readonly heedsHealth: boolean;
}

/** A server's report of the last round. */
export interface HealthReport {
  /** Input of servers, while an evacuation runs. */
  readonly kind: "health";
  /** Index of the server. */
  readonly server: number;
  /** Wait of a login that arrives now, ms. */
  readonly waitMs: number;
  /** Logins asked for in the round, people. */
  readonly asked: number;
  /** Logins completed in the round, people. */
  readonly completed: number;
  /** Logins that the server could have served in the round, people. */
  readonly able: number;
}

/** What the scheduler takes. */
export type SchedulerInput =
  | QualityReport
  /** A server's load: the connections it holds and can hold; `up` is false if it does not answer its health check. */
  | {
      readonly kind: "load";
      readonly server: number;
      readonly connections: number;
      readonly capacity: number;
      readonly up: boolean;
    }
  /**
   * Orders of operators: withdraw a server or put it back, move a gateway's users to a centre, hold all moves until a
   * time.
   */
  | { readonly kind: "operator-server"; readonly server: number; readonly withdrawn: boolean }
  | { readonly kind: "operator-move"; readonly gateway: number; readonly centre: string }
  | { readonly kind: "pause"; readonly until: Instant }
  /** Orders of operators: evacuate a centre; pause, resume or roll back all evacuations. */
  | { readonly kind: "evacuate"; readonly plan: EvacuationPlan }
  | { readonly kind: "evacuation"; readonly order: "pause" | "resume" | "roll-back" }
  | HealthReport
  /** The state of a batch has arrived; `of` is the centre that is evacuated. */
  | { readonly kind: "handed-over"; readonly of: string; readonly batch: number }
  /** The time `wakeAt` has come. */
  | { readonly kind: "wake" };

/** An endpoint of a gateway's users, and their share. */
export interface RouteShare {
  /** Index of the endpoint. */
  readonly endpoint: number;
  /** Share in (0, 1]; the shares of a gateway sum to 1. */
  readonly share: number;
}

/** What the scheduler wants done. `why` holds the reasons in words. */
export type SchedulerEffect =
  /**
   * A new row of the dispatch table. `routes[0]` is the best endpoint; `candidates` is the client's list, best first.
   */
  | {
      readonly kind: "dispatch";
      readonly gateway: number;
      readonly routes: readonly RouteShare[];
      readonly candidates: readonly number[];
      /** Connected clients whose route changed are to move, after delays spread over this long. */
      readonly hintSpread: Duration;
      /** True if the best endpoint changed; false for a further step of the same shift. */
      readonly move: boolean;
      /** True if users are led back home. */
      readonly restores: boolean;
      /** The reason that gateways moved together share; `why` adds what is particular to this one. */
      readonly cause: string;
      readonly why: readonly string[];
    }
  /** A fault that an operator must know of. `why` says whether its users are moved; those of an access fault stay. */
  | {
      readonly kind: "alert";
      readonly what: AlertKind;
      /** Name of what is at fault: gateway, region/carrier, endpoint, server, line or centre; `ip` if it has one. */
      readonly who: string;
      readonly ip: string;
      /** Paths at fault: from these gateways (undefined: all) to these endpoints. */
      readonly gateways: ReadonlySet<number> | undefined;
      readonly endpoints: ReadonlySet<number>;
      readonly why: readonly string[];
    }
  /** The state of a share of a gateway's users is to go from one centre to another; `handed-over` answers it. */
  | {
      readonly kind: "hand-over";
      /** The centre that is evacuated. */
      readonly of: string;
      readonly batch: number;
      readonly gateway: number;
      readonly from: string;
      readonly to: string;
      readonly share: number;
      /** True if it is all that was left. */
      readonly isRest: boolean;
    }
  /** An evacuation began, waits, was paused, or is complete. */
  | { readonly kind: "evacuation"; readonly who: string; readonly what: string; readonly why: readonly string[] }
  /** The fault `what` of `who` is over. */
  | { readonly kind: "all-clear"; readonly what: AlertKind; readonly who: string; readonly why: readonly string[] }
  /** The scheduler does not trust the feed and leaves the table as it is. */
  | { readonly kind: "fail-open"; readonly why: readonly string[] }
  /** The scheduler trusts the feed again. */
  | { readonly kind: "feed-trusted"; readonly why: readonly string[] };

/** A kind of fault; "capacity": users have no room elsewhere. */
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

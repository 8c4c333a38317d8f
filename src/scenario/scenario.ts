/**
 * A scenario after the door: every unit parsed, every name resolved, every default filled in, so that
 * nothing below parses again. Times are microseconds (`Duration`, `Instant`), shares and losses are
 * fractions in [0, 1], people and connections are whole numbers.
 */
import type { Duration, Instant } from "../base/units.ts";
import type { HeartbeatPolicy } from "../algorithms/access/heartbeat.ts";
import type { RacingPolicy } from "../algorithms/access/racing.ts";
import type { ReconnectPolicy } from "../algorithms/access/reconnect.ts";
import type { EvacuationPlan } from "../algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../algorithms/scheduling/policy.ts";
import type { FaultEffects } from "./effects.ts";
import type { PushModel } from "./push/section.ts";
import type { ServicesModel } from "./services/section.ts";

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The file it was read from, as the user named it. */
  readonly file: string;
  /** Source key → what it is. */
  readonly sources: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly run: RunPlan;
  readonly world: WorldModel;
  readonly faults: readonly Fault[];
  readonly interventions: readonly Intervention[];
  /** By name. `run` (warmup to the end) is always there. */
  readonly windows: Readonly<Record<string, Window>>;
  readonly expect: readonly Expectation[];
  readonly thresholds: readonly Threshold[];
  readonly assumptions: readonly Assumption[];
  /** Hex digest of the resolved scenario without `file`: same input, same fingerprint. */
  readonly fingerprint: string;
}

export interface RunPlan {
  readonly duration: Duration;
  readonly warmup: Duration;
  /** How many people a row stands for on average: 1000 for `1/1000`, 1 for `1`. */
  readonly peopleARow: number;
  readonly replications: number;
  /** Whether beats that change nothing are counted as a rate, or each is lived. */
  readonly heartbeats: "foretold" | "each";
}

export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** Which paths something touches. Absent means all; lists are alternatives; all given selectors must match. */
export interface Where {
  readonly region?: readonly string[];
  readonly carrier?: readonly string[];
  readonly access?: readonly string[];
  /** Gateway names such as `cq-unicom-3g-2`. */
  readonly gateway?: readonly string[];
  readonly centre?: readonly string[];
  /** The carrier whose line into the centre is used. */
  readonly line?: readonly string[];
  /** Server names such as `shenzhen-mobile-1`. */
  readonly server?: readonly string[];
  readonly port?: readonly number[];
  /** True: only paths that change carrier on the way (cross a peering); false: only those that do not. */
  readonly crossing?: boolean;
  /** Of the services behind: tiers, machines such as `storage-3`, entries. */
  readonly tier?: readonly string[];
  readonly machine?: readonly string[];
  readonly entry?: readonly string[];
  /** Of push: hosts such as `worker-3`, shards such as `shard-2`, the broker, the records and task table. */
  readonly host?: readonly string[];
  readonly shard?: readonly string[];
  readonly broker?: readonly string[];
  readonly records?: readonly string[];
}

export interface Fault {
  readonly id: string;
  readonly at: Instant;
  /** When it ends: with an intervention, at a time, or never. */
  readonly until: { readonly intervention: string } | { readonly at: Instant } | undefined;
  readonly where: Where;
  readonly effects: FaultEffects;
}

export interface Intervention {
  readonly id: string;
  readonly at: Instant;
  readonly action: InterventionAction;
}

export type InterventionAction =
  /** Takes a gateway, server or centre out of service in good order: its users are led to siblings. */
  | { readonly kind: "withdraw" | "restore"; readonly where: Where }
  /** The carrier puts a route back; what it heals are the faults whose `until` names it. */
  | { readonly kind: "restore-route"; readonly where: Where }
  /** Replaces nothing, adds (or with a minus sign removes) loss and delay from then on. */
  | { readonly kind: "change"; readonly where: Where; readonly loss: number; readonly delay: number }
  | { readonly kind: "add-capacity"; readonly where: Where; readonly connections: number; readonly logins: number }
  /** Operators override the dispatch table: the users in `where` are led to this centre. */
  | { readonly kind: "move"; readonly where: Where; readonly to: string }
  | { readonly kind: "pause-scheduler"; readonly lasting: Duration }
  /** Everybody is led out of a centre, at a pace. */
  | { readonly kind: "evacuate"; readonly plan: EvacuationPlan }
  | { readonly kind: "evacuation"; readonly order: "pause" | "resume" | "roll-back" };

/** One figure asked of a run, e.g. `loss.mean{region=chongqing,window=fault}`. */
export interface Figure {
  /** Canonical text: labels sorted, no blanks. The key in the run's document. */
  readonly text: string;
  /** Metric name without the stat, e.g. `login.time`. */
  readonly metric: string;
  /** The last dotted part: mean, p50, p95, p99, max, rate, share, count. */
  readonly stat: string;
  /** Label → matcher. `window` and `by` are apart. */
  readonly labels: readonly LabelMatch[];
  readonly window: string;
  readonly by: string | undefined;
  readonly unit: string;
}

export interface LabelMatch {
  readonly label: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

export interface Expectation {
  readonly figure: Figure;
  /** Inclusive, in the figure's unit (percent as percent, seconds). */
  readonly between: readonly [number, number];
  readonly source: string;
  readonly kind: "by-construction" | "as-it-comes";
  readonly fixedBy: readonly string[];
  /** As the file wrote it, e.g. "3–4 %". */
  readonly published: string;
}

export interface Threshold {
  readonly figure: Figure;
  /** Judged is the paired difference to the run without faults, not the value. */
  readonly of?: "difference";
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** E.g. "≤ 300 s". */
  readonly limit: string;
  /** It is green only while something fails. */
  readonly shows?: "failure";
  /** True for per-second peaks, queue waits and maxima, which are judged at 1:1 only (DESIGN §11.1). */
  readonly onlyFullScale: boolean;
}

export interface Assumption {
  readonly parameter: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "calibrated";
  readonly source: string;
}

// ---------------------------------------------------------------------------------------------- the world

export interface WorldModel {
  /** People online (or about to be) in all regions together. */
  readonly online: number;
  /** Every gateway with users gets at least this many rows, whatever the scale. */
  readonly rowsAGatewayMin: number;
  readonly access: Readonly<Record<string, AccessModel>>;
  readonly carriers: Readonly<Record<string, CarrierModel>>;
  readonly regions: Readonly<Record<string, RegionModel>>;
  readonly gateways: GatewaysModel;
  readonly route: RouteModel;
  readonly peering: PeeringModel;
  /** Machines behind the doors, by tier; none: doors alone bound what a centre can do. */
  readonly tiers: Readonly<Record<string, TierModel>>;
  readonly centres: Readonly<Record<string, CentreModel>>;
  readonly ports: readonly number[];
  readonly clients: ClientsModel;
  readonly admission: AdmissionModel;
  readonly state: StateModel;
  readonly telemetry: TelemetryModel;
  readonly scheduler: SchedulerPolicy;
  /** Servers behind the access servers; few worlds have any. */
  readonly services?: ServicesModel;
  /** Reminders; few worlds have any. */
  readonly push?: PushModel;
}

/** The radio or last-mile leg. */
export interface AccessModel {
  /** Round trip of the leg. */
  readonly delay: Duration;
  /** Share of packets lost per direction on the leg. */
  readonly loss: number;
  /** Gateway family that serves it: `3g` serves 2G and 3G. */
  readonly gateways: string;
}

export interface CarrierModel {
  readonly title: string;
  /** Share of a region's users, unless the region says otherwise. */
  readonly share: number;
  /** Share of the carrier's users on each access; sums to 1. */
  readonly access: Readonly<Record<string, number>>;
  /** NAT idle timeout by access. */
  readonly natTimeout: Readonly<Record<string, Duration>>;
}

export interface RegionModel {
  readonly title: string;
  /** Short code in gateway names and on the tile grid, e.g. `cq`. */
  readonly code: string;
  /** Latitude and longitude of where its users mostly are, degrees. */
  readonly at: readonly [number, number];
  /** Weight of the region: its population, people. Online users are shared out by it. */
  readonly people: number;
  /** Online users for each of `people`, relative to the mainland's 1; 1 by default. */
  readonly penetration: number;
  /** Carrier → share, where it differs from the carriers' own shares. Sums to 1. */
  readonly carriers: Readonly<Record<string, number>> | undefined;
  /** Round trip and loss on top of what distance gives: an undersea cable, a border. */
  readonly delay: Duration;
  readonly loss: number;
  /** Column and row on the schematic tile grid. */
  readonly tile: readonly [number, number];
}

export interface GatewaysModel {
  /** Gateways a region and carrier in each family. */
  readonly families: Readonly<Record<string, { readonly count: number; readonly exitIps: number }>>;
  /** Round trip and loss per direction of a gateway on the average; single ones differ by up to `spread` of it, by name. */
  readonly delay: Duration;
  readonly loss: number;
  readonly spread: number;
  /** Exceptions by gateway name. */
  readonly named: Readonly<
    Record<string, { readonly delay?: Duration; readonly loss?: number; readonly natTimeout?: Duration }>
  >;
}

/** The carrier's own network between a region and a centre. */
export interface RouteModel {
  readonly delay: Duration;
  readonly delayPer1000Km: Duration;
  readonly loss: number;
  readonly lossPer1000Km: number;
}

/** Where a user's carrier is not the line's carrier. */
export interface PeeringModel {
  readonly delay: Duration;
  readonly loss: number;
}

/** What a machine of a tier is, and the core time that one request takes there. */
export interface TierModel {
  readonly cores: number;
  /** Connections that a machine holds, by file descriptors and memory; undefined for a tier that clients are not connected to. */
  readonly connections: number | undefined;
  readonly login: Duration;
  readonly message: Duration;
  readonly heartbeat: Duration;
}

export interface CentreModel {
  readonly title: string;
  /** Machines by tier. */
  readonly machines: Readonly<Record<string, number>>;
  /** Part of all users that belongs here; undefined for as many as are near and find room. */
  readonly share: number | undefined;
  readonly at: readonly [number, number];
  /** By carrier: the lines into this centre. */
  readonly lines: Readonly<Record<string, LineModel>>;
}

export interface LineModel {
  readonly delay: Duration;
  readonly loss: number;
  /** Access servers (IPs) on the line; each listens on every port of the world. */
  readonly servers: number;
  /** Of each server: connections held at once, logins served a second. */
  readonly connections: number;
  readonly logins: number;
}

export interface ClientsModel {
  readonly racing: RacingPolicy;
  /** A login whose exchanges take longer than this after the connect is given up. */
  readonly loginTimeout: Duration;
  readonly reconnect: ReconnectPolicy;
  readonly heartbeat: HeartbeatPolicy;
  /** True: the run begins with intervals already adapted to each NAT; false: everyone starts to learn. */
  readonly heartbeatSettled: boolean;
  /** Mean length of a stay online, and of the pause after it. */
  readonly stay: Duration;
  readonly pause: Duration;
  /** Messages sent and received by a user in an hour, and packets each takes in both directions together. */
  readonly messagesAnHour: number;
  readonly packetsAMessage: number;
}

/** What servers do with more logins than they can serve. */
export interface AdmissionModel {
  /** `none` lets everybody queue; `by-wait` refuses whoever would wait for longer, and says when to come back. */
  readonly policy: "none" | "by-wait";
  readonly longestWait: Duration;
  /** Work of a refusal, as a share of a login's. */
  readonly refusal: number;
  /** `ignored`: a server also works on logins that nobody waits for any more. */
  readonly deadlines: "carried" | "ignored";
}

/** Every user's state has one home; other centres have a copy. */
export interface StateModel {
  /** How far the copies lag behind. */
  readonly lag: Duration;
  /** People whose state goes from one centre to another in a second. */
  readonly handover: number;
}

/** What clients tell the scheduler, and how it gets there. */
export interface TelemetryModel {
  /** Probes sent and counted with every heartbeat. */
  readonly probesABeat: number;
  /** What a gateway's clients have measured is sent off once in this long, in whole rounds of the scheduler. */
  readonly batch: Duration;
  /** Mean lateness of a report, and the share that never arrives. */
  readonly late: Duration;
  readonly lost: number;
}

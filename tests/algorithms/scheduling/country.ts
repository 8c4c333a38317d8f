/**
 * A small country that talks to a scheduler alone: gateways, servers, and clients that report every 400 s on average,
 * late, some never, and follow the table within the hint's spread. One round of sums is drawn at a time.
 */
import seedrandom from "seedrandom";
import { binomialQuantile } from "../../../src/base/math.ts";
import type { Machine } from "../../../src/base/machine.ts";
import { after, inSeconds, type Instant, seconds, START } from "../../../src/base/units.ts";
import type {
  EndpointEntry,
  GatewayEntry,
  QualityReport,
  SchedulerEffect,
  SchedulerInput,
  ServerEntry,
  Topology,
} from "../../../src/algorithms/scheduling/messages.ts";

export type SchedulerLike = Machine<SchedulerInput, SchedulerEffect>;
export type Dispatched = Extract<SchedulerEffect, { kind: "dispatch" }>;
export type Logged = { readonly at: number; readonly effect: SchedulerEffect };

export interface GatewaySpec {
  readonly region: string;
  readonly carrier: string;
  readonly people: number;
  readonly loss: number;
  /** Which centre it lives in; 0 unless told. */
  readonly home?: number;
}

export interface CountrySpec {
  readonly gateways: readonly GatewaySpec[];
  readonly capacity: number;
  readonly centres?: number;
  readonly servers?: number;
}

const CENTRES = ["north", "shanghai", "shenzhen", "chengdu"];
const PORTS = [8080, 443];

/** Every centre has a line for each carrier, every line the given number of servers with two ports. */
export const layOut = (spec: CountrySpec): Topology => {
  const carriers = [...new Set(spec.gateways.map(({ carrier }) => carrier))];
  const centres = CENTRES.slice(0, spec.centres ?? 3);
  const servers: ServerEntry[] = [];
  const endpoints: EndpointEntry[] = [];
  for (const [c, centre] of centres.entries())
    for (const [l, line] of carriers.entries())
      for (let s = 0; s < (spec.servers ?? 2); s++) {
        const ip = `10.${String(c)}.${String(l)}.${String(s)}`;
        for (const port of PORTS)
          endpoints.push({ name: `${ip}:${String(port)}`, ip, port, server: servers.length, centre, line });
        servers.push({ name: `${centre}/${line}/${String(s)}`, connections: spec.capacity });
      }
  const gateways = spec.gateways.map((gateway, index): GatewayEntry => {
    const perLine = (spec.servers ?? 2) * PORTS.length;
    const lineOf = (centre: number): number =>
      ((centre % centres.length) * carriers.length + carriers.indexOf(gateway.carrier)) * perLine;
    const home = gateway.home ?? 0;
    const server = (index % (spec.servers ?? 2)) * PORTS.length;
    const other = ((index + 1) % (spec.servers ?? 2)) * PORTS.length;
    const candidates = [
      lineOf(home) + server,
      lineOf(home + 1) + server,
      lineOf(home + 2) + server,
      lineOf(home) + other,
      lineOf(home) + server + 1,
    ];
    return {
      name: `${gateway.region}-${gateway.carrier}-${String(index)}`,
      ips: [`221.7.${String(index)}.1`, `221.7.${String(index)}.2`],
      region: gateway.region,
      carrier: gateway.carrier,
      people: gateway.people,
      candidates: [...new Set(candidates)],
    };
  });
  return { gateways, endpoints, servers };
};

/** What the world does to a path at a time, in seconds. */
export interface Weather {
  /** Probe loss added on top of what is normal. */
  readonly loss?: (path: Path, at: number) => number;
  /** No packet passes: sessions fall silent, connects fail and are reported with the next success elsewhere. */
  readonly blackhole?: (path: Path, at: number) => boolean;
  readonly down?: (server: number, at: number) => boolean;
  /** Changes or drops what is told. */
  readonly tamper?: (report: QualityReport, at: number) => QualityReport | undefined;
  /** Inputs of operators. */
  readonly operators?: readonly { readonly at: number; readonly input: SchedulerInput }[];
  /** Loads are told this many rounds late. */
  readonly loadDelay?: number;
}

export interface Path {
  readonly gateway: number;
  readonly entry: GatewayEntry;
  readonly endpoint: EndpointEntry;
}

const ROUND = 10;
const REPORT_EVERY = 400;
const STAY = 14_400;
const EXPLORE = 0.005;
const PROBES = 4;
const HINT_SPREAD = 45;
/** Chance that a report that is still on its way arrives in a round: a mean lateness of about 15 s. */
const ARRIVES = 0.5;
const LOST = 0.02;

export class Country {
  readonly topology: Topology;
  readonly log: Logged[] = [];
  readonly #scheduler: SchedulerLike;
  readonly #spec: CountrySpec;
  readonly #weather: Weather;
  readonly #uniform: () => number;
  /** Where users are: share by endpoint, and where they are going. */
  readonly #shares: Map<number, number>[];
  readonly #goal: Map<number, number>[];
  readonly #candidates: (readonly number[])[];
  /** Hinted users are on their way until then, in seconds. */
  readonly #walkingUntil: number[];
  /** Reports on their way, one sum a path. */
  #late = new Map<number, QualityReport>();
  /** Failures that wait for the next success, by gateway and endpoint. */
  readonly #failures = new Map<number, number>();
  readonly #loads: number[][] = [];
  /** Lost probes and sent probes by gateway, what users felt, for the round. */
  readonly felt: { at: number; gateway: number; loss: number }[] = [];
  /** Connections by server: the most so far, and at the start. */
  readonly peak: number[];
  readonly start: number[];
  #now: Instant = START;

  constructor(spec: CountrySpec, build: (topology: Topology) => SchedulerLike, weather: Weather, seed: string) {
    this.#spec = spec;
    this.topology = layOut(spec);
    this.#scheduler = build(this.topology);
    this.#weather = weather;
    const alea = seedrandom.alea(seed);
    this.#uniform = () => alea();
    this.#shares = this.topology.gateways.map(({ candidates }) => new Map([[candidates[0]!, 1]]));
    this.#goal = this.#shares.map((shares) => new Map(shares));
    this.#candidates = this.topology.gateways.map(({ candidates }) => candidates);
    this.#walkingUntil = this.topology.gateways.map(() => -1);
    this.start = this.topology.servers.map(() => 0);
    for (const { candidates, people } of this.topology.gateways)
      this.start[this.topology.endpoints[candidates[0]!]!.server]! += people;
    this.peak = [...this.start];
  }

  run(until: number): this {
    while (inSeconds(this.#now) < until) this.#round();
    return this;
  }

  /** Share of the gateway's users on an endpoint, now. */
  share(gateway: number, endpoint: number): number {
    return this.#shares[gateway]!.get(endpoint) ?? 0;
  }

  moves(): readonly { at: number; effect: Dispatched }[] {
    const moves: { at: number; effect: Dispatched }[] = [];
    for (const { at, effect } of this.log) if (effect.kind === "dispatch" && effect.move) moves.push({ at, effect });
    return moves;
  }

  of<Kind extends SchedulerEffect["kind"]>(
    kind: Kind,
  ): readonly { at: number; effect: Extract<SchedulerEffect, { kind: Kind }> }[] {
    return this.log.filter((entry) => entry.effect.kind === kind) as never;
  }

  #round(): void {
    const at = inSeconds(this.#now);
    const sent = this.#late;
    this.#late = new Map();
    for (const gateway of this.topology.gateways.keys())
      for (const report of this.#live(gateway, at)) {
        const key = report.gateway * this.topology.endpoints.length + report.endpoint;
        const before = sent.get(key);
        sent.set(key, before === undefined ? report : combine(before, report, 1));
      }
    for (const [key, report] of sent) this.#deliver(key, report, at);
    this.#sendLoads(at);
    for (const { at: when, input } of this.#weather.operators ?? []) if (when === at) this.#say(input);
    this.#now = after(this.#now, seconds(ROUND));
    while (this.#scheduler.wakeAt <= this.#now) {
      const before = this.#scheduler.wakeAt;
      this.#say({ kind: "wake" });
      if (this.#scheduler.wakeAt === before) throw new Error("the scheduler did not move its wakeAt");
    }
    for (const gateway of this.topology.gateways.keys()) this.#walk(gateway, at);
  }

  #say(input: SchedulerInput): void {
    const effects = this.#scheduler.handle(input, this.#now);
    for (const effect of effects) {
      this.log.push({ at: inSeconds(this.#now), effect });
      if (effect.kind !== "dispatch") continue;
      this.#goal[effect.gateway] = new Map(effect.routes.map(({ endpoint, share }) => [endpoint, share]));
      this.#candidates[effect.gateway] = effect.candidates;
      this.#walkingUntil[effect.gateway] = inSeconds(this.#now) + 2 * HINT_SPREAD;
    }
  }

  /** Hinted users go where they are told, most within the hint's spread; the others when they next connect. */
  #walk(gateway: number, at: number): void {
    const shares = this.#shares[gateway]!;
    const goal = this.#goal[gateway]!;
    const entry = this.topology.gateways[gateway]!;
    const isLost = (index: number): boolean =>
      this.#isDark({ gateway, entry, endpoint: this.topology.endpoints[index]! }, at);
    if ([...goal.keys()].some(isLost)) return;
    const part = at < this.#walkingUntil[gateway]! ? (1.5 * ROUND) / HINT_SPREAD : ROUND / STAY;
    for (const endpoint of new Set([...shares.keys(), ...goal.keys()])) {
      const want = goal.get(endpoint) ?? 0;
      const have = shares.get(endpoint) ?? 0;
      const next = Math.abs(want - have) < 0.02 ? want : have + (want - have) * part;
      if (next <= 0) shares.delete(endpoint);
      else shares.set(endpoint, next);
    }
  }

  #isDark(path: Path, at: number): boolean {
    return (this.#weather.blackhole?.(path, at) ?? false) || (this.#weather.down?.(path.endpoint.server, at) ?? false);
  }

  #live(gateway: number, at: number): QualityReport[] {
    const entry = this.topology.gateways[gateway]!;
    const spec = this.#spec.gateways[gateway]!;
    const reports: QualityReport[] = [];
    const others = this.#candidates[gateway]!;
    const ways = new Map<number, number>();
    for (const [endpoint, share] of this.#shares[gateway]!) ways.set(endpoint, share * (1 - EXPLORE));
    for (const other of others) ways.set(other, (ways.get(other) ?? 0) + EXPLORE / others.length);
    let sum = 0;
    for (const [index, share] of ways) {
      const endpoint = this.topology.endpoints[index]!;
      const path = { gateway, entry, endpoint };
      const people = share * spec.people;
      const key = gateway * this.topology.endpoints.length + index;
      const connects = this.#draw(people, ROUND / STAY);
      if (this.#isDark(path, at)) {
        // The cut-off try again, a sixth of them a round, and come through to the first candidate that answers.
        const tried = this.#draw(people, ROUND / 60);
        this.#failures.set(key, (this.#failures.get(key) ?? 0) + Math.max(connects, tried));
        this.#flee(gateway, index, tried / spec.people, at);
        const refuge = this.#refuge(gateway, at);
        const none = { sessions: 0, degraded: 0, probes: 0, unanswered: 0 };
        if (refuge !== undefined && tried > 0)
          reports.push({ kind: "quality", gateway, endpoint: refuge, ...none, connects: tried, connectFailures: 0 });
        sum += share;
        continue;
      }
      const loss = Math.min(
        0.98,
        spec.loss + 0.002 * CENTRES.indexOf(endpoint.centre) + (this.#weather.loss?.(path, at) ?? 0),
      );
      sum += share * loss;
      const sessions = this.#draw(people, ROUND / REPORT_EVERY);
      const unansweredChance = 1 - this.#survive(loss);
      const degraded = this.#draw(sessions, unansweredChance);
      const unanswered = Math.min(sessions * PROBES, degraded + this.#draw(degraded * (PROBES - 1), loss));
      const report = {
        kind: "quality",
        gateway,
        endpoint: index,
        sessions,
        degraded,
        probes: sessions * PROBES,
        unanswered,
      } as const;
      reports.push({ ...report, connects, connectFailures: this.#draw(connects, 0.01) });
    }
    for (const index of this.topology.endpoints.keys()) {
      const key = gateway * this.topology.endpoints.length + index;
      const waiting = this.#failures.get(key) ?? 0;
      if (waiting === 0) continue;
      const told = this.#draw(waiting, 0.2);
      this.#failures.set(key, waiting - told);
      const none = { sessions: 0, degraded: 0, probes: 0, unanswered: 0 };
      if (told > 0)
        reports.push({ kind: "quality", gateway, endpoint: index, ...none, connects: told, connectFailures: told });
    }
    this.felt.push({ at, gateway, loss: sum });
    return reports;
  }

  #refuge(gateway: number, at: number): number | undefined {
    const entry = this.topology.gateways[gateway]!;
    return this.#candidates[gateway]!.find(
      (index) => !this.#isDark({ gateway, entry, endpoint: this.topology.endpoints[index]! }, at),
    );
  }

  #flee(gateway: number, from: number, share: number, at: number): void {
    const refuge = this.#refuge(gateway, at);
    const shares = this.#shares[gateway]!;
    const part = Math.min(share, shares.get(from) ?? 0);
    if (refuge === undefined || part === 0) return;
    shares.set(from, shares.get(from)! - part);
    shares.set(refuge, (shares.get(refuge) ?? 0) + part);
  }

  /** Chance that all probes of a session are answered. */
  #survive(loss: number): number {
    const one = 1 - loss;
    return one * one * one * one;
  }

  #deliver(key: number, report: QualityReport, at: number): void {
    const now = this.#part(report, ARRIVES);
    const later = combine(report, now, -1);
    if (later.sessions + later.connects > 0) this.#late.set(key, later);
    const told = this.#part(now, 1 - LOST);
    if (told.sessions + told.connects === 0) return;
    const tampered = this.#weather.tamper === undefined ? told : this.#weather.tamper(told, at);
    if (tampered !== undefined) this.#say(tampered);
  }

  /** A share of a report, every count rounded up or down by chance. */
  #part(report: QualityReport, share: number): QualityReport {
    const { sessions, degraded, unanswered, connects, connectFailures } = report;
    const bad = degraded === 0 ? 0 : this.#thin(degraded, share);
    const all = bad + this.#thin(sessions - degraded, share);
    const more = bad === 0 ? 0 : Math.round(((unanswered - degraded) * bad) / degraded);
    const failures = connectFailures === 0 ? 0 : this.#thin(connectFailures, share);
    return {
      kind: "quality",
      gateway: report.gateway,
      endpoint: report.endpoint,
      sessions: all,
      degraded: bad,
      probes: all * PROBES,
      unanswered: bad + Math.min(more, bad * (PROBES - 1)),
      connects: failures + this.#thin(connects - connectFailures, share),
      connectFailures: failures,
    };
  }

  #thin(count: number, share: number): number {
    return Math.floor(count * share + this.#uniform());
  }

  #sendLoads(at: number): void {
    const loads = this.topology.servers.map(() => 0);
    for (const [gateway, shares] of this.#shares.entries())
      for (const [endpoint, share] of shares)
        loads[this.topology.endpoints[endpoint]!.server]! += share * this.#spec.gateways[gateway]!.people;
    for (const [server, load] of loads.entries()) this.peak[server] = Math.max(this.peak[server]!, load);
    this.#loads.push(loads);
    const told = this.#loads[Math.max(0, this.#loads.length - 1 - (this.#weather.loadDelay ?? 0))]!;
    for (const [server, load] of told.entries()) {
      const up = !(this.#weather.down?.(server, at) ?? false);
      this.#say({ kind: "load", server, connections: up ? Math.round(load) : 0, capacity: this.#spec.capacity, up });
    }
  }

  #draw(n: number, chance: number): number {
    return binomialQuantile(Math.min(1 - 1e-12, Math.max(1e-12, this.#uniform())), Math.floor(n), chance);
  }
}

/** Adds the second, or takes it away. */
const combine = (a: QualityReport, b: QualityReport, sign: 1 | -1): QualityReport => {
  const degraded = a.degraded + sign * b.degraded;
  const sessions = a.sessions + sign * b.sessions;
  return {
    kind: "quality",
    gateway: a.gateway,
    endpoint: a.endpoint,
    sessions,
    degraded,
    probes: sessions * PROBES,
    unanswered: Math.max(degraded, Math.min(a.unanswered + sign * b.unanswered, degraded * PROBES)),
    connects: a.connects + sign * b.connects,
    connectFailures: a.connectFailures + sign * b.connectFailures,
  };
};

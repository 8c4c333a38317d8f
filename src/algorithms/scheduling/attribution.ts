/**
 * What is at fault? Moving a gateway's users helps only if the way is at fault and not their own access. So an alarm is
 * compared with its neighbours before anybody is moved:
 *
 *   bad for other regions and carriers too → the port, server, line or centre (the narrowest whose neighbours are clean);
 *   bad to all destinations                → the access of the gateway, or of the region × carrier: alert, move nobody;
 *   clean to other centres                 → the route (or the port, or the way to the server): move.
 *
 * Evidence about other destinations comes from the few sessions that explore. All alternates of a gateway are pooled
 * and weighed in a sequential test between "rose as much as the main path" and "as before". A verdict needs e^5 to one.
 * If one gateway is bad and its siblings reach the same place cleanly, a fault of its own access is far likelier than a
 * private route, so "clean elsewhere" then needs e^7 to one. If explorers stay too few for that, the verdict after
 * `WAIT_SECONDS` is access: a wrong move is worse than a late one. While they speak against that, a small rise, which
 * harms less, waits longer for proof; carriers of one region that are worse to the same centre give it together.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import type { Comparisons } from "./comparisons.ts";
import {
  describeEvidence,
  type Diagnosis,
  evidenceLine,
  HINT,
  measure,
  sizeOfRise,
  type Suspect,
  verdictOf,
} from "./diagnosis.ts";
import { addEvidence, type Evidence } from "./evidence.ts";
import type { PathStats } from "./path-stats.ts";
import { PortDiagnosis, scopeName, type SuspectCase, WAIT_FOR_NEIGHBOURS_SECONDS } from "./port-diagnosis.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import { DOMAIN_LEVELS, type DomainLevel } from "./topology-index.ts";

const PROOF = 5;
const PROOF_ALONE = 7;
/** Proof needed to change a verdict of "access": the question is asked every round while the fault lasts. */
const PROOF_LATE = 9;
const WAIT_SECONDS = 90;
/** The loss of probes that is named after that; a smaller one waits in proportion, as it harms less, up to this long. Chosen. */
const CLEAR_LOSS = 0.1;
const WAIT_MOST_SECONDS = 900;
/** Nats for clean that speak against the access: e to one. */
const DOUBT = 1;

/** Finds what explains paths in alarm. */
export class Attribution {
  readonly #state: SchedulerState;
  readonly #comparisons: Comparisons;
  readonly #ports: PortDiagnosis;

  /** Asks these comparisons. */
  constructor(state: SchedulerState, comparisons: Comparisons) {
    this.#state = state;
    this.#comparisons = comparisons;
    this.#ports = new PortDiagnosis(state, comparisons);
  }

  /** Explains suspects of one group on one line. Returns nothing while it is worth waiting for more evidence. */
  diagnose(suspects: readonly Suspect[]): readonly Diagnosis[] {
    const { quality } = this.#state;
    const worst = suspects.reduce((a, b) =>
      sizeOfRise(quality.rise(b.path, b.since)) > sizeOfRise(quality.rise(a.path, a.since)) ? b : a,
    );
    const rise = quality.rise(worst.path, worst.since);
    if (sizeOfRise(rise) === 0) return [];
    const waited = this.#secondsSince(Math.min(...suspects.map(({ firstSeen }) => firstSeen)));
    const asked: SuspectCase = { since: worst.since, rise, waited, proof: PROOF };
    const wide = this.#forEverybody(worst.path, asked) ?? this.#forRegion(worst.path, asked);
    if (wide !== undefined) return wide;
    const diagnoses: Diagnosis[] = [];
    for (const suspect of suspects) {
      if (suspect.isPooled) continue;
      const diagnosis = this.#forGateway(suspect);
      if (diagnosis !== undefined) diagnoses.push(diagnosis);
    }
    return diagnoses;
  }

  /**
   * Returns a route fault if gateways with access faults, all in alarm on one line, are clean elsewhere beyond doubt.
   */
  reconsider(paths: readonly PathStats[], since: number): Diagnosis | undefined {
    const { quality } = this.#state;
    const size = (path: PathStats): number => sizeOfRise(quality.rise(path, since));
    const worst = paths.reduce((a, b) => (size(b) > size(a) ? b : a));
    const rise = quality.rise(worst, since);
    if (sizeOfRise(rise) === 0) return undefined;
    const scope = new Set(paths.map(({ gateway }) => gateway));
    const elsewhere = this.#comparisons.otherCentres(scope, worst.endpoint, { since, rise });
    if (verdictOf(elsewhere, PROOF_LATE) !== "clean") return undefined;
    const why = [`to other centres clean after all: ${describeEvidence(elsewhere)}`];
    return this.#route(scope, paths, { since, rise, waited: WAIT_SECONDS, proof: PROOF_LATE }, why);
  }

  /** Explains an alarm that other groups share: it is not in this group's access. */
  #forEverybody({ endpoint, gateway }: PathStats, asked: SuspectCase): readonly Diagnosis[] | undefined {
    const { topology, quality } = this.#state;
    const own = topology.groupOf[gateway]!;
    const others = this.#comparisons.groupVotes([endpoint], asked, own);
    if (others.bad.length < 2 || others.bad.length < others.clean.length) return undefined;
    const why = [`${count(others.bad)} other groups are worse there too, ${count(others.clean)} are clean`];
    const carriers = this.#forCarriers([own, ...others.bad], endpoint, asked, why);
    if (carriers !== undefined) return carriers;
    let level: DomainLevel = "port";
    for (const wider of DOMAIN_LEVELS.slice(1)) {
      const narrower = topology.domain(level, endpoint);
      const neighbours = topology.domain(wider, endpoint).filter((other) => !narrower.includes(other));
      const votes = this.#comparisons.groupVotes(neighbours, asked, -1);
      const [bad, clean] = [votes.bad.length, votes.clean.length];
      const known = bad + clean;
      why.push(`rest of ${wider}: ${String(bad)} groups worse, ${String(clean)} clean`);
      const mayWait = neighbours.length > 0 && level === "port" && asked.waited < WAIT_FOR_NEIGHBOURS_SECONDS;
      if (known < 2 && mayWait) return [];
      const isWholeServer = wider === "server" && known < 2;
      if (neighbours.length > 0 && !isWholeServer && bad < Math.max(2, 2 * clean)) break;
      if (neighbours.length > 0 || wider === "server") level = wider;
    }
    const domain = topology.domain(level, endpoint);
    const paths = domain.flatMap((index) => quality.pathsAt(index));
    return [
      {
        ...measure(quality, paths, asked, why),
        what: `${level} fault`,
        who: topology.domainName(level, endpoint),
        ip: level === "port" || level === "server" ? topology.endpoint(endpoint).ip : "",
        gateways: undefined,
        endpoints: new Set(domain),
        level,
      },
    ];
  }

  /**
   * Explains an alarm of several groups that are also worse to every other centre: it is the access of their carriers.
   */
  #forCarriers(
    groups: readonly number[],
    endpoint: number,
    asked: SuspectCase,
    why: readonly string[],
  ): readonly Diagnosis[] | undefined {
    const { topology, quality, dispatch } = this.#state;
    const { rise } = asked;
    const { port } = topology.endpoint(endpoint);
    const centre = topology.domain("centre", endpoint);
    const sick = groups.flatMap((group) => topology.members[group]!);
    // A port may be blocked to every centre, so trouble with connecting is asked of other ports.
    const isOther = (other: number): boolean =>
      !centre.includes(other) && (rise.sessions > 0 || topology.endpoint(other).port !== port);
    const elsewhere = this.#comparisons.alternates(sick, endpoint, asked, isOther);
    const verdict = verdictOf(elsewhere, PROOF);
    if (verdict === "clean") return undefined;
    if (verdict === "unknown") return asked.waited < WAIT_FOR_NEIGHBOURS_SECONDS && rise.sessions > 0 ? [] : undefined;
    const carriers = new Set(sick.map((gateway) => topology.gateway(gateway).carrier));
    const scope = [...topology.gateways.keys()].filter((gateway) => carriers.has(topology.gateway(gateway).carrier));
    const routed = sick.flatMap((gateway) =>
      quality.pathsOf(gateway).filter((path) => dispatch.isRouted(gateway, path.endpoint)),
    );
    return [
      {
        ...measure(quality, routed, asked, [...why, ...evidenceLine("to other centres", elsewhere)]),
        what: "carrier access fault",
        who: [...carriers].sort().join(", "),
        ip: "",
        gateways: new Set(scope),
        endpoints: new Set(topology.endpoints.keys()),
        level: "access",
      },
    ];
  }

  /**
   * Explains an alarm that siblings share: gateways of the same region and carrier that are routed to the same line.
   */
  #forRegion({ endpoint, gateway }: PathStats, asked: SuspectCase): readonly Diagnosis[] | undefined {
    const { topology, quality } = this.#state;
    const group = topology.groupOf[gateway]!;
    const { scope, sick, bad, clean } = this.#siblings(group, endpoint, asked);
    if (bad < 2 || bad < Math.min(3, bad + clean) || 3 * bad < bad + clean) return undefined;
    const name = topology.groupNames[group]!;
    const elsewhere = this.#comparisons.otherCentres(scope, endpoint, asked);
    const why = [
      `${String(bad)} gateways of ${name} are worse to ${topology.domainName("line", endpoint)}, ${String(clean)} clean`,
      ...evidenceLine("to other centres", elsewhere),
    ];
    // Only the gateways that are worse tell which port it is, but no gateway of the group shall be led to it.
    const port = this.#ports.diagnose(sick, elsewhere, asked, why);
    if (port !== undefined) return port === "wait" ? [] : [{ ...port, gateways: new Set(topology.members[group]) }];
    const routed = [...scope].flatMap((member) => this.#routedToLine(member, endpoint));
    const neighbours = this.#comparisons.neighbours(gateway, endpoint, asked);
    const together = elsewhere.nats < HINT ? addEvidence(elsewhere, neighbours) : elsewhere;
    why.push(...evidenceLine("other carriers of the region to other centres", neighbours));
    const verdict = verdictOf(together, PROOF);
    if (verdict === "clean") {
      const diagnosis = this.#route(scope, routed, asked, why);
      return diagnosis === undefined ? [] : [diagnosis];
    }
    if (verdict === "unknown" && this.#mayWait(together, asked)) return [];
    return [
      {
        ...measure(quality, routed, asked, why),
        what: "regional access fault",
        who: name,
        ip: "",
        gateways: scope,
        endpoints: new Set(topology.endpoints.keys()),
        level: "access",
      },
    ];
  }

  /** Asks the gateways of a group that are routed to an endpoint's line; `scope` holds all that are not clean. */
  #siblings(group: number, endpoint: number, asked: SuspectCase) {
    const { topology, faults } = this.#state;
    const scope = new Set<number>();
    const sick: PathStats[] = [];
    let bad = 0;
    let clean = 0;
    for (const member of topology.members[group]!) {
      const paths = this.#routedToLine(member, endpoint);
      if (paths.length === 0 || paths.some((path) => faults.isExplained(path))) continue;
      const verdict = this.#comparisons.verdict(paths, asked);
      if (verdict === "bad") {
        bad += 1;
        sick.push(...paths);
      }
      if (verdict === "clean") clean += 1;
      else scope.add(member);
    }
    return { scope, sick, bad, clean };
  }

  #routedToLine(gateway: number, endpoint: number): readonly PathStats[] {
    const { topology, quality, dispatch } = this.#state;
    const line = topology.domain("line", endpoint);
    return quality
      .pathsOf(gateway)
      .filter((path) => line.includes(path.endpoint) && dispatch.isRouted(gateway, path.endpoint));
  }

  /** Explains the alarm of one gateway. Returns undefined while it is worth waiting for more evidence. */
  #forGateway({ path, since, firstSeen }: Suspect): Diagnosis | undefined {
    const { topology, quality } = this.#state;
    const rise = quality.rise(path, since);
    if (sizeOfRise(rise) === 0) return undefined;
    const waited = this.#secondsSince(firstSeen);
    const elsewhere = this.#comparisons.otherCentres([path.gateway], path.endpoint, { since, rise });
    const line = topology.domain("line", path.endpoint);
    const siblings = this.#comparisons.siblings([path.gateway], { since, rise }, (other) => line.includes(other));
    const isAlone = siblings.nats <= -HINT;
    const why = [
      ...evidenceLine("to other centres", elsewhere),
      ...evidenceLine("siblings to the same line", siblings),
    ];
    const scope = new Set([path.gateway]);
    const asked: SuspectCase = { since, rise, waited, proof: isAlone ? PROOF_ALONE : PROOF };
    const port = this.#ports.diagnose([path], elsewhere, asked, why);
    if (port !== undefined) return port === "wait" ? undefined : port;
    if (verdictOf(elsewhere, asked.proof) === "clean") return this.#route(scope, [path], asked, why);
    const isProven = elsewhere.nats >= (isAlone ? HINT : PROOF);
    if (!isProven && this.#mayWait(elsewhere, asked)) return undefined;
    if (!isProven)
      why.push(`waited ${String(waited)} s for explorers; a gateway's own access is likelier than a private route`);
    const { name, ips } = topology.gateway(path.gateway);
    return {
      ...measure(quality, [path], asked, why),
      what: "access fault",
      who: name,
      ip: ips.join(", "),
      gateways: scope,
      endpoints: new Set(topology.endpoints.keys()),
      level: "access",
    };
  }

  /** Returns a fault of the narrowest level that holds all that is worse; wider where the neighbours are worse too. */
  #route(
    scope: ReadonlySet<number>,
    routed: readonly PathStats[],
    asked: SuspectCase,
    why: readonly string[],
  ): Diagnosis | undefined {
    const { topology, quality } = this.#state;
    const reasons = [...why];
    const endpoints = [...new Set(routed.map(({ endpoint }) => endpoint))].sort((a, b) => a - b);
    const first = endpoints[0];
    if (first === undefined) return undefined;
    const holdsAll = (one: DomainLevel): boolean =>
      endpoints.every((endpoint) => topology.domain(one, first).includes(endpoint));
    let level = DOMAIN_LEVELS.find(holdsAll)!;
    let domain = new Set(topology.domain(level, first));
    let isPort = false;
    for (const wider of DOMAIN_LEVELS.slice(DOMAIN_LEVELS.indexOf(level) + 1)) {
      const narrower = domain;
      const around = new Set(endpoints.flatMap((endpoint) => topology.domain(wider, endpoint)));
      const isAround = (endpoint: number): boolean => around.has(endpoint) && !narrower.has(endpoint);
      const evidence = this.#comparisons.alternates(scope, first, asked, isAround);
      const verdict = verdictOf(evidence, PROOF);
      reasons.push(...evidenceLine(`rest of ${wider}`, evidence));
      const hasNeighbours = around.size > domain.size;
      if (verdict === "unknown" && hasNeighbours && asked.waited < WAIT_FOR_NEIGHBOURS_SECONDS) return undefined;
      isPort = level === "port" && verdict === "clean";
      if (hasNeighbours && verdict !== "bad") break;
      level = wider;
      domain = around;
    }
    const to = [...new Set(endpoints.map((endpoint) => topology.domainName(level, endpoint)))].join(", ");
    return {
      ...measure(quality, routed, asked, reasons),
      what: isPort ? "port fault" : "route fault",
      who: `${scopeName(topology, scope)} to ${to}`,
      ip: level === "port" || level === "server" ? topology.endpoint(first).ip : "",
      gateways: scope,
      endpoints: domain,
      level,
    };
  }

  /** True if proof is worth waiting for: always for a moment, and longer while evidence speaks against the access. */
  #mayWait({ nats }: Evidence, { rise, waited }: SuspectCase): boolean {
    const loss = this.#state.quality.lossOf(rise.sessions);
    const longest = rise.sessions > 0 ? Math.min(WAIT_MOST_SECONDS, (WAIT_SECONDS * CLEAR_LOSS) / loss) : 0;
    return waited < WAIT_SECONDS || (nats <= -DOUBT && waited < longest);
  }

  #secondsSince(round: number): number {
    const { quality, policy } = this.#state;
    return (quality.round - round) * inSeconds(policy.round);
  }
}

const count = (all: readonly unknown[]): string => String(all.length);

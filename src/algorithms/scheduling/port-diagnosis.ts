/**
 * Whether the port is at fault: carriers block ports, not servers, and users who cannot connect to one port of a server
 * may connect to another.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Comparisons } from "./comparisons.ts";
import { type Diagnosis, evidenceLine, HINT, measure, verdictOf } from "./diagnosis.ts";
import { addEvidence, type Evidence, type RiseSince } from "./evidence.ts";
import type { PathStats } from "./path-stats.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Seconds after the first alarm for which an answer of neighbours is worth waiting. */
export const WAIT_FOR_NEIGHBOURS_SECONDS = 30;

/** The same while no other port is worse: a fault of the access makes all ports worse. Chosen. */
const WAIT_FOR_OTHER_PORTS_SECONDS = 90;

/** Nats for clean elsewhere that leave nothing to wait for. */
const CLEAN = 5;

/** A rise that is to be explained. */
export interface SuspectCase extends RiseSince {
  /** Seconds since the alarm was first seen. */
  readonly waited: number;
  /** Nats that a verdict needs. */
  readonly proof: number;
}

/** Finds port faults. */
export class PortDiagnosis {
  readonly #state: SchedulerState;
  readonly #comparisons: Comparisons;

  /** Asks these comparisons. */
  constructor(state: SchedulerState, comparisons: Comparisons) {
    this.#state = state;
    this.#comparisons = comparisons;
  }

  /**
   * Returns a port fault, "wait" if trouble with connecting is worth a moment's wait for more evidence, or undefined if
   * it is not the port. It is the port if the same servers answer well on another one, if siblings to the same line are
   * worse on the same port and clean on another, or if on other lines the same port is worse and another is clean: then
   * it is blocked wherever these users connect. Siblings alone prove little: the access of those who are worse may be at
   * fault, and that they use the same port a coincidence.
   */
  diagnose(
    sick: readonly PathStats[],
    elsewhere: Evidence,
    asked: SuspectCase,
    why: readonly string[],
  ): Diagnosis | "wait" | undefined {
    const { topology, quality } = this.#state;
    const { rise, waited, proof } = asked;
    const scope = new Set(sick.map(({ gateway }) => gateway));
    const endpoints = new Set(sick.map(({ endpoint }) => endpoint));
    const ports = new Set([...endpoints].map((endpoint) => topology.endpoint(endpoint).port));
    const first = [...endpoints].sort((a, b) => a - b)[0]!;
    const { here, same, other, peers } = this.#ask(sick, asked);
    const isBlockedEverywhere = same.nats >= HINT && verdictOf(other, proof) === "clean";
    const isForSiblings = (): boolean =>
      peers(true).nats >= HINT &&
      verdictOf(peers(false), proof) === "clean" &&
      this.#coincidence(sick, asked) - other.nats >= proof;
    if (!isBlockedEverywhere && verdictOf(here, proof) !== "clean" && !isForSiblings()) {
      const mayBe = rise.connects > 0 && here.nats < HINT && (elsewhere.nats > -CLEAN || same.nats >= HINT);
      const patience = other.nats > 0 ? WAIT_FOR_NEIGHBOURS_SECONDS : WAIT_FOR_OTHER_PORTS_SECONDS;
      return mayBe && waited < patience ? "wait" : undefined;
    }
    const concerned = isBlockedEverywhere
      ? [...topology.endpoints.keys()].filter((endpoint) => ports.has(topology.endpoint(endpoint).port))
      : [...endpoints];
    const reasons = [
      ...why,
      ...evidenceLine("other ports of the same servers", here),
      ...evidenceLine("the same port on other lines", same),
      ...evidenceLine("other ports, there and here", other),
      ...evidenceLine("siblings on the same port", peers(true)),
      ...evidenceLine("siblings on other ports", peers(false)),
    ];
    const to = isBlockedEverywhere ? `port ${[...ports].join(", ")}` : topology.domainName("port", first);
    return {
      ...measure(quality, sick, asked, reasons),
      what: "port fault",
      who: `${scopeName(topology, scope)} to ${to}`,
      ip: isBlockedEverywhere ? "" : topology.endpoint(first).ip,
      gateways: scope,
      endpoints: new Set(concerned),
      level: "port",
    };
  }

  /**
   * Returns the nats against chance, if the access of these gateways and of all siblings that are as bad failed: as many
   * of the group, drawn without regard to ports, would have to be just those on this port.
   */
  #coincidence(sick: readonly PathStats[], asked: SuspectCase): number {
    const { topology } = this.#state;
    const own = new Set(sick.map(({ gateway }) => gateway));
    const lines = new Set(sick.map(({ endpoint }) => topology.lineOf[endpoint]!));
    let bad = own.size;
    let clean = 0;
    for (const gateway of topology.members[topology.groupOf[sick[0]!.gateway]!]!) {
      if (own.has(gateway)) continue;
      const paths = this.#state.quality
        .pathsOf(gateway)
        .filter(({ endpoint }) => lines.has(topology.lineOf[endpoint]!));
      const verdict = this.#comparisons.verdict(paths, asked);
      if (verdict === "bad") bad += 1;
      if (verdict === "clean") clean += 1;
    }
    let nats = 0;
    for (let drawn = 1; drawn <= bad; drawn++) nats += Math.log((clean + drawn) / drawn);
    return nats;
  }

  /**
   * Asks other ports of the same servers, the same port on other lines, other ports both here and there, and siblings.
   */
  #ask(sick: readonly PathStats[], asked: SuspectCase) {
    const { topology } = this.#state;
    const scope = new Set(sick.map(({ gateway }) => gateway));
    const endpoints = [...new Set(sick.map(({ endpoint }) => endpoint))].sort((a, b) => a - b);
    const ports = new Set(endpoints.map((endpoint) => topology.endpoint(endpoint).port));
    const lines = new Set(endpoints.map((endpoint) => topology.lineOf[endpoint]!));
    const servers = new Set(endpoints.flatMap((endpoint) => topology.domain("server", endpoint)));
    const isSamePort = (endpoint: number): boolean => ports.has(topology.endpoint(endpoint).port);
    const isElsewhere = (endpoint: number): boolean => !lines.has(topology.lineOf[endpoint]!);
    const ask = (isIn: (endpoint: number) => boolean): Evidence =>
      this.#comparisons.alternates(scope, endpoints[0]!, asked, isIn);
    const here = ask((endpoint) => servers.has(endpoint) && !isSamePort(endpoint));
    const same = ask((endpoint) => isElsewhere(endpoint) && isSamePort(endpoint));
    const otherThere = ask((endpoint) => isElsewhere(endpoint) && !isSamePort(endpoint));
    const peers = (onSamePort: boolean): Evidence =>
      this.#comparisons.siblings(
        scope,
        asked,
        (endpoint) => !isElsewhere(endpoint) && isSamePort(endpoint) === onSamePort,
      );
    return { here, same, other: addEvidence(here, otherThere), peers };
  }
}

/** Returns a gateway's name; of several gateways that of their region and carrier. */
export const scopeName = (topology: TopologyIndex, scope: ReadonlySet<number>): string => {
  const [first] = scope;
  return scope.size === 1 ? topology.gateway(first!).name : topology.groupNames[topology.groupOf[first!]!]!;
};

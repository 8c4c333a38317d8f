/**
 * Route faults that turn out wider than they seemed. When a route was judged, one gateway of the region and carrier may
 * have reported only the time before, and counted as clean; or users who were led around a narrow fault meet the same
 * trouble next door. Judged alone such a gateway would be explained by its own few reports. Its siblings' proof speaks
 * for it: it joins their fault once it shows what they did, unless its other ways are as bad.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Comparisons } from "./comparisons.ts";
import { describeEvidence, type Diagnosis, evidenceLine, HINT, onset } from "./diagnosis.ts";
import type { Evidence } from "./evidence.ts";
import type { OpenFault } from "./open-faults.ts";
import type { PathStats } from "./path-stats.ts";
import { scopeName } from "./port-diagnosis.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import type { DomainLevel } from "./topology-index.ts";

const WIDE: readonly DomainLevel[] = ["line", "centre"];

/** A fault before it was widened, and its diagnosis since. */
export interface WidenedFault {
  /** The fault as it was. */
  readonly fault: OpenFault;
  /** What it is now. */
  readonly diagnosis: Diagnosis;
}

interface LateSuspect {
  readonly path: PathStats;
  readonly since: number;
}

/** Widens open route faults. */
export class FaultWidening {
  readonly #state: SchedulerState;
  readonly #comparisons: Comparisons;

  /** Asks these comparisons. */
  constructor(state: SchedulerState, comparisons: Comparisons) {
    this.#state = state;
    this.#comparisons = comparisons;
  }

  /** Adds late paths to the open route faults they belong to: first those on the same way, then those next door. */
  widen(): readonly WidenedFault[] {
    const { quality, faults } = this.#state;
    const all: WidenedFault[] = [];
    const widenEach = (widened: (diagnosis: Diagnosis) => Diagnosis | undefined): void => {
      for (const fault of faults.open.filter(isRoute)) {
        const diagnosis = widened(fault.diagnosis);
        if (diagnosis === undefined) continue;
        all.push({ fault, diagnosis });
        faults.widen(fault, diagnosis);
      }
    };
    // On the same way a raised test is enough, for the siblings were proof; a wider fault takes an alarm.
    widenEach((diagnosis) => this.#along(diagnosis, this.#unexplained([...quality.raised])));
    widenEach((diagnosis) =>
      this.#nextDoor(diagnosis, this.#unexplained([...quality.raised].filter((path) => quality.isAlarmed(path)))),
    );
    return all;
  }

  #along(diagnosis: Diagnosis, suspects: readonly LateSuspect[]): Diagnosis | undefined {
    const late = suspects.filter((one) => diagnosis.endpoints.has(one.path.endpoint) && this.#isLike(diagnosis, one));
    if (late.length === 0 || diagnosis.level === "access") return undefined;
    return this.#with(diagnosis, late, diagnosis.level, diagnosis.endpoints);
  }

  /**
   * Widens a fault that is met next door too, to the line or to the centre, unless others of the group use that and are
   * not worse. Never to less than a line: users who were led next door in vain are not led next door again.
   */
  #nextDoor(diagnosis: Diagnosis, suspects: readonly LateSuspect[]): Diagnosis | undefined {
    const { topology } = this.#state;
    for (const suspect of suspects) {
      if (!this.#isLike(diagnosis, suspect)) continue;
      const { endpoint } = suspect.path;
      const level = WIDE.find((one) => isWithin(diagnosis.endpoints, topology.domain(one, endpoint)));
      if (level === undefined) continue;
      const domain = new Set(topology.domain(level, endpoint));
      const late = this.#group(diagnosis).flatMap((gateway) => this.#routed(gateway, domain, diagnosis.endpoints));
      const all = late.map((path) => ({ path, since: suspect.since }));
      if (all.every((one) => this.#isLike(diagnosis, one))) return this.#with(diagnosis, all, level, domain);
    }
    return undefined;
  }

  /**
   * True if the path is of the same region and carrier, at least half as bad, and not shown to be bad to other centres
   * too.
   */
  #isLike(diagnosis: Diagnosis, { path, since }: LateSuspect): boolean {
    return (
      this.#group(diagnosis).includes(path.gateway) &&
      this.#comparisons.verdict([path], { since, rise: diagnosis.rise }) === "bad" &&
      this.#elsewhere(diagnosis, path, since).nats < HINT
    );
  }

  #elsewhere({ rise }: Diagnosis, { gateway, endpoint }: PathStats, since: number): Evidence {
    return this.#comparisons.otherCentres([gateway], endpoint, { since, rise });
  }

  #with(
    diagnosis: Diagnosis,
    late: readonly LateSuspect[],
    level: DomainLevel,
    endpoints: ReadonlySet<number>,
  ): Diagnosis {
    const { topology, quality } = this.#state;
    const gateways = new Set([...diagnosis.gateways!, ...late.map(({ path }) => path.gateway)]);
    const to = [...new Set([...endpoints].map((endpoint) => topology.domainName(level, endpoint)))];
    const why = late.flatMap(({ path, since }) => [
      `${topology.gateway(path.gateway).name} to ${topology.endpoint(path.endpoint).name} too: ${describeEvidence(quality.evidence([path], since, diagnosis.rise))}`,
      ...evidenceLine("its ways to other centres", this.#elsewhere(diagnosis, path, since)),
    ]);
    return {
      ...diagnosis,
      who: `${scopeName(topology, gateways)} to ${to.join(", ")}`,
      ip: level === diagnosis.level ? diagnosis.ip : "",
      gateways,
      endpoints,
      level,
      why: [...why, ...diagnosis.why],
    };
  }

  #unexplained(paths: readonly PathStats[]): readonly LateSuspect[] {
    const { faults, dispatch } = this.#state;
    return paths
      .filter((path) => dispatch.isRouted(path.gateway, path.endpoint) && !faults.isExplained(path))
      .sort((a, b) => a.gateway - b.gateway || a.endpoint - b.endpoint)
      .map((path) => ({ path, since: onset(path) }));
  }

  /** Returns the gateways of the region and carrier that a route fault is about. */
  #group({ gateways }: Diagnosis): readonly number[] {
    const { topology } = this.#state;
    const [first] = gateways!;
    return topology.members[topology.groupOf[first!]!]!;
  }

  #routed(gateway: number, within: ReadonlySet<number>, except: ReadonlySet<number>): readonly PathStats[] {
    const { quality, dispatch } = this.#state;
    return quality
      .pathsOf(gateway)
      .filter(({ endpoint }) => within.has(endpoint) && !except.has(endpoint) && dispatch.isRouted(gateway, endpoint));
  }
}

/** True for a route fault, whose gateways are of one region and carrier, if its users are led around it. */
const isRoute = ({ diagnosis, moves }: OpenFault): boolean => diagnosis.what === "route fault" && moves;

const isWithin = (endpoints: ReadonlySet<number>, domain: readonly number[]): boolean =>
  [...endpoints].every((endpoint) => domain.includes(endpoint));

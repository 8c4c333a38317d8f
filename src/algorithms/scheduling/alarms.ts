/**
 * From raised tests to named faults: which routed paths are in alarm and unexplained, what attribution says of them,
 * which alerts follow, and which faults are over. Several gateways of one region and carrier with an access fault make
 * one regional fault; a gateway that is far worse than the others keeps a fault of its own.
 * Met by: src/world/seams/scheduling.ts
 */
import { Attribution } from "./attribution.ts";
import { Comparisons } from "./comparisons.ts";
import { alertOf, type Diagnosis, onset, REGIONAL, sizeOfRise, type Suspect } from "./diagnosis.ts";
import { FaultWidening, type WidenedFault } from "./fault-widening.ts";
import type { SchedulerEffect } from "./messages.ts";
import { allClearOf, isAccessFault } from "./open-faults.ts";
import type { PathStats } from "./path-stats.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** A gateway whose rise is this many times the median of its region's keeps a fault of its own. Chosen. */
const OUTLIER = 2.5;
/** A path is suspected through its pool when its own evidence is at least e^2 to one. Chosen. */
const POOLED_LEAST = 2;

/** Opens and closes the faults that clients' reports show. */
export class Alarms {
  readonly #state: SchedulerState;
  readonly #attribution: Attribution;
  readonly #widening: FaultWidening;
  /** The round in which an unexplained path was first seen in alarm. */
  readonly #firstSeen = new Map<PathStats, number>();

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    const comparisons = new Comparisons(state);
    this.#state = state;
    this.#attribution = new Attribution(state, comparisons);
    this.#widening = new FaultWidening(state, comparisons);
  }

  /**
   * Opens a fault for every alarm that can be explained, and widens or corrects open faults. Returns alerts and
   * all-clears.
   */
  watch(): SchedulerEffect[] {
    const { faults } = this.#state;
    const effects = this.#widening.widen().flatMap((widened) => this.#reportWidened(widened));
    for (const suspects of this.#suspects()) {
      const unexplained = suspects.filter(({ path }) => !faults.isExplained(path));
      if (unexplained.length === 0) continue;
      const found = this.#attribution.diagnose(unexplained);
      for (const diagnosis of this.#mergeRegional(found)) effects.push(this.#open(diagnosis));
    }
    return [...effects, ...this.#reconsider()];
  }

  /** Closes the faults that are over. Returns the all-clears. */
  recover(): SchedulerEffect[] {
    return this.#state.faults
      .recover()
      .flatMap((fault) => allClearOf(fault, `clean for ${String(fault.cleanRounds)} rounds`));
  }

  /** Returns the routed, unexplained paths in alarm, by group and line. */
  #suspects(): Iterable<readonly Suspect[]> {
    const { quality, topology, dispatch, faults } = this.#state;
    const found = new Map<number, Suspect[]>();
    const alarmed = new Set<PathStats>();
    const add = (path: PathStats, since: number, isPooled: boolean): void => {
      if (alarmed.has(path)) return;
      alarmed.add(path);
      const firstSeen = this.#firstSeen.get(path) ?? quality.round;
      this.#firstSeen.set(path, firstSeen);
      const key = topology.groupLine(path.gateway, path.endpoint);
      const list = found.get(key) ?? [];
      found.set(key, list);
      list.push({ path, since, firstSeen, isPooled });
    };
    const isOpen = (path: PathStats): boolean =>
      dispatch.isRouted(path.gateway, path.endpoint) && !faults.isExplained(path);
    for (const path of quality.raised) if (quality.isAlarmed(path) && isOpen(path)) add(path, onset(path), false);
    for (const pool of quality.alarmedPools())
      for (const path of pool.paths)
        if (Math.max(path.sessions.test.value, path.connects.test.value) >= POOLED_LEAST && isOpen(path))
          add(path, pool.since, true);
    for (const path of this.#firstSeen.keys()) if (!alarmed.has(path)) this.#firstSeen.delete(path);
    return [...found].sort(([a], [b]) => a - b).map(([, list]) => list.sort((a, b) => a.path.gateway - b.path.gateway));
  }

  /** Replaces the access faults of several gateways of a group by one regional fault, those found before included. */
  #mergeRegional(found: readonly Diagnosis[]): readonly Diagnosis[] {
    const { faults, topology } = this.#state;
    const own = found.filter(({ what }) => what === "access fault");
    const first = own[0];
    if (first === undefined) return found;
    const group = topology.groupOf[[...first.gateways!][0]!]!;
    const known = faults.open.filter(
      ({ diagnosis, gateways }) => diagnosis.what === "access fault" && topology.groupOf[[...gateways!][0]!] === group,
    );
    if (own.length + known.length < REGIONAL) return found;
    const all = [...own, ...known.map(({ diagnosis }) => diagnosis)];
    const median = all.map(({ rise }) => sizeOfRise(rise)).sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
    const outliers = own.filter(({ rise }) => sizeOfRise(rise) >= OUTLIER * median);
    const regional: Diagnosis = {
      ...first,
      what: "regional access fault",
      who: topology.groupNames[group]!,
      ip: "",
      gateways: new Set(all.flatMap(({ gateways }) => [...gateways!])),
      why: all.map(({ who, why }) => `${who}: ${why[0]!}`),
    };
    return [...found.filter(({ what }) => what !== "access fault"), regional, ...outliers];
  }

  /**
   * Opens a fault and returns its alert. Users stay if the fault is in the access, or if too much capacity would be
   * out.
   */
  #open(diagnosis: Diagnosis): SchedulerEffect {
    const { faults, capacity, policy } = this.#state;
    const why = [...diagnosis.why];
    let moves = !isAccessFault(diagnosis.what);
    if (moves && takesServersOut(diagnosis)) {
      const isAllowed = capacity.mayRemove(this.#serversOf(diagnosis), this.#removed());
      if (!isAllowed)
        why.push(`left in service: more than ${(100 * policy.removalMax).toFixed(0)} % of all capacity would be out`);
      else why.push("its users are being led away");
      moves = isAllowed;
    }
    if (moves && diagnosis.gateways !== undefined) why.push("its users are led around it");
    faults.add(diagnosis, "reports", moves);
    return alertOf(diagnosis, diagnosis.what, why);
  }

  /** Returns a new alert for a widened fault; if its name changed, an all-clear for the old name comes first. */
  #reportWidened({ fault, diagnosis }: WidenedFault): SchedulerEffect[] {
    const isRenamed = diagnosis.who !== fault.diagnosis.who;
    const alert = alertOf(diagnosis, diagnosis.what, [...diagnosis.why, "its users are led around it"]);
    return isRenamed ? [...allClearOf(fault, `it is wider: ${diagnosis.who}`), alert] : [alert];
  }

  #serversOf(diagnosis: Diagnosis): number[] {
    return [...new Set([...diagnosis.endpoints].map((endpoint) => this.#state.topology.endpoint(endpoint).server))];
  }

  /** Returns the servers that the scheduler itself keeps out of service. */
  #removed(): ReadonlySet<number> {
    const removed = new Set<number>();
    for (const { moves, diagnosis, source } of this.#state.faults.open)
      if (moves && source === "reports" && takesServersOut(diagnosis))
        for (const server of this.#serversOf(diagnosis)) removed.add(server);
    return removed;
  }

  /** Replaces access faults that turn out to be faults of a route. */
  #reconsider(): SchedulerEffect[] {
    const { faults, quality, topology, dispatch } = this.#state;
    const effects: SchedulerEffect[] = [];
    for (const fault of faults.open) {
      if (!isAccessFault(fault.diagnosis.what)) continue;
      const lines = new Map<number, PathStats[]>();
      for (const gateway of fault.gateways!)
        for (const path of quality.pathsOf(gateway)) {
          if (!dispatch.isRouted(gateway, path.endpoint) || !quality.isAlarmed(path)) continue;
          const line = topology.lineOf[path.endpoint]!;
          lines.set(line, [...(lines.get(line) ?? []), path]);
        }
      for (const paths of lines.values()) {
        const since = Math.max(fault.diagnosis.since, ...paths.map(onset));
        const diagnosis = this.#attribution.reconsider(paths, since);
        if (diagnosis === undefined) continue;
        faults.remove(fault);
        effects.push(...allClearOf(fault, "it is the route, not the access"), this.#open(diagnosis));
        break;
      }
    }
    return effects;
  }
}

/** True for a fault of a server, line or centre for everybody: its servers leave service. */
const takesServersOut = ({ gateways, level }: Diagnosis): boolean => gateways === undefined && level !== "port";

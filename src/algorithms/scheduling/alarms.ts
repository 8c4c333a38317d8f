/**
 * From alarms to faults with a name: who stands in alarm and is not explained yet, what attribution makes of it, what is
 * told to people, and when it is over. Several gateways of one region and carrier with sick access are one regional fault;
 * one that is far worse than its fellows is named besides.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Instant } from "../../base/units.ts";
import type { Attribution } from "./attribution.ts";
import { alertOf, type Finding, onset, type Suspect } from "./finding.ts";
import type { Capacity } from "./capacity.ts";
import type { Joined, Latecomers } from "./latecomers.ts";
import { type Cause, type Fault, type Faults, isAccess } from "./faults.ts";
import type { SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";
import type { Silence } from "./silence.ts";
import type { Cell } from "./cell.ts";

interface Parts {
  readonly places: Places;
  readonly policy: SchedulerPolicy;
  readonly quality: Quality;
  readonly silence: Silence;
  readonly capacity: Capacity;
  readonly faults: Faults;
  readonly attribution: Attribution;
  readonly latecomers: Latecomers;
  readonly isRouted: (gateway: number, endpoint: number) => boolean;
}

/** This many gateways of a group with sick access are a regional fault; one whose rise is so many times theirs has its own. Chosen. */
const REGIONAL = 3;
const OUTLIER = 2.5;
/** A cell is suspected through its pool when its own evidence is at least e^2 to one. Chosen. */
const LENT = 2;
/** Rounds that the silent must be heard again before it is told. Chosen. */
const BACK_ROUNDS = 6;
/** Part of the patience with the silent where their neighbours are silent. Chosen. */
const LIKELY = 0.5;

export class Alarms {
  readonly #parts: Parts;
  /** When a cell, not explained yet, was first seen in alarm. */
  readonly #alarmedIn = new Map<Cell, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What health checks say, whatever is heard from clients: servers that are down, and those that are up again. */
  watchServers(now: Instant): SchedulerEffect[] {
    return [...this.#watchServers(now), ...this.#recoverServers()];
  }

  /** Opens a fault for everything that stands in alarm and can be explained. */
  watch(): SchedulerEffect[] {
    const effects = this.#watchSilence();
    for (const joined of this.#parts.latecomers.join()) effects.push(...this.#tellJoined(joined));
    for (const suspects of this.#suspects()) {
      const unexplained = suspects.filter(({ cell }) => !this.#isExplained(cell));
      if (unexplained.length === 0) continue;
      const found = this.#parts.attribution.explain(unexplained);
      for (const finding of this.#gather(found)) effects.push(...this.#open(finding));
    }
    this.#reconsider(effects);
    return effects;
  }

  /** Closes what is over. */
  recover(): SchedulerEffect[] {
    const { faults, silence } = this.#parts;
    const effects = faults
      .recover()
      .flatMap((fault) => this.#clear(fault, `clean for ${String(fault.cleanRounds)} rounds`));
    for (const fault of faults.open) {
      if (fault.cause !== "silence") continue;
      const areBack = [...fault.gateways!].every((gateway) => !silence.isSilent(gateway));
      fault.cleanRounds = areBack ? fault.cleanRounds + 1 : 0;
      if (fault.cleanRounds < BACK_ROUNDS) continue;
      faults.remove(fault);
      for (const gateway of fault.gateways!) silence.stir(gateway);
      effects.push(...this.#clear(fault, `heard again for ${String(fault.cleanRounds)} rounds`));
    }
    return effects;
  }

  /** Gateways that have fallen silent: alone, or with their region and carrier. */
  #watchSilence(): SchedulerEffect[] {
    const { places, quality, silence, faults } = this.#parts;
    const isKnown = (gateway: number): boolean =>
      faults.open.some(({ finding, gateways }) => isAccess(finding.what) && gateways?.has(gateway) === true);
    return [...places.members.entries()].flatMap(([group, members]) => {
      if (!members.some((gateway) => silence.isSilent(gateway) && !isKnown(gateway))) return [];
      // Where one has been silent for too long, others that have been for half as long are likely to be so as well.
      const likely = members.filter((gateway) => silence.isSilent(gateway, LIKELY) && !isKnown(gateway));
      const isWide = likely.length >= REGIONAL;
      const silent = isWide ? likely : likely.filter((gateway) => silence.isSilent(gateway));
      const scopes = silent.length >= REGIONAL ? [silent] : silent.map((gateway) => [gateway]);
      return scopes.flatMap((scope) => {
        const first = places.gateway(scope[0]!);
        const usual = scope.reduce((sum, gateway) => sum + silence.usual(gateway), 0);
        const gap = Math.min(...scope.map((gateway) => silence.gap(gateway)));
        const isRegion = scope.length >= REGIONAL;
        const finding: Finding = {
          what: isRegion ? "regional access fault" : "access fault",
          who: isRegion ? places.groupNames[group]! : first.name,
          ip: isRegion ? "" : first.ips.join(", "),
          gateways: new Set(scope),
          unit: new Set(places.endpoints.keys()),
          level: "access",
          rise: { sessions: 0, connects: 0 },
          riseAtLeast: { sessions: 0, connects: 0 },
          since: quality.round - gap,
          why: [
            `${String(scope.length)} of ${String(places.members[group]!.length)} gateways have told nothing for ${String(gap)} rounds`,
            `they usually tell of ${usual.toFixed(0)} sessions and connects a round`,
          ],
        };
        return this.#open(finding, "silence");
      });
    });
  }

  #recoverServers(): SchedulerEffect[] {
    const { faults, policy } = this.#parts;
    const effects: SchedulerEffect[] = [];
    for (const fault of faults.open) {
      if (fault.cause !== "health") continue;
      const server = this.#serverOf(fault);
      fault.cleanRounds = this.#parts.capacity.isUsable(server) ? fault.cleanRounds + 1 : 0;
      if (fault.cleanRounds < policy.cleanRounds) continue;
      faults.remove(fault);
      effects.push(...this.#clear(fault, `up for ${String(fault.cleanRounds)} rounds`));
    }
    return effects;
  }

  serverFinding(server: number, why: string): Finding {
    const { places, quality } = this.#parts;
    const endpoint = places.endpoints.findIndex((other) => other.server === server);
    return {
      what: "server fault",
      who: places.servers[server]!.name,
      ip: endpoint < 0 ? "" : places.endpoint(endpoint).ip,
      gateways: undefined,
      unit: new Set(endpoint < 0 ? [] : places.unit("server", endpoint)),
      level: "server",
      rise: { sessions: 0, connects: 0 },
      riseAtLeast: { sessions: 0, connects: 0 },
      since: quality.round,
      why: [why],
    };
  }

  serverIsBack(server: number, cause: Cause): void {
    const { faults } = this.#parts;
    for (const fault of faults.open)
      if (fault.cause === cause && this.#serverOf(fault) === server) faults.remove(fault);
  }

  #serverOf(fault: Fault): number {
    const [endpoint] = fault.finding.unit;
    return endpoint === undefined ? -1 : this.#parts.places.endpoint(endpoint).server;
  }

  #watchServers(now: Instant): SchedulerEffect[] {
    const { capacity, faults } = this.#parts;
    const effects: SchedulerEffect[] = [];
    for (let server = 0; server < capacity.servers; server++) {
      if (!capacity.isDown(server, now)) continue;
      if (faults.open.some((fault) => fault.cause === "health" && this.#serverOf(fault) === server)) continue;
      effects.push(...this.#open(this.serverFinding(server, "answers its health check no more"), "health"));
    }
    return effects;
  }

  /** Routed cells in alarm, by group and line. */
  #suspects(): Iterable<readonly Suspect[]> {
    const { quality, places, isRouted } = this.#parts;
    const found = new Map<number, Suspect[]>();
    const alarmed = new Set<Cell>();
    const add = (cell: Cell, since: number, isLent: boolean): void => {
      if (alarmed.has(cell)) return;
      alarmed.add(cell);
      const alarmedIn = this.#alarmedIn.get(cell) ?? quality.round;
      this.#alarmedIn.set(cell, alarmedIn);
      const key = places.groupLine(cell.gateway, cell.endpoint);
      const list = found.get(key) ?? [];
      found.set(key, list);
      list.push({ cell, since, alarmedIn, isLent });
    };
    const isOpen = (cell: Cell): boolean => isRouted(cell.gateway, cell.endpoint) && !this.#isExplained(cell);
    for (const cell of quality.raised) if (quality.isAlarmed(cell) && isOpen(cell)) add(cell, onset(cell), false);
    for (const pool of quality.alarmedPools())
      for (const cell of pool.cells)
        if (Math.max(cell.sessions.test.value, cell.connects.test.value) >= LENT && isOpen(cell))
          add(cell, pool.since, true);
    for (const cell of this.#alarmedIn.keys()) if (!alarmed.has(cell)) this.#alarmedIn.delete(cell);
    return [...found].sort(([a], [b]) => a - b).map(([, list]) => list.sort((a, b) => a.cell.gateway - b.cell.gateway));
  }

  #isExplained(cell: Cell): boolean {
    return this.#parts.faults.covering(cell.gateway, cell.endpoint) !== undefined;
  }

  /** Makes one regional finding of several access findings of a group. */
  #gather(found: readonly Finding[]): readonly Finding[] {
    const { faults, places } = this.#parts;
    const own = found.filter(({ what }) => what === "access fault");
    const first = own[0];
    if (first === undefined) return found;
    const group = places.groupOf[[...first.gateways!][0]!]!;
    const known = faults.open.filter(
      ({ finding, gateways }) => finding.what === "access fault" && places.groupOf[[...gateways!][0]!] === group,
    );
    if (own.length + known.length < REGIONAL) return found;
    const all = [...own, ...known.map(({ finding }) => finding)];
    const middle = all.map(({ rise }) => rise.sessions + rise.connects).sort((a, b) => a - b)[
      Math.floor(all.length / 2)
    ]!;
    const outliers = own.filter(({ rise }) => rise.sessions + rise.connects >= OUTLIER * middle);
    const regional: Finding = {
      ...first,
      what: "regional access fault",
      who: places.groupNames[group]!,
      ip: "",
      gateways: new Set(all.flatMap(({ gateways }) => [...gateways!])),
      why: all.map(({ who, why }) => `${who}: ${why[0]!}`),
    };
    return [...found.filter(({ what }) => what !== "access fault"), regional, ...outliers];
  }

  #open(finding: Finding, cause: Cause = "reports"): SchedulerEffect[] {
    const { faults, capacity, policy } = this.#parts;
    const why = [...finding.why];
    let moves = !isAccess(finding.what);
    // What is down already is not taken away by us.
    if (moves && cause === "reports" && finding.gateways === undefined && finding.level !== "port") {
      const isAllowed = capacity.mayRemove(this.#serversOf(finding), this.#removed());
      if (!isAllowed)
        why.push(`left in service: more than ${(100 * policy.removalMax).toFixed(0)} % of all capacity would be out`);
      else why.push("its users are being led away");
      moves = isAllowed;
    }
    if (moves && finding.gateways !== undefined) why.push("its users are led around it");
    faults.add(finding, cause, moves);
    return [alertOf(finding, finding.what, why)];
  }

  /** A fault that others have joined is told anew; what goes by another name now is over by the old one. */
  #tellJoined({ fault, finding }: Joined): SchedulerEffect[] {
    const isRenamed = finding.who !== fault.finding.who;
    const alert = alertOf(finding, finding.what, [...finding.why, "its users are led around it"]);
    return isRenamed ? [...this.#clear(fault, `it is wider: ${finding.who}`), alert] : [alert];
  }

  #serversOf(finding: Finding): number[] {
    return [...new Set([...finding.unit].map((endpoint) => this.#parts.places.endpoint(endpoint).server))];
  }

  /** Servers out of service by our own decision. */
  #removed(): ReadonlySet<number> {
    const removed = new Set<number>();
    for (const { moves, finding, cause } of this.#parts.faults.open)
      if (moves && cause === "reports" && finding.gateways === undefined && finding.level !== "port")
        for (const server of this.#serversOf(finding)) removed.add(server);
    return removed;
  }

  #clear(fault: Fault, reason: string): SchedulerEffect[] {
    const { what, who } = fault.finding;
    const effects: SchedulerEffect[] = [];
    if (fault.stuck === "capacity") effects.push({ kind: "all-clear", what: "capacity", who, why: [reason] });
    effects.push({ kind: "all-clear", what, who, why: [reason] });
    return effects;
  }

  /** Access faults that turn out to be a route. */
  #reconsider(effects: SchedulerEffect[]): void {
    const { faults, quality, places, attribution, isRouted } = this.#parts;
    for (const fault of faults.open) {
      if (!isAccess(fault.finding.what)) continue;
      const lines = new Map<number, Cell[]>();
      for (const gateway of fault.gateways!)
        for (const cell of quality.cellsOf(gateway)) {
          if (!isRouted(gateway, cell.endpoint) || !quality.isAlarmed(cell)) continue;
          const line = places.lineOf[cell.endpoint]!;
          lines.set(line, [...(lines.get(line) ?? []), cell]);
        }
      for (const cells of lines.values()) {
        const since = Math.max(fault.finding.since, ...cells.map(onset));
        const finding = attribution.reconsider(cells, since);
        if (finding === undefined) continue;
        faults.remove(fault);
        effects.push(...this.#clear(fault, "it is the route, not the access"), ...this.#open(finding));
        break;
      }
    }
  }
}

/**
 * Who turns out worse later than its siblings. When the way of a region and carrier was judged, one of its gateways had told
 * only of the time before, and counted as clean; or a narrow fault was found, and whoever was led around it meets the same
 * next door. Judged alone such a gateway would be explained by the little that it says itself. What its siblings proved
 * speaks for it: it joins their fault once it shows what they did, unless its other ways are as bad.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Cell } from "./cell.ts";
import type { Fault, Faults } from "./faults.ts";
import { describe, type Finding, HINT, onset, told } from "./finding.ts";
import type { Level, Places } from "./places.ts";
import { scopeName } from "./ports.ts";
import type { Evidence, Quality } from "./quality.ts";
import type { Witnesses } from "./witnesses.ts";

const WIDE: readonly Level[] = ["line", "centre"];

interface Parts {
  readonly places: Places;
  readonly quality: Quality;
  readonly faults: Faults;
  readonly witnesses: Witnesses;
  readonly isRouted: (gateway: number, endpoint: number) => boolean;
}

/** A fault as it was, and what it is now that others have joined it. */
export interface Joined {
  readonly fault: Fault;
  readonly finding: Finding;
}

interface Latecomer {
  readonly cell: Cell;
  readonly since: number;
}

export class Latecomers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Adds to the open faults of routes whoever belongs to them; first to those that lead the same way, then next door. */
  join(): readonly Joined[] {
    const { quality, faults } = this.#parts;
    const joined: Joined[] = [];
    const take = (widened: (fault: Fault) => Finding | undefined): void => {
      for (const fault of faults.open.filter(isRoute)) {
        const finding = widened(fault);
        if (finding === undefined) continue;
        joined.push({ fault, finding });
        faults.widen(fault, finding);
      }
    };
    // On the same way it is enough that peace is unlikely: its siblings were proof. That it is wider takes an alarm.
    take(({ finding }) => this.#along(finding, this.#unexplained([...quality.raised])));
    take(({ finding }) =>
      this.#nextDoor(finding, this.#unexplained([...quality.raised].filter((cell) => quality.isAlarmed(cell)))),
    );
    return joined;
  }

  #along(finding: Finding, suspects: readonly Latecomer[]): Finding | undefined {
    const late = suspects.filter((one) => finding.unit.has(one.cell.endpoint) && this.#isLike(finding, one));
    if (late.length === 0 || finding.level === "access") return undefined;
    return this.#with(finding, late, finding.level, finding.unit);
  }

  /**
   * Bad next door too: then it is the line, or all of the centre; unless others of the group go there and are not worse. Not
   * narrower: whoever was led next door in vain is not led next door again.
   */
  #nextDoor(finding: Finding, suspects: readonly Latecomer[]): Finding | undefined {
    const { places } = this.#parts;
    for (const suspect of suspects) {
      if (!this.#isLike(finding, suspect)) continue;
      const { endpoint } = suspect.cell;
      const level = WIDE.find((one) => isWithin(finding.unit, places.unit(one, endpoint)));
      if (level === undefined) continue;
      const unit = new Set(places.unit(level, endpoint));
      const late = this.#group(finding).flatMap((gateway) => this.#routed(gateway, unit, finding.unit));
      const all = late.map((cell) => ({ cell, since: suspect.since }));
      if (all.every((one) => this.#isLike(finding, one))) return this.#with(finding, all, level, unit);
    }
    return undefined;
  }

  /** Of the same region and carrier, at least half as bad, and with nothing that speaks for its other ways being so too. */
  #isLike(finding: Finding, { cell, since }: Latecomer): boolean {
    return (
      this.#group(finding).includes(cell.gateway) &&
      this.#parts.witnesses.verdict([cell], since, finding.rise) === "bad" &&
      this.#elsewhere(finding, cell, since).nats < HINT
    );
  }

  #elsewhere({ rise }: Finding, { gateway, endpoint }: Cell, since: number): Evidence {
    return this.#parts.witnesses.elsewhere([gateway], endpoint, since, rise);
  }

  #with(finding: Finding, late: readonly Latecomer[], level: Level, unit: ReadonlySet<number>): Finding {
    const { places, quality } = this.#parts;
    const gateways = new Set([...finding.gateways!, ...late.map(({ cell }) => cell.gateway)]);
    const to = [...new Set([...unit].map((endpoint) => places.unitName(level, endpoint)))];
    const why = late.flatMap(({ cell, since }) => [
      `${places.gateway(cell.gateway).name} to ${places.endpoint(cell.endpoint).name} too: ${describe(quality.evidence([cell], since, finding.rise))}`,
      ...told("its ways to other centres", this.#elsewhere(finding, cell, since)),
    ]);
    return {
      ...finding,
      who: `${scopeName(places, gateways)} to ${to.join(", ")}`,
      ip: level === finding.level ? finding.ip : "",
      gateways,
      unit,
      level,
      why: [...why, ...finding.why],
    };
  }

  #unexplained(cells: readonly Cell[]): readonly Latecomer[] {
    const { faults, isRouted } = this.#parts;
    return cells
      .filter(
        ({ gateway, endpoint }) => isRouted(gateway, endpoint) && faults.covering(gateway, endpoint) === undefined,
      )
      .sort((a, b) => a.gateway - b.gateway || a.endpoint - b.endpoint)
      .map((cell) => ({ cell, since: onset(cell) }));
  }

  /** The gateways of the region and carrier that a fault of a route is about. */
  #group({ gateways }: Finding): readonly number[] {
    const { places } = this.#parts;
    const [first] = gateways!;
    return places.members[places.groupOf[first!]!]!;
  }

  #routed(gateway: number, unit: ReadonlySet<number>, except: ReadonlySet<number>): readonly Cell[] {
    const { quality, isRouted } = this.#parts;
    return quality
      .cellsOf(gateway)
      .filter(({ endpoint }) => unit.has(endpoint) && !except.has(endpoint) && isRouted(gateway, endpoint));
  }
}

/** Of a route, whose gateways are of one region and carrier; and its users are led around it. */
const isRoute = ({ finding, moves }: Fault): boolean => finding.what === "route fault" && moves;

const isWithin = (endpoints: ReadonlySet<number>, unit: readonly number[]): boolean =>
  [...endpoints].every((endpoint) => unit.includes(endpoint));

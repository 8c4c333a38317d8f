/**
 * Who can tell whose fault it is: a gateway's own alternates, its siblings, and the other regions and carriers. Each is
 * asked about a part of the rise, for paths differ a little.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Cell } from "./cell.ts";
import { HINT, judge, partOf, sizeOf } from "./finding.ts";
import type { Places } from "./places.ts";
import { add, type Evidence, NO_EVIDENCE, type Quality, type Rise } from "./quality.ts";

/** Chosen. */
const OWN_PART = 0.75;
const OTHERS_PART = 0.5;

export class Witnesses {
  readonly #quality: Quality;
  readonly #places: Places;
  readonly #isRouted: (gateway: number, endpoint: number) => boolean;

  constructor(quality: Quality, places: Places, isRouted: (gateway: number, endpoint: number) => boolean) {
    this.#quality = quality;
    this.#places = places;
    this.#isRouted = isRouted;
  }

  /** What these cells say of half of such a rise. */
  verdict(cells: readonly Cell[], since: number, rise: Rise): "bad" | "clean" | "unknown" {
    return judge(this.#quality.evidence(cells, since, partOf(rise, OTHERS_PART)).nats, HINT);
  }

  /** Which groups, but one, say bad or clean of these endpoints. */
  votes(endpoints: readonly number[], since: number, rise: Rise, except: number): { bad: number[]; clean: number[] } {
    const groups = new Map<number, Cell[]>();
    for (const endpoint of endpoints)
      for (const cell of this.#quality.cellsAt(endpoint)) {
        const group = this.#places.groupOf[cell.gateway]!;
        if (group === except) continue;
        const cells = groups.get(group);
        if (cells === undefined) groups.set(group, [cell]);
        else cells.push(cell);
      }
    const votes = { bad: [] as number[], clean: [] as number[] };
    for (const [group, cells] of groups) {
      const verdict = this.verdict(cells, since, rise);
      if (verdict !== "unknown") votes[verdict].push(group);
    }
    return votes;
  }

  /** Alternates to other centres. */
  elsewhere(scope: Iterable<number>, endpoint: number, since: number, rise: Rise): Evidence {
    const centre = this.#places.unit("centre", endpoint);
    return this.ask(scope, endpoint, since, rise, (other) => !centre.includes(other));
  }

  /**
   * What the alternates of these gateways say, each gateway asked about the rise that it shows itself on the line in
   * question: one that is hardly worse is no witness that elsewhere is clean.
   */
  ask(
    scope: Iterable<number>,
    endpoint: number,
    since: number,
    rise: Rise,
    isIn: (endpoint: number) => boolean,
  ): Evidence {
    const line = this.#places.unit("line", endpoint);
    const quality = this.#quality;
    let sum = NO_EVIDENCE;
    for (const gateway of scope) {
      const cells = quality.cellsOf(gateway);
      const routed = cells.filter((cell) => line.includes(cell.endpoint) && this.#isRouted(gateway, cell.endpoint));
      const own = partOf(quality.shownRise(routed, since, rise), OWN_PART);
      if (sizeOf(own) === 0) continue;
      sum = add(
        sum,
        quality.evidence(
          cells.filter((cell) => isIn(cell.endpoint)),
          since,
          own,
        ),
      );
    }
    return sum;
  }

  /** What the other gateways of their groups say of some endpoints. */
  siblings(gateways: Iterable<number>, since: number, rise: Rise, isIn: (endpoint: number) => boolean): Evidence {
    const own = new Set(gateways);
    const groups = new Set([...own].map((gateway) => this.#places.groupOf[gateway]!));
    const others = [...groups].flatMap((group) => this.#places.members[group]!).filter((other) => !own.has(other));
    return this.#quality.evidence(this.#cells(others, isIn), since, partOf(rise, OTHERS_PART));
  }

  #cells(gateways: readonly number[], isIn: (endpoint: number) => boolean): Cell[] {
    return gateways.flatMap((gateway) => this.#quality.cellsOf(gateway).filter((cell) => isIn(cell.endpoint)));
  }
}

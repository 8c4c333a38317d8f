/**
 * Evidence from elsewhere: what a gateway's own alternates say, its siblings, and the other regions and carriers. Each
 * is asked whether it rose by a part of the rise in question, for paths differ a little.
 * Met by: src/world/seams/scheduling.ts
 */
import { HINT, judge, partOfRise, sizeOfRise, type EvidenceVerdict } from "./diagnosis.ts";
import { addEvidence, type Evidence, NO_EVIDENCE, type RiseSince } from "./evidence.ts";
import type { PathStats } from "./path-stats.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** Parts of the rise that a gateway's own alternates and others are asked about. Chosen. */
const OWN_PART = 0.75;
const OTHERS_PART = 0.5;

/** Compares an alarm with other paths. */
export class Comparisons {
  readonly #state: SchedulerState;

  /** Reads this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** Returns what these paths say about half of the rise. */
  verdict(paths: readonly PathStats[], { since, rise }: RiseSince): EvidenceVerdict {
    return judge(this.#state.quality.evidence(paths, since, partOfRise(rise, OTHERS_PART)).nats, HINT);
  }

  /** Returns the groups that find these endpoints bad and those that find them clean; group `except` is left out. */
  groupVotes(
    endpoints: readonly number[],
    asked: RiseSince,
    except: number,
  ): { readonly bad: readonly number[]; readonly clean: readonly number[] } {
    const { quality, topology } = this.#state;
    const groups = new Map<number, PathStats[]>();
    for (const endpoint of endpoints)
      for (const path of quality.pathsAt(endpoint)) {
        const group = topology.groupOf[path.gateway]!;
        if (group === except) continue;
        const paths = groups.get(group);
        if (paths === undefined) groups.set(group, [path]);
        else paths.push(path);
      }
    const votes = { bad: [] as number[], clean: [] as number[] };
    for (const [group, paths] of groups) {
      const verdict = this.verdict(paths, asked);
      if (verdict !== "unknown") votes[verdict].push(group);
    }
    return votes;
  }

  /** Returns the evidence of these gateways' alternates in other centres than the endpoint's. */
  otherCentres(scope: Iterable<number>, endpoint: number, asked: RiseSince): Evidence {
    const centre = this.#state.topology.domain("centre", endpoint);
    return this.alternates(scope, endpoint, asked, (other) => !centre.includes(other));
  }

  /**
   * Returns the evidence to other centres of the region's other carriers that are worse to the endpoint's centre: a common
   * cause is likelier than several at once. Carriers that left it because the route was proved bad count as a hint.
   */
  neighbours(gateway: number, endpoint: number, asked: RiseSince): Evidence {
    const { quality, topology, dispatch, faults } = this.#state;
    const { region, carrier } = topology.gateway(gateway);
    const centre = topology.domain("centre", endpoint);
    const isNeighbour = (other: number): boolean =>
      topology.gateway(other).region === region && topology.gateway(other).carrier !== carrier;
    const worse = [...topology.gateways.keys()].filter(isNeighbour).flatMap((other) => {
      const paths = quality
        .pathsOf(other)
        .filter((path) => centre.includes(path.endpoint) && dispatch.isRouted(other, path.endpoint));
      return this.verdict(paths, asked) === "bad" ? paths.slice(0, 1) : [];
    });
    const sum = worse
      .map((path) => this.otherCentres([path.gateway], path.endpoint, asked))
      .reduce(addEvidence, NO_EVIDENCE);
    const isProved = faults.open.some(
      ({ diagnosis: { what, gateways, endpoints } }) =>
        what === "route fault" &&
        [...gateways!].some(isNeighbour) &&
        [...endpoints].every((one) => centre.includes(one)),
    );
    return { ...sum, nats: sum.nats - (isProved ? HINT : 0) };
  }

  /**
   * Returns the evidence of these gateways' alternates for which `isIn` holds. Each gateway is asked about the rise
   * that it shows itself on the endpoint's line: one that is hardly worse does not prove that elsewhere is clean.
   */
  alternates(
    scope: Iterable<number>,
    endpoint: number,
    { since, rise }: RiseSince,
    isIn: (endpoint: number) => boolean,
  ): Evidence {
    const { quality, topology, dispatch } = this.#state;
    const line = topology.domain("line", endpoint);
    let sum = NO_EVIDENCE;
    for (const gateway of scope) {
      const paths = quality.pathsOf(gateway);
      const routed = paths.filter((path) => line.includes(path.endpoint) && dispatch.isRouted(gateway, path.endpoint));
      const own = partOfRise(quality.shownRise(routed, since, rise), OWN_PART);
      if (sizeOfRise(own) === 0) continue;
      const asked = paths.filter((path) => isIn(path.endpoint));
      sum = addEvidence(sum, quality.evidence(asked, since, own));
    }
    return sum;
  }

  /** Returns the evidence of the other gateways of these gateways' groups, to the endpoints for which `isIn` holds. */
  siblings(gateways: Iterable<number>, { since, rise }: RiseSince, isIn: (endpoint: number) => boolean): Evidence {
    const { quality, topology } = this.#state;
    const own = new Set(gateways);
    const groups = new Set([...own].map((gateway) => topology.groupOf[gateway]!));
    const others = [...groups].flatMap((group) => topology.members[group]!).filter((other) => !own.has(other));
    const paths = others.flatMap((gateway) => quality.pathsOf(gateway).filter((path) => isIn(path.endpoint)));
    return quality.evidence(paths, since, partOfRise(rise, OTHERS_PART));
  }
}

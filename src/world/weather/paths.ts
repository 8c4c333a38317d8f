/**
 * Weather on paths: loss, delay, blocked paths, and cut-overs that lose NAT state.
 *
 * A change composes only the paths that it touches, and wakes clients only where a value differs: a fault of strength
 * zero leaves no trace.
 */
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { InterventionAction } from "../../scenario/people/interventions.ts";
import type { Impairment } from "../network/path.ts";
import type { Places } from "../places.ts";
import type { Crowd } from "../population/crowd.ts";
import type { BulkUpdates } from "../bulk-updates.ts";
import type { Disconnections, ThrownOff } from "../population/thrown-off.ts";
import { namesDestination } from "../where.ts";
import type { WeatherEffect } from "./effect.ts";

export interface PathEffectParts {
  readonly places: Places;
  readonly crowd: Crowd;
  readonly bulkUpdates: BulkUpdates;
  readonly thrownOff: ThrownOff;
  /** Called before a pair's path changes its values: packets sent so far met the old ones. */
  readonly beforeChange: (pair: number) => void;
}

export class PathBurdens implements WeatherEffect {
  readonly #parts: PathEffectParts;
  /** By the id of the fault or intervention, or the name of another cause. */
  readonly #burdens = new Map<string, { readonly where: PathWhere; readonly burden: Impairment }>();

  constructor(parts: PathEffectParts) {
    this.#parts = parts;
  }

  begin(fault: PeopleFault): void {
    const { bulkUpdates, places, thrownOff } = this.#parts;
    const { id, where, effects } = fault;
    const burden = burdenOf(fault);
    if (hasEffect(burden)) this.lay(id, where, burden);
    if (effects.cutOver === true) bulkUpdates.makeStale(places.pairsOf(where), thrownOff.of(id)!);
  }

  end({ id }: PeopleFault): void {
    this.lift(id);
  }

  /** Changes the loss and delay of paths from now on, as an intervention. */
  change(id: string, { where, loss, delay }: Extract<InterventionAction, { kind: "change" }>): void {
    const burden: Impairment = { lossUp: loss, lossDown: loss, delayMs: delay / 1_000, block: undefined };
    if (hasEffect(burden)) this.lay(id, where, burden);
  }

  /** True if a burden of this name lies on some paths. */
  has(name: string): boolean {
    return this.#burdens.has(name);
  }

  /** Lays a burden on all paths in `where`, until it is lifted by the same name. */
  lay(name: string, where: PathWhere, burden: Impairment): void {
    this.#burdens.set(name, { where, burden });
    this.#compose(where);
  }

  /** Lifts the burden of this name; nothing happens if there is none. */
  lift(name: string): void {
    const laid = this.#burdens.get(name);
    if (laid === undefined) return;
    this.#burdens.delete(name);
    this.#compose(laid.where);
  }

  #compose(where: PathWhere): void {
    const { places, crowd, bulkUpdates, thrownOff, beforeChange } = this.#parts;
    const touches = places.pairsOf(where);
    const tests = [...this.#burdens].map(([name, { where: other, burden }]) => ({
      touches: places.pairsOf(other),
      burden,
      by: thrownOff.of(name),
    }));
    const changed = new Set<number>();
    for (const cell of places.cellsOf(where)) {
      for (let endpoint = 0; endpoint < crowd.endpointCount; endpoint++) {
        if (!touches(cell, endpoint)) continue;
        const pair = cell * crowd.endpointCount + endpoint;
        const here = tests.filter((test) => test.touches(cell, endpoint));
        const burdens = here.map(({ burden }) => burden);
        thrownOff.setBreakers(
          pair,
          breakersOf(here, (some) => crowd.paths.beatFailsUnder(cell, endpoint, some)),
        );
        if (crowd.paths.wouldChange(cell, endpoint, burdens)) {
          beforeChange(pair);
          crowd.paths.compose(cell, endpoint, burdens);
          changed.add(pair);
        }
      }
    }
    if (changed.size > 0) bulkUpdates.wake((cell, endpoint) => changed.has(cell * crowd.endpointCount + endpoint));
  }
}

interface Laid {
  readonly burden: Impairment;
  /** Of a fault. */
  readonly by: Disconnections | undefined;
}

/**
 * Returns the faults that are to blame for heartbeats lost under these burdens: without the fault at most half as many would be
 * lost, or with it alone at least half as many. `fails` gives the chance under some of the burdens.
 */
const breakersOf = (
  laid: readonly Laid[],
  fails: (some: readonly Impairment[]) => number,
): readonly Disconnections[] => {
  const faults = laid.flatMap(({ by }) => by ?? []);
  if (faults.length === 0) return [];
  const under = (passes: (one: Laid) => boolean): number => fails(laid.filter(passes).map(({ burden }) => burden));
  const most = under(() => true) / 2;
  if (under(({ by }) => by === undefined) > most) return [];
  if (faults.length === 1) return faults;
  return faults.filter(
    (fault) => under(({ by }) => by !== fault) <= most || under(({ by }) => by === undefined || by === fault) >= most,
  );
};

/**
 * How a server that is down blocks the paths to it: silently, with refusals where its machine still answers, or for new
 * connections only, until it is off (servers.ts).
 */
const BLOCKS = { silent: "drop", reset: "reset", drained: "new" } as const;

/** True if the burden changes anything. */
const hasEffect = ({ lossUp, lossDown, delayMs, block }: Impairment): boolean =>
  lossUp !== 0 || lossDown !== 0 || delayMs !== 0 || block !== undefined;

/** Returns the burden that a fault lays on its paths. */
const burdenOf = ({ where, effects }: PeopleFault): Impairment => {
  const { loss, delay = 0, block, down } = effects;
  const { share, direction } = loss ?? { share: 0, direction: "both" };
  const isServerDown = down !== undefined && namesDestination(where);
  return {
    lossUp: direction === "down" ? 0 : share,
    lossDown: direction === "up" ? 0 : share,
    delayMs: delay / 1_000,
    block: block ?? (isServerDown ? BLOCKS[down] : undefined),
  };
};

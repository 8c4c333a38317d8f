/** Weather among people, cell by cell: surges of logins, and NATs that forget silent links sooner. */
import type { Scenario } from "../../scenario/scenario.ts";
import type { Gateway } from "../network/gateway.ts";
import type { Crowd } from "../population/crowd.ts";
import type { ThrownOff } from "../population/thrown-off.ts";
import type { BulkUpdates } from "../bulk-updates.ts";
import type { RowMates } from "../row-mates.ts";
import { touchesCell } from "../where.ts";
import type { WeatherEffect } from "./effect.ts";

export interface PeopleParts {
  readonly scenario: Scenario;
  readonly gateways: readonly Gateway[];
  readonly crowd: Pick<Crowd, "population" | "natTimeoutMs" | "loginSurge">;
  readonly bulkUpdates: Pick<BulkUpdates, "wake">;
  readonly thrownOff: Pick<ThrownOff, "of" | "setNat">;
  readonly rowMates: Pick<RowMates, "refresh">;
}

/** Sets surges and NAT time-outs by cell: several surges multiply, and the shortest time-out counts. */
export const surgesAndNatTimeouts = ({
  scenario,
  gateways,
  crowd,
  bulkUpdates,
  thrownOff,
  rowMates,
}: PeopleParts): WeatherEffect => ({
  combine: (active) => {
    const changed = new Set<number>();
    crowd.population.cells.forEach((cell, index) => {
      const gateway = gateways[cell.gateway]!;
      const usual = gateway.natTimeout ?? scenario.world.carriers[cell.carrier]!.natTimeout[cell.access]!;
      const here = active.touching((where) => touchesCell(where, cell, gateway));
      const nats = here.values(({ natTimeout }, id) =>
        natTimeout === undefined ? undefined : { timeoutMs: natTimeout / 1_000, by: thrownOff.of(id)! },
      );
      thrownOff.setNat(index, nats.length === 0 ? undefined : { usualMs: usual / 1_000, faults: nats });
      const natTimeoutMs = Math.min(usual / 1_000, ...nats.map(({ timeoutMs }) => timeoutMs));
      const surge = here.product((effects) => effects.surge);
      if (crowd.natTimeoutMs[index] === natTimeoutMs && crowd.loginSurge[index] === surge) return;
      crowd.natTimeoutMs[index] = natTimeoutMs;
      crowd.loginSurge[index] = surge;
      changed.add(index);
    });
    if (changed.size === 0) return;
    bulkUpdates.wake((cell) => changed.has(cell), true);
    rowMates.refresh();
  },
});

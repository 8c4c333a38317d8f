/** Weather: applies faults and interventions to the world when their time comes, and takes faults away again. */
import { inMs } from "../../base/units.ts";
import type { PeopleFault } from "../../scenario/people/faults.ts";
import type { Intervention } from "../../scenario/scenario.ts";
import { ActiveFaults } from "../active.ts";
import type { Fleet } from "../fleet/centre.ts";
import { namesDestination } from "../where.ts";
import type { WeatherEffect } from "./effect.ts";
import { GatewayOutages, type GatewayParts } from "./gateways.ts";
import { PathBurdens, type PathEffectParts } from "./paths.ts";
import { type PeopleParts, surgesAndNatTimeouts } from "./people.ts";
import { addCapacity, ServerOutages, type ServerParts, slowServers } from "./servers.ts";
import { lostAndLateReports, type TelemetryParts } from "./telemetry.ts";

/** All that the effects need of the world; each is handed the part that it names. */
export type WeatherParts = PathEffectParts &
  Omit<GatewayParts, "paths"> &
  Omit<ServerParts, "paths"> &
  TelemetryParts &
  PeopleParts & { readonly fleet: Fleet };

export class Weather {
  readonly #parts: WeatherParts;
  readonly #active = new ActiveFaults<PeopleFault>();
  readonly #paths: PathBurdens;
  readonly #gateways: GatewayOutages;
  readonly #servers: ServerOutages;
  /** In the order in which they begin and are combined; they end in reverse order. A new effect is added here. */
  readonly #effects: readonly WeatherEffect[];

  constructor(parts: WeatherParts) {
    this.#parts = parts;
    this.#paths = new PathBurdens(parts);
    this.#gateways = new GatewayOutages({ ...parts, paths: this.#paths });
    this.#servers = new ServerOutages({ ...parts, paths: this.#paths });
    this.#effects = [
      this.#gateways,
      this.#servers,
      this.#paths,
      lostAndLateReports(parts),
      slowServers(parts),
      surgesAndNatTimeouts(parts),
    ];
  }

  /** Sets the values of a world without faults. */
  applyBaseline(): void {
    this.#combine();
  }

  begin(fault: PeopleFault): void {
    this.#parts.thrownOff.begin(fault.id);
    this.#active.begin(fault);
    for (const effect of this.#effects) effect.begin?.(fault);
    this.#combine();
  }

  end(fault: PeopleFault): void {
    this.#active.end(fault);
    for (const effect of this.#effects.toReversed()) effect.end?.(fault);
    this.#combine();
  }

  #combine(): void {
    for (const effect of this.#effects) effect.combine?.(this.#active);
  }

  /** Performs an intervention. The caller then ends the faults whose `until` names it. */
  perform({ id, action }: Intervention, nowMs: number): void {
    const { seam, places } = this.#parts;
    switch (action.kind) {
      case "withdraw":
        return this.#operated(action.where).withdraw(action.where);
      case "restore":
        return this.#operated(action.where).restore(action.where);
      case "restore-route":
        // It only ends faults.
        return;
      case "change":
        return this.#paths.change(id, action);
      case "add-capacity":
        return addCapacity(this.#parts, action);
      case "move":
        return places.gatewaysOf(action.where).forEach((gateway) => seam.operatorMove(gateway, action.to));
      case "evacuate":
        return seam.evacuate(action.plan);
      case "evacuation":
        return seam.orderEvacuation(action.order);
      case "pause-scheduler":
        return seam.pause(nowMs + inMs(action.lasting));
    }
  }

  /** Returns what operators withdraw and restore in `where`: servers if it names a destination, gateways otherwise. */
  #operated(where: PeopleFault["where"]): ServerOutages | GatewayOutages {
    return namesDestination(where) ? this.#servers : this.#gateways;
  }
}

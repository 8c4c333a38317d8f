/**
 * Faults of servers that health checks or operators report: they hold whatever clients report.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Instant } from "../../base/units.ts";
import { alertOf, type Diagnosis } from "./diagnosis.ts";
import type { SchedulerEffect } from "./messages.ts";
import { allClearOf, type FaultSource, type OpenFault } from "./open-faults.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Returns the diagnosis that a whole server is at fault, on this ground. */
export const serverDiagnosis = ({ topology, quality }: SchedulerState, server: number, why: string): Diagnosis => {
  const endpoint = topology.endpoints.findIndex((other) => other.server === server);
  return {
    what: "server fault",
    who: topology.servers[server]!.name,
    ip: endpoint < 0 ? "" : topology.endpoint(endpoint).ip,
    gateways: undefined,
    endpoints: new Set(endpoint < 0 ? [] : topology.domain("server", endpoint)),
    level: "server",
    rise: { sessions: 0, connects: 0 },
    riseAtLeast: { sessions: 0, connects: 0 },
    since: quality.round,
    why: [why],
  };
};

/** Closes the faults of a server that came from this source. */
export const closeServerFaults = ({ topology, faults }: SchedulerState, server: number, source: FaultSource): void => {
  for (const fault of faults.open)
    if (fault.source === source && serverOf(topology, fault) === server) faults.remove(fault);
};

/** Opens and closes the faults that health checks report. */
export class ServerFaults {
  readonly #state: SchedulerState;

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /**
   * Opens a fault for each server that is down, and closes those of servers that stayed up long enough. Returns the
   * effects.
   */
  watch(now: Instant): SchedulerEffect[] {
    return [...this.#open(now), ...this.#close()];
  }

  #open(now: Instant): SchedulerEffect[] {
    const { topology, capacity, faults } = this.#state;
    const effects: SchedulerEffect[] = [];
    for (let server = 0; server < capacity.servers; server++) {
      if (!capacity.isDown(server, now)) continue;
      if (faults.open.some((fault) => fault.source === "health" && serverOf(topology, fault) === server)) continue;
      const diagnosis = serverDiagnosis(this.#state, server, "no longer answers its health check");
      faults.add(diagnosis, "health", true);
      effects.push(alertOf(diagnosis, diagnosis.what, diagnosis.why));
    }
    return effects;
  }

  #close(): SchedulerEffect[] {
    const { topology, capacity, faults, policy } = this.#state;
    const effects: SchedulerEffect[] = [];
    for (const fault of faults.open) {
      if (fault.source !== "health") continue;
      fault.cleanRounds = capacity.isUsable(serverOf(topology, fault)) ? fault.cleanRounds + 1 : 0;
      if (fault.cleanRounds < policy.cleanRounds) continue;
      faults.remove(fault);
      effects.push(...allClearOf(fault, `up for ${String(fault.cleanRounds)} rounds`));
    }
    return effects;
  }
}

/** Returns the server that a server fault is about; -1 if it has no endpoint. */
const serverOf = (topology: TopologyIndex, fault: OpenFault): number => {
  const [endpoint] = fault.diagnosis.endpoints;
  return endpoint === undefined ? -1 : topology.endpoint(endpoint).server;
};

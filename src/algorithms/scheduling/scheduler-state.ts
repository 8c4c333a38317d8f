/**
 * What the scheduler knows between rounds: the topology, how good every path is, how full every server is, the dispatch
 * table and the open faults. Its parts read and change this one state.
 * Met by: src/world/seams/scheduling.ts
 */
import { Capacity } from "./capacity.ts";
import { DispatchTable } from "./dispatch-table.ts";
import type { Topology } from "./messages.ts";
import { OpenFaults } from "./open-faults.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { Quality } from "./quality.ts";
import { SilenceDetector } from "./silence-detector.ts";
import { TopologyIndex } from "./topology-index.ts";

/** The state of one scheduler. */
export interface SchedulerState {
  /** Its settings. */
  readonly policy: SchedulerPolicy;
  /** Gateways, endpoints and servers, and what they have in common. */
  readonly topology: TopologyIndex;
  /** What clients reported of every path. */
  readonly quality: Quality;
  /** When each gateway was last heard of. */
  readonly silence: SilenceDetector;
  /** How many people each server holds and can take. */
  readonly capacity: Capacity;
  /** Where each gateway's users are sent. */
  readonly dispatch: DispatchTable;
  /** Faults that are known and not over. */
  readonly faults: OpenFaults;
}

/**
 * Returns the state before the first report: every gateway's users are sent to its first candidate, and no fault is
 * open.
 */
export const newSchedulerState = (policy: SchedulerPolicy, entries: Topology): SchedulerState => {
  const topology = new TopologyIndex(entries);
  const capacity = new Capacity(topology.servers, policy);
  const quality = new Quality(topology, policy);
  return {
    policy,
    topology,
    quality,
    silence: new SilenceDetector(topology.gateways.length, policy),
    capacity,
    dispatch: new DispatchTable(topology, capacity, policy),
    faults: new OpenFaults(quality, policy),
  };
};

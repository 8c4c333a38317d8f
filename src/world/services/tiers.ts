/**
 * The machines of a tier: each is a queue with its admission control, its calls to other tiers, and whether it is up. The
 * connections that a tier can hold follow from descriptors and memory.
 */
import { type Admission } from "../../algorithms/overload/admission.ts";
import { admissionOf, type AdmissionPolicy } from "../../algorithms/overload/policy.ts";
import type { Instant } from "../../base/units.ts";
import type { TaskRoute } from "../../scenario/services/routes.ts";
import type { ServicesModel } from "../../scenario/services/shape.ts";
import { Caller, Uptime } from "./callers.ts";
import { MachineQueue, type QueueJobs } from "./machine-queue.ts";

/** Makes the admission control of one machine; tests replace it to show that a sabotaged one is caught. */
export type Guard = (policy: AdmissionPolicy) => Admission;
/** The admission control that a scenario's policy names. */
export const GUARD: Guard = admissionOf;

/** One machine of a tier. */
export interface TierMachine {
  /** The tier's name and an ordinal from 1. */
  readonly name: string;
  /** Its cores, units and waiting requests. */
  readonly queue: MachineQueue;
  /** Its admission control. */
  readonly admission: Admission;
  /** By tier: its client side; undefined for tiers that it does not call. */
  readonly callers: readonly (Caller | undefined)[];
  /** Factor on its computing times. */
  slowness: number;
  /** How it is down; undefined while it is up. */
  down: "silent" | "reset" | undefined;
}

/** A tier of machines that are all alike. */
export interface Tier {
  /** Its name in the scenario. */
  readonly name: string;
  /** Its settings in the scenario. */
  readonly model: ServicesModel["tiers"][string];
  /** Its machines, in the order of their names. */
  readonly machines: readonly TierMachine[];
  /** When each machine was up. */
  readonly uptime: Uptime;
  /** Requests under way at once on a machine, as its memory allows. */
  readonly units: number;
  /** Connections that a machine can hold, as its descriptors and memory allow. */
  readonly room: number;
  /** Connections that people would hold to the tier. */
  readonly wanted: number;
}

/** What tiers are built from. */
export interface TiersPlan {
  /** The section `services` of the scenario. */
  readonly model: ServicesModel;
  /** Routes of all entries. */
  readonly routes: readonly TaskRoute[];
  /** Priorities of entries that differ. */
  readonly ranks: number;
}

/** Builds all tiers of a model, in its order. */
export const buildTiers = (
  { model, routes, ranks: allRanks }: TiersPlan,
  guard: Guard,
  work: QueueJobs,
): readonly Tier[] => {
  const names = Object.keys(model.tiers);
  const uptimes = names.map((name) => new Uptime(model.tiers[name]!.machines));
  return names.map((name, index): Tier => {
    const own = model.tiers[name]!;
    const wanted = Object.values(model.entries).reduce(
      (sum, one) => sum + (one.tier === name ? one.connections : 0),
      0,
    );
    const memoryRoom = own.connectionMemory === 0 ? Infinity : Math.floor(own.memory / own.connectionMemory);
    const room = Math.min(own.descriptors, memoryRoom);
    const held = Math.min(room, Math.ceil(wanted / own.machines));
    const left = own.memory - held * own.connectionMemory;
    const units = own.units.memory === 0 ? Infinity : Math.max(1, Math.floor(left / own.units.memory));
    const ranks = own.queueOrder === "priority" ? allRanks : 1;
    const plan = { cores: own.cores, units, queue: own.queue, switching: own.units.switching, ranks };
    const calls = calledBy(routes, name);
    const machines = Array.from({ length: own.machines }, (_, place): TierMachine => ({
      name: `${name}-${String(place + 1)}`,
      queue: new MachineQueue(plan, work),
      admission: guard(own.admission),
      callers: names.map((other, called) =>
        calls.has(other) ? new Caller(own, model.tiers[other]!.machines, uptimes[called]!, true) : undefined,
      ),
      slowness: 1,
      down: undefined,
    }));
    return { name, model: own, machines, uptime: uptimes[index]!, units, room, wanted };
  });
};

/** Returns the tiers that a tier's machines call for any task. */
const calledBy = (routes: readonly TaskRoute[], name: string): ReadonlySet<string> =>
  new Set(
    routes.flatMap(({ tier, calls }): readonly string[] => [
      ...(tier === name ? calls.map((call) => call.tier) : []),
      ...calledBy(calls, name),
    ]),
  );

/** Returns the connections held, and the room of all machines that are up. */
export const connectionsOf = (
  { machines, uptime, room, wanted }: Tier,
  now: Instant,
): { held: number; room: number } => {
  let up = 0;
  for (let machine = 0; machine < machines.length; machine++) if (uptime.wasUp(machine, now)) up += 1;
  return { held: Math.min(wanted, room * up), room: room * up };
};

/**
 * The machines of a tier: each a queue with its guard at the door, its calls to other tiers, and the news of whether
 * it is up. How many people a tier can hold connections for follows from descriptors and memory.
 */
import { type Admission } from "../../algorithms/overload/admission.ts";
import { admissionOf, type AdmissionPolicy } from "../../algorithms/overload/policy.ts";
import type { Instant } from "../../base/units.ts";
import type { Route } from "../../scenario/services/routes.ts";
import type { ServicesModel } from "../../scenario/services/shape.ts";
import { Caller, Uptime } from "./callers.ts";
import { Station, type Work } from "./station.ts";

/** The guard of one machine; another one only to show that a sabotaged guard is caught. */
export type Guard = (policy: AdmissionPolicy) => Admission;
export const GUARD: Guard = admissionOf;

export interface TierMachine {
  readonly name: string;
  readonly station: Station;
  readonly admission: Admission;
  /** By tier: what it has learnt of those it calls. */
  readonly callers: readonly (Caller | undefined)[];
  /** This many times slower than it should be. */
  slowness: number;
  down: "silent" | "reset" | undefined;
}

export interface Tier {
  readonly name: string;
  readonly model: ServicesModel["tiers"][string];
  readonly machines: readonly TierMachine[];
  readonly uptime: Uptime;
  /** Requests under way at once on a machine, as far as its memory goes. */
  readonly unitsMost: number;
  /** Connections a machine can hold, as far as its descriptors and memory go. */
  readonly room: number;
  /** People who would hold one to any machine of the tier. */
  readonly wanted: number;
}

export const buildTiers = (
  model: ServicesModel,
  routes: readonly Route[],
  guard: Guard,
  work: Work,
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
    const unitsMost = own.units.memory === 0 ? Infinity : Math.max(1, Math.floor(left / own.units.memory));
    const plan = { cores: own.cores, units: unitsMost, queue: own.queue, switching: own.units.switching };
    const calls = calledBy(routes, name);
    const machines = Array.from({ length: own.machines }, (_, place): TierMachine => ({
      name: `${name}-${String(place + 1)}`,
      station: new Station(plan, work),
      admission: guard(own.admission),
      callers: names.map((other, called) =>
        calls.has(other) ? new Caller(own, model.tiers[other]!.machines, uptimes[called]!, true) : undefined,
      ),
      slowness: 1,
      down: undefined,
    }));
    return { name, model: own, machines, uptime: uptimes[index]!, unitsMost, room, wanted };
  });
};

/** Tiers that a tier's machines call for any task. */
const calledBy = (routes: readonly Route[], name: string): ReadonlySet<string> =>
  new Set(
    routes.flatMap(({ tier, calls }): readonly string[] => [
      ...(tier === name ? calls.map((call) => call.tier) : []),
      ...calledBy(calls, name),
    ]),
  );

/** Connections held and connections that all machines which are up have room for. */
export const connectionsOf = (
  { machines, uptime, room, wanted }: Tier,
  now: Instant,
): { held: number; room: number } => {
  let up = 0;
  for (let machine = 0; machine < machines.length; machine++) if (uptime.wasUp(machine, now)) up += 1;
  return { held: Math.min(wanted, room * up), room: room * up };
};

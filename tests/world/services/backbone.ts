/** Services alone, without a population: built from a scenario's `services` section, run and counted. */
import { parse } from "yaml";
import { Digest } from "../../../src/base/digest.ts";
import { instantAt, seconds } from "../../../src/base/units.ts";
import { servicesField } from "../../../src/scenario/services/shape.ts";
import type { ServicesModel } from "../../../src/scenario/services/shape.ts";
import { Services } from "../../../src/world/services/services.ts";
import { type Guard, GUARD } from "../../../src/world/services/tiers.ts";
import type { Outcome } from "../../../src/world/services/requests.ts";

export interface Count {
  /** Tasks offered by entry, and how they ended, as a share of those. */
  readonly offered: readonly number[];
  readonly ended: (entry: number, ending: Outcome) => number;
  /** By entry: times of completed tasks, us. */
  readonly times: readonly (readonly number[])[];
  /** By tier. */
  readonly requests: readonly number[];
  readonly shed: readonly number[];
  readonly waits: readonly (readonly number[])[];
  readonly computed: readonly number[];
  readonly wasted: readonly number[];
  readonly events: number;
  readonly digest: string;
  readonly services: Services;
}

interface RunOptions {
  readonly from: number;
  readonly to: number;
  readonly seed?: string;
  readonly guard?: Guard;
  /** Actions by second. */
  readonly at?: readonly (readonly [number, (services: Services) => void])[];
  /** Called at the end of every task. */
  readonly ended?: () => void;
  /** Called at the start of every request. */
  readonly begun?: (now: number, waited: number) => void;
}

export const modelOf = (text: string): ServicesModel => servicesField.parse(parse(text));

/** Runs to the second `to` and counts what began from the second `from` on. */
export const run = (
  model: ServicesModel | string,
  { from, to, seed = "test", guard = GUARD, at = [], begun, ended }: RunOptions,
): Count => {
  const services = typeof model === "string" ? modelOf(model) : model;
  const tiers = Object.keys(services.tiers).length;
  const entries = Object.keys(services.entries).length;
  const zeros = (length: number): number[] => Array.from({ length }, () => 0);
  const [offered, requests, shed, computed, wasted] = [entries, tiers, tiers, tiers, tiers].map(zeros) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const times = Array.from({ length: entries }, (): number[] => []);
  const waits = Array.from({ length: tiers }, (): number[] => []);
  const endings = new Map<string, number>();
  const begin = seconds(from);
  const deadlines = Object.values(services.entries).map(({ deadline }) => deadline);
  const digest = new Digest();
  const backbone = new Services({
    model: services,
    seed,
    digest,
    guard,
    notes: {
      offered: () => undefined,
      taskEnded: (entry, began, ending, took) => {
        ended?.();
        // Of the last ones only the quick have ended.
        if (began < begin || began + deadlines[entry]! > seconds(to)) return;
        offered[entry]! += 1;
        if (ending === "done") times[entry]!.push(took);
        endings.set(`${String(entry)} ${ending}`, (endings.get(`${String(entry)} ${ending}`) ?? 0) + 1);
      },
      requestArrived: (tier, now) => {
        if (now >= begin) requests[tier]! += 1;
      },
      shed: (tier, now) => {
        if (now >= begin) shed[tier]! += 1;
      },
      started: (tier, now, waited) => {
        begun?.(now, waited);
        if (now >= begin) waits[tier]!.push(waited);
      },
      stillWaiting: () => undefined,
      computed: (tier, now, us) => {
        if (now >= begin) computed[tier]! += us;
      },
      wasted: (tier, now, us) => {
        if (now >= begin) wasted[tier]! += us;
      },
    },
  });
  let events = 0;
  for (const [second, happen] of at) {
    events += backbone.advance(instantAt(seconds(second)));
    happen(backbone);
  }
  events += backbone.advance(instantAt(seconds(to)));
  return {
    offered,
    ended: (entry, ending) => (endings.get(`${String(entry)} ${ending}`) ?? 0) / offered[entry]!,
    times,
    requests,
    shed,
    waits,
    computed,
    wasted,
    events,
    digest: digest.hex,
    services: backbone,
  };
};

/**
 * Deliberately flawed schedulers, each as a hurried engineer might write it. The claims about the real scheduler must turn
 * red on them, or the claims are worthless.
 */
import type {
  QualityReport,
  SchedulerEffect,
  SchedulerInput,
  Topology,
} from "../../src/algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../../src/algorithms/scheduling/policy.ts";
import { Scheduler } from "../../src/algorithms/scheduling/scheduler.ts";
import { after, type Instant, START } from "../../src/base/units.ts";
import type { SchedulerLike } from "../algorithms/scheduling/country.ts";

/** Counts of one path in the last minute. */
interface Window {
  sessions: number;
  degraded: number;
}

/** Keeps a decaying window for each path, and lets `decide` move gateways completely and at once. */
class Rash implements SchedulerLike {
  wakeAt: Instant;
  readonly #policy: SchedulerPolicy;
  readonly #topology: Topology;
  readonly #windows: Window[][];
  readonly #best: number[];
  readonly #decide: (best: number, windows: readonly Window[], gateway: number) => number;

  constructor(
    policy: SchedulerPolicy,
    topology: Topology,
    decide: (best: number, windows: readonly Window[], gateway: number) => number,
  ) {
    this.#policy = policy;
    this.#topology = topology;
    this.#decide = decide;
    this.#windows = topology.gateways.map(() => topology.endpoints.map(() => ({ sessions: 0, degraded: 0 })));
    this.#best = topology.gateways.map(({ candidates }) => candidates[0]!);
    this.wakeAt = after(START, policy.round);
  }

  handle(input: SchedulerInput, now: Instant): readonly SchedulerEffect[] {
    if (input.kind === "quality") this.#hear(input);
    if (input.kind !== "wake") return [];
    this.wakeAt = after(now, this.#policy.round);
    const effects = this.#topology.gateways.flatMap((_, gateway) => this.#move(gateway));
    for (const windows of this.#windows)
      for (const window of windows) {
        window.sessions *= 0.85;
        window.degraded *= 0.85;
      }
    return effects;
  }

  #hear({ gateway, endpoint, sessions, degraded }: QualityReport): void {
    const window = this.#windows[gateway]![endpoint]!;
    window.sessions += sessions;
    window.degraded += degraded;
  }

  #move(gateway: number): SchedulerEffect[] {
    const next = this.#decide(this.#best[gateway]!, this.#windows[gateway]!, gateway);
    if (next === this.#best[gateway]) return [];
    this.#best[gateway] = next;
    return [
      {
        kind: "dispatch",
        gateway,
        routes: [{ endpoint: next, share: 1 }],
        candidates: [next, ...this.#topology.gateways[gateway]!.candidates.filter((other) => other !== next)],
        hintSpread: this.#policy.hintSpread,
        move: true,
        restores: false,
        cause: "it looked better",
        why: ["it looked better"],
      },
    ];
  }
}

const shareOf = ({ sessions, degraded }: Window): number => (sessions < 1 ? 1 : degraded / sessions);

/** Moves at any difference in favour of another path. */
export const restless = (policy: SchedulerPolicy, topology: Topology): SchedulerLike =>
  new Rash(policy, topology, (best, windows) =>
    windows.reduce((least, window, endpoint) => (shareOf(window) < shareOf(windows[least]!) ? endpoint : least), best),
  );

/** Takes every rise for a bad route and moves to the next candidate, without localising the fault. */
export const blind = (policy: SchedulerPolicy, topology: Topology): SchedulerLike =>
  new Rash(policy, topology, (best, windows, gateway) => {
    const { candidates } = topology.gateways[gateway]!;
    const isBad = windows[best]!.sessions > 200 && shareOf(windows[best]!) > 0.15;
    return isBad ? candidates[(candidates.indexOf(best) + 1) % candidates.length]! : best;
  });

/** Fills a destination to the brim in one step. */
export const brimming = (policy: SchedulerPolicy, topology: Topology): SchedulerLike =>
  new Scheduler({ ...policy, stepOfHeadroom: 1, fullAt: 10 }, topology);

/** Raises an alert at once and without cause. */
export const nervous = (policy: SchedulerPolicy, topology: Topology): SchedulerLike =>
  new Scheduler({ ...policy, falseAlarmsADay: 1e8, smallestRise: 0.001 }, topology);

/**
 * Canaries: sabotaged schedulers in the full simulation. Each must turn the gate red that is meant to catch it; with the real
 * scheduler the same gates are green.
 */
import { describe, expect, it } from "vitest";
import type { SchedulerEffect, SchedulerInput } from "../../src/algorithms/scheduling/messages.ts";
import { Scheduler } from "../../src/algorithms/scheduling/scheduler.ts";
import type { Machine } from "../../src/base/machine.ts";
import { NEVER } from "../../src/base/units.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { people, type SchedulerFactory } from "../../src/simulate/people/system.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import type { Verdict } from "../../src/study/document.ts";
import { judge } from "../../src/study/judge.ts";
import { tiny } from "../world/support.ts";

const ROUTE = tiny(`
run: { duration: 40 min, warmup: 10 min }
faults: [{ id: route, at: 20 min, loss: 25 %, where: { region: hainan, centre: south } }]
windows: { rerouted: 26 min..40 min }
thresholds:
  - { figure: "loss.mean{region=hainan,window=rerouted}", max: 5 % }
  - { figure: "reroute.delay.max{fault=route}", max: 5 min }
  - { figure: "move.hourly.max", max: 4 /h }
  - { figure: "server.load.max", max: 100 % }
`);

const ACCESS = tiny(`
run: { duration: 40 min, warmup: 10 min }
faults: [{ id: gateway, at: 20 min, loss: 9 %, where: { gateway: sc-mobile-3g-2 } }]
thresholds:
  - { figure: "alarm.delay.max{fault=gateway}", max: 5 min }
  - { figure: "alarm.named.share{fault=gateway}", min: 100 % }
  - { figure: "moved.count", max: 0 }
`);

const REAL: SchedulerFactory = (policy, topology) => new Scheduler(policy, topology);

/** Ignores all inputs and has no effects. */
const DEAF: SchedulerFactory = () => ({ wakeAt: NEVER, handle: () => [] });

/** The real scheduler with altered effects. */
const tampered =
  (
    tamper: (effects: readonly SchedulerEffect[], input: SchedulerInput) => readonly SchedulerEffect[],
  ): SchedulerFactory =>
  (policy, topology): Machine<SchedulerInput, SchedulerEffect> => {
    const real = new Scheduler(policy, topology);
    return {
      get wakeAt() {
        return real.wakeAt;
      },
      handle: (input, now) => tamper(real.handle(input, now), input),
    };
  };

/** Moves the gateway of every alert. */
const rash =
  (scenario: Scenario): SchedulerFactory =>
  (policy, topology) => {
    const real = new Scheduler(policy, topology);
    return {
      get wakeAt() {
        return real.wakeAt;
      },
      handle: (input, now) =>
        real.handle(input, now).flatMap((effect): SchedulerEffect[] => {
          const gateway = effect.kind === "alert" ? topology.gateways.findIndex(({ name }) => name === effect.who) : -1;
          if (gateway < 0) return [effect];
          const candidates = topology.gateways[gateway]!.candidates;
          const routes = [{ endpoint: candidates[1]!, share: 1 }];
          const { hintSpread } = scenario.world.scheduler;
          const rash = { move: true, restores: false, cause: "rash", why: ["rash"] };
          return [effect, { kind: "dispatch", gateway, routes, candidates, hintSpread, ...rash }];
        }),
    };
  };

const MUTE = tampered((effects) => effects.filter(({ kind }) => kind !== "alert"));

/** The verdict of each threshold, by its figure. */
const verdicts = (scenario: Scenario, scheduler: SchedulerFactory): Readonly<Record<string, Verdict>> => {
  const { figures } = simulate(
    scenario,
    { replication: 0, faults: true, interventions: true },
    { replacing: [people(scheduler)] },
  );
  return Object.fromEntries(
    scenario.thresholds.map(({ figure, min, max }) => {
      const value = figures[figure.text]!.value;
      return [figure.text, judge(value === null ? null : [value, value], { min, max })];
    }),
  );
};

describe("the real scheduler", () => {
  it("holds every gate of a bad route", () => {
    expect(new Set(Object.values(verdicts(ROUTE, REAL)))).toEqual(new Set(["held"]));
  });
  it("holds every gate of a bad gateway", () => {
    expect(new Set(Object.values(verdicts(ACCESS, REAL)))).toEqual(new Set(["held"]));
  });
});

describe("a sabotaged one turns its gate red", () => {
  it("deaf: nobody is moved off the bad route", () => {
    const found = verdicts(ROUTE, DEAF);
    expect(found["loss.mean{region=hainan,window=rerouted}"]).toBe("broken");
    expect(found["reroute.delay.max{fault=route}"]).toBe("broken");
  });
  it("mute: the faulty gateway is not named", () => {
    const found = verdicts(ACCESS, MUTE);
    expect(found["alarm.delay.max{fault=gateway}"]).toBe("broken");
    expect(found["alarm.named.share{fault=gateway}"]).toBe("broken");
  });
  it("rash: people behind a bad gateway are moved for nothing", () => {
    expect(verdicts(ACCESS, rash(ACCESS))["moved.count"]).toBe("broken");
  });
});

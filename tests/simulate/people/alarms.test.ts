/** Which alerts name a fault, and which are without one: standing alarms name later faults, and after-effects have a cause. */
import { describe, expect, it } from "vitest";
import type { SchedulerEffect, SchedulerInput, Topology } from "../../../src/algorithms/scheduling/messages.ts";
import type { SchedulerPolicy } from "../../../src/algorithms/scheduling/policy.ts";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import type { Machine } from "../../../src/base/machine.ts";
import { instantAt, minutes, type Instant } from "../../../src/base/units.ts";
import { people, type SchedulerFactory } from "../../../src/simulate/people/system.ts";
import { simulate } from "../../../src/simulate/simulation.ts";
import { tiny } from "../../world/support.ts";

/** A scheduler that also raises an alert about one gateway at a time that is given. */
class CryingWolf implements Machine<SchedulerInput, SchedulerEffect> {
  readonly #inner: Scheduler;
  readonly #topology: Topology;
  readonly #about: string;
  readonly #at: Instant;
  #hasCried = false;

  constructor(policy: SchedulerPolicy, topology: Topology, about: string, at: Instant) {
    this.#inner = new Scheduler(policy, topology);
    this.#topology = topology;
    this.#about = about;
    this.#at = at;
  }

  get wakeAt(): Instant {
    return this.#inner.wakeAt;
  }

  handle(input: SchedulerInput, now: Instant): readonly SchedulerEffect[] {
    const effects = this.#inner.handle(input, now);
    if (this.#hasCried || now < this.#at) return effects;
    this.#hasCried = true;
    const gateway = this.#topology.gateways.findIndex(({ name }) => name === this.#about);
    const endpoints = new Set(this.#topology.endpoints.keys());
    const wolf = { who: this.#about, ip: "", gateways: new Set([gateway]), endpoints, why: ["wolf"] };
    return [...effects, { kind: "alert", what: "access fault", ...wolf }];
  }
}

const crying =
  (about: string, minute: number): SchedulerFactory =>
  (policy, topology) =>
    new CryingWolf(policy, topology, about, instantAt(minutes(minute)));

/** Returns the figures about alarms under these faults, fault by fault. */
const alarms = (faults: string, rest = "", scheduler?: SchedulerFactory) => {
  const ids = [...faults.matchAll(/\bid: (\w+)/g)].map(([, id]) => id!);
  const asked = ids.flatMap((id) => [
    `  - { figure: "alarm.named.share{fault=${id}}", min: 10 % }`,
    `  - { figure: "alarm.delay.max{fault=${id}}", max: 5 min }`,
  ]);
  const scenario = tiny(
    `
run: { duration: 60 min, warmup: 5 min }
faults: [${faults}]
${rest}
thresholds:
  - { figure: "alarm.false.count", max: 0.5 }
${asked.join("\n")}
`,
    ["run.scale=1/1000"],
  );
  const request = { replication: 0, faults: true, interventions: true };
  const replacing = scheduler === undefined ? [] : [people(scheduler)];
  const { figures, decisions } = simulate(scenario, request, { replacing });
  const of = (figure: string): number => figures[figure]!.value!;
  return {
    named: (id: string): number => of(`alarm.named.share{fault=${id}}`),
    delay: (id: string): number => of(`alarm.delay.max{fault=${id}}`),
    false: of("alarm.false.count"),
    alerts: decisions.filter(({ kind }) => kind === "alert"),
  };
};

const FIRST = "{ id: a, at: 12 min, until: 16 min, down: silent, where: { server: south-unicom-1 } }";
const again = (minute: number, server = "south-unicom-1"): string =>
  `{ id: b, at: ${String(minute)} min, until: ${String(minute + 5)} min, down: silent, where: { server: ${server} } }`;

describe("an alarm that stands when a fault begins", () => {
  it("names the fault at once if it names its place", () => {
    const found = alarms(`${FIRST}, ${again(20)}`);
    expect(found.alerts).toHaveLength(1);
    expect([found.named("a"), found.named("b")]).toEqual([100, 100]);
    expect(found.delay("a")).toBeGreaterThan(0);
    expect(found.delay("b")).toBe(0);
  });

  it("does not if it names another place, or has been cleared", () => {
    const elsewhere = alarms(`${FIRST}, ${again(20, "north-unicom-1")}`);
    expect(elsewhere.delay("b")).toBeGreaterThan(0);
    const cleared = alarms(`${FIRST}, ${again(45)}`);
    expect(cleared.alerts).toHaveLength(2);
    expect(cleared.delay("b")).toBeGreaterThan(0);
  });
});

/** The centre that is left logs people in slowly; a small one far away makes the lost one a third of all servers. */
const CROWDED = `
centres:
  south: { lines: { mobile: { logins: 60 }, unicom: { logins: 40 } } }
  west:
    title: West
    at: [0, 60]
    lines:
      mobile: { delay: 1 ms, loss: 0.05 %, servers: 1, connections: 1 k, logins: 10 }
      unicom: { delay: 1 ms, loss: 0.05 %, servers: 1, connections: 1 k, logins: 10 }
`;
const ROOMY = CROWDED.replaceAll(/logins: [46]0/g, "logins: 2000");
const LOST = "{ id: f, at: 30 min, until: 45 min, down: reset, where: { centre: north } }";

describe("an alert without a fault", () => {
  it("is not one that follows from a fault whose people crowd elsewhere", () => {
    const { alerts, false: count } = alarms(LOST, CROWDED);
    // Gateways whose people wait at the doors of the other centre, to all of whose endpoints they report nothing.
    expect(alerts.filter(({ what }) => /access fault/.test(what)).length).toBeGreaterThan(0);
    expect(count).toBe(0);
  });

  it("is one about people that a fault at the same time leaves in peace", () => {
    // Hainan's people are at home in the south, and the south has room.
    expect(alarms(LOST, ROOMY, crying("hi-mobile-3g-1", 33)).false).toBe(1);
    expect(alarms(LOST, ROOMY, crying("bj-mobile-3g-1", 33)).false).toBe(0);
  });

  it("is one about people who have been back for long, too", () => {
    const unmended = LOST.replace("until: 45 min, ", "");
    expect(alarms(unmended, ROOMY, crying("bj-mobile-3g-1", 50)).false).toBe(1);
  });
});

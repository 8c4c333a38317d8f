import { describe, expect, it } from "vitest";
import { Evacuation } from "../../../src/algorithms/scheduling/evacuation.ts";
import type { EvacuationPlan, SchedulerEffect } from "../../../src/algorithms/scheduling/messages.ts";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { newSchedulerState } from "../../../src/algorithms/scheduling/scheduler-state.ts";
import { after, type Instant, minutes, seconds, START } from "../../../src/base/units.ts";
import { layOut } from "./country.ts";

type HandOver = Extract<SchedulerEffect, { kind: "hand-over" }>;

const PLAN: EvacuationPlan = {
  centre: "north",
  within: minutes(20),
  batch: undefined,
  rest: minutes(0),
  avoid: [],
  heedsHealth: true,
};
const policy = { ...SCHEDULER_DEFAULTS, round: seconds(30) };

/** Nine gateways, a third of them in each centre; servers with the given capacity. */
const begin = (plan: Partial<EvacuationPlan> = {}, capacity = 900_000) => {
  const topology = layOut({
    gateways: Array.from({ length: 9 }, (_, index) => ({
      region: `r${String(index)}`,
      carrier: "mobile",
      people: 200_000,
      loss: 0,
      home: index % 3,
    })),
    capacity,
  });
  const state = newSchedulerState(policy, topology);
  const { topology: index, capacity: room, dispatch } = state;
  const evacuation = new Evacuation(state, { ...PLAN, ...plan }, START);
  /** People routed to a centre, in thousands. */
  const at = (centre: string): number => {
    let people = 0;
    for (const gateway of index.gateways.keys())
      for (const endpoint of dispatch.routedEndpoints(gateway))
        if (index.endpoint(endpoint).centre === centre) people += 200 * dispatch.share(gateway, endpoint);
    return Math.round(people);
  };
  const servers = [...index.servers.keys()];
  const tell = (server: number, more: object = {}): void => {
    evacuation.health.report({ kind: "health", server, waitMs: 0, asked: 0, completed: 0, able: 3e6, ...more });
  };
  /** One round at a time; state arrives at once. */
  const round = (now: Instant, sick: (server: number) => object = () => ({})): readonly SchedulerEffect[] => {
    room.expirePending(now);
    for (const server of servers) tell(server, sick(server));
    const effects = evacuation.round(now);
    const handed = effects.filter((effect): effect is HandOver => effect.kind === "hand-over");
    for (const { batch } of handed) evacuation.handedOver(batch);
    return effects;
  };
  const run = (from: number, to: number, sick?: (server: number) => object): readonly SchedulerEffect[] => {
    const effects: SchedulerEffect[] = [];
    for (let at = from; at < to; at++) effects.push(...round(after(START, seconds(30 * at)), sick));
    return effects;
  };
  return { index, dispatch, evacuation, at, round, run, room };
};

describe("an evacuation", () => {
  it("leads everybody out within its time, to the others alike, and says when it is over", () => {
    const { at, run } = begin();
    expect([at("north"), at("shanghai"), at("shenzhen")]).toEqual([600, 600, 600]);
    const effects = run(1, 50);
    expect(at("north")).toBe(0);
    expect(Math.abs(at("shanghai") - 900)).toBeLessThanOrEqual(40);
    expect(
      effects.filter(({ kind }) => kind === "evacuation").map((effect) => "what" in effect && effect.what),
    ).toEqual(["evacuation begins", "evacuation is complete"]);
  });

  it("goes at an even pace", () => {
    const { at, run } = begin();
    run(1, 21);
    expect(at("north")).toBeGreaterThan(240);
    expect(at("north")).toBeLessThan(400);
  });

  it("leads nobody whose state has not arrived", () => {
    const { at, evacuation } = begin();
    const effects = evacuation.round(after(START, seconds(30)));
    expect(effects.some(({ kind }) => kind === "hand-over")).toBe(true);
    expect(effects.some(({ kind }) => kind === "dispatch")).toBe(false);
    expect(at("north")).toBe(600);
  });

  it("never asks more of a server than its room", () => {
    const { index, at, run, dispatch } = begin({}, 420_000);
    run(1, 200);
    // Two centres of two servers of 420,000 at 95 %: 1,596,000 for 1,800,000.
    expect(at("north")).toBeGreaterThan(150);
    const onServer = new Map<number, number>();
    for (const gateway of index.gateways.keys())
      for (const endpoint of dispatch.routedEndpoints(gateway)) {
        const { server, centre } = index.endpoint(endpoint);
        if (centre !== "north")
          onServer.set(server, (onServer.get(server) ?? 0) + 200_000 * dispatch.share(gateway, endpoint));
      }
    expect(Math.max(...onServer.values())).toBeLessThanOrEqual(0.95 * 420_000 + 2_000);
  });

  it("turns away from a centre in distress, and comes back when that is over", () => {
    const { at, run } = begin();
    run(1, 4);
    const before = at("shanghai");
    // Servers 2 and 3 are Shanghai's.
    run(4, 14, (server) => (server === 2 || server === 3 ? { waitMs: 5_000 } : {}));
    expect(at("shanghai") - before).toBeLessThanOrEqual(20);
    expect(at("shenzhen")).toBeGreaterThan(at("shanghai"));
    run(14, 50);
    expect(at("shanghai")).toBeGreaterThan(before + 100);
    expect(at("north")).toBe(0);
  });

  it("in batches leads so many, rests, and leaves out the hours it is told to", () => {
    const avoid = [{ from: after(START, minutes(20)), to: after(START, minutes(60)) }];
    const { at, run } = begin({ batch: 200_000, within: minutes(8), rest: minutes(4), avoid });
    run(1, 20);
    expect(at("north")).toBe(400);
    run(20, 120);
    expect(at("north")).toBe(400);
    run(120, 200);
    expect(at("north")).toBe(0);
  });

  it("can be held, and let go on", () => {
    const { at, run, evacuation } = begin();
    run(1, 10);
    evacuation.order("pause");
    const then = at("north");
    run(10, 20);
    expect(at("north")).toBe(then);
    evacuation.order("resume");
    run(20, 60);
    expect(at("north")).toBe(0);
  });

  it("held while state is on its way leads those people only when it goes on", () => {
    const { at, evacuation, run } = begin();
    const [effect] = evacuation.round(after(START, seconds(30))).filter(({ kind }) => kind === "hand-over");
    evacuation.order("pause");
    evacuation.handedOver((effect as HandOver).batch);
    run(2, 8);
    expect(at("north")).toBe(600);
    evacuation.order("resume");
    run(8, 17);
    expect(at("north")).toBeLessThan(600);
  });

  it("held for long has as much more time, and does not make up for it", () => {
    const { at, run, evacuation } = begin();
    run(1, 10);
    evacuation.order("pause");
    run(10, 120);
    evacuation.order("resume");
    const then = at("north");
    run(120, 130);
    expect(then - at("north")).toBeLessThan(250);
    run(130, 170);
    expect(at("north")).toBe(0);
  });

  it("asks in the end for the state of those who left by another way, and is complete when it has gone", () => {
    const { run, evacuation } = begin();
    const handed: HandOver[] = [];
    const told: unknown[] = [];
    for (const effect of run(1, 60)) {
      if (effect.kind === "hand-over") handed.push(effect);
      if (effect.kind === "evacuation") told.push(effect.what);
    }
    const rest = handed.filter(({ share }) => share === 0);
    expect(rest.map(({ gateway, isRest, from }) => [gateway, isRest, from])).toEqual(
      Array.from({ length: 9 }, (_, gateway) => [gateway, true, "north"]),
    );
    expect(told.at(-1)).toBe("evacuation is complete");
    evacuation.handedOver(rest[0]!.batch);
    expect(evacuation.order("pause")).toEqual([]);
    expect(run(60, 70)).toEqual([]);
  });

  it("says once that it waits when nobody has room, and whom it leaves", () => {
    const { run } = begin({}, 420_000);
    const told = run(1, 200).filter(({ kind }) => kind === "evacuation");
    expect(told.map((effect) => "what" in effect && effect.what)).toEqual(["evacuation begins", "evacuation waits"]);
    expect("why" in told[1]! && told[1].why[0]).toBe("200,000 people are still there");
  });

  it("taken back leads everybody home, state first, at the pace that home bears, and nobody else does", () => {
    const { at, run, evacuation, dispatch, room, index } = begin();
    run(1, 44);
    evacuation.order("roll-back");
    expect(room.isUsable(0)).toBe(true);
    const first = run(44, 48);
    expect(first[0]).toMatchObject({ kind: "hand-over", of: "north", to: "north" });
    expect(first.some(({ kind }) => kind === "dispatch")).toBe(false);
    run(48, 52);
    expect(at("north")).toBeGreaterThan(0);
    expect(at("north")).toBeLessThan(500);
    // The scheduler's own way back takes it that they belong where they are.
    expect([...dispatch.away()]).toEqual([]);
    const rest = run(52, 120);
    expect([at("north"), at("shanghai"), at("shenzhen")]).toEqual([600, 600, 600]);
    expect(rest.at(-1)).toMatchObject({ kind: "evacuation", what: "evacuation is undone" });
    for (const gateway of [0, 3, 6]) expect(index.endpoint(dispatch.home(gateway)).centre).toBe("north");
    expect([...dispatch.away()]).toEqual([]);
  });

  it("taken back half-way leads home those who had left, and none to servers in distress", () => {
    const { at, run, evacuation } = begin();
    run(1, 24);
    const then = at("north");
    expect(then).toBeGreaterThan(100);
    evacuation.order("roll-back");
    run(24, 48, (server) => (server < 2 ? { waitMs: 5_000 } : {}));
    expect(at("north")).toBe(then);
    run(48, 120);
    expect(at("north")).toBe(600);
  });

  it("that heeds nothing sends everybody to the nearest", () => {
    const { at, run } = begin({ heedsHealth: false }, 420_000);
    run(1, 44, () => ({ waitMs: 60_000 }));
    expect(at("north")).toBe(0);
    expect(at("shanghai")).toBeGreaterThan(1_150);
  });
});

/** What is heard of places to go to: told by hand, round by round, of one region and carrier that lives in Shenzhen. */
import { describe, expect, it } from "vitest";
import type { SchedulerEffect } from "../../../src/algorithms/scheduling/messages.ts";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { type Instant, seconds } from "../../../src/base/units.ts";
import { layOut } from "./country.ts";

const TOGETHER = layOut({
  capacity: 3_000_000,
  gateways: [0, 1, 2, 3].map(() => ({ region: "hainan", carrier: "mobile", people: 100_000, loss: 0.01, home: 2 })),
});
const { endpoints } = TOGETHER;
const isShenzhen = (endpoint: number): boolean => endpoints[endpoint]!.centre === "shenzhen";

/** What is heard of a path in a round. */
interface Told {
  readonly sessions: number;
  readonly bad: number;
  readonly connects?: number;
}
type Story = (gateway: number, endpoint: number, round: number, isRouted: boolean) => Told | undefined;

const BEGINS = 60;
/** Users and, of every other place, explorers, all as ever. */
const asEver: Story = (_gateway, _endpoint, _round, isRouted) =>
  isRouted ? { sessions: 2_000, bad: 100 } : { sessions: 40, bad: 2 };
/** The same where this share of sessions is bad. */
const worse =
  (share: number): Story =>
  (...path) => {
    const { sessions } = asEver(...path)!;
    return { sessions, bad: Math.round(share * sessions) };
  };

type Logged = SchedulerEffect & { readonly round: number };

/** Lives through so many rounds; users are where the table says from the next round on. */
const live = (rounds: number, story: Story, topology = TOGETHER) => {
  const scheduler = new Scheduler(SCHEDULER_DEFAULTS, topology);
  const best = topology.gateways.map(({ candidates }) => candidates[0]!);
  const log: Logged[] = [];
  for (let round = 1; round <= rounds; round++) {
    const now = seconds(10 * round) as number as Instant;
    topology.servers.forEach(({ connections }, server) =>
      scheduler.handle({ kind: "load", server, connections: 100_000, capacity: connections, up: true }, now),
    );
    for (const gateway of topology.gateways.keys())
      for (const endpoint of endpoints.keys()) {
        const told = story(gateway, endpoint, round, best[gateway] === endpoint);
        if (told === undefined) continue;
        const { sessions, bad: degraded, connects = 0 } = told;
        const counts = { sessions, degraded, probes: 4 * sessions, unanswered: degraded, connects, connectFailures: 0 };
        scheduler.handle({ kind: "quality", gateway, endpoint, ...counts }, now);
      }
    for (const effect of scheduler.handle({ kind: "wake" }, now)) {
      log.push({ ...effect, round });
      if (effect.kind === "dispatch") best[effect.gateway] = effect.routes[0]!.endpoint;
    }
  }
  const movesOf = (gateway: number) =>
    log.flatMap((one) =>
      one.kind === "dispatch" && one.gateway === gateway && one.move
        ? [{ round: one.round, to: one.routes[0]!.endpoint }]
        : [],
    );
  return { movesOf };
};

describe("a place to go to", () => {
  it("is not proved to lose less by who connects there", () => {
    const [first] = TOGETHER.gateways[0]!.candidates;
    // All of Shenzhen is bad; of what is next door only connects are heard since, and they succeed.
    const story: Story = (gateway, endpoint, round, isRouted) => {
      const path = [gateway, endpoint, round, isRouted] as const;
      if (gateway > 0)
        return !isRouted ? undefined : round < BEGINS ? asEver(...path) : { sessions: 0, bad: 0, connects: 2_000 };
      if (!isShenzhen(endpoint)) return asEver(...path);
      if (endpoint !== first) return undefined;
      return (round >= BEGINS ? worse(0.9) : asEver)(...path);
    };
    const { movesOf } = live(BEGINS + 60, story);
    expect(movesOf(0).length).toBeGreaterThan(0);
    for (const { to } of movesOf(0)) expect(isShenzhen(to)).toBe(false);
  });
});

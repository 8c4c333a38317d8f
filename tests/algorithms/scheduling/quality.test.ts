import { expect, it } from "vitest";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { Quality } from "../../../src/algorithms/scheduling/quality.ts";
import { TopologyIndex } from "../../../src/algorithms/scheduling/topology-index.ts";

it("keeps what is reported of every endpoint, candidate or not, in whatever order", () => {
  const names = Array.from({ length: 12 }, (_, index) => `s${String(index)}`);
  const quality = new Quality(
    new TopologyIndex({
      gateways: ["a", "b", "c"].map((name) => ({
        name,
        ips: [],
        region: "north",
        carrier: "blue",
        people: 1_000,
        candidates: [5],
      })),
      endpoints: names.map((name, server) => ({ name, ip: "", port: 443, server, centre: "east", line: "blue" })),
      servers: names.map((name) => ({ name, connections: 1_000 })),
    }),
    SCHEDULER_DEFAULTS,
  );
  const pairs = [0, 1, 2].flatMap((gateway) => names.map((_, endpoint) => ({ gateway, endpoint })));
  const sessionsOf = ({ gateway, endpoint }: (typeof pairs)[number]): number => 100 * (gateway + 1) + endpoint;
  // The later paths come when the earlier ones have outcomes already.
  for (const [round, reported] of [pairs.slice(20), pairs.toReversed()].entries()) {
    for (const pair of reported) {
      const sessions = sessionsOf(pair);
      const counts = { sessions, degraded: 0, probes: 4 * sessions, unanswered: 0, connects: 1, connectFailures: 0 };
      quality.add({ kind: "quality", ...pair, ...counts });
    }
    quality.closeRound(
      round,
      () => true,
      () => false,
    );
  }
  const heard = pairs.map(({ gateway, endpoint }) => quality.path(gateway, endpoint).sessions.countsSince(0).all);
  expect(heard).toEqual(pairs.map((pair, place) => (place < 20 ? 1 : 2) * sessionsOf(pair)));
  expect(quality.pathsOf(1).map(({ endpoint }) => endpoint)).toEqual([...names.keys()]);
  expect(quality.pathsAt(7).map(({ gateway }) => gateway)).toEqual([0, 1, 2]);
});

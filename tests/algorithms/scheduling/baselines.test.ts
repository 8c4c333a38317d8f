import { expect, it } from "vitest";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { Quality } from "../../../src/algorithms/scheduling/quality.ts";
import { TopologyIndex } from "../../../src/algorithms/scheduling/topology-index.ts";
import { layOut } from "./country.ts";

const PROBES = 4;

/** Returns the loss that is read off the share of bad sessions, after a gateway with three quarters of the traffic began to lose this much. */
const readLoss = (truth: number): number => {
  const gateway = { carrier: "mobile", people: 1_000, loss: 0.014 };
  const spec = {
    capacity: 1_000_000,
    gateways: [
      { ...gateway, region: "hainan" },
      { ...gateway, region: "hunan" },
    ],
  };
  const topology = layOut(spec);
  const quality = new Quality(new TopologyIndex(topology), SCHEDULER_DEFAULTS);
  for (let round = 1; round <= 66; round++) {
    for (const [index, sessions] of [3_000, 1_000].entries()) {
      const loss = index === 0 && round > 60 ? truth : 0.014;
      quality.add({
        kind: "quality",
        gateway: index,
        endpoint: topology.gateways[index]!.candidates[0]!,
        sessions,
        degraded: Math.round(sessions * shareOf(loss)),
        probes: PROBES * sessions,
        unanswered: Math.round(PROBES * sessions * loss),
        connects: 0,
        connectFailures: 0,
      });
    }
    quality.closeRound(
      round,
      () => true,
      () => true,
    );
  }
  return quality.lossOf(shareOf(truth));
};

const shareOf = (loss: number): number => 1 - (1 - loss) ** PROBES;

it.each([0.15, 0.37, 0.6])("the loss of a gateway with most of the traffic is read as it is: %f", (truth) => {
  expect(readLoss(truth) / truth).toBeGreaterThan(0.98);
  expect(readLoss(truth) / truth).toBeLessThan(1.02);
});

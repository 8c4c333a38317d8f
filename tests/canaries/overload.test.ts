/** A canary: with a guard that never sheds, the thresholds that are meant to catch it turn red. */
import { describe, expect, it } from "vitest";
import { ADMIT_ALL } from "../../src/algorithms/overload/admission.ts";
import { services } from "../../src/simulate/services/system.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import { GUARD, type Guard } from "../../src/world/services/tiers.ts";
import type { Verdict } from "../../src/study/document.ts";
import { judge } from "../../src/study/judge.ts";
import { tiny } from "../world/support.ts";

const CHAINS = tiny(
  `
run: { duration: 90 s, warmup: 60 s }
provenance: { services: { is: assumed, source: tests } }
services:
  hop: 500 us
  tiers:
    asking: { machines: 2, cores: 64, work: { law: exponential, mean: 200 us } }
    asked: { machines: 1, cores: 8, work: { law: exponential, mean: 8 ms }, admission: priority }
  entries:
    pairs: { tier: asking, calls: [asked, asked], feed: 2000 }
thresholds:
  - { figure: "task.completed.share", min: 21.3 % }
  - { figure: "tier.queue.mean{tier=asked}", max: 100 ms }
  - { figure: "tier.shed.share{tier=asked}", min: 50 % }
`,
  ["run.scale=1/1000"],
);

const verdicts = (guard: Guard): readonly Verdict[] => {
  const { figures } = simulate(
    CHAINS,
    { replication: 0, faults: true, interventions: true },
    { replacing: [services(guard)] },
  );
  return CHAINS.thresholds.map(({ figure, min, max }) => {
    const value = figures[figure.text]!.value;
    return judge(value === null ? null : [value, value], { min, max });
  });
};

describe("under twice the load in chains of two", () => {
  it("the real guard holds every threshold", () => {
    expect(verdicts(GUARD)).toEqual(["held", "held", "held"]);
  });

  it("a guard that never sheds breaks all of them", () => {
    expect(verdicts(() => ADMIT_ALL)).toEqual(["broken", "broken", "broken"]);
  });
});

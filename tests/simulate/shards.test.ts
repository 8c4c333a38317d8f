/** A run on several threads with the built executor: the number of threads changes nothing, under any fault. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Replication } from "../../src/simulate/replication.ts";
import type * as Simulation from "../../src/simulate/simulation.ts";
import type * as Local from "../../src/study/executors/local.ts";
import { ROOT } from "../cli/shell.ts";
import { tiny } from "../world/support.ts";

const built = (name: string): Promise<unknown> => import(pathToFileURL(join(ROOT, "dist", name)).href);
const { LocalExecutor } = (await built("study/executors/local.js")) as typeof Local;
const { simulate } = (await built("simulate/simulation.js")) as typeof Simulation;

const REQUEST = { replication: 0, faults: true, interventions: true };

const run = async (scenario: Scenario, threads: number): Promise<Replication> => {
  if (threads === 1) return simulate(scenario, REQUEST);
  const executor = new LocalExecutor(scenario, { workers: 1, threads });
  try {
    return await executor.run(REQUEST);
  } finally {
    await executor.close();
  }
};

/** One row for each person, and every heartbeat simulated. */
const EACH = ["run.scale=1", "online=10 k", "run.heartbeats=each"];

/** One row for each person, in cells of which most are large enough for their people to rest. */
const RESTING = ["run.scale=1", "online=40 k"];

/** Servers that refuse logins, and servers that are too small. */
const CLOSED = [
  "admission.policy=by-wait",
  "clients.reconnect.policy=directed",
  "clients.reconnect.base=1 s",
  "clients.reconnect.cap=2 min",
  "centres.south.lines.mobile.connections=120 k",
  "centres.south.lines.mobile.logins=300",
];

interface Case {
  readonly story: string;
  readonly set: readonly string[];
  readonly threads: number;
}

const GATEWAYS = `
run: { duration: 15 min, warmup: 2 min }
faults:
  - { id: gateway, at: 4 min, loss: 20 %, where: { gateway: sc-mobile-3g-2 }, until: 9 min }
  - { id: cut, at: 5 min 100 ms, cut-over: true, delay: 9 ms, where: { region: hainan, carrier: unicom }, until: fixed }
  - { id: silent, at: 3 min, down: silent, where: { gateway: bj-mobile-3g-1 }, until: 11 min }
interventions:
  - { id: fixed, at: 8 min, withdraw: { gateway: hi-unicom-3g-1 } }
windows: { during: 4 min..9 min }
thresholds:
  - { figure: "login.time.p95{window=during,by=region}", max: 100 s }
  - { figure: "back.delay.max{fault=gateway}", max: 1 h }
  - { figure: "back.delay.max{fault=cut}", max: 1 h }
  - { figure: "back.delay.max{fault=silent}", max: 1 h }
`;

const LOST = `
run: { duration: 15 min, warmup: 2 min }
faults:
  - { id: lost, at: 4 min, down: reset, where: { centre: north }, until: 8 min }
  - { id: surge, at: 3 min, surge: 4, where: { region: sichuan }, until: 6 min }
  - { id: nat, at: 10 min, nat-timeout: 4 min, where: { carrier: mobile }, until: 13 min }
thresholds:
  - { figure: "back.delay.max{fault=lost}", max: 1 h }
  - { figure: "back.delay.max{fault=nat}", max: 1 h }
`;

const EVACUATION = `
run: { duration: 15 min, warmup: 2 min }
faults:
  - { id: drained, at: 3 min, down: drained, where: { server: south-unicom-1 }, until: 7 min }
  - { id: dark, at: 13 min, down: silent, where: { centre: north } }
interventions:
  - { id: out, at: 6 min, evacuate: { centre: north, within: 5 min } }
`;

const CASES: Readonly<Record<string, Case>> = {
  "loss, a cut-over and another gateway": { story: GATEWAYS, set: [], threads: 3 },
  "the same, each person and beat lived": { story: GATEWAYS, set: EACH, threads: 2 },
  "the same, where people rest": { story: GATEWAYS, set: RESTING, threads: 3 },
  "a centre lost with a reset, in a surge": { story: LOST, set: [], threads: 2 },
  "the same, where people rest at a centre": { story: LOST, set: RESTING, threads: 2 },
  "the same, at closed doors": { story: LOST, set: CLOSED, threads: 2 },
  "an evacuation, and a drained server": { story: EVACUATION, set: [], threads: 2 },
};

describe("one seed gives one result with any number of threads", () => {
  it.each(Object.entries(CASES))("%s", async (_, { story, set, threads }) => {
    const scenario = tiny(story, set);
    const alone = JSON.stringify(await run(scenario, 1));
    expect(JSON.stringify(await run(scenario, threads))).toBe(alone);
  });
});

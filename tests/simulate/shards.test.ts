/** A run on several threads, as the built executor runs it: whatever befalls the world, how many there are changes nothing. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Replication } from "../../src/simulate/replication.ts";
import type * as Local from "../../src/study/executors/local.ts";
import { ROOT } from "../cli/shell.ts";
import { tiny } from "../world/support.ts";

const { LocalExecutor } = (await import(
  pathToFileURL(join(ROOT, "dist/study/executors/local.js")).href
)) as typeof Local;

const run = async (scenario: Scenario, threads: number): Promise<Replication> => {
  const executor = new LocalExecutor(scenario, 1, threads);
  try {
    return await executor.run({ replication: 0, faults: true, interventions: true });
  } finally {
    await executor.close();
  }
};

const STORIES: Readonly<Record<string, string>> = {
  "loss, a cut-over and another gateway": `
faults:
  - { id: gateway, at: 10 min, loss: 20 %, where: { gateway: sc-mobile-3g-2 }, until: 20 min }
  - { id: cut, at: 12 min 100 ms, cut-over: true, delay: 9 ms, where: { region: hainan, carrier: unicom }, until: fixed }
  - { id: silent, at: 14 min, down: silent, where: { gateway: bj-mobile-3g-1 }, until: 22 min }
interventions:
  - { id: fixed, at: 18 min, withdraw: { gateway: hi-unicom-3g-1 } }
windows: { during: 10 min..20 min }
thresholds:
  - { figure: "login.time.p95{window=during,by=region}", max: 100 s }
`,
  "a centre lost with a reset, in a surge": `
faults:
  - { id: lost, at: 10 min, down: reset, where: { centre: north }, until: 16 min }
  - { id: surge, at: 7 min, surge: 4, where: { region: sichuan }, until: 12 min }
  - { id: nat, at: 20 min, nat-timeout: 4 min, where: { carrier: mobile }, until: 25 min }
`,
  "an evacuation, and a drained server": `
faults:
  - { id: drained, at: 8 min, down: drained, where: { server: south-unicom-1 }, until: 12 min }
  - { id: dark, at: 28 min, down: silent, where: { centre: north } }
interventions:
  - { id: out, at: 13 min, evacuate: { centre: north, within: 10 min } }
`,
};

/** As it is; a row a person and every beat lived; with closed doors and servers that are too small. */
const SETTINGS: readonly (readonly string[])[] = [
  [],
  ["run.scale=1", "online=10 k", "run.heartbeats=each"],
  [
    "admission.policy=by-wait",
    "clients.reconnect.policy=directed",
    "clients.reconnect.base=1 s",
    "clients.reconnect.cap=2 min",
    "centres.south.lines.mobile.connections=120 k",
    "centres.south.lines.mobile.logins=300",
  ],
];

describe("one seed gives one result with any number of threads", () => {
  it.each(Object.entries(STORIES))("%s", async (_, story) => {
    for (const set of SETTINGS) {
      const scenario = tiny(story, set);
      const alone = JSON.stringify(await run(scenario, 1));
      for (const threads of set.length === 0 && story.includes("cut-over") ? [2, 3] : [2])
        expect(JSON.stringify(await run(scenario, threads))).toBe(alone);
    }
  });
});

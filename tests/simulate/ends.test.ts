/** Every parameter at its ends: whatever the reader accepts can be simulated, and breaks no rule of ours. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readScenario } from "../../src/scenario/read.ts";
import { simulate } from "../../src/simulate/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "firedrill-ends-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const TINY = resolve("tests/fixtures/tiny.yaml");
const head = (duration: string): string => `version: 1
name: ends
sources: { me: x }
extends: ${TINY}
run: { duration: ${duration}, warmup: 1 s, scale: 1/100000, replications: 1 }
rows-a-gateway-min: 1
provenance: { "*": { is: assumed, source: me } }
`;
const TROUBLE = `faults:
  - { id: lossy, at: 4 s, until: 15 s, loss: 60 %, where: { region: hainan } }
  - { id: dark, at: 6 s, until: 18 s, down: reset, where: { centre: north } }
`;
const SCHEDULER = `scheduler: { explore: 5 %, false-alarms-a-day: 1, smallest-rise: 1 %, better-ratio: 50 %, better-margin: 1 %, dwell: 1 min, clean-rounds: 2, step-of-headroom: 25 %, full-at: 95 %, removal-max: 33 %, stale-after: 3 min, moves-an-hour: 4, hint-spread: 45 s, memory: 2 h }
state: { lag: 2 s, handover: 100 k }
`;

/** Five small worlds, each with the sections of its file that are swept. */
const WORLDS: readonly (readonly [name: string, text: string, swept: readonly string[]])[] = [
  ["a ladder of waits", `${head("30 s")}${TROUBLE}${SCHEDULER}`, ["clients", "scheduler", "state", "telemetry"]],
  [
    "waits that servers assign",
    `${head("25 s")}${TROUBLE}clients: { reconnect: { policy: directed, base: 2 s, cap: 100 s } }
admission: { policy: by-wait, longest-wait: 2 s, refusal: 3 %, deadlines: carried }
`,
    ["clients", "admission", "centres"],
  ],
  [
    "paths",
    `${head("25 s")}${TROUBLE}clients: { reconnect: { policy: full-jitter, base: 2 s, cap: 100 s } }\n`,
    ["access", "carriers", "route", "peering", "gateways"],
  ],
  [
    "services",
    `${head("5 s")}services:
  hop: 500 us
  tiers:
    a: { machines: 2, cores: 2, work: { law: lognormal, mean: 1 ms, variation: 1.5 }, calls: [b], timeout: 200 ms, retries: { kind: budget, most: 2, share: 5 % }, back-off: 1 ms, queue: 100, balance: { kind: dns, ttl: 5 s }, admission: { kind: priority, threshold: 10 ms, alpha: 4 %, beta: 2 % }, queue-order: priority }
    b: { machines: 2, cores: 2, work: { law: exponential, mean: 1 ms }, units: { kind: threads, memory: 1 MiB, switching: 5 us }, memory: 1 GiB, connection-memory: 1 KiB, descriptors: 1000, queue: 100, admission: { kind: codel, target: 4 ms, interval: 90 ms } }
  entries:
    x: { tier: a, feed: 20, deadline: 400 ms, timeout: 300 ms, retries: { kind: naive, most: 2 }, back-off: 1 ms, priority: 3 }
    y: { tier: a, feed: 20 }
    z: { tier: b, feed: 20, connections: 100 }
faults: [{ id: dead, at: 2 s, until: 4 s, down: reset, where: { tier: b } }]
`,
    ["services"],
  ],
  [
    "push",
    `${head("12 s")}push:
  store: { shards: 2, replicas: 1, latency: 1 ms, members: 1 M, lag: 1 s, promotion: 2 s }
  records: { latency: 3 ms }
  broker: { latency: 1 ms, redelivery: 1 s }
  workers: { hosts: 2, slots: 2, block: 200, lot: 100, lease: 30 s, restart: 2 s, pause: 1 s }
  limiter: { kind: gcra, limit: 1 k, burst: 500, horizon: 1 s, jitter: 100 ms }
  service: { capacity: 5 k, latency: 20 ms }
  dispatcher: { ahead: 200, look: 1 s, patience: 1 min, parts: 4, lead: 2 s }
  prefetch: { share: 5 %, from: 0 s, over: 2 s }
  tasks: { t: { at: 4 s, subscribers: 1000, weight: 1 }, u: { at: 5 s, subscribers: 1000, weight: 2 } }
faults:
  - { id: crash, at: 5 s, until: 9 s, crash: 1000 /h, where: { host: worker-1 } }
  - { id: fail, at: 6 s, failover: true, where: { shard: shard-1 } }
`,
    ["push"],
  ],
];

/** Ends that take seconds each; `tests/study/estimate.test.ts` has what is said about them. */
const COSTLY = /dispatcher\.look=1 us|feed=1 M/;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the dotted paths of all values of a map. */
const leavesOf = (value: unknown, path: string): readonly (readonly [string, string])[] =>
  isMap(value)
    ? Object.entries(value).flatMap(([key, below]) => leavesOf(below, `${path}.${key}`))
    : [[path, String(value)]];

/** Ends of a quantity of the kind that is written; the reader refuses those beyond the range of the parameter. */
const endsOf = (written: string): readonly string[] => {
  if (/^-?[\d.]+ ?(us|ms|s|min|h|d)$/.test(written)) return ["1 us", "24 h", "13 d"];
  if (written.endsWith("%")) return ["0 %", "100 %"];
  if (written.endsWith("iB")) return ["1 B", "1024 TiB"];
  return /^[\d.]+( ?[kMG])?$/.test(written) ? ["0", "1 M"] : [];
};

const merged = (below: unknown, above: unknown): unknown =>
  isMap(below) && isMap(above)
    ? Object.fromEntries(
        [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [
          key,
          key in above ? merged(below[key], above[key]) : below[key],
        ]),
      )
    : above;

describe("every parameter at its ends is refused or can be simulated, in a world of", () => {
  it.each(WORLDS)("%s", (name, text, swept) => {
    const file = join(folder, "story.yaml");
    writeFileSync(file, text);
    const whole = merged(parse(readFileSync(TINY, "utf8")), parse(text)) as Readonly<Record<string, unknown>>;
    const broken: string[] = [];
    let [run, refused] = [0, 0];
    for (const [path, written] of swept.flatMap((section) => leavesOf(whole[section], section)))
      for (const end of endsOf(written)) {
        const setting = `${path}=${end}`;
        if (COSTLY.test(setting)) continue;
        const reading = readScenario(file, { set: [setting] });
        if ("problems" in reading) {
          refused += 1;
          continue;
        }
        run += 1;
        try {
          simulate(reading.scenario, { replication: 0, faults: true, interventions: true });
        } catch (error) {
          broken.push(`${setting}: ${String(error)}`);
        }
      }
    expect(broken).toEqual([]);
    expect(run, name).toBeGreaterThan(10);
    expect(refused, name).toBeGreaterThan(0);
  });
});

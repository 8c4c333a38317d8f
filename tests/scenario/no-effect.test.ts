/** Keys that a scenario writes and that nothing in it uses are errors that say what to write. */
import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, read } from "./reading.ts";

const WORK = "work: { law: fixed, mean: 1 ms }";
const services = (tiers: string, entries: string): string => `${HEAD}
sources: { me: x }
provenance: { services: { is: assumed, source: me } }
services:
  hop: 0 s
  tiers: { ${tiers} }
  entries: { ${entries} }
`;
const tier = (name: string, more = "", work = WORK): string =>
  `${name}: { machines: 2, cores: 1, ${[work, more].filter((one) => one !== "").join(", ")} }`;
const entry = (name: string, more: string, at = "a"): string =>
  `${name}: { ${[`tier: ${at}`, "feed: 1", more].filter((one) => one !== "").join(", ")} }`;
const one = (more: string, work = WORK): string => services(tier("a", more, work), entry("x", ""));
const asking = (more: string): string => services(tier("a"), entry("x", more));

const push = (more: string, tasks = "t: { at: 1 min, subscribers: 1 M }"): string => `${HEAD}
sources: { me: x }
provenance: { push: { is: assumed, source: me } }
push:
  workers: { hosts: 2, slots: 2 }
  service: { capacity: 50 k }
  tasks: { ${tasks} }
  ${more}
`;
const GCRA = "limiter: { limit: 20 k }";
const people = (more: string): string => `${HEAD}
sources: { me: x }
provenance: { ${more.split(":")[0]!}: { is: assumed, source: me } }
${more}
`;

/** Returns paths and hints of keys without effect; any other problem is returned whole. */
const idle = (text: string, set: readonly string[] = [], others: Readonly<Record<string, string>> = {}) =>
  problemsOf(read(text, { set }, others)).map(({ path, message, hint }) =>
    message.startsWith("has no effect: ") && hint !== "" ? path : `${path}: ${message}`,
  );

describe("a key without effect is an error:", () => {
  it.each<readonly [string, string, string]>([
    ["priority without anything by priority", asking("priority: 5"), "services.entries.x.priority"],
    ["an order by priority of one priority", one("queue-order: priority"), "services.tiers.a.queue-order"],
    [
      "a variation of fixed work",
      one("", "work: { law: fixed, mean: 1 ms, variation: 2 }"),
      "services.tiers.a.work.variation",
    ],
    ["a target without CoDel", one("admission: { kind: random, target: 5 ms }"), "services.tiers.a.admission.target"],
    [
      "a threshold without admission",
      one("admission: { kind: none, threshold: 5 ms }"),
      "services.tiers.a.admission.threshold",
    ],
    [
      "a share of retries without budget",
      asking("retries: { kind: naive, share: 5 % }"),
      "services.entries.x.retries.share",
    ],
    ["a number of retries without any", asking("retries: { kind: none, most: 3 }"), "services.entries.x.retries.most"],
    ["a back-off without retries", asking("back-off: 10 ms"), "services.entries.x.back-off"],
    ["a timeout of a tier that calls no other", one("timeout: 2 s"), "services.tiers.a.timeout"],
    ["retries of a tier that calls no other", one("retries: naive"), "services.tiers.a.retries"],
    ["balancing by a tier that calls no other", one("balance: list"), "services.tiers.a.balance"],
    ["memory that nothing takes", one("memory: 8 GiB"), "services.tiers.a.memory"],
    ["memory of connections that nobody holds", one("connection-memory: 8 KiB"), "services.tiers.a.connection-memory"],
    ["descriptors without connections", one("descriptors: 1000"), "services.tiers.a.descriptors"],
    ["a service without methods", one("serves: Access"), "services.tiers.a.serves"],
    [
      "calls that no entry makes",
      services(
        `${tier("a", "calls: [b]")}, ${tier("b")}, ${tier("c")}`,
        `${entry("x", "calls: [c]")}, ${entry("y", "", "b")}`,
      ),
      "services.tiers.a.calls",
    ],
    ["a tier that no task reaches", services(`${tier("a")}, ${tier("b")}`, entry("x", "")), "services.tiers.b"],
    [
      "an order of a queue in which nobody waits",
      services(tier("a", "queue: 0, queue-order: priority"), `${entry("x", "priority: 5")}, ${entry("y", "")}`),
      "services.tiers.a.queue-order",
    ],
    [
      "balancing over one machine",
      services("a: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }", entry("x", "balance: list")),
      "services.entries.x.balance",
    ],
    [
      "balancing by a tier over one machine",
      services(
        `${tier("a", "calls: [b], balance: list")}, b: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }`,
        entry("x", ""),
      ),
      "services.tiers.a.balance",
    ],
    ["a burst of the counter", push("limiter: { kind: counter, limit: 20 k, burst: 500 }"), "push.limiter.burst"],
    ["a horizon of the counter", push("limiter: { kind: counter, limit: 20 k, horizon: 2 s }"), "push.limiter.horizon"],
    ["a start of prefetching without a share", push(`${GCRA}\n  prefetch: { from: -10 min }`), "push.prefetch.from"],
    ["a time of prefetching without a share", push(`${GCRA}\n  prefetch: { over: 5 s }`), "push.prefetch.over"],
    [
      "a share of prefetching of no task",
      push(`${GCRA}\n  prefetch: { share: 5 % }`, "t: { at: 1 min, subscribers: 1 M, prefetched: false }"),
      "push.prefetch.share",
    ],
    ["the weight of the only task", push(GCRA, "t: { at: 1 min, subscribers: 1 M, weight: 3 }"), "push.tasks.t.weight"],
    ["a bound of jitter on the ladder", people("clients: { reconnect: { cap: 30 s } }"), "clients.reconnect.cap"],
    ["a base of jitter on the ladder", people("clients: { reconnect: { base: 3 s } }"), "clients.reconnect.base"],
    [
      "a salt without the ladder",
      people("clients: { reconnect: { policy: full-jitter, salt: 3 s } }"),
      "clients.reconnect.salt",
    ],
    [
      "a pace of one candidate",
      people("clients: { racing: { candidates: 1, start-every: 3 s } }"),
      "clients.racing.start-every",
    ],
    ["a longest wait without refusals", people("admission: { longest-wait: 5 s }"), "admission.longest-wait"],
    ["work of refusals without refusals", people("admission: { refusal: 5 % }"), "admission.refusal"],
    [
      "memory of a connection without a limit",
      people(
        "tiers: { access: { cores: 8, memory-a-connection: 64 k } }\ncentres: { north: { machines: { access: 1000 } }, south: { machines: { access: 1000 } }, east: { machines: { access: 1000 } } }",
      ),
      "tiers.access.memory-a-connection",
    ],
  ])("%s", (_, text, path) => {
    expect(idle(text)).toContain(path);
    expect(idle(text).filter((found) => found !== path && !found.startsWith("centres"))).toEqual([]);
  });
});

describe("a key with an effect is none:", () => {
  it.each([
    [
      "priority with an order by it",
      services(tier("a", "queue-order: priority"), `${entry("x", "priority: 5")}, ${entry("y", "")}`),
    ],
    ["priority with admission by it", services(tier("a", "admission: priority"), entry("x", "priority: 5"))],
    [
      "priority used two calls on",
      services(`${tier("a", "calls: [b]")}, ${tier("b", "admission: response-time")}`, entry("x", "priority: 5")),
    ],
    [
      "the time-out of a tier that calls",
      services(`${tier("a", "calls: [b], timeout: 2 s, retries: naive, back-off: 1 s")}, ${tier("b")}`, entry("x", "")),
    ],
    [
      "memory and descriptors of connections",
      services(tier("a", "memory: 8 GiB, connection-memory: 8 KiB, descriptors: 1000"), entry("x", "connections: 100")),
    ],
    [
      "a burst of gcra, and prefetching",
      push("limiter: { limit: 20 k, burst: 500 }\n  prefetch: { share: 5 %, from: -6 h, over: 5 h }"),
    ],
    ["prefetching that is switched off", push(`${GCRA}\n  prefetch: { share: 0 %, over: 5 h }`)],
    ["the default of a key", asking("priority: 0, back-off: 0 s")],
  ])("%s", (_, text) => {
    expect(idle(text)).toEqual([]);
  });

  it.each(["lag: 1 s", "handover: 5 k"])("%s of state that no other centre can take", (key) => {
    const centre =
      "centres: { only: { title: Only, at: [22.5, 114.1], lines: { telecom: { delay: 1 ms, loss: 0 %, servers: 9, connections: 22 M, logins: 33000 } } } }";
    const text = people(`state: { ${key} }`).replace("china-2014", "china-land-2014");
    const sourced = text.replace("provenance: {", "provenance: { centres: { is: assumed, source: me },");
    expect(idle(`${sourced}${centre}\n`)).toEqual([`state.${key.split(":")[0]!}`]);
    expect(idle(people(`state: { ${key} }`))).toEqual([]);
  });

  it("a base may hold keys that a scenario switches off", () => {
    const base = services(tier("a", "admission: priority"), entry("x", "priority: 5"));
    const text = `version: 1\nname: off\nextends: base.yaml\nservices: { tiers: { a: { admission: none } } }\n`;
    expect(idle(text, [], { "base.yaml": base })).toEqual([]);
  });

  it("an option may switch off what the file uses, but what it sets itself must have an effect", () => {
    const text = services(tier("a", "admission: priority"), entry("x", "priority: 5"));
    expect(idle(text, ["services.tiers.a.admission=none"])).toEqual([]);
    expect(idle(text, ["run.duration=2 h", "services.tiers.a.timeout=2 s"])).toEqual(["services.tiers.a.timeout"]);
    expect(idle(asking("priority: 5"), ["run.duration=2 h"])).toEqual(["services.entries.x.priority"]);
  });
});

it("says what to write for a priority that nothing uses", () => {
  expect(problemsOf(read(asking("priority: 5")))).toMatchObject([
    {
      path: "services.entries.x.priority",
      message: "has no effect: no tier that its tasks reach has a queue or an admission control by priority",
      hint: "write queue-order: priority or admission: priority in a tier, such as a, or leave it out",
    },
  ]);
});

it("refuses a burst below a batch, which would keep the push rate far below the limit", () => {
  const problems = problemsOf(read(push("limiter: { limit: 20 k, burst: 1 }")));
  expect(problems).toMatchObject([
    { path: "push.limiter.burst", hint: "write at least 250, or a smaller push.workers.lot" },
  ]);
  expect(problemsOf(read(push("limiter: { limit: 20 k, burst: 250 }")))).toEqual([]);
});

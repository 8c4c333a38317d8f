/** The people that each fault takes offline, and when they are back: whatever else happens at the same time. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import { tiny } from "../../world/support.ts";

const SILENT = "{ id: f, at: 15 min, until: 30 min, down: silent, where: { server: north-mobile-1 } }";
/** Hits other people, on other servers. */
const UNRELATED = "{ id: g, at: 15 min, until: 25 min, block: drop, where: { carrier: unicom } }";

/** Returns a figure of each of these faults over the whole run, or up to `until`; null without data. */
const each = (
  stat: string,
  faults: string,
  { until = "45 min", set = [] }: { readonly until?: string; readonly set?: readonly string[] } = {},
): Readonly<Record<string, number | null>> => {
  const ids = [...faults.matchAll(/\bid: (\w+)/g)].map(([, id]) => id!);
  const figure = (id: string): string => `${stat}{fault=${id},window=w}`;
  const scenario = tiny(
    `
run: { duration: 45 min, warmup: 5 min }
faults: [${faults}]
windows: { w: 5 min..${until} }
thresholds:
${ids.map((id) => `  - { figure: "${figure(id)}", max: ${stat.includes("stretch") ? "1 %" : "1 h"} }`).join("\n")}
`,
    ["run.scale=1/1000", ...set],
  );
  const { figures } = simulate(scenario, { replication: 0, faults: true, interventions: true });
  return Object.fromEntries(ids.map((id) => [id, figures[figure(id)]!.value]));
};

const backDelay = (fault: string): number => each("back.delay.max", fault)["f"]!;

describe("the time until all are back", () => {
  it("is of those that the fault threw off: an unrelated block at the same time does not change it", () => {
    const alone = backDelay(SILENT);
    const both = each("back.delay.max", `${SILENT}, ${UNRELATED}`);
    expect(alone).toBeGreaterThan(300);
    expect(both["f"]).toBe(alone);
    // Users of Unicom reach nothing before the block ends.
    expect(both["g"]).toBeGreaterThan(10 * 60);
    expect(both["g"]).toBe(each("back.delay.max", UNRELATED)["g"]);
  });

  it("is of a fault that begins while others connect, not of them", () => {
    const early = UNRELATED.replace("at: 15 min", "at: 7 min");
    expect(each("back.delay.max", `${early}, ${SILENT}`)["f"]).toBe(backDelay(SILENT));
  });

  it.each([
    ["a block", "block: drop, where: { region: hainan, carrier: mobile }", 900, 1_300],
    ["a block of one port, answered with resets", "block: reset, where: { port: 8080 }", 60, 600],
    ["full loss", "loss: 100 %, where: { region: hainan }", 900, 1_300],
    ["heavy loss", "loss: 60 %, where: { region: hainan }", 300, 1_300],
    ["a delay beyond the time-out", "delay: 20 s, where: { region: hainan }", 900, 1_300],
    ["a cut-over", "cut-over: true, where: { region: hainan }", 300, 640],
    ["a NAT that forgets", "nat-timeout: 1 min, where: { region: hainan }", 300, 1_300],
    ["a silent gateway", "down: silent, where: { gateway: sc-mobile-3g-1 }", 300, 640],
    ["a gateway that closes links", "down: reset, where: { gateway: sc-mobile-3g-1 }", 0, 60],
    ["a centre that closes links", "down: reset, where: { centre: north }", 10, 300],
  ])("is known of %s", (_, effect, least, most) => {
    const delay = backDelay(`{ id: f, at: 15 min, until: 30 min, ${effect} }`);
    expect(delay).toBeGreaterThan(least);
    expect(delay).toBeLessThan(most);
  });

  it.each([
    "loss: 1 %, where: { carrier: mobile }",
    "delay: 30 ms, where: { carrier: mobile }",
    "surge: 3, where: { carrier: mobile }",
    "slow: 2, where: { centre: north }",
    "nat-timeout: 1 h, where: { carrier: mobile }",
  ])("has no data for a fault that takes nobody offline: %s", (effect) => {
    expect(each("back.delay.max", `{ id: f, at: 15 min, until: 30 min, ${effect} }`)).toEqual({ f: null });
  });

  it("is not over at the end of a window in which some are on a dead path and have not noticed", () => {
    expect(each("back.delay.max", SILENT, { until: "15 min 20 s" })).toEqual({ f: 20 });
    expect(each("back.delay.max", SILENT, { until: "20 min" })).toEqual({ f: 300 });
  });

  it("is the same for both of two faults that each break the same links", () => {
    const twice = `${UNRELATED}, ${UNRELATED.replace("id: g", "id: h").replace("carrier: unicom", "line: unicom")}`;
    const delays = each("back.delay.max", twice);
    expect(delays["g"]).toBeGreaterThan(10 * 60);
    expect(delays["h"]).toBe(delays["g"]);
  });

  it("belongs to the fault that breaks links, not to a slight one on the same paths", () => {
    const slight = "{ id: s, at: 14 min, until: 30 min, loss: 1 %, where: { carrier: unicom } }";
    expect(each("back.delay.max", `${slight}, ${UNRELATED}`)["s"]).toBeNull();
  });

  it("is the same if every heartbeat is simulated, to within the spread of beats", () => {
    const delay = each("back.delay.max", SILENT, { set: ["run.heartbeats=each"] })["f"]!;
    expect(Math.abs(delay - backDelay(SILENT))).toBeLessThan(60);
  });
});

describe("back.stretch", () => {
  it.each(["block: drop, where: { carrier: unicom, centre: north }", "cut-over: true, where: { carrier: mobile }"])(
    "is known for people of %s",
    (effect) => {
      const stretch = each("back.stretch.max", `{ id: f, at: 15 min, until: 30 min, ${effect} }`)["f"];
      expect(stretch).toBeGreaterThanOrEqual(0);
    },
  );
});

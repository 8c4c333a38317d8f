/**
 * A world whose healthy beats are counted as a rate, and one whose people rest, too, against the same world with every beat lived:
 * equal in distribution, in peace and through everything that may happen to people at rest.
 */
import { mean, sampleVariance } from "simple-statistics";
import { describe, expect, it, vi } from "vitest";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { after, instantAt, minutes, START } from "../../../src/base/units.ts";
import { BUCKET, Clock } from "../../../src/engine/clock.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { buildWorld, type World } from "../../../src/world/build.ts";
import { Rest } from "../../../src/world/population/rest.ts";
import { tiny } from "../support.ts";

type Sample = Readonly<Record<string, number>>;

const sampleOf = ({ crowd, clock }: World): Sample => {
  const sums: Record<string, number> = { beats: 0, missed: 0, logins: 0, told: 0, away: 0, connecting: 0, broken: 0 };
  const links = crowd.links.agreed();
  for (const link of links.inUse) {
    links.accrue(link, clock.now / 1_000);
    sums["beats"]! += links.beats(link, clock.now / 1_000);
    sums["missed"]! += links.missed(link);
    sums["logins"]! += links.logins(link);
    sums["told"]! += links.reported(link);
  }
  for (const [name, column] of Object.entries({ away: crowd.away, connecting: crowd.connecting, broken: crowd.broken }))
    sums[name] = column.values.reduce((sum, people) => sum + people, 0);
  return sums;
};

interface Life {
  /** Every five minutes. */
  readonly samples: readonly Sample[];
  readonly events: number;
}

/** How the healthy beats of people are simulated; `alone`: foretold, but every person alone and nobody at rest. */
type Way = "each" | "foretold" | "alone";

const live = (
  story: string,
  way: Way,
  replication: number,
  sabotage: (world: World) => void = () => undefined,
): Life => {
  const scenario = tiny(story, ["run.scale=1", "online=10 k", `run.heartbeats=${way === "each" ? way : "foretold"}`]);
  const world = buildWorld(scenario, {
    seed: `${way} ${String(replication)}`,
    watch: [],
    notes: { login: () => undefined },
    scheduler: (topology) => new Scheduler(scenario.world.scheduler, topology),
    clock: new Clock(BUCKET),
    restFrom: way === "alone" ? Infinity : 100,
  });
  sabotage(world);
  const { clock, weather, seam } = world;
  const { round } = scenario.world.scheduler;
  clock.every(round, after(START, round), () => seam.endRound(clock.now));
  for (const fault of scenario.faults as readonly PeopleFault[]) {
    clock.at(fault.at, () => weather.begin(fault));
    if (fault.until !== undefined && "at" in fault.until) clock.at(fault.until.at, () => weather.end(fault));
  }
  for (const intervention of scenario.interventions)
    clock.at(intervention.at, () => weather.perform(intervention, clock.now / 1_000));
  const samples: Sample[] = [];
  clock.every(minutes(5), after(START, minutes(5)), () => samples.push(sampleOf(world)));
  let events = 0;
  clock.run(instantAt(minutes(30)), () => void (events += world.advance()));
  const found = world.bulkUpdates.census();
  expect(found.online).toBe(world.crowd.online.values.reduce((sum, people) => sum + people, 0));
  return { samples, events };
};

const RUNS = 5;
/** Once in 100,000 comparisons by chance, and there are some hundred of them. */
const FAR = 4.5;
/**
 * Beats of people at rest are spread evenly, those of people who logged in together come together: how far the two ways may
 * differ in all beats of twenty minutes.
 */
const BEATS_APART = 0.05;

/** Grow all the time; the others are standings. */
const EVENTS: ReadonlySet<string> = new Set(["missed", "logins", "broken"]);
const SPREAD: ReadonlySet<string> = new Set(["beats", "told"]);

interface Distance {
  /** In standard errors, the largest of any count in any five minutes but beats; and of all beats after the first ten, as a share. */
  readonly t: number;
  readonly beats: number;
  readonly where: string;
}

/** By story: the reference, which several tests share. */
const lived = new Map<string, readonly (readonly Sample[])[]>();

const livesOf = (story: string, way: Way, sabotage?: (world: World) => void): readonly (readonly Sample[])[] =>
  Array.from({ length: RUNS }, (_, run) => live(story, way, run, sabotage).samples);

const distance = (story: string, other: Exclude<Way, "each">, sabotage?: (world: World) => void): Distance => {
  const each = lived.get(story) ?? livesOf(story, "each");
  lived.set(story, each);
  const foretold = livesOf(story, other, sabotage);
  const counts = (name: string, place: number, before: number): [number[], number[]] =>
    [each, foretold].map((lives) =>
      lives.map((life) => life[place]![name]! - (before < 0 ? 0 : life[before]![name]!)),
    ) as [number[], number[]];
  let [worst, where] = [0, ""];
  each[0]!.forEach((first, place) => {
    for (const name of Object.keys(first).filter((one) => !SPREAD.has(one))) {
      const [a, b] = counts(name, place, EVENTS.has(name) ? place - 1 : -1);
      // Runs that happen to be alike shall not cry wolf: people spread at least like Poisson's.
      const spread = Math.max(sampleVariance(a) + sampleVariance(b), mean(a) + mean(b) + 1) / RUNS;
      const t = Math.abs(mean(a) - mean(b)) / Math.sqrt(spread);
      if (t > worst)
        [worst, where] = [
          t,
          `${name} until ${String(5 * (place + 1))} min: ${a.join(" ")} each, ${b.join(" ")} foretold`,
        ];
    }
  });
  const apart = [...SPREAD].map((name) => {
    const [a, b] = counts(name, 5, 1);
    return Math.abs(mean(b) / mean(a) - 1);
  });
  return { t: worst, beats: Math.max(...apart), where };
};

const fault = (what: string): string => `faults: [{ id: f, at: 11 min 7 s, until: 21 min, ${what} }]`;

const STORIES: Readonly<Record<string, string>> = {
  peace: "",
  "loss on a region": fault("loss: 65 %, where: { region: hainan }"),
  "a NAT that forgets sooner": fault("nat-timeout: 60 s, where: { access: 3g }"),
  "a cut-over": fault("cut-over: true, where: { region: sichuan }"),
  "a delay, and connections without a test": `clients: { stay: 20 min, heartbeat: { stable-test: 0 } }\n${fault("delay: 5 ms, where: {}")}`,
  "a surge": fault("surge: 5, where: { carrier: mobile }"),
  "a gateway lost": fault("down: silent, where: { gateway: bj-mobile-3g-1 }"),
  "gateways drained": fault("down: drained, where: { gateway: [hi-mobile-3g-1, hi-mobile-3g-2] }"),
  "a centre closed": fault("down: reset, where: { centre: south }"),
  "a server's people led elsewhere": fault("down: drained, where: { server: north-mobile-1 }"),
  "changes closer together than heartbeats": `faults:\n${Array.from({ length: 18 }, (_, i) => {
    const at = 660 + 60 * i;
    return `  - { id: f${String(i)}, at: ${String(at)} s, until: ${String(at + 30)} s, delay: 1 ms, where: {} }`;
  }).join("\n")}`,
  "heartbeats still being learned": "clients: { heartbeat-settled: false }",
  evacuation: "interventions: [{ id: e, at: 11 min, evacuate: { centre: south, within: 10 min } }]",
};

describe("beats that are foretold against beats that are all lived", () => {
  it.each(Object.entries(STORIES))("agree: %s", (_, story) => {
    const { t, beats, where } = distance(story, "alone");
    expect(t, where).toBeLessThan(FAR);
    expect(beats).toBeLessThan(BEATS_APART);
  });

  it.each(Object.entries(STORIES))("agree with people at rest: %s", (_, story) => {
    const { t, beats, where } = distance(story, "foretold");
    expect(t, where).toBeLessThan(FAR);
    expect(beats).toBeLessThan(BEATS_APART);
  });

  it.each(["loss on a region", "a NAT that forgets sooner", "a surge"])(
    "would not, if nobody were woken: %s",
    (name) => {
      const asleep = distance(STORIES[name]!, "alone", ({ bulkUpdates }) => void (bulkUpdates.wake = () => undefined));
      expect(asleep.t).toBeGreaterThan(2 * FAR);
    },
  );

  it.each(["a NAT that forgets sooner", "a surge", "a gateway lost", "a centre closed"])(
    "would not, if rest never ended: %s",
    (name) => {
      const end = vi.spyOn(Rest.prototype, "end").mockReturnValue();
      const asleep = distance(STORIES[name]!, "foretold");
      end.mockRestore();
      expect(asleep.t).toBeGreaterThan(2 * FAR);
    },
  );

  it("send as many beats in the minutes after rest has ended", () => {
    const inSurge = (way: Way): number =>
      mean(livesOf(fault("surge: 10, where: {}"), way).map((samples) => samples[2]!["beats"]! - samples[1]!["beats"]!));
    expect(Math.abs(inSurge("foretold") / inSurge("alone") - 1)).toBeLessThan(BEATS_APART);
  });

  it("cost a fraction of the events", () => {
    const [each, alone, resting] = (["each", "alone", "foretold"] as const).map(
      (way) => live("clients: { stay: 24 h }", way, 0).events,
    ) as [number, number, number];
    expect(alone).toBeLessThan(0.1 * each);
    expect(resting).toBeLessThan(0.75 * alone);
  });
});

import { describe, expect, it } from "vitest";
import { readFigure } from "../../src/scenario/figure.ts";
import { namesOfScenario } from "../../src/scenario/known.ts";
import { buildGateways } from "../../src/world/network/gateway.ts";
import { buildPopulation } from "../../src/world/population/population.ts";
import { readScenario } from "../../src/scenario/read.ts";
import { scenarioOf } from "../scenario/reading.ts";
import { peopleTouched } from "../../src/study/touched.ts";

const story = scenarioOf(readScenario("chongqing-unicom-2014"));
const { online } = story.world;
const touched = (text: string, low: number, high = low, scenario = story): number | undefined => {
  const figure = readFigure(text, namesOfScenario(scenario));
  if (!("value" in figure)) throw new Error(figure.wrong);
  return peopleTouched(figure.value, scenario, { value: (low + high) / 2, ci95: [low, high] });
};

describe("the people that a difference touches", () => {
  it("are at least those at the end of its interval that is nearer to none", () => {
    expect(touched("online.share", -0.6, -0.4)).toBeCloseTo(0.004 * online, 0);
    expect(touched("online.share", 0.4, 0.6)).toBeCloseTo(0.004 * online, 0);
    expect(touched("online.share", -0.1, 0.4)).toBe(0);
    expect(touched("link.broken.count", 700, 900)).toBe(700);
  });

  it("are of the places that the figure names, as the population has them", () => {
    const { cells } = buildPopulation(story.world, buildGateways(story.world), story.run.peopleARow);
    const all = cells
      .filter(({ region, carrier, access }) => region === "chongqing" && carrier === "unicom" && access !== "wifi")
      .reduce((sum, { people }) => sum + people, 0);
    const own = touched("loss.mean{region=chongqing,carrier=unicom,access!=wifi}", 10)!;
    expect(own / (0.1 * all)).toBeCloseTo(1, 4);
    const gateways = touched("loss.mean{gateway=[cq-unicom-3g-1,cq-unicom-3g-2]}", 10)!;
    const behind = cells
      .filter(({ name }) => /^cq-unicom-3g-[12]\//.test(name))
      .reduce((sum, { people }) => sum + people, 0);
    expect(gateways / (0.1 * behind)).toBeCloseTo(1, 4);
  });

  it("wait a part of the longest that a time is followed, a percentile the part of them above it", () => {
    const mean = touched("login.time.mean", 6)!;
    expect(touched("login.time.p95", 6)! / mean).toBeCloseTo(0.05, 6);
    expect(mean / touched("login.success.share", 10)!).toBeCloseTo(1, 6);
    expect(mean).toBeLessThanOrEqual(0.1 * online);
  });

  it("are not counted for what only machines feel", () => {
    for (const text of ["server.load.max", "alarm.count", "move.count"]) expect(touched(text, 5)).toBeUndefined();
  });

  it("are tasks of services and subscribers of push", () => {
    const chains = scenarioOf(readScenario("overload-chains"));
    const [[name, { feed }] = ["", { feed: 0 }]] = Object.entries(chains.world.services!.entries);
    const seconds = (chains.run.duration - chains.run.warmup) / 1e6;
    expect(touched(`task.late.share{entry=${name}}`, 10, 10, chains)! / (0.1 * feed * seconds)).toBeCloseTo(1, 2);
    const push = scenarioOf(readScenario("push-reminder"));
    const all = Object.values(push.world.push!.tasks).reduce((sum, { subscribers }) => sum + subscribers, 0);
    expect(touched("push.delivered.share", -10, -10, push)).toBeCloseTo(0.1 * all, 0);
  });
});

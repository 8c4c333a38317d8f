/** What a client remembers of an address that failed it, while no scheduler leads it elsewhere. */
import { describe, expect, it } from "vitest";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { instantAt, minutes } from "../../../src/base/units.ts";
import { BUCKET, Clock } from "../../../src/engine/clock.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { buildWorld } from "../../../src/world/build.ts";
import { tiny } from "../support.ts";

/** Returns the logins between two minutes of a world with a fault from minute 5 on and no scheduler, and who is at the fault's place in the end. */
const live = (fault: string, [from, to]: readonly [number, number], set: readonly string[] = []) => {
  const scenario = tiny(`run: { duration: 80 min }\nfaults: [{ id: f, at: 5 min, ${fault} }]`, [
    "run.scale=1",
    "online=6 k",
    ...set,
  ]);
  const clock = new Clock(BUCKET);
  const world = buildWorld(scenario, {
    seed: "fallbacks",
    watch: [],
    notes: { login: () => undefined },
    scheduler: (topology) => new Scheduler(scenario.world.scheduler, topology),
    clock,
  });
  const [drop] = scenario.faults as readonly PeopleFault[];
  clock.at(drop!.at, () => world.weather.begin(drop!));
  if (drop!.until !== undefined && "at" in drop!.until) clock.at(drop!.until.at, () => world.weather.end(drop!));
  const links = world.crowd.links.agreed();
  const logins = (): number => [...links.inUse].reduce((sum, link) => sum + links.logins(link), 0);
  let before = 0;
  let count = 0;
  clock.at(instantAt(minutes(from)), () => (before = logins()));
  clock.at(instantAt(minutes(to)), () => (count = logins() - before));
  clock.run(instantAt(minutes(to + 1)), () => void world.advance());
  return { count, there: world.places.peopleOn(drop!.where) };
};

describe("a client that fell back", () => {
  const peace = live("loss: 0 %, where: { centre: north, port: 8080 }", [25, 50]);

  it.each(["block: drop", "block: reset", "loss: 100 %"])(
    "logs in no more often while its address has a %s",
    (effect) => {
      const dead = live(`${effect}, where: { centre: north, port: 8080 }`, [25, 50]);
      expect(dead.there).toBe(0);
      expect(dead.count).toBeLessThan(1.1 * peace.count);
      expect(dead.count).toBeGreaterThan(0.9 * peace.count);
    },
  );

  it("finds the third address when two are dead, and stays there", () => {
    const dead = live("block: drop, where: { port: 8080 }", [25, 50]);
    expect(dead.there).toBe(0);
    expect(dead.count).toBeLessThan(1.1 * peace.count);
  });

  it("goes back once its address answers again", () => {
    const healed = live("block: drop, until: 30 min, where: { centre: north, port: 8080 }", [50, 51]);
    expect(healed.there).toBeGreaterThan(0.97 * peace.there);
  });
});

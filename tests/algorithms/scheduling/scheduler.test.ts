import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SchedulerInput } from "../../../src/algorithms/scheduling/messages.ts";
import { SCHEDULER_DEFAULTS } from "../../../src/algorithms/scheduling/policy.ts";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { seconds, instantAt } from "../../../src/base/units.ts";
import * as claims from "./claims.ts";
import { layOut } from "./country.ts";

const build: claims.Build = (policy, topology) => new Scheduler(policy, topology);

describe("in peace the scheduler", () => {
  it("says nothing and moves nobody", () => {
    claims.staysQuietInPeace(build);
  });

  it("does not chase small differences", () => {
    claims.doesNotChaseSmallDifferences(build);
  });
});

describe("a sick access", () => {
  it("of one gateway is alerted with its address within three minutes, and nobody moves", () => {
    claims.namesAGatewayAndMovesNobody(build);
  });

  it("of a region and carrier is one alert, and nobody moves", () => {
    claims.seesARegionalAccessFault(build);
  });

  it("of a region, and far worse of one gateway, are two, and nobody moves however long they last", () => {
    claims.tellsAnOutlierFromItsRegion(build);
  });

  it.each([
    [0.02, "1"],
    [0.02, "2"],
    [0.03, "3"],
  ])("of a region and carrier that loses little (%f, seed %s) is not called a route", (loss, seed) => {
    claims.tellsSmallAccessFaultFromARoute(build, loss, seed);
  });

  it("of a whole carrier that is silent is one claim, and one all-clear", () => {
    claims.claimsASilentCarrierOnce(build);
  });
});

describe("a bad way", () => {
  it("of a province is left within 90 s, once, under the secondaries' capacity, and returned to for good", () => {
    claims.movesAroundABadRouteOnce(build);
  });

  it("through one port is left for another port of the same server", () => {
    claims.goesToAnotherPortOfTheSameServer(build);
  });

  it("to a dead server is left within a minute and returned to when it lives", () => {
    claims.leavesADeadServer(build);
  });

  it("over a line that is bad for everybody is left for other centres", () => {
    claims.leavesALineThatIsBadForEverybody(build);
  });

  it.each([
    [0.01, "1"],
    [0.01, "2"],
    [0.01, "3"],
    [0.015, "4"],
    [0.02, "5"],
    [0.02, "6"],
  ])("of all carriers of a province that loses little (%f, seed %s) is not called their access", (loss, seed) => {
    claims.tellsASmallRouteFaultFromAccess(build, loss, seed);
  });

  it("of a carrier is told from faults of its lines", () => {
    claims.tellsACarrierFromItsLines(build);
  });

  it("over a silent line is heard of from failures that come later", () => {
    claims.hearsASilentLine(build);
  });

  it("is found though reports are late and a third is lost", () => {
    claims.livesWithLateAndLostReports(build);
  });
});

describe("a feed that cannot be trusted leaves the table as it is", () => {
  it("when it is silent", () => {
    claims.failsOpenOnSilence(build);
  });

  it("when it is thin", () => {
    claims.failsOpenOnAThinFeed(build);
  });

  it("when it is impossible, until it is sound again", () => {
    claims.failsOpenOnNonsense(build);
  });

  it("when everything everywhere is bad at once", () => {
    claims.doesNotBelieveThatEverythingIsBad(build);
  });
});

describe("the scheduler's hand is steady:", () => {
  it("it holds still while paused", () => {
    claims.holdsStillWhilePaused(build);
  });

  it("it obeys operators, and leads back what they put back", () => {
    claims.obeysOperators(build);
  });

  it("it says when there is no room, and overfills nobody", () => {
    claims.saysWhenThereIsNoRoom(build);
  });

  it("it shifts a large cell without ringing, though loads are told two steps late", () => {
    claims.shiftsWithoutRinging(build);
  });
});

describe("the same inputs", () => {
  const topology = layOut({
    capacity: 1_000_000,
    gateways: Array.from({ length: 6 }, (_, index) => ({
      region: index < 3 ? "a" : "b",
      carrier: "mobile",
      people: 50_000,
      loss: 0.01,
    })),
  });

  it("have the same effects, whatever the order of reports within a round", () => {
    const report = fc.record({
      kind: fc.constant("quality" as const),
      gateway: fc.nat(5),
      endpoint: fc.nat(topology.endpoints.length - 1),
      sessions: fc.integer({ min: 20, max: 400 }),
      share: fc.constantFrom(0.05, 0.05, 0.6),
    });
    fc.assert(
      fc.property(fc.array(fc.array(report, { minLength: 2, maxLength: 12 }), { maxLength: 60 }), (rounds) => {
        const run = (order: <Item>(items: readonly Item[]) => readonly Item[]): string => {
          const scheduler = build(SCHEDULER_DEFAULTS, topology);
          const effects: unknown[] = [];
          rounds.forEach((reports, round) => {
            const now = instantAt(seconds(10 * (round + 1)));
            const inputs = reports.map(({ share, ...counts }): SchedulerInput => {
              const degraded = Math.round(counts.sessions * share);
              return {
                ...counts,
                degraded,
                probes: 4 * counts.sessions,
                unanswered: degraded,
                connects: 0,
                connectFailures: 0,
              };
            });
            for (const input of order(inputs)) effects.push(...scheduler.handle(input, now));
            effects.push(...scheduler.handle({ kind: "wake" }, now));
          });
          return JSON.stringify(effects);
        };
        expect(run((items) => [...items].reverse())).toBe(run((items) => items));
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

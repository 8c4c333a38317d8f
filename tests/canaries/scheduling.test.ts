import { describe, expect, it } from "vitest";
import * as claims from "../algorithms/scheduling/claims.ts";
import { blind, brimming, nervous, restless } from "./schedulers.ts";

const isCaught = (claim: () => unknown): void => {
  expect(claim).toThrow();
};

describe("a scheduler that moves at any difference", () => {
  it("is caught without a fault, and in a fault of the access network", () => {
    isCaught(() => claims.doesNotChaseSmallDifferences(restless));
    isCaught(() => claims.namesAGatewayAndMovesNobody(restless));
  });

  it("is caught flapping around a bad route", () => {
    isCaught(() => claims.movesAroundABadRouteOnce(restless));
  });
});

describe("a scheduler that does not localise faults", () => {
  it("is caught in a fault of the access network, of one gateway and of a region", () => {
    isCaught(() => claims.namesAGatewayAndMovesNobody(blind));
    isCaught(() => claims.seesARegionalAccessFault(blind));
  });

  it("is caught believing a silent, an impossible and an absurd feed", () => {
    isCaught(() => claims.failsOpenOnSilence(blind));
    isCaught(() => claims.failsOpenOnNonsense(blind));
    isCaught(() => claims.doesNotBelieveThatEverythingIsBad(blind));
  });
});

describe("a scheduler with one flaw", () => {
  it("is caught filling servers completely", () => {
    isCaught(() => claims.saysWhenThereIsNoRoom(brimming));
    isCaught(() => claims.shiftsWithoutRinging(brimming));
  });

  it("is caught raising false alerts", () => {
    isCaught(() => claims.staysQuietInPeace(nervous, 1));
  });
});

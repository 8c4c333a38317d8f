import { expect, it } from "vitest";
import { gather } from "../../src/report/decisions.ts";
import type { Decision } from "../../src/simulate/findings.ts";

const decision = (at: number, kind: string, who: string, more: Partial<Decision> = {}): Decision =>
  ({ at, by: "scheduler", kind, what: "to shanghai-1", who, ip: "100.64.0.1", why: [], ...more }) as Decision;

it("gathers what was done to many gateways at one time for one reason, and nothing else", () => {
  const why = (address: string) => [`port fault of hk to port 8080: leaving ${address}:8080 for x`, "common", address];
  const told = gather([
    decision(60, "alert", "hk", { what: "port fault" }),
    decision(60, "alert", "tw", { what: "port fault" }),
    decision(60, "move", "a", { why: why("1") }),
    decision(60, "move", "b", { why: why("2") }),
    decision(60, "move", "c", { why: why("3") }),
    decision(60, "move", "d", { why: why("4"), what: "to north-1" }),
    decision(60, "move", "e", { why: ["route fault of gd: leaving 5:80 for y"] }),
    decision(90, "move", "f", { why: why("6") }),
    decision(99, "restore", "a", { why: ["back to 1:8080: what drove users away is over", "stayed away"] }),
    decision(99, "restore", "b", { why: ["back to 2:8080: what drove users away is over", "stayed away"] }),
  ]);
  expect(told.map(({ at, kind, who }) => `${String(at)} ${kind} ${who}`)).toEqual([
    "60 alert hk",
    "60 alert tw",
    "60 move 4 gateways: a, b, c and 1 more gateways",
    "60 move e",
    "90 move f",
    "99 restore 2 gateways: a, b",
  ]);
  expect(told[2]).toMatchObject({
    what: "to shanghai-1, to north-1",
    why: ["port fault of hk to port 8080", "common"],
    ip: "",
  });
  expect(told[5]!.why).toEqual(["what drove users away is over", "stayed away"]);
});

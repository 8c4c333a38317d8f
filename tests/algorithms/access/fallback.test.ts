import { expect, it } from "vitest";
import { fallbackFirst } from "../../../src/algorithms/access/fallback.ts";

it("the address that answered instead is tried first, and the others keep their order", () => {
  expect(fallbackFirst([4, 2, 7, 1], 7)).toEqual([7, 4, 2, 1]);
});

it("an address that is on the list no more is not tried", () => {
  expect(fallbackFirst([4, 2, 1], 7)).toEqual([4, 2, 1]);
});

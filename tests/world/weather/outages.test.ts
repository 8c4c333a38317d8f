import { expect, it } from "vitest";
import { Outages } from "../../../src/world/weather/outages.ts";

it("an outage for several reasons is over when the last of them is gone", () => {
  const outages = new Outages();
  outages.begin(4, "fault");
  outages.begin(4, "operators");
  outages.begin(2, "fault");
  expect(outages.all()).toEqual([4, 2]);
  expect(outages.end(4, "fault")).toBe(false);
  expect(outages.end(4, "fault")).toBe(false);
  expect(outages.has(4)).toBe(true);
  expect(outages.end(4, "operators")).toBe(true);
  expect(outages.end(4, "operators")).toBe(false);
  expect(outages.all()).toEqual([2]);
});

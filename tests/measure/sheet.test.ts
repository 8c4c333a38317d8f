import { expect, it } from "vitest";
import { type Instant, minutes, seconds, instantAt } from "../../src/base/units.ts";
import { Series } from "../../src/measure/series.ts";
import { Sheet } from "../../src/measure/sheet.ts";

it("a sheet keeps a number for each of many in every step, and adds any of them to a series", () => {
  const at = (secondsIn: number): Instant => instantAt(seconds(secondsIn));
  const sheet = new Sheet(3, minutes(1));
  sheet.row(at(130))[1]! += 5;
  sheet.row(at(59))[1]! += 1;
  sheet.row(at(179))[1]! += 2;
  sheet.row(at(0))[2]! += 9;
  const filed = [[0], [1], [2], [1, 2]].map((columns) => {
    const series = new Series(minutes(1));
    sheet.addTo(series, columns);
    return [series.at(0), series.at(1), series.at(2), series.at(3)];
  });
  expect(filed).toEqual([
    [0, 0, 0, 0],
    [1, 0, 7, 0],
    [9, 0, 0, 0],
    [10, 0, 7, 0],
  ]);
});

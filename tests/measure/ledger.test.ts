import { describe, expect, test } from "vitest";
import { minutes, seconds, type Instant, instantAt } from "../../src/base/units.ts";
import { Histograms } from "../../src/measure/histograms.ts";
import { Ledger, type Match } from "../../src/measure/ledger.ts";
import { Series } from "../../src/measure/series.ts";

const is = (label: string, ...values: string[]): Match => ({ label, values, negated: false });
const isNot = (label: string, ...values: string[]): Match => ({ label, values, negated: true });

const written = (): Ledger => {
  const ledger = new Ledger(minutes(1));
  ledger.counters.of("login", { region: "chongqing", carrier: "unicom" }).add(3);
  ledger.counters.of("login", { carrier: "unicom", region: "chongqing" }).add();
  ledger.counters.of("login", { region: "chongqing", carrier: "mobile" }).add(10);
  ledger.counters.of("login", { region: "beijing", carrier: "mobile" }).add(100);
  ledger.counters.of("login", { region: "overseas" }).add(1_000);
  ledger.counters.of("link.broken", { region: "beijing" }).add(7);
  ledger.histograms.of("login.time", { region: "beijing" }).add(250, 2);
  ledger.series.of("online").add(instantAt(seconds(90)), 5);
  return ledger;
};

describe("the ledger", () => {
  test("finds instruments by name and labels, in whatever order they were written", () => {
    const { counters } = written();
    expect(counters.total("login").value).toBe(1_114);
    expect(counters.total("login", [is("region", "chongqing")]).value).toBe(14);
    expect(counters.total("login", [is("region", "chongqing", "beijing"), is("carrier", "mobile")]).value).toBe(110);
    expect(counters.total("login", [isNot("carrier", "mobile")]).value).toBe(1_004);
    expect(counters.total("nothing").value).toBe(0);
    expect(counters.find("login").map(({ labels }) => labels["carrier"])).toEqual([
      "mobile",
      "mobile",
      "unicom",
      undefined,
    ]);
  });

  test("adds columns that are filed side by side to the totals of their name", () => {
    const { counters, histograms } = written();
    const labels = [{ region: "chongqing" }, { region: "beijing" }, { region: "chongqing", carrier: "unicom" }];
    counters.file("login", {
      labels,
      addTo: (total, columns) => {
        for (const column of columns) total.add([20, 300, 4_000][column]);
      },
    });
    expect(counters.total("login").value).toBe(5_434);
    expect(counters.total("login", [is("region", "chongqing")]).value).toBe(4_034);
    expect(counters.total("login", [is("region", "beijing")]).value).toBe(400);
    expect(counters.total("login", [isNot("carrier", "unicom")]).value).toBe(1_430);
    expect(() => counters.file("login", { labels, addTo: () => undefined })).toThrow("login is filed twice");
    const times = new Histograms(3);
    times.add(1, 500, 3);
    histograms.file("login.time", {
      labels,
      addTo: (total, columns) => columns.forEach((at) => times.addTo(total, at)),
    });
    expect(histograms.total("login.time", [is("region", "beijing")])).toMatchObject({ count: 5, sum: 2_000, max: 500 });
  });
});

describe("a series", () => {
  const at = (secondsIn: number): Instant => instantAt(seconds(secondsIn));

  test("sums by step", () => {
    const series = new Series(minutes(1));
    for (let second = 0; second < 600; second++) series.add(at(second), 2);
    series.add(at(30_000), 1);
    expect(series.at(3)).toBe(120);
    expect(series.length).toBe(501);
    expect(series.at(499)).toBe(0);
    expect(series.at(9_999)).toBe(0);
  });

  test("merges only with a series of its own step", () => {
    const series = new Series(minutes(1));
    const other = new Series(minutes(1));
    other.add(at(90), 4);
    series.merge(other);
    expect(series.at(1)).toBe(4);
    expect(() => series.merge(new Series(minutes(2)))).toThrow("series of");
  });
});

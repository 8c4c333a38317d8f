import { expect, test } from "vitest";
import { Trace, type TraceLine } from "../../src/engine/trace.ts";
import { seconds, instantAt } from "../../src/base/units.ts";

const line = (at: number, cell: number, index: number, what: string): TraceLine => ({
  at: instantAt(seconds(at)),
  cell,
  index,
  what,
});

test("a trace keeps what happened to chosen people only", () => {
  const trace = new Trace();
  expect(trace.wants(1, 7)).toBe(false);
  trace.note(line(1, 1, 7, "before anybody was chosen"));
  trace.choose(1, 7);
  trace.choose(1, 9);
  expect([trace.wants(1, 7), trace.wants(1, 8), trace.wants(2, 7)]).toEqual([true, false, false]);
  for (const index of [7, 8, 9]) trace.note(line(2, 1, index, "beat"));
  trace.note(line(2, 2, 7, "beat"));
  expect(trace.lines.map(({ index }) => index)).toEqual([7, 9]);
});

test("a trace reads the same whatever the order in which a bucket's phones were handled", () => {
  const one = new Trace();
  const other = new Trace();
  const lines = [line(3, 1, 2, "lost"), line(1, 1, 2, "beat"), line(1, 1, 1, "beat"), line(1, 0, 9, "beat")];
  for (const trace of [one, other]) for (const { cell, index } of lines) trace.choose(cell, index);
  for (const each of lines) one.note(each);
  for (const each of lines.toReversed()) other.note(each);
  expect(one.lines).toEqual(other.lines);
  expect(one.lines[0]).toMatchObject({ cell: 0, index: 9 });
});

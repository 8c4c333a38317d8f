/** Links: which are in use, beats counted as a rate, what has been reported, and when the totals may be asked for. */
import { describe, expect, it } from "vitest";
import { ThreadGroup } from "../../src/engine/thread-group.ts";
import { Links, paceOf } from "../../src/world/links.ts";

const build = (): { threads: ThreadGroup; links: Links } => {
  const threads = new ThreadGroup();
  return { threads, links: new Links(threads, { cells: 3, endpoints: 4 }) };
};

/** Of `paceOf`: 300 s. */
const UNITS = 30;
const INTERVAL_MS = 300_000;

describe("links", () => {
  it("are numbered by cell and endpoint", () => {
    const { links } = build();
    const link = links.of(2, 1);
    expect([links.count, links.cellOf(link), links.endpointOf(link)]).toEqual([12, 2, 1]);
  });

  it("are in use once somebody was connected or failed to be, and stay so", () => {
    const { links } = build();
    links.now.noteBeats(0, 5);
    links.now.hold(7, 10);
    links.now.noteFailed(3, 1);
    links.now.release(7, 10);
    expect([...links.agreed().inUse]).toEqual([7, 3]);
    expect(links.agreed().held(7)).toBe(0);
  });

  it("tell of each cell what is in use and that connections or attempts have changed", () => {
    const { links } = build();
    const changes = (): number[] => [0, 1, 2].map((cell) => links.agreed().changes(cell));
    const acts = [
      () => links.now.hold(7, 10),
      () => links.now.noteLogins(7, 10),
      () => links.now.noteFailed(5, 1),
      () => links.now.release(7, 10),
    ];
    for (const act of acts) {
      const before = changes();
      act();
      expect(changes().map((count, cell) => count > before[cell]!)).toEqual([false, true, false]);
    }
    expect([0, 1, 2].map((cell) => links.agreed().inUseOf(cell))).toEqual([[], [7, 5], []]);
  });

  it("keep their chances and when their people were woken", () => {
    const { links } = build();
    links.now.setFailures(5, { beat: 12, probe: 34 });
    links.agreed().noteWoken(5, 9_000);
    expect([links.now.beatFails(5), links.now.probeFails(5), links.now.wokenMs(5)]).toEqual([12, 34, 9_000]);
    expect([links.now.beatFails(4), links.now.probeFails(6), links.now.wokenMs(6)]).toEqual([0, 0, 0]);
  });

  it("let no thread ask for totals while people act", () => {
    const { threads, links } = build();
    expect(() => threads.runParallel(() => void links.agreed())).toThrow(/parallel/);
  });
});

describe("beats of parked clients", () => {
  it("come at their rate, whenever they are counted", () => {
    const [often, once] = [build().links, build().links];
    for (const links of [often, once]) {
      links.now.hold(1, 1_000);
      links.now.startRate(1, paceOf(1_000, UNITS), 12_345);
    }
    for (let ms = 20_000; ms < 12_345 + 3 * INTERVAL_MS; ms += 17_000) often.agreed().accrue(1, ms);
    for (const links of [often, once]) {
      const end = 12_345 + 3 * INTERVAL_MS;
      // A pace is whole: a little off for an interval of 30 units.
      expect(links.agreed().beats(1, end)).toBeCloseTo(3_000, -1);
      expect(links.agreed().beats(1, end)).toBe(once.agreed().beats(1, end));
    }
  });

  it("stop with their rate, and what it counted too many is taken back", () => {
    const { links } = build();
    const pace = paceOf(640, 1);
    links.now.startRate(2, pace, 0);
    links.now.hold(2, 640);
    links.agreed().accrueAll(25_000);
    expect(links.agreed().beats(2, 25_000)).toBe(1_600);
    links.now.stopRate(2, pace, 25_000);
    links.now.credit(2, pace, -5_000);
    expect([links.agreed().beats(2, 25_000), links.agreed().beats(2, 99_000)]).toEqual([1_280, 1_280]);
  });
});

describe("reports of links", () => {
  it("leave nothing unreported, and are numbered", () => {
    const { links } = build();
    links.now.noteMissed(4, 3);
    expect(links.agreed().unreportedBeats(4)).toBe(-3);
    links.now.noteBeats(4, 10);
    expect(links.agreed().unreportedBeats(4)).toBe(7);
    expect([links.agreed().reportBeats(4), links.agreed().unreportedBeats(4), links.agreed().reported(4)]).toEqual([
      1, 0, 7,
    ]);
    expect(links.agreed().reportBeats(4)).toBe(2);
  });

  it("tell logins and failed attempts once", () => {
    const { links } = build();
    links.now.noteLogins(4, 6);
    links.now.noteFailed(4, 2);
    expect([links.agreed().unreportedLogins(4), links.agreed().unreportedFailures(4)]).toEqual([6, 2]);
    links.agreed().reportAttempts(4);
    expect([links.agreed().unreportedLogins(4), links.agreed().unreportedFailures(4)]).toEqual([0, 0]);
    expect(links.agreed().logins(4)).toBe(6);
  });
});

import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Server } from "../../../src/world/fleet/centre.ts";
import { Desks, type Door } from "../../../src/world/fleet/server.ts";

const server = (loginsASecond: number, connections = 1e9): Server => ({
  name: "s",
  centre: "c",
  line: "l",
  ip: "192.0.2.1",
  connections,
  loginsASecond,
});

/** Rows that each stand for a few people. */
const crowd = (desks: Desks, people: number): void => {
  for (let left = people; left > 0; left -= 50) desks.arrive(0, Math.min(50, left), 0);
};

describe("a login queue", () => {
  it("keeps nobody waiting below capacity", () => {
    const desks = new Desks([server(1_000)], 250);
    crowd(desks, 200);
    desks.turn();
    for (const offset of [0, 100, 249]) expect(desks.waitMs(0, offset)).toBe(0);
  });

  it("makes whoever comes to a flood wait for all who came before, by hand", () => {
    const desks = new Desks([server(1_000)], 250);
    crowd(desks, 1_000);
    desks.turn();
    // 1,000 people spread over 250 ms at one a millisecond: the middle one finds 500 ahead, 125 of them served.
    expect(desks.waitMs(0, 125)).toBeCloseTo(375, 9);
    desks.turn();
    expect(desks.waitMs(0, 0)).toBeCloseTo(750, 9);
  });

  it("spends nothing on people who gave up", () => {
    const desks = new Desks([server(1_000)], 250);
    crowd(desks, 100_000);
    desks.turn();
    desks.abandon(0, 90_000);
    for (let bucket = 0; bucket < 40; bucket++) desks.turn();
    expect(desks.served[0]).toBe(10_000);
    expect(desks.waitMs(0, 0)).toBe(0);
  });

  it("takes a row's people one by one: one that is larger than a bucket's logins makes no queue of its own", () => {
    const desks = new Desks([server(1_000)], 250);
    desks.arrive(0, 2_000, 0);
    for (let bucket = 0; bucket < 32; bucket++) {
      desks.turn();
      for (const offset of [0, 100, 249]) expect(desks.waitMs(0, offset)).toBe(0);
    }
    expect(desks.served[0]).toBe(2_000);
  });

  it("serves what it can and no more, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), fc.integer({ min: 1, max: 9_999 }), (arrivals, rate) => {
        const desks = new Desks([server(rate)], 250);
        let came = 0;
        for (const people of arrivals) {
          desks.arrive(0, people, 0);
          came += people;
          desks.turn();
        }
        expect(desks.served[0]).toBeLessThanOrEqual((rate * arrivals.length) / 4 + 1e-6);
        for (let more = 0; more < 261 + (5 * came) / rate; more++) desks.turn();
        expect(desks.served[0]).toBe(came);
      }),
    );
  });

  it("lets no more connections in than it holds, in any order of ranks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (ranks) => {
          const desks = new Desks([server(1_000, 50)], 250);
          ranks.forEach((rank) => {
            desks.arrive(0, 1, rank);
          });
          desks.turn();
          const admitted = ranks.filter((rank) => desks.admits(0, rank)).length;
          expect(admitted).toBeLessThanOrEqual(50);
          if (ranks.length <= 50) expect(admitted).toBe(ranks.length);
        },
      ),
    );
  });

  it("fills nearly all that it has when many come at once, and tells the most it held", () => {
    const desks = new Desks([server(1_000, 500)], 250);
    for (let place = 0; place < 1_000; place++) desks.arrive(0, 1, place / 1_000);
    desks.turn();
    for (let place = 0; place < 1_000; place++) if (desks.admits(0, place / 1_000)) desks.hold(0, 1);
    expect(desks.held[0]).toBeGreaterThan(430);
    desks.turn();
    desks.hold(0, -400);
    desks.turn();
    expect(desks.peak[0]).toBe(desks.held[0]! + 400);
  });
});

const DOOR: Door = { admission: "by-wait", longestWaitMs: 1_000, refusal: 0.02, carriesDeadlines: true };

/** Ranks of as many people, evenly. */
const ranks = (count: number): number[] => Array.from({ length: count }, (_, place) => (place + 0.5) / count);

describe("a door that refuses by wait", () => {
  it("lets nobody wait for longer than it promised, and everybody else in", () => {
    const desks = new Desks([server(1_000)], 250, DOOR);
    crowd(desks, 10_000);
    desks.turn();
    // A bucket's logins and a second's queue: 1,250 of 10,000.
    expect(ranks(1_000).filter((rank) => desks.welcomes(0, rank))).toHaveLength(125);
    expect(desks.waitMs(0, 249)).toBeLessThanOrEqual(1_250);
    expect(desks.refused[0]).toBe(8_750);
    crowd(desks, 100);
    desks.turn();
    expect(desks.queueMs(0)).toBeLessThanOrEqual(1_000);
  });

  it("refuses nobody below capacity", () => {
    const desks = new Desks([server(1_000)], 250, DOOR);
    for (let bucket = 0; bucket < 100; bucket++) {
      crowd(desks, 240);
      desks.turn();
      expect(desks.welcomes(0, 0.999)).toBe(true);
    }
    expect(desks.refused[0]).toBe(0);
  });

  it("gives appointments at the pace that it can keep, one after the other", () => {
    const desks = new Desks([server(1_000)], 250, { ...DOOR, refusal: 0 });
    crowd(desks, 11_250);
    desks.turn();
    const waits = ranks(100)
      .filter((rank) => !desks.welcomes(0, rank))
      .map((rank) => desks.appointmentMs(0, rank));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    // 10,000 people at 950 a second.
    expect(waits.at(-1)).toBeGreaterThan(10_400);
    expect(waits.at(-1)).toBeLessThan(10_527);
    crowd(desks, 1_000);
    desks.turn();
    // Whoever is refused now comes after them.
    expect(desks.appointmentMs(0, 1)).toBeGreaterThan(10_526 + 500);
  });

  it("pays for each refusal with a part of a login", () => {
    const served = (refusal: number): number => {
      const desks = new Desks([server(1_000)], 250, { ...DOOR, refusal });
      crowd(desks, 20_000);
      for (let bucket = 0; bucket < 8; bucket++) desks.turn();
      return desks.served[0]!;
    };
    expect(served(0)).toBe(1_250);
    expect(served(0.05)).toBeLessThan(served(0));
  });
});

describe("a server that ignores deadlines", () => {
  it("works on what nobody waits for any more", () => {
    const desks = new Desks([server(1_000)], 250, { ...DOOR, admission: "none", carriesDeadlines: false });
    crowd(desks, 100_000);
    desks.turn();
    desks.abandon(0, 90_000);
    for (let bucket = 0; bucket < 40; bucket++) desks.turn();
    expect(desks.served[0]).toBe(10_250);
    expect(desks.queueMs(0)).toBeCloseTo(89_750, 0);
  });
});

it("a server that is down serves nobody and forgets its queue", () => {
  const desks = new Desks([server(1_000)], 250);
  crowd(desks, 1_000);
  desks.turn();
  desks.setDown(0, true);
  for (let bucket = 0; bucket < 4; bucket++) desks.turn();
  expect([desks.served[0], desks.capacity[0], desks.queueMs(0)]).toEqual([250, 250, 0]);
  desks.setDown(0, false);
  crowd(desks, 100);
  desks.turn();
  expect(desks.served[0]).toBe(350);
});

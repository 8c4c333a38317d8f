import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Server } from "../../../src/world/fleet/centre.ts";
import { Desks } from "../../../src/world/fleet/server.ts";

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
  for (let left = people; left > 0; left -= 50) desks.arrive(0, Math.min(50, left));
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
    desks.arrive(0, 2_000);
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
          desks.arrive(0, people);
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
          ranks.forEach(() => {
            desks.arrive(0, 1);
          });
          desks.turn();
          expect(ranks.filter((rank) => desks.admits(0, 1, rank)).length).toBeLessThanOrEqual(50);
        },
      ),
    );
  });
});

import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { binomialQuantile } from "../../../src/base/math.ts";
import { Draws, open } from "../../../src/base/random.ts";
import type { Server } from "../../../src/world/fleet/centre.ts";
import { LoginQueues, type LoginAdmission } from "../../../src/world/fleet/login-queues.ts";
import { BUCKETS_AHEAD } from "../../../src/world/fleet/requests.ts";

const server = (loginsASecond: number, connections = 1e9): Server => ({
  name: "s",
  centre: "c",
  line: "l",
  ip: "192.0.2.1",
  connections,
  loginsASecond,
});

const NO_LIMIT: LoginAdmission = { admission: "none", longestWaitMs: Infinity, refusal: 0, deadlineMs: Infinity };

/** Rows that each stand for a few people. */
const crowd = (loginQueues: LoginQueues, people: number): void => {
  for (let left = people; left > 0; left -= 50) loginQueues.request(0, Math.min(50, left), 0);
};

describe("a login queue", () => {
  it("has no wait below capacity", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250);
    crowd(loginQueues, 200);
    loginQueues.endBucket();
    for (const offset of [0, 100, 249]) expect(loginQueues.waitMs(0, offset)).toBe(0);
  });

  it("makes clients in a flood wait for all that came before, by hand", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250);
    crowd(loginQueues, 1_000);
    loginQueues.endBucket();
    // 1,000 people spread over 250 ms at one a millisecond: the middle one finds 500 ahead, 125 of them served.
    expect(loginQueues.waitMs(0, 125)).toBeCloseTo(375, 9);
    loginQueues.endBucket();
    expect(loginQueues.waitMs(0, 0)).toBeCloseTo(750, 9);
  });

  it("counts as possible what rows ask for at once, as they complete at once, though most of a row comes at other times", () => {
    const loginQueues = new LoginQueues([server(100_000)], 250);
    loginQueues.request(0, 1_000, 0, 999);
    loginQueues.endBucket();
    expect([loginQueues.asked[0], loginQueues.possible[0], loginQueues.served[0]]).toEqual([1_000, 1_000, 1]);
  });

  it("spends nothing on people who would wait beyond their deadline", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { admission: { ...NO_LIMIT, deadlineMs: 10_000 } });
    crowd(loginQueues, 100_000);
    for (let bucket = 0; bucket < 60; bucket++) loginQueues.endBucket();
    expect(loginQueues.served[0]).toBe(10_250);
    expect(loginQueues.waitMs(0, 0)).toBe(0);
  });

  it("takes a row's people one by one: one that is larger than a bucket's logins makes no queue of its own", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { peopleARow: 2_000 });
    loginQueues.request(0, 2_000, 0);
    for (let bucket = 0; bucket < 320; bucket++) {
      loginQueues.endBucket();
      for (const offset of [0, 100, 249]) expect(loginQueues.waitMs(0, offset)).toBe(0);
    }
    expect(loginQueues.served[0]).toBe(2_000);
  });

  it("serves what it can and no more, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), fc.integer({ min: 1, max: 9_999 }), (arrivals, rate) => {
        const loginQueues = new LoginQueues([server(rate)], 250);
        let came = 0;
        for (const people of arrivals) {
          loginQueues.request(0, people, 0);
          came += people;
          loginQueues.endBucket();
        }
        expect(loginQueues.served[0]).toBeLessThanOrEqual((rate * arrivals.length) / 4 + 1e-6);
        for (let more = 0; more < 261 + (5 * came) / rate; more++) loginQueues.endBucket();
        expect(loginQueues.served[0]).toBe(came);
      }),
    );
  });

  it("lets no more connections in than it holds, in any order of ranks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (ranks) => {
          const loginQueues = new LoginQueues([server(1_000, 50)], 250);
          ranks.forEach((rank) => {
            loginQueues.request(0, 1, rank);
          });
          loginQueues.endBucket();
          const admitted = ranks.filter((rank) => loginQueues.hasConnectionFor(0, rank)).length;
          expect(admitted).toBeLessThanOrEqual(50);
          if (ranks.length <= 50) expect(admitted).toBe(ranks.length);
        },
      ),
    );
  });

  it("fills nearly all its connections when many come at once, and keeps the peak", () => {
    const loginQueues = new LoginQueues([server(1_000, 500)], 250);
    for (let place = 0; place < 1_000; place++) loginQueues.request(0, 1, place / 1_000);
    loginQueues.endBucket();
    for (let place = 0; place < 1_000; place++)
      if (loginQueues.hasConnectionFor(0, place / 1_000)) loginQueues.hold(0, 1);
    expect(loginQueues.held[0]).toBeGreaterThan(430);
    loginQueues.endBucket();
    loginQueues.hold(0, -400);
    loginQueues.endBucket();
    expect(loginQueues.peak[0]).toBe(loginQueues.held[0]! + 400);
  });

  it("treats requests that are announced as those that are made when they arrive", () => {
    const request = fc.record({
      bucket: fc.nat(60),
      ahead: fc.nat(BUCKETS_AHEAD - 1),
      server: fc.nat(1),
      people: fc.integer({ min: 1, max: 400 }),
      rank: fc.double({ min: 0, max: 0.999, noNaN: true }),
      isAlone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 100 }), (requests) => {
        const admission: LoginAdmission = { ...NO_LIMIT, admission: "by-wait", longestWaitMs: 500, refusal: 0.1 };
        const [announced, made] = [0, 1].map(
          () => new LoginQueues([server(400, 900), server(900, 400)], 250, { admission, peopleARow: 20 }),
        ) as [LoginQueues, LoginQueues];
        for (let bucket = 0; bucket < 61 + BUCKETS_AHEAD; bucket++) {
          for (const { bucket: begins, ahead, server: one, people, rank, isAlone } of requests) {
            const elsewhen = isAlone ? people - 1 : 0;
            if (begins === bucket) announced.request(one, people, rank, elsewhen, ahead);
            if (begins + ahead === bucket) made.request(one, people, rank, elsewhen);
          }
          announced.endBucket();
          made.endBucket();
          expect(standing(announced)).toEqual(standing(made));
        }
      }),
      { numRuns: 20 },
    );
  });
});

const standing = (queues: LoginQueues): unknown =>
  [0, 1].map((one) => [
    queues.waitMs(one, 100),
    [0, 0.2, 0.4, 0.6, 0.8].map((rank) => queues.isAdmitted(one, rank) && queues.hasConnectionFor(one, rank)),
    [queues.asked, queues.refused, queues.served, queues.possible].map((column) => column[one]),
  ]);

/** Returns the mean wait, ms, of people who come one by one to a door that serves 40 a second, in rows of this many. */
const meanWaitMs = (aSecond: number, peopleARow: number): number => {
  const loginQueues = new LoginQueues([server(40)], 250);
  const people = 100_000;
  loginQueues.others.set(0, people * (1 - 1 / peopleARow), aSecond / 4 / people);
  const draws = new Draws("rows", "test");
  let [sum, rows] = [0, 0];
  for (let bucket = 0; bucket < 40_000; bucket++) {
    const count = binomialQuantile(open(draws.at(0, 0, bucket)), people / peopleARow, aSecond / 4 / people);
    for (let row = 0; row < count; row++) loginQueues.request(0, peopleARow, 0, peopleARow - 1);
    loginQueues.endBucket();
    for (let row = 0; row < count; row++) {
      sum += loginQueues.waitMs(0, 250 * draws.uniform(1, bucket, row));
      rows += 1;
    }
  }
  return sum / rows;
};

describe("a busy door", () => {
  it.each([30, 36])(
    "has the same wait for people who come one by one in rows of any size: %d of 40 a second",
    (rate) => {
      const alone = meanWaitMs(rate, 1);
      expect(alone).toBeGreaterThan(10);
      for (const peopleARow of [5, 20, 100])
        expect(Math.abs(meanWaitMs(rate, peopleARow) / alone - 1)).toBeLessThan(0.1);
    },
  );

  it("keeps its streams to what is expected where it has logins to spare", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250);
    loginQueues.others.set(0, 1_000, 0.0305);
    for (let bucket = 0; bucket < 1_000; bucket++) loginQueues.endBucket();
    expect(loginQueues.served[0]).toBe(30_500);
  });

  it("has no stream while it is down", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250);
    loginQueues.others.set(0, 1_000, 0.1);
    loginQueues.setDown(0, true);
    loginQueues.endBucket();
    expect([loginQueues.served[0], loginQueues.expectedWaitMs(0)]).toEqual([0, 0]);
  });
});

const BY_WAIT: LoginAdmission = { admission: "by-wait", longestWaitMs: 1_000, refusal: 0.02, deadlineMs: 15_000 };

/** Ranks of as many people, evenly. */
const ranks = (count: number): number[] => Array.from({ length: count }, (_, place) => (place + 0.5) / count);

describe("admission by wait", () => {
  it("admits nobody to a wait longer than the limit, and everybody else", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { admission: BY_WAIT });
    crowd(loginQueues, 10_000);
    loginQueues.endBucket();
    // A bucket's logins and a second's queue: 1,250 of 10,000.
    expect(ranks(1_000).filter((rank) => loginQueues.isAdmitted(0, rank))).toHaveLength(125);
    expect(loginQueues.waitMs(0, 249)).toBeLessThanOrEqual(1_250);
    expect(loginQueues.refused[0]).toBe(8_750);
    crowd(loginQueues, 100);
    loginQueues.endBucket();
    expect(loginQueues.expectedWaitMs(0)).toBeLessThanOrEqual(1_000);
  });

  it("refuses nobody below capacity", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { admission: BY_WAIT });
    for (let bucket = 0; bucket < 100; bucket++) {
      crowd(loginQueues, 240);
      loginQueues.endBucket();
      expect(loginQueues.isAdmitted(0, 0.999)).toBe(true);
    }
    expect(loginQueues.refused[0]).toBe(0);
  });

  it("spreads retries of refused clients at the rate that it can serve", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { admission: { ...BY_WAIT, refusal: 0 } });
    crowd(loginQueues, 11_250);
    loginQueues.endBucket();
    const waits = ranks(100)
      .filter((rank) => !loginQueues.isAdmitted(0, rank))
      .map((rank) => loginQueues.retryAfterMs(0, rank));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    // 10,000 people at 950 a second.
    expect(waits.at(-1)).toBeGreaterThan(10_400);
    expect(waits.at(-1)).toBeLessThan(10_527);
    crowd(loginQueues, 1_000);
    loginQueues.endBucket();
    // Clients that are refused now come after them.
    expect(loginQueues.retryAfterMs(0, 1)).toBeGreaterThan(10_526 + 500);
  });

  it("pays for each refusal with a part of a login", () => {
    const served = (refusal: number): number => {
      const loginQueues = new LoginQueues([server(1_000)], 250, { admission: { ...BY_WAIT, refusal } });
      crowd(loginQueues, 20_000);
      for (let bucket = 0; bucket < 8; bucket++) loginQueues.endBucket();
      return loginQueues.served[0]!;
    };
    expect(served(0)).toBe(1_250);
    expect(served(0.05)).toBeLessThan(served(0));
  });
});

describe("a server that ignores deadlines", () => {
  it("serves requests of clients that gave up", () => {
    const loginQueues = new LoginQueues([server(1_000)], 250, { admission: NO_LIMIT });
    crowd(loginQueues, 100_000);
    for (let bucket = 0; bucket < 41; bucket++) loginQueues.endBucket();
    expect(loginQueues.served[0]).toBe(10_250);
    expect(loginQueues.expectedWaitMs(0)).toBeCloseTo(89_750, 0);
  });
});

it("a server that is down serves nobody and forgets its queue", () => {
  const loginQueues = new LoginQueues([server(1_000)], 250);
  crowd(loginQueues, 1_000);
  loginQueues.endBucket();
  loginQueues.setDown(0, true);
  for (let bucket = 0; bucket < 4; bucket++) loginQueues.endBucket();
  expect([loginQueues.served[0], loginQueues.capacity[0], loginQueues.expectedWaitMs(0)]).toEqual([250, 250, 0]);
  loginQueues.setDown(0, false);
  crowd(loginQueues, 100);
  loginQueues.endBucket();
  expect(loginQueues.served[0]).toBe(350);
});

const DEADLINE_S = 15;
/** Time that a login takes in addition to its wait. */
const REST_S = 0.3;
const LOGINS_A_SECOND = 40;

/** Returns the share of people who are logged in by the deadline of a queue that serves them one by one; times ascend. */
const shareServedOneByOne = (times: readonly number[]): number => {
  let [free, inTime] = [0, 0];
  for (const at of times) {
    const wait = Math.max(0, free - at);
    if (wait <= DEADLINE_S) free = Math.max(free, at) + 1 / LOGINS_A_SECOND;
    if (wait + REST_S <= DEADLINE_S) inTime += 1;
  }
  return inTime / times.length;
};

/** Returns the same of the people of rows that come together at these times. */
const shareServed = (times: readonly number[], peopleARow: number): number => {
  const admission = { ...NO_LIMIT, deadlineMs: DEADLINE_S * 1_000 };
  const loginQueues = new LoginQueues([server(LOGINS_A_SECOND)], 250, { admission, peopleARow });
  let [next, inTime] = [0, 0];
  for (let bucket = 0; next < times.length; bucket++) {
    const end = times.findIndex((at) => at * 4 >= bucket + 1);
    const came = times.slice(next, end < 0 ? times.length : end);
    came.forEach(() => {
      loginQueues.request(0, peopleARow, 0);
    });
    loginQueues.endBucket();
    for (const at of came) if (loginQueues.waitMs(0, (at * 1_000) % 250) / 1_000 + REST_S <= DEADLINE_S) inTime += 1;
    next += came.length;
  }
  return inTime / times.length;
};

/** Returns when people, or rows of people, come at random: `aSecond` people for these seconds. */
const arrivals = (aSecond: number, seconds: number, peopleARow = 1): readonly number[] => {
  const draws = new Draws("arrivals", "test");
  const times: number[] = [];
  for (let at = 0, place = 0; at < seconds; place++) {
    at += (-Math.log(open(draws.at(0, 0, place))) * peopleARow) / aSecond;
    if (at < seconds) times.push(at);
  }
  return times;
};

describe("people who come together are logged in as by a queue that serves them one by one, whatever a row stands for", () => {
  it.each([
    { what: "below capacity", aSecond: 32, seconds: 4_000 },
    { what: "a flood of a minute", aSecond: 600, seconds: 60 },
    { what: "more than capacity for long", aSecond: 80, seconds: 4_000 },
  ])("$what", ({ aSecond, seconds }) => {
    const exact = shareServedOneByOne(arrivals(aSecond, seconds));
    for (const peopleARow of [1, 5, 20, 100])
      expect([peopleARow, shareServed(arrivals(aSecond, seconds, peopleARow), peopleARow)]).toEqual([
        peopleARow,
        expect.closeTo(exact, 1.3),
      ]);
  });
});

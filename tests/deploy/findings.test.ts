/** What a drill concludes from its tally, on tallies made by hand. */
import { expect, it } from "vitest";
import { fullestSecond, repeatsByCause } from "../../src/deploy/drill/findings.ts";
import { ArrivalCounter, type MessageBatch } from "../../src/deploy/drill/message-service.ts";
import { allUins, indexOf, uinOf } from "../../src/deploy/drill/subscribers.ts";

const batch = (at: number, owner: string, block = 1, count = 250): MessageBatch => ({
  at,
  owner,
  part: 0,
  block,
  count,
});

it("the tally knows who was told, who never, who again, and who is a stranger", () => {
  const count = new ArrivalCounter(5);
  const push = (owner: string, uins: readonly number[]) => ({ name: { task: "t", part: 0, block: 1 }, owner, uins });
  count.arrive(push("a", [uinOf(0), uinOf(1)]), 10);
  count.arrive(push("b", [uinOf(1), uinOf(3), 7]), 20);
  count.arrive(push("c", [uinOf(1)]), 30);
  expect(count.told).toBe(3);
  expect(count.tally()).toMatchObject({
    missed: [2, 4],
    strangers: 1,
    repeats: [
      { before: 0, now: 1, count: 1 },
      { before: 1, now: 2, count: 1 },
    ],
  });
});

it("subscribers' numbers tell their place and nobody else's", () => {
  expect(allUins(1_000_000).every((uin, index) => indexOf(uin, 1_000_000) === index)).toBe(true);
  expect([uinOf(5) + 1, uinOf(-1), uinOf(1_000_000)].map((uin) => indexOf(uin, 1_000_000))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it("somebody told twice is put down to what happened in between", () => {
  const batches = [
    batch(1_000, "w1.1/1"),
    batch(3_000, "w2.1/1"),
    batch(9_000, "w3.1/1", 2),
    batch(10_500, "w3.1/9", 4),
    batch(20_000, "w2.1/5"),
    batch(26_000, "w3.1/6"),
    batch(26_500, "w1.2/7"),
    batch(27_000, "w1.2/7"),
    batch(30_000, "w4.1/0", 5),
    batch(30_500, "w4.1/0", 6),
    batch(33_000, "w2.1/1", 5),
    batch(40_000, "w2.1/2", 7),
    batch(40_500, "w2.1/2", 7),
    batch(47_000, "w3.1/2", 7),
  ];
  const repeats = [
    { before: 0, now: 1, count: 1 },
    { before: 2, now: 3, count: 2 },
    { before: 4, now: 5, count: 4 },
    { before: 5, now: 6, count: 8 },
    { before: 6, now: 7, count: 16 },
    // It had taken another batch before it was killed, so this one had been reported: its death does not explain it.
    { before: 8, now: 10, count: 32 },
    // It went on with the block, so the first batch was reported, and only the second can have been lost with its lease.
    { before: 11, now: 13, count: 64 },
    { before: 12, now: 13, count: 128 },
  ];
  const deaths = {
    workers: new Map([
      ["w1.1", 2_000],
      ["w4.1", 31_000],
    ]),
    stores: [{ killed: 10_000, back: 10_300 }],
  };
  const causes = repeatsByCause({ batches, repeats, told: 0, missed: [], strangers: 0 }, deaths, {
    ...{ lease: 5_000, unsynced: 2_000, unclaimed: 2_000 },
  });
  expect(Object.fromEntries(causes)).toEqual({
    "worker killed": 1,
    "claim lost": 2,
    "lease expired": 4 + 128,
    redelivered: 8 + 32,
    unexplained: 16 + 64,
  });
});

it("who is in two blocks was forgotten by a store, if one was begun after its death and the other not too long before", () => {
  const batches = [
    batch(5_000, "w1.1/1", 1),
    batch(8_900, "w1.1/1", 1),
    batch(9_000, "w2.1/1", 2),
    batch(9_500, "w3.1/1", 3),
    batch(10_400, "w4.1/1", 4),
    batch(11_000, "w1.1/1", 5),
  ];
  const repeats = [
    // Begun after the death, and a second before.
    { before: 2, now: 4, count: 1 },
    // Both after: the first was claimed before, and restored from the records when the other had them.
    { before: 4, now: 5, count: 2 },
    // Begun five seconds before: that claim was safe, though the batch came late.
    { before: 1, now: 4, count: 4 },
    // Both begun before the death: nothing had been forgotten when they were claimed.
    { before: 2, now: 3, count: 8 },
  ];
  const deaths = { workers: new Map<string, number>(), stores: [{ killed: 10_000, back: 10_300 }] };
  const causes = (unclaimed: number | undefined): object =>
    Object.fromEntries(
      repeatsByCause({ batches, repeats, told: 0, missed: [], strangers: 0 }, deaths, {
        ...{ lease: 5_000, unsynced: 2_000, unclaimed },
      }),
    );
  expect(causes(2_000)).toEqual({ "claim lost": 1 + 2, unexplained: 4 + 8 });
  expect(causes(Infinity)).toEqual({ "claim lost": 1 + 2 + 4, unexplained: 8 });
  // A store that keeps what it has answered forgets no claim.
  expect(causes(undefined)).toEqual({ unexplained: 1 + 2 + 4 + 8 });
});

it("the fullest second is half open, and may start anywhere", () => {
  expect(fullestSecond([])).toEqual({ at: 0, people: 0 });
  const batches = [batch(0, "a"), batch(700, "a"), batch(1_000, "a"), batch(1_699, "a"), batch(1_700, "a")];
  expect(fullestSecond(batches)).toEqual({ at: 700, people: 750 });
});

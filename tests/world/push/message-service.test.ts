import { describe, expect, it } from "vitest";
import { Digest } from "../../../src/base/digest.ts";
import { type Instant, instantAt, ms, seconds, START } from "../../../src/base/units.ts";
import { SimulatedMessageService } from "../../../src/world/push/message-service.ts";
import { Notebook } from "./drive.ts";

const at = (time: number): Instant => instantAt(ms(time));
const uins = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => from + i);

const serviceOf = (capacity: number) => {
  const notes = new Notebook();
  const told = new Uint8Array(1_001);
  const audit = { blame: () => "crash" as const };
  const service = new SimulatedMessageService(capacity, [{ key: 1, due: START, told }], {
    notes,
    digest: new Digest(),
    audit,
  });
  const delivery = { number: 1, name: { task: "evening", part: 0, block: 1 }, isTwice: false };
  const arrive = (from: number, count: number, time: number): number =>
    service.arrive({ task: 0, delivery, uins: uins(from, count) }, at(time)).length;
  return { notes, told, arrive };
};

describe("the message service", () => {
  it("takes what it can in any second, its beginning not counted, and refuses the rest", () => {
    const { notes, told, arrive } = serviceOf(100);
    expect(arrive(1, 60, 400)).toBe(0);
    expect(arrive(61, 60, 1_399)).toBe(20);
    // Exactly a second after the sixty these do not count any more; the forty that were taken, and all that came, do.
    expect(arrive(121, 60, 1_400)).toBe(0);
    expect(arrive(181, 1, 1_400)).toBe(1);
    expect(notes.refusals).toBe(21);
    expect(notes.peak).toBe(121);
    expect(told.subarray(1).reduce((sum, times) => sum + times, 0)).toBe(160);
  });

  it("knows who is told again, by which cause, and how late the first word was", () => {
    const { notes, arrive } = serviceOf(1_000);
    arrive(1, 10, 500);
    arrive(6, 10, 2_500);
    expect(notes.firsts).toBe(15);
    expect(notes.repeats).toEqual({ crash: 5, redelivery: 0, lease: 0, failover: 0 });
    expect(notes.latest).toBe(seconds(2.5));
  });
});

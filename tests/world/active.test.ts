import { describe, expect, it } from "vitest";
import { ActiveFaults } from "../../src/world/active.ts";

interface Fault {
  readonly id: string;
  readonly where: object;
  readonly effects: { readonly slow?: number; readonly crash?: number; readonly down?: string };
}

const faultOf = (id: string, effects: Fault["effects"], where: object = {}): Fault => ({ id, effects, where });

const activeOf = (...faults: readonly Fault[]): ActiveFaults<Fault> => {
  const active = new ActiveFaults<Fault>();
  for (const fault of faults) active.begin(fault);
  return active;
};

describe("active faults", () => {
  const south = { centre: ["south"] };

  it("come to nothing where there are none", () => {
    const none = new ActiveFaults<Fault>();
    expect(none.product(({ slow }) => slow)).toBe(1);
    expect(none.sum(({ crash }) => crash)).toBe(0);
    expect(none.some(() => true)).toBe(false);
    expect(none.values(({ down }) => down)).toEqual([]);
  });

  it("multiply, add and list the values of those that have one, in the order in which they began", () => {
    const active = activeOf(
      faultOf("a", { slow: 2, crash: 5 }),
      faultOf("b", { crash: 1, down: "silent" }),
      faultOf("c", { slow: 3, down: "reset" }),
    );
    expect(active.product(({ slow }) => slow)).toBe(6);
    expect(active.sum(({ crash }) => crash)).toBe(6);
    expect(active.values(({ down }) => down)).toEqual(["silent", "reset"]);
    expect(active.some(({ down }) => down === "reset")).toBe(true);
    expect(active.some(({ down }) => down === "drained")).toBe(false);
  });

  it("count until they end, and one that is not active ends without effect", () => {
    const active = activeOf(faultOf("a", { slow: 2 }), faultOf("b", { slow: 3 }));
    active.end({ id: "a" });
    active.end({ id: "unknown" });
    expect(active.product(({ slow }) => slow)).toBe(3);
  });

  it("are told apart by place, and a copy does not follow what begins or ends later", () => {
    const active = activeOf(faultOf("a", { slow: 2 }, south), faultOf("b", { slow: 5 }));
    const here = active.touching((where) => where === south);
    active.end({ id: "a" });
    active.begin(faultOf("c", { slow: 7 }, south));
    expect(here.product(({ slow }) => slow)).toBe(2);
    expect(active.touching((where) => where === south).product(({ slow }) => slow)).toBe(7);
  });
});

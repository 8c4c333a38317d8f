import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { backboneMethods } from "../../../src/scenario/services/backbone.ts";
import { routeOf, type TaskRoute } from "../../../src/scenario/services/routes.ts";
import { servicesField } from "../../../src/scenario/services/shape.ts";

const work = { law: "fixed", mean: "1 ms" };
const tier = (serves: string, calls: readonly string[]) => ({ machines: 1, cores: 1, work, serves, calls });
const stack = (method: string) =>
  servicesField.parse({
    hop: "500 us",
    tiers: { door: tier("Access", ["brain"]), brain: tier("Logic", ["books"]), books: tier("Storage", []) },
    entries: { one: { tier: "door", method, feed: 1 } },
  });
const routeOfMethod = (method: string) => {
  const services = stack(method);
  return routeOf(services, services.entries["one"]!);
};

describe("the backbone's service definition", () => {
  it("knows every method that its methods call", () => {
    const methods = backboneMethods();
    expect(methods.size).toBe(10);
    for (const { calls } of methods.values()) for (const name of calls) expect(methods.has(name), name).toBe(true);
  });

  it("gives sizes of encoded requests that agree with a calculation by hand", () => {
    // One field of a number of ten digits: a byte of tag, five of varint.
    expect(backboneMethods().get("Storage.NextSequence")).toMatchObject({ requestBytes: 6, replyBytes: 6 });
    const writer = protobuf.Writer.create().uint32(8).uint64(2_000_000_000).uint32(16).uint64(2_000_000_000);
    expect(backboneMethods().get("Access.Sync")!.requestBytes).toBe(writer.finish().length);
  });

  it("derives the whole tree of calls of a task from its first method", () => {
    const names = ({ tier: name, calls }: TaskRoute): string =>
      calls.length === 0 ? name : `${name}(${calls.map(names).join(" ")})`;
    const read = routeOfMethod("Access.Send");
    expect("route" in read && names(read.route)).toBe("door(brain(books books))");
    expect("route" in read && read.route.calls[0]!.requestBytes).toBe(
      backboneMethods().get("Logic.Deliver")!.requestBytes,
    );
  });

  it.each([
    ["Access.Sent", '"Access.Sent" is not a method of the backbone', 'did you mean "Access.Send"?'],
    ["Logic.Deliver", "the tier door serves Access", "write serves: Logic in the tier"],
  ])("rejects %s at the first tier", (method, wrong, hint) => {
    expect(routeOfMethod(method)).toEqual({ field: "method", wrong, hint });
  });

  it("reports a called method that no tier serves", () => {
    const services = stack("Access.Send");
    const deaf = {
      ...services,
      tiers: { ...services.tiers, books: { ...services.tiers["books"]!, serves: undefined } },
    };
    expect(routeOf(deaf, deaf.entries["one"]!)).toMatchObject({
      wrong: expect.stringContaining("Storage.NextSequence") as string,
    });
  });
});

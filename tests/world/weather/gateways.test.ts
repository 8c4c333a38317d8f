import { describe, expect, it } from "vitest";
import { figure, run } from "./story.ts";

describe("gateways out of service for more than one reason", () => {
  it("stay out until the last is over, and where no sibling is left nothing passes", () => {
    const all = "[hi-mobile-3g-1, hi-mobile-3g-2, hi-mobile-3g-3]";
    const gone = run(
      `  - { id: one, at: 8 min, until: 13 min, down: reset, where: { gateway: ${all} } }
  - { id: two, at: 10 min, until: 19 min, down: reset, where: { gateway: ${all} } }`,
      "",
    );
    expect(gone.invariants.filter(({ held }) => !held)).toEqual([]);
    // Mobile 3G is three tenths of Hainan.
    expect(figure(gone, "online.min{region=hainan}")).toBeLessThan(72);
    expect(figure(gone, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
  });
});

describe("a gateway withdrawn", () => {
  it("sends its users through its siblings within a minute or two", () => {
    const gone = run(
      "  - { id: one, at: 29 min, loss: 0 %, where: {} }",
      "interventions:\n  - { id: out, at: 10 min, withdraw: { gateway: hi-mobile-3g-1 } }",
    );
    expect(figure(gone, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
    expect(gone.decisions.filter(({ kind }) => kind === "move")).toEqual([]);
  });
});

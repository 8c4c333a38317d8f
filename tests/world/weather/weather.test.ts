import { describe, expect, it } from "vitest";
import { run } from "./story.ts";

const KINDS = [
  "loss: 10 %, where: { region: hainan }",
  "loss: { share: 30 %, direction: up }, where: { region: hainan, access: 3g }",
  "delay: 300 ms, where: { region: hainan }",
  "block: drop, where: { region: hainan, port: 8080 }",
  "block: reset, where: { region: hainan, port: 8080 }",
  "block: drop, where: { region: hainan }",
  "cut-over: true, where: { region: hainan }",
  "nat-timeout: 60 s, where: { region: hainan }",
  "down: silent, where: { gateway: hi-mobile-3g-1 }",
  "down: reset, where: { gateway: hi-mobile-3g-1 }",
  "down: drained, where: { gateway: [hi-mobile-3g-1, hi-mobile-3g-2, hi-mobile-3g-3] }",
  "down: silent, where: { centre: south }",
  "down: reset, where: { centre: south }",
  "down: drained, where: { server: south-mobile-1 }",
  "slow: 1000, where: { centre: south }",
  "surge: 20, where: { region: hainan }",
  "telemetry: { lost: 90 %, late: 5 min }, where: {}",
];

describe("whatever the weather, nobody and no packet is lost from the books", () => {
  it.each(KINDS)("%s", (kind) => {
    const broken = run(`  - { id: one, at: 10 min, until: 20 min, ${kind} }`).invariants.filter(({ held }) => !held);
    expect(broken).toEqual([]);
  });

  it("all of it at once", () => {
    const all = KINDS.map((kind, n) => `  - { id: f${String(n)}, at: ${String(6 + n)} min, ${kind} }`).join("\n");
    expect(run(all).invariants.filter(({ held }) => !held)).toEqual([]);
  });
});

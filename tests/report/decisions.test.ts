import { describe, expect, it } from "vitest";
import { gather } from "../../src/report/decisions.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderText } from "../../src/report/text.ts";
import type { Decision } from "../../src/simulate/findings.ts";
import { chongqing } from "./fixtures/runs.ts";

const decision = (at: number, kind: string, who: string, more: Partial<Decision> = {}): Decision =>
  ({ at, by: "scheduler", kind, what: "to shanghai-1", who, ip: "100.64.0.1", why: [], ...more }) as Decision;

it("gathers what was done to many gateways at one time for one reason, and nothing else", () => {
  const why = (address: string) => [`port fault of hk to port 8080: leaving ${address}:8080 for x`, "common", address];
  const told = gather([
    decision(60, "alert", "hk", { what: "port fault" }),
    decision(60, "alert", "tw", { what: "port fault" }),
    decision(60, "move", "a", { why: why("1") }),
    decision(60, "move", "b", { why: why("2") }),
    decision(60, "move", "c", { why: why("3") }),
    decision(60, "move", "d", { why: why("4"), what: "to north-1" }),
    decision(60, "move", "e", { why: ["route fault of gd: leaving 5:80 for y"] }),
    decision(90, "move", "f", { why: why("6") }),
    decision(99, "restore", "a", { why: ["back to 1:8080: what drove users away is over", "stayed away"] }),
    decision(99, "restore", "b", { why: ["back to 2:8080: what drove users away is over", "stayed away"] }),
  ]);
  expect(told.map(({ at, kind, who }) => `${String(at)} ${kind} ${who}`)).toEqual([
    "60 alert hk",
    "60 alert tw",
    "60 move 4 gateways: a, b, c and 1 more gateway",
    "60 move e",
    "90 move f",
    "99 restore 2 gateways: a, b",
  ]);
  expect(told[2]).toMatchObject({
    what: "to shanghai-1, to north-1",
    why: ["port fault of hk to port 8080", "common"],
    ip: "",
  });
  expect(told[5]!.why).toEqual(["what drove users away is over", "stayed away"]);
});

it("tells evidence once, and says where it was told", () => {
  const evidence = ["loss 2.13 % → 45.54 %", "failed connects 0 of 460", "6 gateways are worse"];
  const told = gather([
    decision(2190, "alert", "hainan/unicom", { why: evidence }),
    decision(2190, "move", "hi-1", { why: ["route fault: leaving 1:80 for 2:80", ...evidence, "2:80 has room"] }),
    decision(2220, "alert", "hainan/mobile", { why: ["loss 1 % → 3 %", evidence[1]!] }),
  ]);
  expect(told.map(({ why }) => why)).toEqual([
    evidence,
    ["route fault: leaving 1:80 for 2:80", "2:80 has room", "3 reasons as above, at 0:36:30"],
    ["loss 1 % → 3 %", evidence[1]],
  ]);
});

describe("a run of several replications", () => {
  const decided = (what: string): Decision => ({
    at: 60,
    by: "scheduler",
    kind: "alert",
    what,
    who: "gw",
    ip: "",
    why: [],
  });
  const run = {
    ...chongqing,
    document: {
      ...chongqing.document,
      oddOneOut: {
        replication: 7,
        figure: "alarm.delay.max{fault=gateway}",
        unit: "s",
        value: 900,
        others: [150, 190],
      },
    },
    decisions: Array.from({ length: 30 }, (_, replication) => ({
      replication,
      decisions: Array.from({ length: 40 }, (_one, i) => decided(`fault ${String(replication)}/${String(i)}`)),
    })),
  } as const;
  const page = renderPage(run, []);

  it("offers the decisions of the others on its page, those of the odd one out first, and says how many", () => {
    const replications = [...page.matchAll(/<summary>\s*Replication (\d+):/g)].map(([, number]) => Number(number));
    expect(replications).toHaveLength(20);
    expect(replications.slice(0, 4)).toEqual([8, 2, 3, 4]);
    expect(page.replaceAll(/\s+/g, " ")).toContain(
      "The first 20 decisions of each, of 20 replications. All are in decisions.json, which counts replications from 0",
    );
    expect(page).toContain("fault 7/19");
    expect(page).not.toContain("fault 7/20");
    expect(page).not.toContain("fault 0/0");
  });

  it("counts replications from 1, as progress does, and names the odd one out in every view, with a link to its decisions", () => {
    const text =
      "Replication 8 is the odd one out: Time from fault to alarm, maximum · fault gateway is 900 s, in the others 150 s to 190 s.";
    const plain = (view: string): string => view.replaceAll(/[\s\u00a0]+/g, " ");
    expect(plain(page)).toContain(`${text} <a href="#replication-8">Its decisions</a>`);
    expect(plain(renderMarkdown(run, []))).toContain(text);
    expect(renderMarkdown(run, [])).toContain("## Decisions of the scheduler, replication 8");
    expect(plain(renderText(run.document, { color: false }))).toContain(text);
  });

  it("says of an odd one out that was cut off how long it was followed", () => {
    const oddOneOut = { ...run.document.oddOneOut, value: 4_800, atLeast: true } as const;
    const text = renderText({ ...run.document, oddOneOut }, { color: false }).replaceAll(/\s+/g, " ");
    expect(text).toContain("fault gateway is not within 80 min, in the others 150 s to 190 s");
  });
});

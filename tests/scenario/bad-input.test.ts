import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, processorMs, read } from "./door.ts";

/** The text, with ‸ where the one problem must point; what it must say and advise. */
type Case = readonly [claim: string, text: string, message: string | RegExp, hint: string | RegExp];

const FAULT = "where: { region: beijing }";
const evacuate = (rest: string): string =>
  `${HEAD}interventions: [{ id: i, at: 1 h, evacuate: { centre: north, within: 45 min, ${rest} } }]\n`;
const fault = (rest: string): string => `${HEAD}faults:\n  - { id: f, ${rest} }\n`;
const run = (rest: string): string =>
  `version: 1\nname: story\nextends: worlds/china-2014.yaml\nrun: { scale: 1/1000, replications: 10, ${rest} }\n`;

const YAML: readonly Case[] = [
  ["a tab as indentation", "version: 1\nname: story\nrun:\n‸\tduration: 1 h\n", /tab/, "indent with blanks"],
  ["a list that never ends", "version: 1\nports: ‸[80, 443\nname: x", "this [ is not closed", "write ] where it ends"],
  [
    "the innermost map that never ends, whatever stands in quotes and comments",
    'version: 1\ntitle: "{"\na: { b: { c: "}" }, d: ‸{ e: 1 # }\nname: x',
    "this { is not closed",
    "write } where it ends",
  ],
  ["a colon in plain text", "version: 1\nname: story\ntitle: ‸a: b\n", /not YAML/, ""],
  [
    "a figure unquoted in a flow map",
    `${HEAD}thresholds:\n  - { figure: loss.mean‸{region=beijing}, max: 1 % }\n`,
    /not YAML/,
    /quote/,
  ],
  ["a key that is there twice", `${HEAD}seed: a\n‸seed: b\n`, 'the key "seed" is there twice', "remove one of them"],
  [
    "a key that is there twice in a flow map",
    `${HEAD}faults:\n  - { id: f, at: 1 h, ‸at: 2 h, loss: 1 %, ${FAULT} }\n`,
    /twice/,
    /remove/,
  ],
  ["an anchor", `${HEAD}title: ‸&a text\n`, "an anchor (&a)", /refused/],
  ["an alias", `${HEAD}title: ‸*a\n`, /alias/, /write the value out/],
  ["a merge key", `${HEAD}‸<<: { seed: a }\n`, /merge key/, /extends/],
  ["a tag", `${HEAD}title: ‸!!str 5\n`, /a tag/, /remove/],
  ["a tag of one's own", `${HEAD}title: ‸!js/function "f"\n`, /a tag/, /remove/],
  ["a directive", `‸%YAML 1.1\n---\n${HEAD}`, /directives/, /%YAML/],
  ["a second document", `${HEAD}‸---\nversion: 1\n`, "a second document", "one file holds one scenario"],
  ["__proto__ as a key", `${HEAD}‸__proto__: { seed: a }\n`, '"__proto__" is not a key', "remove it"],
  ["constructor as a key deep inside", `${HEAD}regions: { beijing: { ‸constructor: 1 } }\n`, /not a key/, "remove it"],
  ["a key that is a list", `${HEAD}? ‸[a]\n: b\n`, "a key must be a plain word", "write key: value"],
  ["a list where a scenario belongs", "‸- version: 1\n", "a scenario is a map of keys and values", /version: 1/],
  ["a word where a scenario belongs", "‸hello\n", /map/, /version: 1/],
  ["an empty file", "‸", "is empty", "begin with version: 1"],
  ["a file of comments", "‸# nothing\n# here\n", "is empty", "begin with version: 1"],
  ["an escape character", `${HEAD}title: "‸\u001b[31m"\n`, "a control character", "remove it"],
  ["10,000 open brackets", `${HEAD}ports: ${"[".repeat(40)}‸${"[".repeat(9_960)}\n`, "is nested too deeply", /levels/],
  [
    "too many values",
    `${HEAD}ports: [${"1,".repeat(19_990)}1‸,${"1,".repeat(1_000)}1]\n`,
    "holds too many values",
    /20000/,
  ],
];

const KEYS: readonly Case[] = [
  ["an unknown key", `${HEAD}‸titel: x\n`, 'unknown key "titel"', 'did you mean "title"?'],
  [
    "an unknown key of a fault, said once",
    fault(`at: 1 h, ‸los: 1 %, ${FAULT}`),
    'unknown key "los"',
    'did you mean "loss"?',
  ],
  [
    "a mistyped key that is also required",
    fault(`‸att: 1 h, loss: 1 %, ${FAULT}`),
    'unknown key "att"',
    'did you mean "at"?',
  ],
  [
    "an unknown key inside a fault's loss",
    fault(`at: 1 h, loss: { ‸shar: 1 % }, ${FAULT}`),
    /unknown key/,
    'did you mean "share"?',
  ],
  [
    "an unknown selector",
    fault("at: 1 h, loss: 1 %, where: { ‸regoin: beijing }"),
    /unknown key/,
    'did you mean "region"?',
  ],
  [
    "an unknown key deep in the world",
    `${HEAD}clients: { racing: { ‸candidate: 4 } }\n`,
    /unknown key/,
    'did you mean "candidates"?',
  ],
  ["another version", HEAD.replace("version: 1", "version: ‸2"), "2 is not 1", /.*/],
  ["a name with blanks", HEAD.replace("name: story", "name: ‸My Story"), /not a name/, /hyphens/],
  ["a number as a name", HEAD.replace("name: story", "name: ‸12"), /expected an id, not 12/, ""],
  ["nothing where text belongs", `${HEAD}title:‸\n`, "expected text, not nothing", ""],
  ["a map where a list belongs", `${HEAD}faults: ‸{ id: f }\n`, "expected a list", /hyphen/],
  ["a word where a fault belongs", `${HEAD}faults: [‸loss]\n`, 'expected a map, not "loss"', ""],
  [
    "a fault without an id",
    `${HEAD}faults:\n  - ‸{ at: 1 h, loss: 1 %, ${FAULT} }\n`,
    "is missing",
    "write id: … (What the rest of the scenario and reports call it)",
  ],
  [
    "a fault that does nothing",
    `${HEAD}faults:\n  - ‸{ id: f, at: 1 h, ${FAULT} }\n`,
    "has no effect",
    /write one of loss/,
  ],
  [
    "an intervention that does two things",
    `${HEAD}interventions: [{ id: i, at: 1 h, pause-scheduler: 1 min, ‸withdraw: { centre: north } }]\n`,
    /two things/,
    /two interventions/,
  ],
  [
    "a withdrawal of two kinds",
    `${HEAD}interventions: [{ id: i, at: 1 h, withdraw: ‸{ centre: north, server: north-mobile-1 } }]\n`,
    /no single target/,
    /one of/,
  ],
];

const QUANTITIES: readonly Case[] = [
  [
    "an order that is held later, with a mistake of its own and no second one",
    `${HEAD}interventions:\n  - { id: i, at: 1 h, evacuate: { centre: north, within: ‸20 } }\n  - { id: p, at: 2 h, evacuation: pause }\n`,
    "20 has no unit",
    /write 20 s/,
  ],
  ["a share without a unit", fault(`at: 1 h, loss: ‸12, ${FAULT}`), "12 has no unit", "write 12 % (a share)"],
  ["a share as a fraction", fault(`at: 1 h, loss: ‸0.09, ${FAULT}`), "0.09 has no unit", "write 9 % (a share)"],
  ["a duration without a unit", fault(`at: ‸90, loss: 1 %, ${FAULT}`), "90 has no unit", /write 90 s/],
  ["a duration in a unit of another kind", fault(`at: 1 h, delay: ‸3 %, ${FAULT}`), '"3 %" is not a duration', /90 s/],
  ["a unit spelled out", fault(`at: ‸3 hours, loss: 1 %, ${FAULT}`), '"3 hours" is not a duration', "write 3 h"],
  [
    "an m that may be two units",
    fault(`at: ‸5 m, loss: 1 %, ${FAULT}`),
    /not a duration/,
    "write 5 min (minutes) or 5 ms (milliseconds)",
  ],
  ["a negative duration", fault(`at: ‸-5 min, loss: 1 %, ${FAULT}`), /negative/, /0 s or more/],
  ["a negative share", fault(`at: 1 h, loss: ‸-5 %, ${FAULT}`), /negative/, /0 % to 100 %/],
  ["a share above all", fault(`at: 1 h, loss: ‸101 %, ${FAULT}`), /more than all/, /0 % to 100 %/],
  ["a mistyped false", evacuate("heeds-health: ‸flase"), 'expected true or false, not "flase"', "did you mean false?"],
  ["a no", evacuate("heeds-health: ‸no"), 'expected true or false, not "no"', "did you mean false?"],
  ["a one", evacuate("heeds-health: ‸1"), "expected true or false, not 1", "did you mean true?"],
  ["neither true nor false", evacuate("heeds-health: ‸perhaps"), /true or false/, ""],
  ["NaN", fault(`at: 1 h, loss: ‸.nan, ${FAULT}`), /\.nan/, ""],
  ["infinity", fault(`at: 1 h, slow: ‸.inf, ${FAULT}`), /\.inf/, ""],
  ["a duration beyond 400 days", run("duration: ‸401 d, warmup: 1 h"), /too long/, "write at most 400 d"],
  ["a duration of a hundred digits", run(`duration: ‸${"9".repeat(100)} d, warmup: 1 h`), /too long/, /400 d/],
  ["a run shorter than a second", run("duration: ‸999 ms, warmup: 0 s"), "is too short", "write at least 1 s"],
  ["a warm-up as long as the run", run("duration: 1 h, warmup: ‸60 min"), /nothing is left/, /less than run\.duration/],
  ["a count that is not whole", `${HEAD}online: ‸1.5\n`, "1.5 is not whole", "write a whole number"],
  ["a count with commas", `${HEAD}online: ‸"1,000"\n`, /not a count/, /20 k/],
  ["no replication", `${HEAD.replace("replications: 10", "replications: ‸0")}`, "0 is out of range", /1 to 10000/],
  [
    "10,001 replications",
    `${HEAD.replace("replications: 10", "replications: ‸10001")}`,
    "10001 is out of range",
    /1 to 10000/,
  ],
  ["a scale that is no share", `${HEAD.replace("1/1000", "‸1000")}`, "1000 is not a scale", /1\/1000/],
  ["a scale of two millionths", `${HEAD.replace("1/1000", "‸1/2000000")}`, /not a scale/, /1000000/],
  ["a scale of nothing", `${HEAD.replace("1/1000", "‸1/0")}`, /not a scale/, /1\/1000/],
];

const NAMES: readonly Case[] = [
  [
    "an unknown region",
    fault("at: 1 h, loss: 1 %, where: { region: ‸beijng }"),
    '"beijng" is not a region of this world',
    'did you mean "beijing"?',
  ],
  [
    "an unknown carrier in a list",
    fault("at: 1 h, loss: 1 %, where: { carrier: [mobile, ‸unicomm] }"),
    '"unicomm" is not a carrier of this world',
    'did you mean "unicom"?',
  ],
  [
    "an unknown gateway",
    fault("at: 1 h, loss: 1 %, where: { gateway: ‸cq-unicom-3g-9 }"),
    /not a gateway/,
    /known: cq-unicom-3g-1, cq-unicom-3g-2/,
  ],
  ["an unknown access", fault("at: 1 h, loss: 1 %, where: { access: ‸5g }"), /not an access/, "known: 2g, 3g, 4g"],
  [
    "an unknown centre",
    fault("at: 1 h, down: silent, where: { centre: ‸shangai }"),
    /not a centre/,
    'did you mean "shanghai"?',
  ],
  [
    "an unknown server",
    fault("at: 1 h, down: silent, where: { server: ‸north-mobile-9 }"),
    /not a server/,
    "known: north-mobile-1, north-mobile-2, north-mobile-3",
  ],
  ["a port nobody listens on", fault("at: 1 h, block: drop, where: { port: ‸80 }"), /not a port/, /8080/],
  [
    "an unknown kind of stop",
    fault("at: 1 h, down: ‸quiet, where: { centre: north }"),
    /"quiet" is not silent or reset or drained/,
    /.*/,
  ],
  ["a stop of nothing", fault(`at: 1 h, down: ‸silent, ${FAULT}`), /could stop/, /gateway, server, line or centre/],
  [
    "an unknown intervention",
    fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸repair`),
    '"repair" is not an intervention of this scenario',
    /intervention/,
  ],
  [
    "a fault that ends before it begins",
    fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸30 min`),
    /not after the fault begins/,
    /start of the run/,
  ],
  [
    "an intervention before the fault it ends",
    `${fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸i`)}interventions: [{ id: i, at: 30 min, restore-route: { region: beijing } }]\n`,
    /before the fault begins/,
    /later/,
  ],
  ["a fault after the end", fault(`at: ‸3 h, loss: 1 %, ${FAULT}`), "the run is over by then", /run\.duration/],
  [
    "an intervention after the end",
    `${HEAD}interventions: [{ id: i, at: ‸5 h, pause-scheduler: 1 min }]\n`,
    "the run is over by then",
    /run\.duration/,
  ],
  [
    "a gateway that is not in the region",
    fault("at: 1 h, loss: 1 %, where: ‸{ region: hainan, gateway: cq-unicom-3g-2 }"),
    /picks no path/,
    /contradict/,
  ],
  [
    "access that does not leave through the gateway",
    fault("at: 1 h, loss: 1 %, where: ‸{ access: wifi, gateway: cq-unicom-3g-2 }"),
    /picks no path/,
    /contradict/,
  ],
  [
    "a region that the carrier does not serve",
    fault("at: 1 h, loss: 1 %, where: ‸{ region: hong-kong, carrier: mobile }"),
    /picks no path/,
    /contradict/,
  ],
  [
    "a server that is not in the centre",
    fault("at: 1 h, down: silent, where: ‸{ centre: north, server: shanghai-mobile-1 }"),
    /picks no path/,
    /contradict/,
  ],
  [
    "a peering that is not crossed",
    fault("at: 1 h, loss: 1 %, where: ‸{ carrier: mobile, line: mobile, crossing: true }"),
    /picks no path/,
    /contradict/,
  ],
  [
    "a move to nowhere",
    `${HEAD}interventions: [{ id: i, at: 1 h, move: { where: { region: hainan }, to: ‸nort } }]\n`,
    '"nort" is not a centre of this world',
    'did you mean "north"?',
  ],
  [
    "two faults of one id",
    `${HEAD}faults:\n  - { id: f, at: 1 h, loss: 1 %, ${FAULT} }\n  - { id: ‸f, at: 1 h, loss: 2 %, ${FAULT} }\n`,
    'the id "f" is there twice',
    "give it another id",
  ],
  [
    "a fault and an intervention of one id",
    `${fault(`at: 1 h, loss: 1 %, ${FAULT}`)}interventions: [{ id: ‸f, at: 1 h, pause-scheduler: 1 min }]\n`,
    'a fault is called "f" too',
    "give it another id",
  ],
  [
    "a window that ends before it begins",
    `${HEAD}windows: { w: ‸2 h..1 h }\n`,
    "ends before it begins",
    "write from..to",
  ],
  ["a window beyond the run", `${HEAD}windows: { w: ‸1 h..4 h }\n`, "reaches beyond the run", /run\.duration/],
  ["a window without an end", `${HEAD}windows: { w: ‸1 h }\n`, /not a window/, /20 min\.\.40 min/],
  ["a window called run", `${HEAD}windows: { ‸run: 1 h..2 h }\n`, /always there/, /another name/],
];

const WORLD: readonly Case[] = [
  [
    "access shares that sum to 101 %",
    `${HEAD}carriers: { mobile: { ‸access: { 2g: 18 % } } }\n`,
    "the shares of access of mobile sum to 101 %",
    "they must sum to 100 %",
  ],
  ["carriers that sum to 110 %", `${HEAD}‸carriers: { overseas: { share: 10 % } }\n`, /sum to 110 %/, /100 %/],
  ["a region without people", `${HEAD}regions: { beijing: { people: ‸0 } }\n`, "a region without users", /people/],
  [
    "a region whose carriers serve nobody",
    `${HEAD}regions: { beijing: { ‸carriers: { mobile: 0 % } } }\n`,
    /sum to 0 %/,
    /100 %/,
  ],
  [
    "a region of an unknown carrier",
    `${HEAD}regions: { beijing: { carriers: { ‸unicm: 100 % } } }\n`,
    /not a carrier/,
    'did you mean "unicom"?',
  ],
  [
    "a line of an unknown carrier",
    `${HEAD}centres: { north: { lines: { ‸tietong: { delay: 1 ms, loss: 0 %, servers: 1, connections: 1, logins: 1 } } } }\n`,
    /not a carrier/,
    /known/,
  ],
  [
    "access without a gateway family",
    `${HEAD}access: { 4g: { gateways: ‸5g } }\n`,
    /not a gateway family/,
    "known: 3g, 4g",
  ],
  [
    "a latitude beyond the pole",
    `${HEAD}regions: { beijing: { at: [‸139.9, 116.4] } }\n`,
    "139.9 is out of range",
    "write at most 90",
  ],
  [
    "a heartbeat that begins above its end",
    `${HEAD}clients: { heartbeat: { shortest: ‸700 s } }\n`,
    /above the longest/,
    /swap/,
  ],
  [
    "a provenance of an unknown source",
    `${HEAD}provenance: { online: { is: assumed, source: ‸firedril } }\n`,
    '"firedril" is not a key of sources',
    'did you mean "firedrill"?',
  ],
  [
    "a provenance of nothing",
    `${HEAD}provenance: { ‸onlin: { is: assumed, source: firedrill } }\n`,
    '"onlin" fits no parameter',
    /path/,
  ],
  [
    "a base that is not there",
    HEAD.replace("worlds/china-2014.yaml", "‸worlds/china-2041.yaml"),
    /there is no "worlds\/china-2041.yaml"/,
    "known: worlds/china-2014.yaml, worlds/china-2015.yaml",
  ],
  ["a base that is a folder", HEAD.replace("worlds/china-2014.yaml", "‸."), /is a directory/, ""],
  [
    "a scenario that extends itself",
    HEAD.replace("worlds/china-2014.yaml", "‸story.yaml"),
    /loop/,
    /must not lead back/,
  ],
  [
    "more gateways than can be named",
    `${HEAD}‸gateways: { families: { 3g: { count: 1000 }, 4g: { count: 1000 } } }\n`.replace(
      "‸gateways: ",
      "gateways: ‸",
    ),
    /too many gateways/,
    /at most 200000/,
  ],
  ["no world at all", "‸version: 1\nname: story\n", "there is no world", "write extends: worlds/china-2014.yaml"],
];

const FIGURES: readonly Case[] = [
  [
    "a threshold that shows something else",
    `${HEAD}thresholds: [{ figure: loss.mean, max: 1 %, shows: ‸failur }]\n`,
    '"failur" is not failure',
    'did you mean "failure"?',
  ],
  [
    "a figure nobody measures",
    `${HEAD}thresholds: [{ figure: ‸login.latancy.p95, max: 1 s }]\n`,
    'no figure "login.latancy.p95"',
    'did you mean "login.time.p95"? (firedrill list metrics)',
  ],
  [
    "a stat the metric has not",
    `${HEAD}thresholds: [{ figure: ‸loss.p99, max: 1 % }]\n`,
    'no figure "loss.p99"',
    /loss\.mean/,
  ],
  [
    "a label the metric has not",
    `${HEAD}thresholds: [{ figure: ‸"login.time.p95{centre=north}", max: 1 s }]\n`,
    'login.time has no label "centre"',
    /known|did you mean/,
  ],
  [
    "a region of no figure",
    `${HEAD}thresholds: [{ figure: ‸"loss.mean{region=bejing}", max: 1 % }]\n`,
    '"bejing" is not a region of this world',
    'did you mean "beijing"?',
  ],
  [
    "a fault of no figure",
    `${HEAD}thresholds: [{ figure: ‸"alarm.delay.max{fault=f}", max: 1 s }]\n`,
    '"f" is not a fault of this scenario',
    "",
  ],
  [
    "a window of no figure",
    `${HEAD}windows: { fault: 1 h..2 h }\nthresholds: [{ figure: ‸"loss.mean{window=falt}", max: 1 % }]\n`,
    '"falt" is not a window of this scenario',
    'did you mean "fault"?',
  ],
  [
    "braces that do not close",
    `${HEAD}thresholds: [{ figure: ‸"loss.mean{region=beijing", max: 1 % }]\n`,
    /not a figure/,
    /name\.stat/,
  ],
  [
    "a limit without a unit",
    `${HEAD}thresholds: [{ figure: login.time.p95, max: ‸5 }]\n`,
    "5 has no unit",
    /write 5 s/,
  ],
  ["a limit in another unit", `${HEAD}thresholds: [{ figure: login.time.p95, max: ‸5 % }]\n`, /not a duration/, /90 s/],
  [
    "a rate without its unit",
    `${HEAD}thresholds: [{ figure: move.hourly.max, max: ‸4 }]\n`,
    "4 has no unit",
    "write 4 /h",
  ],
  [
    "a rate of another unit",
    `${HEAD}thresholds: [{ figure: push.rate.peak, max: ‸56 k /h }]\n`,
    '"56 k /h" is not a number /s',
    "write 56 k /s",
  ],
  [
    "thousands with a comma",
    `${HEAD}clients: { stay: 50 s,‸000 }\n`,
    'unknown key "000"',
    "write thousands without a comma, such as 50000 or 50 k",
  ],
  ["a negative limit of a value", `${HEAD}thresholds: [{ figure: loss.mean, min: ‸-1 % }]\n`, /negative/, /difference/],
  ["no limit", `${HEAD}thresholds: [‸{ figure: loss.mean }]\n`, "has no limit", "write min or max"],
  [
    "limits the wrong way round",
    `${HEAD}thresholds: [{ figure: loss.mean, min: ‸5 %, max: 1 % }]\n`,
    /above the most/,
    /swap/,
  ],
  [
    "an expectation of an unknown source",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: ‸qq-scal, kind: as-it-comes }]\n`,
    /not a key of sources/,
    'did you mean "qq-scale"?',
  ],
  [
    "a construction of nothing",
    `${HEAD}expect: [‸{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: by-construction }]\n`,
    "is missing",
    /parameters that fix/,
  ],
  [
    "a construction of what is not there",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: by-construction, fixed-by: [‸faults.f.loss] }]\n`,
    /there is no parameter "faults\.f\.loss"/,
    /path/,
  ],
  [
    "an observation that something fixes",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: as-it-comes, fixed-by: ‸[online] }]\n`,
    /as it comes/,
    /by-construction/,
  ],
  [
    "a band the wrong way round",
    `${HEAD}expect: [{ figure: loss.mean, between: ‸[4 %, 2 %], source: qq-scale, kind: as-it-comes }]\n`,
    /lowest value is above/,
    "swap them",
  ],
];

const pointed = (text: string): { text: string; line: number; column: number } => {
  const [before = ""] = text.split("‸");
  const lines = before.split("\n");
  return { text: text.replace("‸", ""), line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
};

const check = (cases: readonly Case[]): void => {
  for (const [claim, marked, message, hint] of cases)
    it(claim, () => {
      const { text, line, column } = pointed(marked);
      const started = processorMs();
      const problems = problemsOf(read(text));
      expect(processorMs() - started).toBeLessThan(2_000);
      expect(problems.map((problem) => problem.message)).toEqual([
        typeof message === "string" ? message : (expect.stringMatching(message) as string),
      ]);
      expect(problems[0]).toMatchObject({
        line,
        column,
        hint: typeof hint === "string" ? hint : (expect.stringMatching(hint) as string),
      });
      expect(problems[0]?.file).toMatch(/story\.yaml$/);
    });
};

describe("refuses, with its place and what to write instead, what is not plain YAML:", () => {
  check(YAML);
});
describe("refuses what the schema does not know:", () => {
  check(KEYS);
});
describe("refuses quantities that say nothing:", () => {
  check(QUANTITIES);
});
describe("refuses names and times that lead nowhere:", () => {
  check(NAMES);
});
describe("refuses a world that does not fit together:", () => {
  check(WORLD);
});
describe("refuses figures that nobody can measure:", () => {
  check(FIGURES);
});

import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, PROCESSOR_MS_MAX, processorMs, read } from "./reading.ts";

/** The text, with ‸ at the position of its one problem; message and hint of the problem. */
type Case = readonly [claim: string, text: string, message: string | RegExp, hint: string | RegExp];

const FAULT = "where: { region: beijing }";
const evacuate = (rest: string): string =>
  `${HEAD}interventions: [{ id: i, at: 1 h, evacuate: { centre: north, within: 45 min, ${rest} } }]\n`;
const fault = (rest: string): string => `${HEAD}faults:\n  - { id: f, ${rest} }\n`;
const run = (rest: string): string =>
  `version: 1\nname: story\nextends: worlds/china-2014.yaml\nrun: { scale: 1/1000, replications: 10, ${rest} }\n`;

const YAML: readonly Case[] = [
  ["a tab as indentation", "version: 1\nname: story\nrun:\n‸\tduration: 1 h\n", /tab/, "indent with spaces"],
  ["a list that never ends", "version: 1\nports: ‸[80, 443\nname: x", "this [ is not closed", "write ] where it ends"],
  [
    "the innermost map that never ends, regardless of quotes and comments",
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
  ["a duplicate key", `${HEAD}seed: a\n‸seed: b\n`, 'duplicate key "seed"', "remove one of them"],
  [
    "a duplicate key in a flow map",
    `${HEAD}faults:\n  - { id: f, at: 1 h, ‸at: 2 h, loss: 1 %, ${FAULT} }\n`,
    'duplicate key "at"',
    /remove/,
  ],
  ["an anchor", `${HEAD}title: ‸&a text\n`, "an anchor (&a)", /not allowed/],
  ["an alias", `${HEAD}title: ‸*a\n`, /alias/, /write the value out/],
  ["a merge key", `${HEAD}‸<<: { seed: a }\n`, /merge key/, /extends/],
  ["a tag", `${HEAD}title: ‸!!str 5\n`, /a tag/, /remove/],
  ["a custom tag", `${HEAD}title: ‸!js/function "f"\n`, /a tag/, /remove/],
  ["a directive", `‸%YAML 1.1\n---\n${HEAD}`, /directives/, /%YAML/],
  ["a second document", `${HEAD}‸---\nversion: 1\n`, "contains a second YAML document", "write one scenario per file"],
  ["__proto__ as a key", `${HEAD}‸__proto__: { seed: a }\n`, '"__proto__" cannot be a key', "remove it"],
  [
    "constructor as a key deep inside",
    `${HEAD}regions: { beijing: { ‸constructor: 1 } }\n`,
    /cannot be a key/,
    "remove it",
  ],
  ["a key that is a list", `${HEAD}? ‸[a]\n: b\n`, "a key must be a plain word", "write key: value"],
  ["a list instead of a scenario", "‸- version: 1\n", "a scenario is a map of keys and values", /version: 1/],
  ["a word instead of a scenario", "‸hello\n", /map/, /version: 1/],
  ["an empty file", "‸", "is empty", "begin with version: 1"],
  ["a file of comments", "‸# nothing\n# here\n", "is empty", "begin with version: 1"],
  ["an escape character", `${HEAD}title: "‸\u001b[31m"\n`, "contains a control character", "remove it"],
  ["10,000 open brackets", `${HEAD}ports: ${"[".repeat(40)}‸${"[".repeat(9_960)}\n`, "is nested too deeply", /levels/],
  [
    "too many values",
    `${HEAD}ports: [${"1,".repeat(19_990)}1‸,${"1,".repeat(1_000)}1]\n`,
    "contains too many values",
    /20000/,
  ],
];

const KEYS: readonly Case[] = [
  [
    "an unknown key of a fault, with the keys of its place that are not written yet",
    fault("at: 1 h, until: 2 h, loss: 1 %, ‸jitter: 20 ms, where: { carrier: unicom }"),
    'unknown key "jitter"',
    "known: delay, block, cut-over, nat-timeout, down, slow, surge, telemetry",
  ],
  [
    "an unknown key of an effect",
    fault(`at: 1 h, loss: { share: 10 %, ‸burst: 4 }, ${FAULT}`),
    'unknown key "burst"',
    "known: direction",
  ],
  ["an unknown key", `${HEAD}‸titel: x\n`, 'unknown key "titel"', 'did you mean "title"?'],
  [
    "an unknown key of a fault, reported once",
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
  ["another version", HEAD.replace("version: 1", "version: ‸2"), "expected 1, not 2", /.*/],
  ["a name with blanks", HEAD.replace("name: story", "name: ‸My Story"), /not a name/, /hyphens/],
  ["a number as a name", HEAD.replace("name: story", "name: ‸12"), /expected an id, not 12/, ""],
  ["no value instead of text", `${HEAD}title:‸\n`, "expected text, not nothing", ""],
  ["a map instead of a list", `${HEAD}faults: ‸{ id: f }\n`, "expected a list", /hyphen/],
  ["a word instead of a fault", `${HEAD}faults: [‸loss]\n`, 'expected a map, not "loss"', ""],
  [
    "a fault without an id",
    `${HEAD}faults:\n  - ‸{ at: 1 h, loss: 1 %, ${FAULT} }\n`,
    "is missing",
    "write id: … (Name by which figures and reports refer to it)",
  ],
  [
    "a fault without an effect",
    `${HEAD}faults:\n  - ‸{ id: f, at: 1 h, ${FAULT} }\n`,
    "names no effect",
    /write one of loss/,
  ],
  [
    "an intervention with two actions",
    `${HEAD}interventions: [{ id: i, at: 1 h, pause-scheduler: 1 min, ‸withdraw: { centre: north } }]\n`,
    "has two actions, pause-scheduler and withdraw",
    /two interventions/,
  ],
  [
    "a withdrawal with two selectors",
    `${HEAD}interventions: [{ id: i, at: 1 h, withdraw: ‸{ centre: north, server: north-mobile-1 } }]\n`,
    "needs exactly one selector",
    /one of/,
  ],
];

const QUANTITIES: readonly Case[] = [
  [
    "a mistake in an evacuation that is paused later, reported once",
    `${HEAD}interventions:\n  - { id: i, at: 1 h, evacuate: { centre: north, within: ‸20 } }\n  - { id: p, at: 2 h, evacuation: pause }\n`,
    "20 has no unit",
    /write 20 s/,
  ],
  ["a share without a unit", fault(`at: 1 h, loss: ‸12, ${FAULT}`), "12 has no unit", "write 12 % (a share)"],
  [
    "a share as a fraction",
    fault(`at: 1 h, loss: ‸0.09, ${FAULT}`),
    "0.09 has no unit",
    "write 9 % or 0.09 % (a share)",
  ],
  ["a duration without a unit", fault(`at: ‸90, loss: 1 %, ${FAULT}`), "90 has no unit", /write 90 s/],
  ["a duration in a unit of another kind", fault(`at: 1 h, delay: ‸3 %, ${FAULT}`), '"3 %" is not a duration', /90 s/],
  ["a factor with a sign", fault("at: 1 h, surge: ‸3x, where: {}"), /expected a number/, "write 3"],
  ["a factor as a percentage", fault("at: 1 h, surge: ‸150 %, where: {}"), /expected a number/, "write 1.5"],
  [
    "a time in ISO 8601 as the end",
    fault("at: 1 min, until: ‸PT5M, loss: 1 %, where: {}"),
    /not a duration/,
    "write 5 min",
  ],
  ["a unit spelled out", fault(`at: ‸3 hours, loss: 1 %, ${FAULT}`), '"3 hours" is not a duration', "write 3 h"],
  [
    "an ambiguous m as a unit",
    fault(`at: ‸5 m, loss: 1 %, ${FAULT}`),
    /not a duration/,
    "write 5 min (minutes) or 5 ms (milliseconds)",
  ],
  ["a negative duration", fault(`at: ‸-5 min, loss: 1 %, ${FAULT}`), /negative/, /0 s or more/],
  ["a negative share", fault(`at: 1 h, loss: ‸-5 %, ${FAULT}`), /negative/, /0 % to 100 %/],
  ["a share above 100 %", fault(`at: 1 h, loss: ‸101 %, ${FAULT}`), /above 100 %/, /0 % to 100 %/],
  ["a mistyped false", evacuate("heeds-health: ‸flase"), 'expected true or false, not "flase"', "did you mean false?"],
  ["a no instead of false", evacuate("heeds-health: ‸no"), 'expected true or false, not "no"', "did you mean false?"],
  ["a one instead of true", evacuate("heeds-health: ‸1"), "expected true or false, not 1", "did you mean true?"],
  ["neither true nor false", evacuate("heeds-health: ‸perhaps"), /true or false/, ""],
  ["NaN", fault(`at: 1 h, loss: ‸.nan, ${FAULT}`), /\.nan/, /write a number/],
  ["infinity", fault(`at: 1 h, slow: ‸.inf, ${FAULT}`), /\.inf/, /write a number/],
  ["a duration beyond 400 days", run("duration: ‸401 d, warmup: 1 h"), /too long/, "write at most 400 d"],
  ["a duration of a hundred digits", run(`duration: ‸${"9".repeat(100)} d, warmup: 1 h`), /too long/, /400 d/],
  ["a run shorter than a second", run("duration: ‸999 ms, warmup: 0 s"), "is too short", "write at least 1 s"],
  [
    "a warm-up as long as the run",
    run("duration: 1 h, warmup: ‸60 min"),
    /not shorter than the run/,
    /less than run\.duration/,
  ],
  ["a count that is not whole", `${HEAD}online: ‸1.5\n`, "1.5 is not a whole number", "write a whole number"],
  ["a count with commas", `${HEAD}online: ‸"1,000"\n`, /not a count/, "write 1000"],
  ["no replication", `${HEAD.replace("replications: 10", "replications: ‸0")}`, "0 is out of range", /1 to 10000/],
  [
    "10,001 replications",
    `${HEAD.replace("replications: 10", "replications: ‸10001")}`,
    "10001 is out of range",
    /1 to 10000/,
  ],
  ["a scale that is not a fraction", `${HEAD.replace("1/1000", "‸1000")}`, "1000 is not a scale", /1\/1000/],
  ["a scale below a millionth", `${HEAD.replace("1/1000", "‸1/2000000")}`, /not a scale/, /1000000/],
  ["a scale with a zero", `${HEAD.replace("1/1000", "‸1/0")}`, /not a scale/, /1\/1000/],
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
  ["an unknown port", fault("at: 1 h, block: drop, where: { port: ‸80 }"), /not a port/, /8080/],
  [
    "an unknown kind of down",
    fault("at: 1 h, down: ‸quiet, where: { centre: north }"),
    'expected silent, reset or drained, not "quiet"',
    /.*/,
  ],
  [
    "a down without a place",
    fault(`at: 1 h, down: ‸silent, ${FAULT}`),
    /can be down/,
    /gateway, server, line or centre/,
  ],
  [
    "an unknown intervention",
    fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸repair`),
    '"repair" is not an intervention of this scenario',
    /intervention/,
  ],
  [
    "a fault that ends before it begins",
    fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸30 min`),
    /not after the start of the fault/,
    /start of the run/,
  ],
  [
    "an intervention before the fault it ends",
    `${fault(`at: 1 h, loss: 1 %, ${FAULT}, until: ‸i`)}interventions: [{ id: i, at: 30 min, restore-route: { region: beijing } }]\n`,
    /before the fault begins/,
    /later/,
  ],
  [
    "a fault after the end",
    fault(`at: ‸3 h, loss: 1 %, ${FAULT}`),
    "is not before the end of the run",
    /run\.duration/,
  ],
  [
    "an intervention after the end",
    `${HEAD}interventions: [{ id: i, at: ‸5 h, pause-scheduler: 1 min }]\n`,
    "is not before the end of the run",
    /run\.duration/,
  ],
  [
    "a gateway that is not in the region",
    fault("at: 1 h, loss: 1 %, where: ‸{ region: hainan, gateway: cq-unicom-3g-2 }"),
    /matches no path/,
    /contradict/,
  ],
  [
    "access that does not leave through the gateway",
    fault("at: 1 h, loss: 1 %, where: ‸{ access: wifi, gateway: cq-unicom-3g-2 }"),
    /matches no path/,
    /contradict/,
  ],
  [
    "a carrier without users in the region",
    fault("at: 1 h, loss: 1 %, where: ‸{ region: hong-kong, carrier: mobile }"),
    /matches no path/,
    /contradict/,
  ],
  [
    "a server that is not in the centre",
    fault("at: 1 h, down: silent, where: ‸{ centre: north, server: shanghai-mobile-1 }"),
    /matches no path/,
    /contradict/,
  ],
  [
    "a crossing between equal carriers",
    fault("at: 1 h, loss: 1 %, where: ‸{ carrier: mobile, line: mobile, crossing: true }"),
    /matches no path/,
    /contradict/,
  ],
  [
    "a move to an unknown centre",
    `${HEAD}interventions: [{ id: i, at: 1 h, move: { where: { region: hainan }, to: ‸nort } }]\n`,
    '"nort" is not a centre of this world',
    'did you mean "north"?',
  ],
  [
    "two faults with one id",
    `${HEAD}faults:\n  - { id: f, at: 1 h, loss: 1 %, ${FAULT} }\n  - { id: ‸f, at: 1 h, loss: 2 %, ${FAULT} }\n`,
    'duplicate id "f"',
    "write another id",
  ],
  [
    "a fault and an intervention with one id",
    `${fault(`at: 1 h, loss: 1 %, ${FAULT}`)}interventions: [{ id: ‸f, at: 1 h, pause-scheduler: 1 min }]\n`,
    'the id "f" is also that of a fault',
    "write another id",
  ],
  [
    "a window that ends before it begins",
    `${HEAD}windows: { w: ‸2 h..1 h }\n`,
    "ends before it begins",
    "write the earlier time first: from..to",
  ],
  ["a window beyond the run", `${HEAD}windows: { w: ‸1 h..4 h }\n`, "ends after the run", /run\.duration/],
  ["a window without an end", `${HEAD}windows: { w: ‸1 h }\n`, /not a window/, /20 min\.\.40 min/],
  ["a window called run", `${HEAD}windows: { ‸run: 1 h..2 h }\n`, /built in/, /another name/],
];

const WORLD: readonly Case[] = [
  [
    "access shares that sum to 101 %",
    `${HEAD}carriers: { mobile: { ‸access: { 2g: 18 % } } }\n`,
    "the access shares of mobile sum to 101 %",
    "change them to sum to 100 %",
  ],
  ["carriers that sum to 110 %", `${HEAD}‸carriers: { overseas: { share: 10 % } }\n`, /sum to 110 %/, /100 %/],
  ["a region without people", `${HEAD}regions: { beijing: { people: ‸0 } }\n`, "the region has no users", /people/],
  [
    "a region whose carriers have no users",
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
    "a shortest heartbeat interval above the longest",
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
    "a provenance of an unknown parameter",
    `${HEAD}provenance: { ‸onlin: { is: assumed, source: firedrill } }\n`,
    '"onlin" matches no parameter',
    /path/,
  ],
  [
    "a base that is not there",
    HEAD.replace("worlds/china-2014.yaml", "‸worlds/china-2041.yaml"),
    /no file "worlds\/china-2041.yaml"/,
    "known: worlds/china-2014.yaml, worlds/china-2015.yaml",
  ],
  ["a base that is a folder", HEAD.replace("worlds/china-2014.yaml", "‸."), /is a directory/, ""],
  [
    "a scenario that extends itself",
    HEAD.replace("worlds/china-2014.yaml", "‸story.yaml"),
    /loop/,
    /does not extend this file/,
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
  ["no world", "‸version: 1\nname: story\n", "there is no world", "write extends: worlds/china-2014.yaml"],
];

const FIGURES: readonly Case[] = [
  [
    "a threshold that shows something else",
    `${HEAD}thresholds: [{ figure: loss.mean, max: 1 %, shows: ‸failur }]\n`,
    'expected failure, not "failur"',
    'did you mean "failure"?',
  ],
  [
    "an unknown figure",
    `${HEAD}thresholds: [{ figure: ‸login.latancy.p95, max: 1 s }]\n`,
    'unknown figure "login.latancy.p95"',
    'did you mean "login.time.p95"? (firedrill list metrics)',
  ],
  [
    "a stat that the metric does not have",
    `${HEAD}thresholds: [{ figure: ‸loss.p99, max: 1 % }]\n`,
    'unknown figure "loss.p99"',
    /loss\.mean/,
  ],
  [
    "a label that the metric does not have",
    `${HEAD}thresholds: [{ figure: ‸"login.time.p95{centre=north}", max: 1 s }]\n`,
    'login.time has no label "centre"',
    /known|did you mean/,
  ],
  [
    "an unknown region in a figure",
    `${HEAD}thresholds: [{ figure: ‸"loss.mean{region=bejing}", max: 1 % }]\n`,
    '"bejing" is not a region of this world',
    'did you mean "beijing"?',
  ],
  [
    "an unknown fault in a figure",
    `${HEAD}thresholds: [{ figure: ‸"alarm.delay.max{fault=f}", max: 1 s }]\n`,
    '"f" is not a fault of this scenario',
    "",
  ],
  [
    "an unknown window in a figure",
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
    "write 4 /h (a rate: /s, /min, /h, /d)",
  ],
  [
    "a rate whose unit is spelled out",
    `${HEAD}thresholds: [{ figure: push.rate.peak, max: ‸56 k per hour }]\n`,
    '"56 k per hour" is not a rate',
    "write 56 k /h",
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
    "a lower limit above the upper one",
    `${HEAD}thresholds: [{ figure: loss.mean, min: ‸5 %, max: 1 % }]\n`,
    "min is above max",
    /swap/,
  ],
  [
    "an expectation of an unknown source",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: ‸qq-scal, kind: as-it-comes }]\n`,
    /not a key of sources/,
    'did you mean "qq-scale"?',
  ],
  [
    "a figure by construction without parameters",
    `${HEAD}expect: [‸{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: by-construction }]\n`,
    "is missing",
    /parameters that determine/,
  ],
  [
    "a figure by construction with an unknown parameter",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: by-construction, fixed-by: [‸faults.f.loss] }]\n`,
    /unknown parameter "faults\.f\.loss"/,
    /path/,
  ],
  [
    "a figure as it comes with parameters",
    `${HEAD}expect: [{ figure: loss.mean, between: [1 %, 2 %], source: qq-scale, kind: as-it-comes, fixed-by: ‸[online] }]\n`,
    /as-it-comes/,
    /by-construction/,
  ],
  [
    "a band with its ends swapped",
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
      expect(processorMs() - started).toBeLessThan(PROCESSOR_MS_MAX);
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

describe("rejects, with position and hint, what is not plain YAML:", () => {
  check(YAML);
});
describe("rejects what the schema does not know:", () => {
  check(KEYS);
});
describe("rejects ambiguous or impossible quantities:", () => {
  check(QUANTITIES);
});
describe("rejects unknown names and impossible times:", () => {
  check(NAMES);
});
describe("rejects an inconsistent world:", () => {
  check(WORLD);
});
describe("rejects figures that cannot be measured or judged:", () => {
  check(FIGURES);
});

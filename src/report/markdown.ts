/** Prints a run as markdown, for a pull request or a wiki: the findings of the page, with links to the pictures. */
import { causeOf } from "./causes.ts";
import { gather } from "./decisions.ts";
import type { Decision } from "../simulate/findings.ts";
import type { Interval, RunDocument } from "../study/document.ts";
import type { ChartDefinition } from "./charts/chart.ts";
import type { ReportedRun } from "./finished.ts";
import { changedText } from "./changed.ts";
import { labelOf, labelWithGroup } from "./labels.ts";
import { printClock, printCount, printDifference, printInterval, printNumber, printReplication } from "./numbers.ts";
import { oddText } from "./odd.ts";
import { methodOf, storyOf } from "./story.ts";
import { type JudgedRow, limitText } from "./bounds.ts";
import { printMeasured } from "./measured.ts";
import { kindOf, remarksOf, SIGNS, summarise } from "./verdict.ts";

const MOST_DECISIONS = 40;

/** Escapes text so that it cannot become markup, a new column or a new line. */
const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_[\]|#~]/g, (sign) => `\\${sign}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

const table = (header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [header, header.map(() => "---"), ...rows.map((row) => row.map(plain))].map((row) => `| ${row.join(" | ")} |`);

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];

const bullets = (texts: readonly string[]): readonly string[] => texts.map((text) => `- ${plain(text)}`);

const figureRows = ({ figures }: RunDocument): readonly (readonly string[])[] => {
  const print = (interval: Interval | undefined, how: (interval: Interval) => string): string =>
    interval === undefined ? "–" : how(interval);
  return Object.entries(figures).map(([figure, result]) => [
    labelWithGroup(figure, result),
    printInterval(result, result.unit),
    print(result.noFault, (interval) => printInterval(interval, result.unit)),
    print(result.difference, (interval) => printDifference(interval, result.unit)),
  ]);
};

const rowName = (row: JudgedRow): string => {
  const remarks = remarksOf(row);
  return remarks.length === 0 ? labelOf(row) : `${labelOf(row)} (${remarks.join("; ")})`;
};

const decisionLines = (decisions: readonly Decision[]): readonly string[] => {
  const groups = gather(decisions);
  const rest = groups.length - MOST_DECISIONS;
  const lines = groups
    .slice(0, MOST_DECISIONS)
    .map(
      ({ at, kind, what, who, ip, why }) =>
        `${printClock(at)} ${kind}: ${what}${who + ip === "" ? "" : ` (${[who, ip].filter((part) => part !== "").join(" ")})`}: ${why.join("; ")}`,
    );
  return bullets(rest > 0 ? [...lines, `… and ${printNumber(rest)} more in decisions.json`] : lines);
};

/** Returns the decisions of the odd one out, if that is not the first replication. */
const oddDecisions = ({ document: { oddOneOut: odd }, decisions }: ReportedRun): readonly string[] => {
  const own = decisions.slice(1).find(({ replication }) => replication === odd?.replication);
  return own === undefined
    ? []
    : section(`Decisions of the scheduler, ${printReplication(own.replication)}`, decisionLines(own.decisions));
};

/** Returns the whole report; its pictures are in `charts/` beside it. */
export const renderMarkdown = (run: ReportedRun, charts: readonly ChartDefinition[]): string => {
  const { document, meta } = run;
  const odd = oddText(document);
  const { scenario, scale, replications, seed, population, digest, verdict, partial } = document;
  const { headline, findings, note } = summarise(document);
  const cause = causeOf(document);
  const changed = changedText(document);
  const lines = [
    `# ${plain(scenario.title)}`,
    "",
    `**${SIGNS[verdict]} ${plain(headline)}**`,
    ...(findings.length === 0 ? [] : ["", ...bullets(findings.map(({ kind, text }) => `${kind}: ${text}`))]),
    ...(note === undefined ? [] : ["", plain(note)]),
    ...(odd === undefined ? [] : ["", plain(odd)]),
    "",
    plain(storyOf(document).join(" ")),
    "",
    `${plain(scenario.name)} · scale ${plain(scale)} · ${printCount(replications, "replication")}${partial === true ? " finished, then interrupted" : ""} · seed ${plain(seed)} · ${printNumber(population.online)} people online as ${printNumber(population.rows)} rows · digest ${digest}`,
    ...(changed === undefined ? [] : ["", `**${plain(changed)}**`]),
    ...section(
      "Figures",
      table(["figure", "simulated [95 % CI]", `without ${cause}`, `caused by ${cause}`], figureRows(document)),
    ),
    ...section(
      "Published figures",
      table(
        ["verdict", "figure", "published", "simulated", "kind", "source"],
        document.expect.map((row) => [
          row.verdict,
          rowName(row),
          row.published,
          printMeasured(row),
          kindOf(row),
          row.source,
        ]),
      ),
    ),
    ...section(
      "Thresholds",
      table(
        ["verdict", "figure", "limit", "simulated"],
        document.thresholds.map((row) => [row.verdict, rowName(row), limitText(row), printMeasured(row)]),
      ),
    ),
    ...section("Not judged", bullets(document.notJudged)),
    ...section(
      "Invariants",
      table(
        ["verdict", "invariant", "why"],
        document.invariants.map(({ name, verdict: held, why }) => [held, name, why ?? ""]),
      ),
    ),
    ...section(
      "Charts",
      charts.flatMap(({ name, title }) => [`![${plain(title)}](charts/${name}.png)`, ""]).slice(0, -1),
    ),
    ...section("Decisions of the scheduler, first replication", decisionLines(document.decisions)),
    ...oddDecisions(run),
    ...section("Method and limits", bullets(methodOf(document))),
    ...section("Reproduce", ["```sh", ...meta.reproduce.split("\n").map((line) => line.replaceAll("```", "")), "```"]),
  ];
  return `${lines.join("\n")}\n`;
};

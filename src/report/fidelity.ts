/** Prints the transport model beside measurements for the terminal: a row for each kind, then the worst cells. */
import { printFixed } from "../base/digits.ts";
import { createColors } from "picocolors";
import type { FidelityVerdict } from "../simulate/fidelity.ts";
import type { FidelityDocument } from "../study/fidelity.ts";
import { NO_BREAK, printCount } from "./numbers.ts";
import { type Column, renderTable } from "./table.ts";
import { SIGNS } from "./verdict.ts";

const WORST = 12;
const WIDTH = 118;

const percent = (share: number | null): string =>
  share === null ? "–" : `${share < 0 ? "" : "+"}${printFixed(100 * share, 1)}${NO_BREAK}%`;
const points = (share: number | null): string =>
  share === null ? "–" : `${share < 0 ? "" : "+"}${printFixed(100 * share, 1)}${NO_BREAK}pp`;
const distance = (ks: number | null): string => (ks === null ? "–" : ks.toFixed(3));

type Cell = FidelityDocument["cells"][number];

/** Returns a function that gives a cell's largest error as a multiple of its limit. */
const excessOf =
  (kinds: FidelityDocument["kinds"]) =>
  ({ kind, lossBand, ks, meanError, successError }: Cell): number => {
    const { limits } = kinds.find((row) => row.kind === kind && row.lossBand === lossBand)!;
    const of = (error: number | null, limit: number | null): number =>
      error === null || limit === null ? 0 : Math.abs(error) / limit;
    return Math.max(of(ks, limits.ks), of(meanError, limits.mean), of(successError, limits.success));
  };

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

/** Returns the report for the terminal, ending with a newline. */
export const renderFidelity = ({ kinds, cells }: FidelityDocument, color: boolean): string => {
  const colors = createColors(color);
  const paint = { held: colors.green, broken: colors.red, unknown: colors.yellow };
  const sign = (verdict: FidelityVerdict) => ({
    text: `${SIGNS[verdict]}${NO_BREAK}${verdict}`,
    paint: paint[verdict],
  });
  const table = (columns: readonly Column[], rows: Parameters<typeof renderTable>[1]): readonly string[] =>
    renderTable(columns, rows, { width: WIDTH, header: colors.dim });
  const kindRows = kinds.map(
    ({ kind, lossBand, cells: all, held, ksMax, meanErrorMax, successErrorMax, limits, verdict }) => ({
      cells: [
        sign(verdict),
        { text: lossBand === "all" ? kind : `${kind}, loss ${lossBand}` },
        { text: `${String(held)} of ${String(all)}` },
        { text: `${distance(ksMax)} (${limits.ks.toFixed(2)})` },
        { text: `${points(successErrorMax)} (${(100 * limits.success).toFixed(1)})` },
        { text: `${percent(meanErrorMax)} (${limits.mean === null ? "–" : (100 * limits.mean).toFixed(0)})` },
      ],
    }),
  );
  const excess = excessOf(kinds);
  const order = { unknown: 2, broken: 1, held: 0 };
  const worst = cells.toSorted((a, b) => order[b.verdict] - order[a.verdict] || excess(b) - excess(a)).slice(0, WORST);
  const within = cells.filter((cell) => cell.verdict === "held" && excess(cell) > 1).length;
  const cellRows = worst.map(({ id, verdict, reason, ks, meanError, successError }) => ({
    cells: [
      sign(verdict),
      { text: id.replaceAll("|", " ") + (reason === undefined ? "" : `: ${reason}`) },
      { text: distance(ks) },
      { text: points(successError) },
      { text: percent(meanError) },
    ],
  }));
  const [broken, unknown] = ["broken", "unknown"].map((one) => cells.filter(({ verdict }) => verdict === one).length);
  return [
    colors.bold("The transport model against measured TCP"),
    `Largest errors of each kind, limits in brackets. ${printCount(within, "cell")} beyond a limit held because the value lies within the measured interval.`,
    "",
    ...table([left(""), left("kind"), right("cells held"), right("KS"), right("success"), right("mean")], kindRows),
    "",
    colors.bold("Worst cells"),
    ...table([left(""), left("cell"), right("KS"), right("success"), right("mean")], cellRows),
    "",
    `${printCount(cells.length, "cell")}: ${String(cells.length - broken! - unknown!)} held, ${String(broken)} broken, ${String(unknown)} unknown`,
    "",
  ].join("\n");
};

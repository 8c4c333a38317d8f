/** Writes the values of all replications as CSV for spreadsheets, one line for each replication and figure. */

import { printable } from "../base/printable.ts";

/** The value of one figure in one replication. */
export interface ReplicationFigure {
  readonly replication: number;
  readonly figure: string;
  /** The value; null without data. */
  readonly value: number | null;
  /** The value without faults and interventions; null without a twin. */
  readonly noFault: number | null;
}

const quote = (given: string): string => {
  const text = printable(given);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Returns CSV as in RFC 4180, except that lines end with `\n`; null is an empty field. */
export const renderCsv = (rows: readonly ReplicationFigure[]): string =>
  ["replication,figure,value,noFault"]
    .concat(
      rows.map(({ replication, figure, value, noFault }) =>
        [replication, quote(figure), value ?? "", noFault ?? ""].join(","),
      ),
    )
    .join("\n") + "\n";

/** One line a replication and figure, for people who would rather compute in a spreadsheet. */

export interface ReplicationFigure {
  readonly replication: number;
  readonly figure: string;
  /** Null where the replication had no data. */
  readonly value: number | null;
  /** The same replication without faults and interventions; null without a twin. */
  readonly noFault: number | null;
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Writes CSV as in RFC 4180, except that lines end with `\n`; no data is an empty field. */
export const renderCsv = (rows: readonly ReplicationFigure[]): string =>
  ["replication,figure,value,noFault"]
    .concat(
      rows.map(({ replication, figure, value, noFault }) =>
        [replication, quote(figure), value ?? "", noFault ?? ""].join(","),
      ),
    )
    .join("\n") + "\n";

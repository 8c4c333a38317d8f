/** What a benchmark finds: figures, one a row, and how they are shown. */

export interface Row {
  readonly bench: string;
  readonly impl: string;
  /** How many events or people at once. */
  readonly n: number;
  readonly value: number;
  readonly unit:
    | "M events/s"
    | "M logins/s"
    | "bytes/client"
    | "ratio"
    | "x real time"
    | "s"
    | "GiB"
    | "alarms and moves"
    | "a day at most (95 %)"
    | "people"
    | "people/s"
    | "ms";
}

/** One benchmark, by its name in `main.ts`. */
export interface Bench {
  readonly run: () => readonly Row[] | Promise<readonly Row[]>;
  /** One measurement of ours in a process of its own, where the compiler has seen nothing but this; for those that need one. */
  readonly measure?: (n: number) => Measurement | Promise<Measurement>;
}

export interface Measurement {
  readonly events: number;
  /** Of processor time, all threads together: a busy machine does not make a program slow. */
  readonly seconds: number;
  readonly bytes?: number;
}

export const rate = ({ events, seconds }: Measurement): number => events / seconds / 1e6;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** How many times as fast as each other row of the same n the row of `ours` is. */
export const ratios = (rows: readonly Row[], ours: string): readonly Row[] =>
  rows.flatMap(({ bench, impl, n, value, unit }) => {
    const mine = rows.find((row) => row.impl === ours && row.n === n && row.unit === unit);
    if (mine === undefined || impl === ours || unit !== "M events/s") return [];
    return [{ bench, impl: `${ours} / ${impl}`, n, value: mine.value / value, unit: "ratio" as const }];
  });

export const printTable = (rows: readonly Row[]): string => {
  const cells = rows.map((row) => [row.bench, String(row.n), row.impl, printed(row.value), row.unit]);
  return aligned(cells, [1, 3]);
};

/** Pads the columns of a table; those in `right` to the right. */
export const aligned = (lines: readonly (readonly string[])[], right: readonly number[]): string => {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]!.length))) ?? [];
  return lines
    .map((line) =>
      line
        .map((text, column) => pad(text, widths[column]!, right.includes(column)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

export const printed = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const pad = (text: string, width: number, right: boolean): string =>
  right ? text.padStart(width) : text.padEnd(width);

/** Processor seconds that `work` takes. */
export const timed = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

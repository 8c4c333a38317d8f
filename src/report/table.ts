/**
 * Prints tables for terminals. Columns are as wide as their content; on a narrower terminal, the widest cells wrap between
 * words, and a word is cut only if it is wider than its column.
 */
import { NO_BREAK } from "./numbers.ts";

/** A cell of a table. */
export interface TableCell {
  readonly text: string;
  /** Colours the padded text, without changing its visible characters. */
  readonly paint?: (text: string) => string;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

const GAP = "  ";

/** Returns the number of characters, each one terminal column wide. */
const widthOf = (text: string): number => [...text].length;

/** Breaks text between words into at least one line of at most `width` columns; cuts longer words. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/[ \n\t\r]+/)) {
    let rest = [...word];
    if (line !== "" && widthOf(line) + 1 + rest.length <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(""));
      rest = rest.slice(width);
    }
    line = rest.join("");
  }
  return [...lines, line].map((one) => one.replaceAll(NO_BREAK, " "));
};

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));

/** Returns column widths that fit `room`: the longest word of each, plus a share of the rest in proportion to its content. */
const shareOut = (columns: readonly (readonly string[])[], room: number): readonly number[] => {
  const wanted = columns.map((texts) => widest(texts));
  const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0);
  if (total(wanted) <= room) return wanted;
  const least = columns.map((texts) => widest(texts.flatMap((text) => text.split(" "))));
  while (total(least) > room) {
    const widestColumn = least.indexOf(Math.max(...least));
    if ((least[widestColumn] ?? 0) <= 1) return least;
    least[widestColumn] = (least[widestColumn] ?? 0) - 1;
  }
  const spare = room - total(least);
  const desire = total(wanted) - total(least);
  return least.map((width, i) => width + Math.floor((spare * ((wanted[i] ?? 0) - width)) / desire));
};

interface Row {
  readonly cells: readonly TableCell[];
  /** Small print under the row, indented to its second column. */
  readonly note?: TableCell;
}

/** Options of a table. */
export interface TableOptions {
  readonly width: number;
  readonly header: (text: string) => string;
  /** The least width of the first column: if there is less room, its cells get lines of their own. */
  readonly leadWidth?: number;
}

const INDENT = "  ";

const cellLines = (
  columns: readonly Column[],
  cells: readonly TableCell[],
  widths: readonly number[],
): readonly string[] => {
  const wrapped = columns.map((_, i) => wrap(cells[i]?.text ?? "", widths[i] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, y) => {
    const parts = columns.map(({ align }, i) => {
      const text = wrapped[i]?.[y] ?? "";
      const blank = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
      const painted = text === "" ? "" : (cells[i]?.paint ?? String)(text);
      return align === "right" ? blank + painted : painted + blank;
    });
    return parts.join(GAP).trimEnd();
  });
};

const noteLines = (note: TableCell | undefined, indent: string, width: number): readonly string[] =>
  note === undefined ? [] : wrap(note.text, width - indent.length).map((line) => indent + (note.paint ?? String)(line));

/** Returns the lines of a table with a header; every line is at most `width` columns wide, colour aside. */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly Row[],
  options: TableOptions,
): readonly string[] => {
  const { width, header, leadWidth = 0 } = options;
  const all: readonly Row[] = [{ cells: columns.map(({ title }) => ({ text: title, paint: header })) }, ...rows];
  const texts = columns.map((_, i) => all.map(({ cells }) => cells[i]?.text ?? ""));
  const widths = shareOut(texts, width - GAP.length * (columns.length - 1));
  if ((widths[0] ?? 0) < Math.min(leadWidth, widest(texts[0] ?? []))) {
    const rest = columns.slice(1);
    const room = shareOut(texts.slice(1), width - INDENT.length - GAP.length * (rest.length - 1));
    return all.flatMap(({ cells, note }) => [
      ...wrap(cells[0]?.text ?? "", width).map(cells[0]?.paint ?? String),
      ...cellLines(rest, cells.slice(1), room).map((line) => INDENT + line),
      ...noteLines(note, INDENT, width),
    ]);
  }
  const indent = " ".repeat((widths[0] ?? 0) + GAP.length);
  return all.flatMap(({ cells, note }) => [...cellLines(columns, cells, widths), ...noteLines(note, indent, width)]);
};

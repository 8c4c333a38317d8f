/** Makes texts of other people harmless where they are printed. */

/** Characters that control a terminal or the direction of a text; line ends and tabs are not among them. */
const CONTROL = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const ALL = new RegExp(CONTROL, "gu");

/** Returns the offset of the first character that controls a terminal or the direction of a text; -1 if there is none. */
export const controlAt = (text: string): number => text.search(CONTROL);

/** Returns a text with a box for each character that controls a terminal or the direction of a text. */
export const printable = (text: string): string => text.replace(ALL, "▯");

/** Returns a plain value whose texts and keys are all printable. */
export const printableAll = <Value>(value: Value): Value => {
  if (typeof value === "string") return printable(value) as Value;
  if (Array.isArray(value)) return value.map(printableAll) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [printable(key), printableAll(item)]),
  ) as Value;
};

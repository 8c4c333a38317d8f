/** Markup that cannot be forgotten to be escaped: only what `html` made goes into a page as it is. */

export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

const isList = (part: Part): part is readonly Markup[] => Array.isArray(part);

const print = (part: Part): string => {
  if (isList(part)) return part.map(({ markup }) => markup).join("");
  return typeof part === "object" ? part.markup : escape(String(part));
};

/** A template whose strings and numbers are escaped, for text and for quoted attributes; its own indentation is dropped. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: texts
    .map((text, i) => text.replaceAll(/\n\s*/g, "\n") + (i < parts.length ? print(parts[i] ?? "") : ""))
    .join(""),
});

export const NOTHING: Markup = { markup: "" };

/** A value inside a `<script type="application/json">`, which no text can close early. */
export const jsonMarkup = (value: unknown): Markup => ({
  markup: JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029"),
});

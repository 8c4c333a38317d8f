/** Builds markup that is always escaped: only results of `html` are inserted unchanged. */

/** A piece of HTML. A value that was read from a file is never one, whatever its keys are. */
export class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  get markup(): string {
    return this.#markup;
  }
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
  if (isList(part)) return part.map(print).join("");
  return part instanceof Markup ? part.markup : escape(String(part));
};

/** Fills a template and escapes its strings and numbers, for text and for quoted attributes; drops its indentation. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(
    texts.map((text, i) => text.replaceAll(/\n\s*/g, "\n") + (i < parts.length ? print(parts[i] ?? "") : "")).join(""),
  );

/** Empty markup. */
export const NOTHING = new Markup("");

/** Returns a value as JSON for a `<script type="application/json">`, in which no text can close the element. */
export const jsonMarkup = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029"),
  );

/** Finds the known name nearest to a mistyped one, for "did you mean". */

/** Returns the nearest candidate within a third of the word's length in edits (a swap of neighbours counts as one), or undefined. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  if (word.length > 80) return undefined;
  let best: string | undefined;
  let bestEdits = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestEdits) continue;
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
};

/**
 * Returns a hint with the nearest known name, else with a few of the names that can be listed, else an empty text. A name
 * that differs from known ones only in its number gets a list of those.
 */
export const didYouMean = (word: string, known: readonly string[], listable = known): string => {
  const siblings = known.filter((name) => name !== word && withoutDigits(name) === withoutDigits(word));
  const name = siblings.length > 0 ? undefined : nearest(word, known);
  if (name !== undefined) return `did you mean "${name}"?`;
  const listed = siblings.length > 0 ? siblings : listable;
  if (listed.length === 0) return "";
  return `known: ${listed.slice(0, 8).join(", ")}${listed.length > 8 ? ", …" : ""}`;
};

const withoutDigits = (name: string): string => name.replace(/\d+/g, "#");

/** Returns the Damerau–Levenshtein distance, with each pair of neighbours swapped at most once. */
const editsBetween = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, beforeLast[j - 2]! + 1);
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
};

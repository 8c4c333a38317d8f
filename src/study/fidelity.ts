/** Assembles judged cells into one document: a verdict for each kind of cell, and the result of every cell. */
import type { CellResult, FidelityVerdict, FidelityLimits } from "../simulate/fidelity.ts";

/** All cells of one kind and loss band. */
export interface KindRow {
  readonly kind: string;
  readonly lossBand: string;
  readonly cells: number;
  readonly held: number;
  /** Largest errors, null if none was judged: of the mean relative, of success as a share. */
  readonly ksMax: number | null;
  readonly meanErrorMax: number | null;
  readonly successErrorMax: number | null;
  readonly limits: { readonly ks: number; readonly success: number; readonly mean: number | null };
  readonly verdict: FidelityVerdict;
}

/** The result of comparing the model with a measured file. */
export interface FidelityDocument {
  readonly schema: "firedrill.fidelity/1";
  readonly kinds: readonly KindRow[];
  readonly cells: readonly Omit<CellResult, "limits">[];
}

/** Combines the verdicts of cells: broken if any is, else unknown if any is, else held. */
const verdictOf = (verdicts: readonly FidelityVerdict[]): FidelityVerdict =>
  verdicts.includes("broken") ? "broken" : verdicts.includes("unknown") ? "unknown" : "held";

/** Assembles the document of all cells, in their order. */
export const assembleFidelity = (results: readonly CellResult[]): FidelityDocument => {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const key = `${result.kind}\u0000${result.lossBand}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return {
    schema: "firedrill.fidelity/1",
    kinds: [...groups.values()].map((members) => kindRow(members)),
    cells: results.map(({ limits: _limits, ...cell }) => cell),
  };
};

const kindRow = (members: readonly CellResult[]): KindRow => {
  const { kind, lossBand, limits } = members[0]!;
  return {
    kind,
    lossBand,
    cells: members.length,
    held: members.filter(({ verdict }) => verdict === "held").length,
    ksMax: largest(members.map(({ ks }) => ks)),
    meanErrorMax: largest(members.map(({ meanError }) => meanError)),
    successErrorMax: largest(members.map(({ successError }) => successError)),
    limits: printable(limits),
    verdict: verdictOf(members.map(({ verdict }) => verdict)),
  };
};

const printable = ({ ks, success, mean }: FidelityLimits): KindRow["limits"] => ({ ks, success, mean: mean ?? null });

/** Returns the error furthest from 0, with its sign; null without any. */
const largest = (errors: readonly (number | null)[]): number | null =>
  errors.reduce<number | null>(
    (most, error) => (error !== null && (most === null || Math.abs(error) > Math.abs(most)) ? error : most),
    null,
  );

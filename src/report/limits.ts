/** Charts of how full things are: where all that there is is used, and what need not be drawn any higher. */

export interface Limit {
  readonly at: number;
  readonly text: string;
}

interface Scale {
  readonly limit: Limit;
  /** Values above are drawn here: of plenty it does not matter how much. */
  readonly ceiling: number | undefined;
  /** Added to the title of a chart with values above. */
  readonly remark: string;
}

const SCALES: readonly (Scale & { readonly name: RegExp })[] = [
  { name: /^(server-)?load\b/, limit: { at: 100, text: "all that there is" }, ceiling: undefined, remark: "" },
  { name: /^headroom\b/, limit: { at: 0, text: "nothing left" }, ceiling: undefined, remark: "" },
  {
    name: /^margin\b/,
    limit: { at: 0, text: "just enough" },
    ceiling: 100,
    remark: "more than 100 % drawn as 100 %",
  },
];

export const scaleOf = (chart: string): Scale | undefined => SCALES.find(({ name }) => name.test(chart));

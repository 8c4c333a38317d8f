/**
 * Group-sequential stopping. A study that adds replications until its rows are decided looks at them several times, and each
 * look may be wrong. So the error of 5 % is spent on the looks in proportion to the replications that each adds (a linear
 * spending function, Lan and DeMets 1983) and every look is judged by an interval with its part of the error. By
 * Bonferroni's inequality the error of all looks together is at most 5 %, whatever their dependence.
 */

/** Error of a verdict over all looks, and of every interval that is printed. */
export const ERROR = 0.05;

/** The replications that are always run, and those that may be run until every row is decided. */
export interface Replications {
  readonly least: number;
  readonly most: number;
}

/** Share of the replications so far that is added in one step (chosen: few looks, few superfluous runs). */
const STEP = 0.25;

/** Returns the numbers of replications after which a study looks at its rows, ascending; the last is `most`. */
export const looksOf = ({ least, most }: Replications): readonly number[] => {
  const looks = [least];
  for (let n = least; n < most;) looks.push((n = Math.min(most, n + Math.ceil(n * STEP))));
  return looks;
};

/** Returns the error that the interval after `n` replications may have: 5 % if the study looks once. */
export const errorAt = (planned: Replications, n: number): number => {
  const looks = looksOf(planned);
  if (looks.length === 1) return ERROR;
  const at = Math.max(
    0,
    looks.findIndex((look) => look >= n),
  );
  return (ERROR * (looks[at]! - (looks[at - 1] ?? 0))) / planned.most;
};

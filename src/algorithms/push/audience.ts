/**
 * An audience: everybody whom one label marked on one date. The tables of audiences are cut by date and, inside a date, by
 * label (as published for QQ's reminders), so that a task reads one piece of them and an old date is dropped at a stroke.
 * Met by: src/deploy/mysql/audiences.ts
 */

export interface Audience {
  /** The date, as eight digits: "20240501". */
  readonly ds: string;
  /** Small letters, digits and hyphens. */
  readonly label: string;
}

/** Names of partitions are words of SQL: they hold letters, digits and underscores. */
export const partitionOf = ({ ds }: Pick<Audience, "ds">): string => `p${ds}`;

/** A label's name inside a date's partition: different for different labels. */
export const subpartitionOf = ({ ds, label }: Audience): string =>
  `p${ds}_${label.replaceAll(/[^a-z0-9]/g, (one) => `_${one.charCodeAt(0).toString(16)}_`)}`;

/** The dates among those there are that may be dropped: all but the latest `days`. */
export const expired = (dates: readonly string[], days: number): readonly string[] =>
  [...new Set(dates)].sort().slice(0, Math.max(0, new Set(dates).size - days));

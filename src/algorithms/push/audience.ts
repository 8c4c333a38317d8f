/**
 * An audience: all subscribers that one label marked on one date. The tables of audiences are partitioned by date and, inside
 * a date, by label (as published for QQ's reminders): a task reads one partition, and an old date is dropped at once.
 * Met by: src/deploy/mysql/audiences.ts
 */

/** Names an audience. */
export interface Audience {
  /** The date, as eight digits: "20240501". */
  readonly ds: string;
  /** Small letters, digits and hyphens. */
  readonly label: string;
}

/** Returns the name of a date's partition: letters, digits and underscores, as SQL asks for. */
export const partitionOf = ({ ds }: Pick<Audience, "ds">): string => `p${ds}`;

/** Returns the name of a label's partition inside its date's: different labels have different names. */
export const subpartitionOf = ({ ds, label }: Audience): string =>
  `p${ds}_${label.replaceAll(/[^a-z0-9]/g, (one) => `_${one.charCodeAt(0).toString(16)}_`)}`;

/** Returns the dates that may be dropped: all but the latest `days`, in rising order. */
export const expired = (dates: readonly string[], days: number): readonly string[] =>
  [...new Set(dates)].sort().slice(0, Math.max(0, new Set(dates).size - days));

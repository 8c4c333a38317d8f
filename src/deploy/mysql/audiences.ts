/** The subscribers by date and label: written by the job that computes labels, read in pages when a task is scattered. */
import { createHash } from "node:crypto";
import type { Pool, RowDataPacket } from "mysql2/promise";
import { expired, subpartitionOf, type Audience } from "../../algorithms/push/audience.ts";
import { assert } from "../../base/assert.ts";
import type { Audiences } from "../ports.ts";

/** MariaDB and MySQL: a partition of this name is there. */
const SAME_NAME = 1517;
/** A partition for this pair is there. */
const SAME_VALUES = 1495;
/** Rows an insert; chosen well below the servers' limit of a packet. */
const CHUNK = 5_000;

/** Letters that MariaDB and MySQL allow in a partition's name, and that fit the column of labels. */
const LONGEST = 64;
/** Digits that keep cut names apart. */
const DIGEST = 16;

/** The name itself, or as much of it as there is room for before its digest. */
const partitionName = (name: string): string => {
  if (name.length <= LONGEST) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST);
  return `${name.slice(0, LONGEST - DIGEST - 1)}_${digest}`;
};

export class MysqlAudiences implements Audiences {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Adds subscribers; those that are there stay there once. Throws if the label has more than 64 letters. */
  async add(audience: Audience, uins: readonly number[]): Promise<void> {
    const { label } = audience;
    assert(label.length <= LONGEST, () => `the label "${label}" has more than ${String(LONGEST)} letters: shorten it`);
    await this.#openPartition(audience);
    for (let from = 0; from < uins.length; from += CHUNK) {
      const rows = uins.slice(from, from + CHUNK).map((uin) => [audience.ds, audience.label, uin]);
      await this.#pool.query(
        "INSERT INTO push_audience (ds, label_name, useruin) VALUES ? ON DUPLICATE KEY UPDATE useruin = VALUES(useruin)",
        [rows],
      );
    }
  }

  /** Yields the subscribers of one date and label in rising order, `size` per page; each page starts behind the last. */
  async *pages({ ds, label }: Audience, size: number): AsyncGenerator<readonly number[]> {
    let last = 0;
    for (;;) {
      const [rows] = await this.#pool.query<RowDataPacket[][]>({
        sql: "SELECT useruin FROM push_audience WHERE ds = ? AND label_name = ? AND useruin > ? ORDER BY useruin LIMIT ?",
        values: [ds, label, last, size],
        rowsAsArray: true,
      });
      const page = rows.map(([uin]) => Number(uin));
      if (page.length === 0) return;
      yield page;
      if (page.length < size) return;
      last = page.at(-1)!;
    }
  }

  /** Keeps the latest `days` dates and drops the others, without reading a row. Returns the dropped ones. */
  async retain(days: number): Promise<readonly string[]> {
    const [rows] = await this.#pool.query<RowDataPacket[]>(
      `SELECT PARTITION_NAME AS name FROM information_schema.PARTITIONS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'push_audience' AND PARTITION_NAME <> 'p_none'`,
    );
    const dateOf = new Map(rows.map((row) => [String(row["name"]), String(row["name"]).slice(1).split("_")[0]!]));
    const dates = expired([...dateOf.values()], days);
    const names = [...dateOf.keys()].filter((name) => dates.includes(dateOf.get(name)!));
    if (names.length > 0) await this.#pool.query(`ALTER TABLE push_audience DROP PARTITION ${names.join(", ")}`);
    return dates;
  }

  async #openPartition({ ds, label }: Audience): Promise<void> {
    const name = partitionName(subpartitionOf({ ds, label }));
    try {
      await this.#pool.query(
        `ALTER TABLE push_audience ADD PARTITION (PARTITION ${name} VALUES IN ((${String(Number(ds))}, ${this.#pool.escape(label)})))`,
      );
    } catch (error) {
      const number = error instanceof Error && "errno" in error ? error.errno : undefined;
      if (number !== SAME_NAME && number !== SAME_VALUES) throw error;
    }
  }
}

/**
 * The schema, as numbered steps that are each done once. Every step can be repeated: neither MariaDB nor MySQL takes a change of schema back when
 * its connection is lost halfway.
 *
 * The audience has the columns of the source text, which partitions by list of dates and, below, by list of labels. MariaDB and MySQL allow only
 * HASH and KEY below LIST, so here one list of pairs (date, label) makes the same partitions: a label of a date is read alone, and retention
 * drops a date's partitions at once. Both allow that only if the pair is part of every unique key.
 */
import type { Pool, RowDataPacket } from "mysql2/promise";

const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS push_tasks (
      id VARCHAR(40) NOT NULL PRIMARY KEY,
      ds BIGINT NOT NULL,
      label_name VARCHAR(64) NOT NULL,
      due BIGINT NOT NULL COMMENT 'microseconds since 1970',
      weight DOUBLE NOT NULL,
      state ENUM('scheduled','triggered','scattering','sending','done') NOT NULL,
      total BIGINT NOT NULL COMMENT 'people, known from scattering on',
      INDEX by_state (state, due)
    )`,
    `CREATE TABLE IF NOT EXISTS push_blocks (
      task VARCHAR(40) NOT NULL,
      part INT NOT NULL,
      block INT NOT NULL,
      state ENUM('claimed','finished') NOT NULL,
      packed MEDIUMBLOB NOT NULL COMMENT 'members: sorted, as LEB128 of their differences',
      PRIMARY KEY (task, part, block)
    )`,
    `CREATE TABLE IF NOT EXISTS push_prefetched (
      task VARCHAR(40) NOT NULL,
      useruin BIGINT NOT NULL,
      PRIMARY KEY (task, useruin)
    )`,
    `CREATE TABLE IF NOT EXISTS push_audience (
      ds BIGINT NOT NULL COMMENT 'date, as 20160229',
      label_name VARCHAR(64) NOT NULL,
      label_id BIGINT NOT NULL DEFAULT 0,
      appid VARCHAR(64) NOT NULL DEFAULT '',
      useruin BIGINT NOT NULL,
      tag_name VARCHAR(64) NOT NULL DEFAULT '',
      tag_id BIGINT NOT NULL DEFAULT 0,
      tag_value BIGINT NOT NULL DEFAULT 0,
      PRIMARY KEY (ds, label_name, useruin)
    ) PARTITION BY LIST COLUMNS (ds, label_name) (PARTITION p_none VALUES IN ((0, '')))`,
  ],
];

/** Brings the schema to the newest step and returns its number. Two processes that start at once do it one after the other. */
export const migrate = async (pool: Pool): Promise<number> => {
  const connection = await pool.getConnection();
  try {
    await connection.query("SELECT GET_LOCK(CONCAT('firedrill.', DATABASE()), 60)");
    await connection.query("CREATE TABLE IF NOT EXISTS push_schema (step INT NOT NULL PRIMARY KEY)");
    const [rows] = await connection.query<RowDataPacket[]>("SELECT COALESCE(MAX(step), 0) AS step FROM push_schema");
    const done = Number(rows[0]!["step"]);
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index < done) continue;
      for (const statement of statements) await connection.query(statement);
      await connection.query("INSERT INTO push_schema (step) VALUES (?)", [index + 1]);
    }
    return MIGRATIONS.length;
  } finally {
    await connection.query("SELECT RELEASE_LOCK(CONCAT('firedrill.', DATABASE()))").catch(() => undefined);
    connection.release();
  }
};

/** A pool of connections to MariaDB or MySQL. */
import { createConnection, createPool, type Pool } from "mysql2/promise";
import { ServiceUnavailable, type Service } from "../services.ts";

/**
 * Connects to the database of this name (letters, digits and underscores), which is made if it is not there, or to none. Throws
 * `ServiceUnavailable`. `timeout` in ms is that of connecting.
 */
export const connectMysql = async (service: Service, name?: string, timeout = 5_000): Promise<Pool> => {
  const { host, port, user, password } = service;
  // Whole numbers up to 2^53 come as numbers, and no uin is greater.
  // Rows affected are rows changed, not rows found: they show which caller has changed a state.
  const options = {
    host,
    port,
    user,
    password,
    connectTimeout: timeout,
    supportBigNumbers: true,
    flags: ["-FOUND_ROWS"],
  };
  try {
    const first = await createConnection(options);
    if (name !== undefined) await first.query(`CREATE DATABASE IF NOT EXISTS \`${name}\` COLLATE utf8mb4_bin`);
    await first.end();
  } catch (error) {
    throw new ServiceUnavailable(service, error);
  }
  return createPool({ ...options, connectionLimit: CONNECTIONS, ...(name === undefined ? {} : { database: name }) });
};

/** Connections of one process; chosen: a worker works on one block per slot. */
const CONNECTIONS = 4;

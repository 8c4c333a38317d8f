/**
 * Logins as clients of 2014 make them: kernels before 6.5, three questions of 300 bytes answered by 1,200, 1,200 and 8,192.
 * A client that waits longer has given up.
 */
import { Transport } from "../network/transport.ts";

export const LOGIN = {
  linearSyns: 0,
  hasStamps: true,
  congestion: "cubic",
  exchanges: [1_200, 1_200, 8_192].map((response) => ({ request: 300, response })),
  patienceUs: 40_000_000,
} as const;

/** Its tables fill as they are read, for all runs of this thread. */
const OWN = new Transport(LOGIN);

/** Returns memory for the outcomes of logins, with those that an earlier process has stored. */
export const loginMemory = (stored?: Uint8Array): SharedArrayBuffer => Transport.memory(stored);

/** Returns what is to be stored of the outcomes in memory and of what is stored already, in at most `most` bytes. */
export const storedLogins = (memory: SharedArrayBuffer, stored: Uint8Array, most: number): readonly Uint8Array[] =>
  Transport.stored(memory, stored, most);

/** Returns the transport of logins; with memory, its tables are filled once for all threads that share it. */
export const loginTransport = (memory?: SharedArrayBuffer): Transport =>
  memory === undefined ? OWN : new Transport(LOGIN, memory);

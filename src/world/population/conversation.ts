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

/** Returns the transport of logins; with memory, its tables are filled once for all threads that share it. */
export const loginTransport = (memory?: SharedArrayBuffer): Transport =>
  memory === undefined ? OWN : new Transport(LOGIN, memory);

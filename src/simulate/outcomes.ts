/** What became of connections, worked out once for all runs of a process: no run, seed or thread changes it. */
import { Transport } from "../world/network/transport.ts";

/** Memory for it, empty; threads that are handed the same fill it for each other. */
export const outcomesMemory = (): SharedArrayBuffer => Transport.memory();

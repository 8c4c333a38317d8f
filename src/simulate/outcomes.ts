/** Outcomes of simulated connections, shared by all runs of a process: they do not depend on run, seed or thread. */
import { Transport } from "../world/network/transport.ts";

/** Returns empty memory for the outcomes, which threads that share it fill for one another. */
export const outcomesMemory = (): SharedArrayBuffer => Transport.memory();

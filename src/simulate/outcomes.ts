/** Outcomes of simulated connections, shared by all runs of a process: they do not depend on run, seed or thread. */
import { loginMemory, storedLogins } from "../world/population/conversation.ts";

/** Returns memory for the outcomes, which threads that share it fill for one another; `stored` is what `outcomesToStore` returned. */
export const outcomesMemory = (stored?: Uint8Array): SharedArrayBuffer => loginMemory(stored);

/** Returns the outcomes in memory and in `stored` as bytes for a later process, at most `most` of them, those in use first. */
export const outcomesToStore = (memory: SharedArrayBuffer, stored: Uint8Array, most: number): readonly Uint8Array[] =>
  storedLogins(memory, stored, most);

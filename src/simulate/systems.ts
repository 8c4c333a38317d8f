/** The list of systems. */
import { people } from "./people/system.ts";
import { push } from "./push/system.ts";
import { services } from "./services/system.ts";
import type { System } from "./system.ts";

/** All systems, in the order of their sections: each bucket runs them and each report lists them in this order. */
export const SYSTEMS: readonly System[] = [people(), services(), push()];

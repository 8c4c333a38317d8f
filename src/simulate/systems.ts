/** The list of systems, in the order of their sections: so they run in each bucket, and so they are reported. */
import { people } from "./people/system.ts";
import { push } from "./push/system.ts";
import { services } from "./services/system.ts";
import type { System } from "./system.ts";

export const SYSTEMS: readonly System[] = [people(), services(), push()];

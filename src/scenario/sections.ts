/** Lists the sections: the parts that a world may have. */
import { PEOPLE } from "./people/section.ts";
import { PUSH } from "./push/section.ts";
import { SERVICES } from "./services/section.ts";

/** All sections, in the order in which they are read, simulated and reported. */
export const SECTIONS = [PEOPLE, SERVICES, PUSH] as const;

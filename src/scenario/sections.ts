/** The list of sections: the parts that a world may have, in the order in which they are read, simulated and reported. */
import { PEOPLE } from "./people/section.ts";
import { PUSH } from "./push/section.ts";
import { SERVICES } from "./services/section.ts";

export const SECTIONS = [PEOPLE, SERVICES, PUSH] as const;

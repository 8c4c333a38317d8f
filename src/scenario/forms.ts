/** Lists the forms of all sections. */
import { PEOPLE_FORM } from "./people/form.ts";
import { PUSH_FORM } from "./push/form.ts";
import { SERVICES_FORM } from "./services/form.ts";

/** All forms, in the order of the sections. */
export const FORMS = [PEOPLE_FORM, SERVICES_FORM, PUSH_FORM] as const;

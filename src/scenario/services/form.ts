/** How services are written: their key, checks and faults. */
import type { CheckContext, Form } from "../section.ts";
import { checkServices } from "./checks.ts";
import { SERVICES_TARGETS } from "./faults.ts";
import { SERVICES } from "./section.ts";
import { type ServicesModel, servicesShape } from "./shape.ts";

/** The form of services. */
export const SERVICES_FORM = {
  section: SERVICES,
  shape: servicesShape,
  check: ({ services }: { readonly services?: ServicesModel }, context: CheckContext) => {
    if (services !== undefined) checkServices(services, context);
  },
  targets: SERVICES_TARGETS,
  interventions: {},
  notParameters: [/^services\.(tiers|entries)\.[^.]+\.(calls|tier|serves|method)$/],
} as const satisfies Form;

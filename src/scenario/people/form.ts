/** How people are written: their keys, checks, faults and interventions. */
import { SCHEDULER_DEFAULTS } from "../../algorithms/scheduling/policy.ts";
import type { CheckContext, Form } from "../section.ts";
import { checkPeople, type PeopleWorld } from "./checks.ts";
import { checkEffects } from "./effects.ts";
import { PEOPLE_TARGETS } from "./faults.ts";
import { PEOPLE_INTERVENTIONS } from "./interventions.ts";
import { PEOPLE } from "./section.ts";
import { peopleShape, schedulerShape } from "./shape.ts";

/** The form of people. */
export const PEOPLE_FORM = {
  section: PEOPLE,
  shape: peopleShape,
  check: (world: PeopleWorld, context: CheckContext) => {
    checkPeople(world, context.report);
    checkEffects(world, context);
  },
  targets: PEOPLE_TARGETS,
  interventions: PEOPLE_INTERVENTIONS,
  notParameters: [/^access\.[^.]+\.gateways$/, /\.title$/, /^regions\.[^.]+\.(code|tile)$/],
  defaults: { key: "scheduler", shape: schedulerShape, values: { ...SCHEDULER_DEFAULTS } },
} as const satisfies Form;

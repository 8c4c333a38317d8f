/** The section of services: servers behind the access servers, simulated request by request at full size. It is optional. */
import type { CheckContext, KnownNames, Names, Section } from "../section.ts";
import { checkServices } from "./checks.ts";
import { SERVICES_TARGETS } from "./faults.ts";
import { SERVICES_METRICS } from "./figures.ts";
import { machineNames, type ServicesModel, servicesShape } from "./shape.ts";

interface World {
  readonly services?: ServicesModel;
}

const namesOf = ({ services }: World, { has }: KnownNames): Names => {
  const of = (names: (model: ServicesModel) => readonly string[]): readonly string[] | undefined =>
    has("services") ? services && names(services) : [];
  return {
    tier: of(({ tiers }) => Object.keys(tiers)),
    machine: of(machineNames),
    entry: of(({ entries }) => Object.keys(entries)),
  };
};

/** The section of services. */
export const SERVICES = {
  name: "services",
  shape: servicesShape,
  isIn: ({ services }: World) => services !== undefined,
  check: ({ services }: World, context: CheckContext) => {
    if (services !== undefined) checkServices(services, context);
  },
  names: namesOf,
  targets: SERVICES_TARGETS,
  interventions: {},
  metrics: SERVICES_METRICS,
  notParameters: [/^services\.(tiers|entries)\.[^.]+\.(calls|tier|serves|method)$/],
  decides: false,
  runsOnThreads: false,
  cost: () => ({ count: 0, noun: "requests", bytes: 0, seconds: 0 }),
} as const satisfies Section;

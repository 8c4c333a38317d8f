/**
 * The servers behind the access servers in a scenario file: tiers of equal machines that call one another, and the
 * entries through which tasks come to them. They are simulated request by request at their own size, whatever the
 * scale of the population. Every field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { ADMISSION_DEFAULTS, type AdmissionPolicy } from "../../algorithms/overload/policy.ts";
import type { Balancing } from "../../algorithms/overload/balancing.ts";
import { BUSINESS_LEVELS } from "../../algorithms/overload/levels.ts";
import { RETRY_DEFAULTS, type RetryPolicy } from "../../algorithms/overload/retry.ts";
import { type Duration, ms, seconds } from "../../base/units.ts";
import { bytes, count, duration, either, fields, type Model, named, number, share, text } from "../fields.ts";

/** Computing of one request, all its turns together. */
export type ServiceLaw =
  | { readonly law: "fixed" | "exponential"; readonly mean: Duration }
  | { readonly law: "lognormal"; readonly mean: Duration; readonly variation: number };

const RATE_MAX = 1_000_000;
const MACHINES_MAX = 1_000;
const positive = { positive: true } as const;

const work = fields(
  {
    law: z.enum(["fixed", "exponential", "lognormal"]).meta({ description: "How single requests differ" }),
    mean: duration("Computing of a request on a core, all its turns together", positive),
    variation: z.exactOptional(
      number("Standard deviation over mean, of lognormal work; 1 by default", { min: 0.01, max: 10 }),
    ),
  },
  "What a request costs",
).transform(({ law, mean, variation = 1 }): ServiceLaw =>
  law === "lognormal" ? { law, mean, variation } : { law, mean },
);

const units = fields(
  {
    kind: z.enum(["processes", "threads", "coroutines"]).meta({ description: "What carries a request" }),
    memory: bytes("Of each, from a request's begin to its answer"),
    switching: duration("Cost of putting one on a core"),
  },
  "Units that carry requests; as many as memory has room for",
);

const ADMISSIONS = ["none", "random", "codel", "response-time", "priority"] as const;
const kindOfAdmission = z.enum(ADMISSIONS).meta({ description: "Who guards the door" });

const admission = either(
  kindOfAdmission,
  fields(
    {
      kind: kindOfAdmission,
      threshold: z.exactOptional(duration("A window whose mean is above this was overloaded", positive)),
      alpha: z.exactOptional(share("Of what was admitted, shed next when overloaded")),
      beta: z.exactOptional(share("Of what came, admitted besides when not")),
      target: z.exactOptional(duration("CoDel: waits below this are good", positive)),
      interval: z.exactOptional(duration("CoDel: over which the least wait is taken", positive)),
    },
    "Who guards the door, and how",
  ),
  "Admission: none, random, codel, response-time or priority",
).transform((given): AdmissionPolicy => {
  if (typeof given === "string") return ADMISSION_DEFAULTS[given];
  return { ...ADMISSION_DEFAULTS[given.kind], ...given } as AdmissionPolicy;
});

const RETRIES = ["none", "naive", "budget"] as const;
const kindOfRetries = z.enum(RETRIES).meta({ description: "What is done when a call fails" });

const retries = either(
  kindOfRetries,
  fields(
    {
      kind: kindOfRetries,
      most: z.exactOptional(count("Retries of one call", { min: 1, max: 100 })),
      share: z.exactOptional(share("Budget: retries for each request, over all requests of a caller")),
    },
    "What is done when a call fails",
  ),
  "Retries: none, naive, or within a budget",
).transform((given): RetryPolicy => {
  if (typeof given === "string") return RETRY_DEFAULTS[given];
  return { ...RETRY_DEFAULTS[given.kind], ...given } as RetryPolicy;
});

const BALANCINGS = ["list", "random", "round-robin", "least-loaded"] as const;

const balance = either(
  z.enum(BALANCINGS).meta({ description: "Which machine is asked" }),
  fields(
    {
      kind: z.literal("dns").meta({ description: "By names that are asked again now and then" }),
      ttl: duration("Names are asked again after this long", positive),
    },
    "By names",
  ),
  "Which machine is asked: list, random, round-robin, least-loaded, or { kind: dns, ttl }",
).transform((given): Balancing => (typeof given === "string" ? { kind: given } : given));

/** Published for DAGOR: a task is of no use after 500 ms. */
const TASK_TIMEOUT = "500 ms";

const caller = {
  timeout: duration("How long a caller waits for one attempt", positive).prefault(TASK_TIMEOUT),
  retries: retries.prefault("none"),
  "back-off": duration("Before a retry, on the average").prefault("0 s"),
  balance: balance.prefault("random"),
};

const calls = z.array(text("A tier")).max(16).meta({ description: "Tiers called one after the other" });

const tier = fields(
  {
    machines: count("Equal machines", { min: 1, max: MACHINES_MAX }),
    cores: count("Cores of each; very many make it a mere delay", { min: 1, max: 1_000_000 }),
    work,
    units: units.prefault({ kind: "coroutines", memory: "0 B", switching: "0 s" }),
    memory: bytes("Of a machine, for units and connections").prefault("1 TiB"),
    "connection-memory": bytes("Of a connection").prefault("0 B"),
    descriptors: count("File descriptors of a machine, one a connection", { min: 1, max: 1e9 }).prefault(1e9),
    queue: count("Requests that may wait for their begin on a machine", { max: 10_000_000 }).prefault(10_000_000),
    admission: admission.prefault("none"),
    calls: calls.default([]),
    serves: z.exactOptional(text("Service of the backbone's definition that it answers: Access, Logic or Storage")),
    "early-abort": z
      .boolean()
      .meta({ description: "Deadlines travel with calls, and work that nobody waits for is dropped" })
      .default(true),
    ...caller,
  },
  "Equal machines that do the same",
)
  .transform((given) => ({ ...given, serves: given.serves }))
  .meta({ description: "Equal machines that do the same" });

const entry = fields(
  {
    tier: text("The tier where its tasks come in"),
    calls: z.exactOptional(calls),
    method: z.exactOptional(text("Instead of calls: a method of the backbone's definition, such as Access.Send")),
    feed: count("Tasks a second; they come as they please (Poisson)", { min: 1, max: RATE_MAX }),
    deadline: duration("An answer after this is of no use", positive).prefault(TASK_TIMEOUT),
    priority: count("Business level; 0 is the most important", { max: BUSINESS_LEVELS - 1 }).prefault(0),
    connections: count("People who hold a connection to the tier", { max: 10_000_000_000 }).prefault(0),
    ...caller,
  },
  "A kind of task and where it comes in",
)
  .transform((given) => ({ ...given, calls: given.calls, method: given.method }))
  .meta({ description: "A kind of task and where it comes in" });

export const servicesField = fields(
  {
    hop: duration("Round trip between two machines of a centre"),
    tiers: named(tier, "Tiers by name"),
    entries: named(entry, "Entries by name"),
  },
  "Servers behind the access servers, request by request",
);

/** Its key of the file. */
export const servicesShape = { services: z.exactOptional(servicesField) };

/** Services, every unit parsed and every default filled in. */
export type ServicesModel = Model<typeof servicesField>;
export type EntryModel = ServicesModel["entries"][string];
/** Who calls machines: a tier or an entry. */
export type CallerModel = Pick<EntryModel, "timeout" | "retries" | "backOff" | "balance">;

/** A machine is known to be down to other machines after this long (chosen). */
export const HEALTH_CHECK = seconds(5);
/** What a machine heard of another's level is forgotten after this long without a reply (chosen). */
export const LEVEL_FORGOTTEN = ms(5_000);

/** E.g. `storage-3`: the third machine of the tier. */
export const machineNames = ({ tiers }: Pick<ServicesModel, "tiers">): readonly string[] =>
  Object.entries(tiers).flatMap(([tier, { machines }]) =>
    Array.from({ length: machines }, (_, place) => `${tier}-${String(place + 1)}`),
  );

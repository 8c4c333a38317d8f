/**
 * The keys of services in a scenario file: tiers of equal machines behind the access servers that call one another, and the
 * entries where tasks arrive. They are simulated request by request at full size, at any scale of the population. Every
 * field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { ADMISSION_DEFAULTS, type AdmissionPolicy } from "../../algorithms/overload/policy.ts";
import type { Balancing } from "../../algorithms/overload/balancing.ts";
import { BUSINESS_LEVELS } from "../../algorithms/overload/levels.ts";
import { RETRY_DEFAULTS, type RetryPolicy } from "../../algorithms/overload/retry.ts";
import { type Duration, ms } from "../../base/units.ts";
import { bytes, count, duration, either, fields, type Model, named, number, share, text } from "../fields.ts";

/** Computing time of one request, all its turns together. */
export type ServiceLaw =
  | { readonly law: "fixed" | "exponential"; readonly mean: Duration }
  | { readonly law: "lognormal"; readonly mean: Duration; readonly variation: number };

const RATE_MAX = 1_000_000;
const MACHINES_MAX = 1_000;
const positive = { positive: true } as const;

const work = fields(
  {
    law: z.enum(["fixed", "exponential", "lognormal"]).meta({ description: "Distribution of the computing time" }),
    mean: duration("Mean computing time of a request on one core, all its turns together", positive),
    variation: z.exactOptional(
      number("lognormal: standard deviation divided by the mean; 1 by default", { min: 0.01, max: 10 }),
    ),
  },
  "Computing time per request",
).transform(({ law, mean, variation = 1 }): ServiceLaw =>
  law === "lognormal" ? { law, mean, variation } : { law, mean },
);

const units = fields(
  {
    kind: z.enum(["processes", "threads", "coroutines"]).meta({ description: "Kind of unit that serves a request" }),
    memory: bytes("Memory per unit, from the start of a request to its answer"),
    switching: duration("Cost of a context switch"),
  },
  "Units that serve requests, limited by memory; coroutines without costs by default",
);

const ADMISSIONS = ["none", "random", "codel", "response-time", "priority"] as const;
const kindOfAdmission = z.enum(ADMISSIONS).meta({ description: "Kind of admission control" });

const admission = either(
  kindOfAdmission,
  fields(
    {
      kind: kindOfAdmission,
      threshold: z.exactOptional(
        duration(
          "random, priority, response-time: mean time of a window above which it counts as overloaded; 20 ms by default, 250 ms for response-time",
          positive,
        ),
      ),
      alpha: z.exactOptional(
        share("Share of the admitted requests that is shed after an overloaded window; 5 % by default"),
      ),
      beta: z.exactOptional(
        share("Share of the received requests that is admitted in addition after any other window; 1 % by default"),
      ),
      target: z.exactOptional(duration("codel: acceptable queuing time; 5 ms by default", positive)),
      interval: z.exactOptional(
        duration("codel: interval over which the lowest queuing time is taken; 100 ms by default", positive),
      ),
    },
    "Admission control with its parameters",
  ),
  "Admission control: none (default), random, codel, response-time or priority",
).transform((given): AdmissionPolicy => {
  if (typeof given === "string") return ADMISSION_DEFAULTS[given];
  return { ...ADMISSION_DEFAULTS[given.kind], ...given } as AdmissionPolicy;
});

const RETRIES = ["none", "naive", "budget"] as const;
const kindOfRetries = z.enum(RETRIES).meta({ description: "Kind of retries" });

const retries = either(
  kindOfRetries,
  fields(
    {
      kind: kindOfRetries,
      most: z.exactOptional(count("Most retries of one call; 3 by default", { min: 1, max: 100 })),
      share: z.exactOptional(share("budget: retries as a share of all requests of a caller; 10 % by default")),
    },
    "Retries with their parameters",
  ),
  "Retries of failed calls: none (default), naive or budget",
).transform((given): RetryPolicy => {
  if (typeof given === "string") return RETRY_DEFAULTS[given];
  return { ...RETRY_DEFAULTS[given.kind], ...given } as RetryPolicy;
});

const BALANCINGS = ["list", "random", "round-robin", "least-loaded"] as const;

const balance = either(
  z.enum(BALANCINGS).meta({ description: "How a caller chooses the machine" }),
  fields(
    {
      kind: z.literal("dns").meta({ description: "Addresses come from DNS and are cached" }),
      ttl: duration("Time after which names are resolved again", positive),
    },
    "Load balancing by DNS",
  ),
  "Load balancing of a caller: list, random (default), round-robin, least-loaded, or { kind: dns, ttl }",
).transform((given): Balancing => (typeof given === "string" ? { kind: given } : given));

/** Published for DAGOR: a task is useless after 500 ms. */
const TASK_TIMEOUT = "500 ms";
/** The default of `timeout`. */
export const TIMEOUT_DEFAULT = ms(500);
/** The default of `memory` of a machine, in bytes. */
export const MEMORY_DEFAULT = 1_099_511_627_776;
/** The default of `descriptors` of a machine. */
export const DESCRIPTORS_DEFAULT = 1e9;

const caller = {
  timeout: duration("Timeout of one attempt", positive).prefault(TASK_TIMEOUT),
  retries: retries.prefault("none"),
  "back-off": duration("Mean wait before a retry").prefault("0 s"),
  balance: balance.prefault("random"),
};

const calls = z.array(text("Name of a tier")).max(16).meta({ description: "Tiers that it calls, one after another" });

const tier = fields(
  {
    machines: count("Number of machines", { min: 1, max: MACHINES_MAX }),
    cores: count("Cores per machine; with very many the tier is a pure delay", { min: 1, max: 1_000_000 }),
    work,
    units: units.prefault({ kind: "coroutines", memory: "0 B", switching: "0 s" }),
    memory: bytes("Memory per machine for units and connections").prefault("1 TiB"),
    "connection-memory": bytes("Memory per connection").prefault("0 B"),
    descriptors: count("File descriptors per machine, one for each connection", { min: 1, max: 1e9 }).prefault(
      DESCRIPTORS_DEFAULT,
    ),
    queue: count("Requests that can wait on a machine before they start", { max: 10_000_000 }).prefault(10_000_000),
    "queue-order": z.exactOptional(
      z.enum(["fifo", "priority"]).meta({
        description:
          "fifo (default): requests are served as they come; priority: those of entries with a lower priority number first, without interrupting others",
      }),
    ),
    admission: admission.prefault("none"),
    calls: calls.default([]),
    serves: z.exactOptional(text("Service of the backbone's definition that it serves: Access, Logic or Storage")),
    "early-abort": z
      .boolean()
      .meta({ description: "true (default): calls carry deadlines, and expired work is dropped" })
      .default(true),
    ...caller,
  },
  "Tier of equal machines",
)
  .transform(({ queueOrder, ...given }) => ({
    ...given,
    serves: given.serves,
    queueOrder: queueOrder === "priority" ? queueOrder : undefined,
  }))
  .meta({ description: "Tier of equal machines" });

const entry = fields(
  {
    tier: text("Tier where its tasks arrive"),
    calls: z.exactOptional(calls),
    method: z.exactOptional(text("Method of the backbone's definition, such as Access.Send; instead of calls")),
    feed: count("Mean number of tasks per second; arrivals are a Poisson process", { min: 1, max: RATE_MAX }),
    deadline: duration("Time after which an answer is useless", positive).prefault(TASK_TIMEOUT),
    priority: count("Business priority, used by queue-order and admission: priority; 0 is the most important", {
      max: BUSINESS_LEVELS - 1,
    }).prefault(0),
    connections: count("Number of clients with a connection to the tier", { max: 10_000_000_000 }).prefault(0),
    ...caller,
  },
  "Kind of task and the tier where it arrives",
)
  .transform((given) => ({ ...given, calls: given.calls, method: given.method }))
  .meta({ description: "Kind of task and the tier where it arrives" });

/** The schema of `services`. */
export const servicesField = fields(
  {
    hop: duration("Round-trip delay between two machines of a centre"),
    tiers: named(tier, "Tiers by name"),
    entries: named(entry, "Entries by name"),
  },
  "Servers behind the access servers, simulated request by request at full size",
);

/** The key of this section. */
export const servicesShape = { services: z.exactOptional(servicesField) };

/** Services, every unit parsed, every default filled in, keys in camelCase. */
export type ServicesModel = Model<typeof servicesField>;
/** One entry. */
export type EntryModel = ServicesModel["entries"][string];
/** How a tier or an entry calls machines. */
export type CallerModel = Pick<EntryModel, "timeout" | "retries" | "backOff" | "balance">;

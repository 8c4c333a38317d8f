/** Reports keys of services that have no effect in their scenario: no other key uses them. */
import { reportNoEffect } from "../no-effect.ts";
import type { Path } from "../positions.ts";
import type { CheckContext } from "../section.ts";
import { type TaskRoute, tiersOf } from "./routes.ts";
import {
  type CallerModel,
  DESCRIPTORS_DEFAULT,
  MEMORY_DEFAULT,
  type EntryModel,
  type ServicesModel,
  TIMEOUT_DEFAULT,
} from "./shape.ts";

type TierModel = ServicesModel["tiers"][string];

/** The parameters that each kind of admission control, retries and balancing has. */
const OF_KIND = {
  admission: {
    none: [],
    random: ["threshold", "alpha", "beta"],
    codel: ["target", "interval"],
    "response-time": ["threshold", "alpha", "beta"],
    priority: ["threshold", "alpha", "beta"],
  },
  retries: { none: [], naive: ["most"], budget: ["most", "share"] },
  work: { fixed: [], exponential: [], lognormal: ["variation"] },
} as const;

/** What follows from the routes of all entries. */
interface Uses {
  /** Priorities of the entries whose tasks reach each tier. */
  readonly priorities: ReadonlyMap<string, ReadonlySet<number>>;
  /** Tiers that call others, each with those that it calls. */
  readonly callers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tiers whose own list of calls is read. */
  readonly listed: ReadonlySet<string>;
  /** Tiers to which clients hold connections. */
  readonly connected: ReadonlySet<string>;
}

/** Reports every key of services that is written and that nothing in the scenario uses. `routes` are of all entries. */
export const checkEffects = (
  services: ServicesModel,
  routes: ReadonlyMap<string, TaskRoute>,
  context: CheckContext,
): void => {
  const uses = usesOf(services, routes);
  for (const [name, tier] of Object.entries(services.tiers)) checkTier(name, tier, uses, services, context);
  for (const [name, entry] of Object.entries(services.entries))
    checkEntry(name, entry, tiersOf(routes.get(name)!), services, context);
};

const usesOf = ({ entries }: ServicesModel, routes: ReadonlyMap<string, TaskRoute>): Uses => {
  const priorities = new Map<string, Set<number>>();
  const callers = new Map<string, Set<string>>();
  const listed = new Set<string>();
  const connected = new Set<string>();
  const walk = ({ tier, calls }: TaskRoute, priority: number, isListed: boolean): void => {
    priorities.set(tier, (priorities.get(tier) ?? new Set()).add(priority));
    for (const call of calls) callers.set(tier, (callers.get(tier) ?? new Set()).add(call.tier));
    if (isListed) listed.add(tier);
    for (const call of calls) walk(call, priority, true);
  };
  for (const [name, { calls, connections, priority, tier }] of Object.entries(entries)) {
    walk(routes.get(name)!, priority, calls === undefined);
    if (connections > 0) connected.add(tier);
  }
  return { priorities, callers, listed, connected };
};

const checkTier = (
  name: string,
  tier: TierModel,
  { priorities, callers, listed, connected }: Uses,
  { entries, tiers }: ServicesModel,
  context: CheckContext,
): void => {
  const path = ["services", "tiers", name];
  const idle = (key: string, why: string, instead: string): void => {
    reportNoEffect(context, [...path, key], why, instead);
  };
  const ranks = priorities.get(name);
  if (ranks === undefined) {
    reportNoEffect(
      context,
      path,
      "no task reaches the tier",
      "call it from a tier or an entry, or leave it out",
      "key",
    );
    return;
  }
  checkKind("work", tier.work.law, [...path, "work"], context);
  checkKind("admission", tier.admission.kind, [...path, "admission"], context);
  if (tier.queueOrder === "priority" && ranks.size === 1)
    idle("queue-order", "all entries whose tasks reach the tier have the same priority", "write priority in an entry");
  if (tier.queueOrder === "priority" && tier.queue === 0)
    idle("queue-order", "queue: 0 lets no request wait", "write a longer queue, or leave it out");
  if (!connected.has(name)) checkConnections(tier, idle);
  const isLimited = tier.units.memory > 0 || (tier.connectionMemory > 0 && connected.has(name));
  if (tier.memory !== MEMORY_DEFAULT && !isLimited)
    idle("memory", "nothing takes memory", "write units: { kind, memory, switching }, or connection-memory");
  if (tier.serves !== undefined && Object.values(entries).every(({ method }) => method === undefined))
    idle("serves", "no entry names a method", "write method in an entry, such as Access.Send, or leave it out");
  if (tier.calls.length > 0 && !listed.has(name))
    idle("calls", "the entries at the tier list their own calls", "leave out the calls of the tier or of an entry");
  const called = callers.get(name);
  if (called !== undefined)
    checkCaller(
      tier,
      [...called].map((one) => tiers[one]!),
      path,
      context,
    );
  else {
    const why = "the tier calls no other";
    const instead = "write calls in the tier, or the key in the tier or entry that calls it";
    if (tier.timeout !== TIMEOUT_DEFAULT) idle("timeout", why, instead);
    if (tier.retries.kind !== "none") idle("retries", why, instead);
    if (tier.backOff !== 0) idle("back-off", why, instead);
    if (tier.balance.kind !== "random") idle("balance", why, instead);
  }
};

const checkConnections = (
  { descriptors, connectionMemory }: TierModel,
  idle: (key: string, why: string, instead: string) => void,
): void => {
  const why = "no client holds a connection to the tier";
  const instead = "write connections in an entry at the tier, or leave it out";
  if (descriptors !== DESCRIPTORS_DEFAULT) idle("descriptors", why, instead);
  if (connectionMemory !== 0) idle("connection-memory", why, instead);
};

const checkEntry = (
  name: string,
  entry: EntryModel,
  reached: readonly string[],
  { tiers }: ServicesModel,
  context: CheckContext,
): void => {
  const path = ["services", "entries", name];
  checkCaller(entry, [tiers[entry.tier]!], path, context);
  const usesPriority = ({ admission, queueOrder }: TierModel): boolean =>
    queueOrder === "priority" || admission.kind === "priority" || admission.kind === "response-time";
  if (entry.priority !== 0 && !reached.some((tier) => usesPriority(tiers[tier]!)))
    reportNoEffect(
      context,
      [...path, "priority"],
      "no tier that its tasks reach has a queue or an admission control by priority",
      `write queue-order: priority or admission: priority in a tier, such as ${entry.tier}, or leave it out`,
    );
};

const checkCaller = (
  { retries, backOff, balance }: CallerModel,
  called: readonly TierModel[],
  path: Path,
  context: CheckContext,
): void => {
  if (balance.kind !== "random" && called.every(({ machines }) => machines === 1))
    reportNoEffect(
      context,
      [...path, "balance"],
      "there is one machine to choose from",
      "write machines: 2 or more in the tier that is called, or leave it out",
    );
  checkKind("retries", retries.kind, [...path, "retries"], context);
  if (backOff !== 0 && retries.kind === "none")
    reportNoEffect(
      context,
      [...path, "back-off"],
      "it is the wait before a retry, and there are no retries",
      "write retries: naive or budget, or leave it out",
    );
};

/** Reports parameters that another kind of the same thing has. */
const checkKind = (thing: keyof typeof OF_KIND, kind: string, path: Path, context: CheckContext): void => {
  const kinds: Readonly<Record<string, readonly string[]>> = OF_KIND[thing];
  for (const key of new Set(Object.values(kinds).flat())) {
    if (kinds[kind]!.includes(key)) continue;
    const others = Object.keys(kinds).filter((other) => kinds[other]!.includes(key));
    const name = thing === "work" ? "law" : "kind";
    reportNoEffect(
      context,
      [...path, key],
      `${name}: ${kind} does not use it`,
      `write ${name}: ${others.join(" or ")}, or leave it out`,
    );
  }
};

/**
 * Derives the route of a task through the tiers: its requests, their order and their sizes on the wire. An entry lists
 * tiers, or names a method of the backbone's service definition, which defines the calls.
 */
import { backboneMethods, type Method } from "./backbone.ts";
import type { EntryModel, ServicesModel } from "./shape.ts";
import { didYouMean } from "../suggest.ts";

/** Longest chain of tiers that call one another (chosen; three are usual). */
const DEPTH_MAX = 6;
/** Highest number of requests per task (chosen). */
const REQUESTS_MAX = 256;

/** One request of a task, with the calls that it makes. */
export interface TaskRoute {
  /** Tier that serves it. */
  readonly tier: string;
  /** Number in the task, from 0; it names the draws of the request. */
  readonly place: number;
  /** Encoded size; 0 without a method. */
  readonly requestBytes: number;
  /** Encoded size of the reply; 0 without a method. */
  readonly replyBytes: number;
  /** Calls that it makes, one after another. */
  readonly calls: readonly TaskRoute[];
}

/** Why an entry has no route. */
export interface WrongRoute {
  /** Field of the entry with the problem. */
  readonly field: "tier" | "method";
  /** What is wrong. */
  readonly wrong: string;
  /** What to write. */
  readonly hint: string;
}

/** Ends the search for a route from any depth of calls; thrown and caught in this file only. */
class Lost extends Error {
  readonly why: WrongRoute;

  constructor(why: WrongRoute) {
    super(why.wrong);
    this.why = why;
  }
}

/** Returns the route of an entry's tasks, or why there is none. Tiers that it names must exist. */
export const routeOf = (services: ServicesModel, entry: EntryModel): { readonly route: TaskRoute } | WrongRoute => {
  let places = 0;
  const place = (depth: number): number => {
    const field = entry.method === undefined ? "tier" : "method";
    if (depth > DEPTH_MAX)
      throw new Lost({
        field,
        wrong: "its calls form a cycle or are too deep",
        hint: `write calls without a cycle, at most ${String(DEPTH_MAX)} deep`,
      });
    if (places >= REQUESTS_MAX)
      throw new Lost({
        field,
        wrong: "a task makes too many requests",
        hint: `write fewer calls: at most ${String(REQUESTS_MAX)}`,
      });
    return places++;
  };
  const byTiers = (tier: string, calls: readonly string[], depth: number): TaskRoute => ({
    tier,
    place: place(depth),
    requestBytes: 0,
    replyBytes: 0,
    calls: calls.map((name) => byTiers(name, services.tiers[name]!.calls, depth + 1)),
  });
  const byMethod = (tier: string, { requestBytes, replyBytes, calls }: Method, depth: number): TaskRoute => ({
    tier,
    place: place(depth),
    requestBytes,
    replyBytes,
    calls: calls.map((name) => {
      const method = backboneMethods().get(name)!;
      return byMethod(serverOf(services, tier, method), method, depth + 1);
    }),
  });
  try {
    if (entry.method === undefined)
      return { route: byTiers(entry.tier, entry.calls ?? services.tiers[entry.tier]!.calls, 1) };
    return { route: byMethod(entry.tier, methodOf(services, entry, entry.method), 1) };
  } catch (error) {
    if (error instanceof Lost) return error.why;
    throw error;
  }
};

const methodOf = ({ tiers }: ServicesModel, { tier }: EntryModel, name: string): Method => {
  const methods = backboneMethods();
  const method = methods.get(name);
  const lost = (wrong: string, hint: string): Lost => new Lost({ field: "method", wrong, hint });
  if (method === undefined)
    throw lost(`"${name}" is not a method of the backbone`, didYouMean(name, [...methods.keys()]));
  const { serves } = tiers[tier]!;
  if (serves !== method.service)
    throw lost(`the tier ${tier} serves ${serves ?? "no service"}`, `write serves: ${method.service} in the tier`);
  return method;
};

/** Returns the tier that serves a method, among those that a tier calls. */
const serverOf = ({ tiers }: ServicesModel, caller: string, { name, service }: Method): string => {
  const found = tiers[caller]!.calls.find((tier) => tiers[tier]!.serves === service);
  if (found !== undefined) return found;
  throw new Lost({
    field: "method",
    wrong: `no tier that ${caller} calls serves ${name}`,
    hint: `write serves: ${service} in a tier, and add the tier to the calls of ${caller}`,
  });
};

/** Returns the names of the tiers that a route reaches, each request by itself. */
export const tiersOf = ({ tier, calls }: TaskRoute): readonly string[] => [tier, ...calls.flatMap(tiersOf)];

/** Returns the names of the tiers that an entry's tasks reach; none if it has no route. */
export const tiersReached = (services: ServicesModel, entry: EntryModel): ReadonlySet<string> => {
  const read = routeOf(services, entry);
  return new Set("route" in read ? tiersOf(read.route) : []);
};

/**
 * The way of a task through the tiers: which requests it becomes, in which order, and how large they are on the wire.
 * An entry says it by naming tiers, or by naming a method of the backbone's service definition, which knows the rest.
 */
import { backboneMethods, type Method } from "./backbone.ts";
import type { EntryModel, ServicesModel } from "./shape.ts";
import { didYouMean } from "../suggest.ts";

/** Tiers that call one another, in a row (chosen; three are usual). */
const DEPTH_MAX = 6;
/** Requests that one task becomes (chosen). */
const REQUESTS_MAX = 256;

/** One request of a task, and those that are made on its way. */
export interface Route {
  readonly tier: string;
  /** Its number in the task, from 0: it names what is drawn for it. */
  readonly place: number;
  /** Encoded; 0 where no method is named. */
  readonly requestBytes: number;
  readonly replyBytes: number;
  readonly calls: readonly Route[];
}

export interface WrongRoute {
  /** Field of the entry that it is about. */
  readonly field: "tier" | "method";
  readonly wrong: string;
  readonly hint: string;
}

/** Thrown and caught here only: a way is followed many calls deep. */
class Lost extends Error {
  readonly why: WrongRoute;

  constructor(why: WrongRoute) {
    super(why.wrong);
    this.why = why;
  }
}

/** The way of an entry's tasks, or why there is none. Tiers that it names must exist. */
export const routeOf = (services: ServicesModel, entry: EntryModel): { readonly route: Route } | WrongRoute => {
  let places = 0;
  const place = (depth: number): number => {
    const field = entry.method === undefined ? "tier" : "method";
    if (depth > DEPTH_MAX)
      throw new Lost({
        field,
        wrong: "its calls go round, or too deep",
        hint: `tiers may call one another ${String(DEPTH_MAX)} deep, in no circle`,
      });
    if (places >= REQUESTS_MAX)
      throw new Lost({ field, wrong: "a task becomes too many requests", hint: `at most ${String(REQUESTS_MAX)}` });
    return places++;
  };
  const byTiers = (tier: string, calls: readonly string[], depth: number): Route => ({
    tier,
    place: place(depth),
    requestBytes: 0,
    replyBytes: 0,
    calls: calls.map((name) => byTiers(name, services.tiers[name]!.calls, depth + 1)),
  });
  const byMethod = (tier: string, { requestBytes, replyBytes, calls }: Method, depth: number): Route => ({
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

/** Of the tiers that a tier may call, the one that serves a method. */
const serverOf = ({ tiers }: ServicesModel, caller: string, { name, service }: Method): string => {
  const found = tiers[caller]!.calls.find((tier) => tiers[tier]!.serves === service);
  if (found !== undefined) return found;
  throw new Lost({
    field: "method",
    wrong: `nobody whom ${caller} calls serves ${name}`,
    hint: `write serves: ${service} in a tier, and its name in the calls of ${caller}`,
  });
};

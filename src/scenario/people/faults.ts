/** What can go wrong for people: on network paths, at gateways and servers, and on the way of their telemetry. */
import { z } from "zod";
import { duration, either, fields, number, oneOrMore, share } from "../fields.ts";
import type { Effect, FaultOf, Selection, Target } from "../section.ts";
import { selector } from "../where.ts";
import { pathsOf, picksSomething, type PathsWorld } from "./paths.ts";

const DIRECTIONS = ["both", "up", "down"] as const;
const USERS = ["region", "carrier", "access", "gateway"] as const;
const FLEET = ["centre", "line", "server"] as const;

/** Selectors of network paths, from a user's region to a server's port; interventions pick from them. */
export const pathSelectors = {
  region: selector("A region"),
  carrier: selector("The users' carrier"),
  access: selector("A kind of access"),
  gateway: selector("A gateway, such as cq-unicom-3g-2"),
  centre: selector("A centre"),
  line: selector("The carrier whose line into the centre is used"),
  server: selector("A server, such as shenzhen-mobile-1"),
  port: z.exactOptional(oneOrMore(z.int().min(1).max(65_535), "A port; one or a list of alternatives")),
  crossing: z.exactOptional(
    z.boolean().meta({ description: "True: only paths that change carrier on the way; false: only those that do not" }),
  ),
};

export const pathWhere = fields(pathSelectors, "Which paths: all that match every selector given");

/** Which paths something touches. A missing selector matches all; lists are alternatives; all given selectors must match. */
export type PathWhere = Selection<typeof pathSelectors>;

const effects = {
  loss: {
    field: z.exactOptional(
      either(
        share("Packets lost on top, both ways").transform((value) => ({ share: value, direction: "both" as const })),
        fields(
          {
            share: share("Packets lost on top, each way that it touches"),
            direction: z.enum(DIRECTIONS).default("both").meta({ description: "up, down or both" }),
          },
          "Loss of one direction",
        ),
        "Packets lost on top of what the path loses, per direction",
      ),
    ),
  },
  delay: { field: z.exactOptional(duration("Added to the round trip")) },
  block: {
    field: z.exactOptional(
      z.enum(["drop", "reset"]).meta({ description: "Nothing passes: drop is silence, reset answers with a refusal" }),
    ),
  },
  "cut-over": {
    field: z.exactOptional(
      z.boolean().meta({ description: "Exit IPs change and NAT state is lost once, when the fault begins" }),
    ),
  },
  "nat-timeout": {
    field: z.exactOptional(duration("NAT forgets a silent link after this", { positive: true })),
    honours: USERS,
    instead: "NAT is the gateway's: name a region, carrier, access or gateway",
  },
  down: {
    field: z.exactOptional(
      z.enum(["silent", "reset", "drained"]).meta({
        description:
          "A gateway, server, line or centre stops: packets vanish, sockets are closed, or clients are told first",
      }),
    ),
    check: (where: PathWhere, path, report) => {
      const isDestination = [...FLEET, "port" as const].some((one) => where[one] !== undefined);
      if (!(where.gateway ?? where.server ?? where.centre ?? where.line))
        report(
          [...path, "down"],
          "nothing is named that could stop",
          "name a gateway, server, line or centre in where",
        );
      for (const one of isDestination ? ([...USERS, "port", "crossing"] as const) : (["crossing"] as const))
        if (where[one] !== undefined)
          report(
            [...path, "where", one],
            `${one} does not apply to down`,
            isDestination ? "servers are down for everybody: name a centre, line or server" : "name gateways only",
          );
    },
  },
  slow: {
    field: z.exactOptional(number("Servers serve this many times slower; 1 is no fault", { min: 1, max: 1_000 })),
    honours: FLEET,
    instead: "servers are slow for everybody: name a centre, line or server",
  },
  surge: {
    field: z.exactOptional(
      number("This many times as many people log in anew a second; 1 is no fault", { min: 1, max: 1_000 }),
    ),
    honours: USERS,
    instead: "people log in wherever they are routed: name a region, carrier, access or gateway",
  },
  telemetry: {
    field: z.exactOptional(
      fields(
        {
          lost: share("Client reports lost on the way to the scheduler").prefault("0 %"),
          late: duration("How much later the others arrive").prefault("0 s"),
        },
        "Reports lost and late",
      ),
    ),
    honours: [],
    instead: "it is one feed for all: write where: {}",
  },
} satisfies Readonly<Record<string, Effect>>;

/** The first target of all: a fault that selects nothing strikes all paths. */
export const PEOPLE_TARGETS = {
  paths: {
    noun: "network paths",
    selectors: pathSelectors,
    effects,
    picks: (where: PathWhere, world: PathsWorld) =>
      picksSomething(where, pathsOf(world)) ? undefined : "picks no path: no users go that way",
  },
} satisfies Readonly<Record<string, Target>>;

export type PeopleFault = FaultOf<{ readonly targets: typeof PEOPLE_TARGETS }>;

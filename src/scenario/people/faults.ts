/** Faults of people: on network paths, at gateways and servers, and in telemetry. */
import { z } from "zod";
import { duration, either, factor, fields, oneOrMore, share } from "../fields.ts";
import type { Effect, FaultOf, Selection, Target } from "../section.ts";
import { selector } from "../where.ts";
import { pathsOf, picksSomething, type PathsWorld } from "./paths.ts";

const DIRECTIONS = ["both", "up", "down"] as const;
const USERS = ["region", "carrier", "access", "gateway"] as const;
const FLEET = ["centre", "line", "server"] as const;

/** Selectors of network paths, from a user's region to a server's port; interventions use some of them. */
export const pathSelectors = {
  region: selector("Region of the users"),
  carrier: selector("Carrier of the users"),
  access: selector("Kind of access of the users"),
  gateway: selector("Gateway, such as cq-unicom-3g-2"),
  centre: selector("Centre"),
  line: selector("Carrier of the line into the centre"),
  server: selector("Access server, such as shenzhen-mobile-1"),
  port: z.exactOptional(oneOrMore(z.int().min(1).max(65_535), "Port, or a list of alternatives")),
  crossing: z.exactOptional(
    z.boolean().meta({
      description: "true: only paths whose line belongs to another carrier than the user; false: only other paths",
    }),
  ),
};

/** The schema of a `where` that selects network paths. */
export const pathWhere = fields(pathSelectors, "Affected paths: all that match every selector given");

/** A selection of paths: a path must match every given selector, a list is one of alternatives. */
export type PathWhere = Selection<typeof pathSelectors>;

const effects = {
  loss: {
    field: z.exactOptional(
      either(
        share("Additional packet loss, each way").transform((value) => ({ share: value, direction: "both" as const })),
        fields(
          {
            share: share("Additional packet loss in each affected direction"),
            direction: z
              .enum(DIRECTIONS)
              .default("both")
              .meta({ description: "Affected direction: up, down or both (default)" }),
          },
          "Additional packet loss by direction",
        ),
        "Packet loss in addition to that of the path: a share for each way, or with a direction",
      ),
    ),
  },
  delay: { field: z.exactOptional(duration("Additional round-trip delay")) },
  block: {
    field: z.exactOptional(
      z
        .enum(["drop", "reset"])
        .meta({ description: "Blocks all packets: drop discards them silently, reset answers with RST" }),
    ),
  },
  "cut-over": {
    field: z.exactOptional(
      z.boolean().meta({ description: "true: exit IPs change and NAT state is lost, once, when the fault begins" }),
    ),
  },
  "nat-timeout": {
    field: z.exactOptional(duration("Idle time after which the NAT drops a mapping", { positive: true })),
    honours: USERS,
    instead: "NAT belongs to gateways: select a region, carrier, access or gateway",
  },
  down: {
    field: z.exactOptional(
      z.enum(["silent", "reset", "drained"]).meta({
        description:
          "A gateway, server, line or centre stops. silent: packets are dropped; reset: sockets are closed; drained: it takes nobody new, its clients are led elsewhere, and it is off after 5 min, a gateway after 1 min. A centre, line or server is down for everybody, without region, carrier, access or gateway",
      }),
    ),
    honours: [...USERS, ...FLEET],
    instead: "ports and paths are blocked, not down: write block, or remove it",
    check: (where: PathWhere, path, report) => {
      if (!(where.gateway ?? where.server ?? where.centre ?? where.line))
        report(
          [...path, "down"],
          "selects nothing that can be down",
          "select a gateway, server, line or centre in where",
        );
      if (FLEET.every((one) => where[one] === undefined)) return;
      for (const one of USERS)
        if (where[one] !== undefined)
          report(
            [...path, "where", one],
            `${one} does not apply to down`,
            "a server is down for all clients: select only a centre, line or server, or only a gateway",
          );
    },
  },
  slow: {
    field: z.exactOptional(factor("service times of servers grow")),
    honours: FLEET,
    instead: "a server is slow for all clients: select a centre, line or server",
  },
  surge: {
    field: z.exactOptional(factor("the rate of new logins grows")),
    honours: USERS,
    instead: "a surge comes from users, wherever they are routed: select a region, carrier, access or gateway",
  },
  telemetry: {
    field: z.exactOptional(
      fields(
        {
          lost: share("Share of client reports that are lost on the way to the scheduler").prefault("0 %"),
          late: duration("Additional delay of the other reports").prefault("0 s"),
        },
        "Loss and delay of client reports to the scheduler",
      ),
    ),
    honours: [],
    instead: "telemetry is one feed for all users: write where: {}",
  },
} satisfies Readonly<Record<string, Effect>>;

/** The kinds of place of this section; a fault without selectors targets all paths. */
export const PEOPLE_TARGETS = {
  paths: {
    noun: "network paths",
    selectors: pathSelectors,
    effects,
    picks: (where: PathWhere, world: PathsWorld) =>
      picksSomething(where, pathsOf(world)) ? undefined : "matches no path that users take",
  },
} satisfies Readonly<Record<string, Target>>;

/** A fault of this section. */
export type PeopleFault = FaultOf<{ readonly targets: typeof PEOPLE_TARGETS }>;

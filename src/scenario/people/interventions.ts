/** Interventions for people: gateways and servers out of service, routes, capacity, moves and evacuations. */
import { z } from "zod";
import type { EvacuationPlan } from "../../algorithms/scheduling/messages.ts";
import type { Duration, Instant } from "../../base/units.ts";
import { count, duration, fields, share, text } from "../fields.ts";
import type { Path } from "../positions.ts";
import type { ActionContext, ActionKind } from "../section.ts";
import { checkName, checkNames } from "../where.ts";
import { pathSelectors, pathWhere, type PathWhere } from "./faults.ts";
import { pathsOf, type PathsWorld, picksSomething } from "./paths.ts";

/** An action of operators or carriers. */
export type InterventionAction =
  /** Takes a gateway, server or centre out of service gracefully, or puts it back; its users are routed to siblings. */
  | { readonly kind: "withdraw" | "restore"; readonly where: PathWhere }
  /** The carrier restores a route; this ends the faults whose `until` names it. */
  | { readonly kind: "restore-route"; readonly where: PathWhere }
  /** Permanently adds loss and delay; a negative value removes some. */
  | { readonly kind: "change"; readonly where: PathWhere; readonly loss: number; readonly delay: number }
  | {
      readonly kind: "add-capacity";
      readonly where: PathWhere;
      readonly connections: number;
      readonly logins: number;
    }
  /** Overrides the dispatch table: the users in `where` are routed to the centre `to`. */
  | { readonly kind: "move"; readonly where: PathWhere; readonly to: string }
  | { readonly kind: "pause-scheduler"; readonly lasting: Duration }
  /** Moves all users of a centre to the others, at a limited pace. */
  | { readonly kind: "evacuate"; readonly plan: EvacuationPlan }
  | { readonly kind: "evacuation"; readonly order: "pause" | "resume" | "roll-back" };

const { gateway, server, centre, line, region, carrier } = pathSelectors;

type Of<K extends InterventionAction["kind"]> = InterventionAction & { readonly kind: K };

const checkWhere = (where: PathWhere, path: Path, { names, world, report }: ActionContext): void => {
  if (!checkNames(where, path, names, report) || names["gateway"] === undefined) return;
  if (!picksSomething(where, pathsOf(world as PathsWorld)))
    report(path, "matches no path that users take", "change the selectors: they contradict one another");
};

const service = (kind: "withdraw" | "restore", description: string): ActionKind<Of<"withdraw" | "restore">> => ({
  field: z.exactOptional(fields({ gateway, server, centre }, description)),
  resolve: (where: PathWhere) => ({ kind, where }),
  check({ where }: Of<"withdraw" | "restore">, path, context) {
    checkWhere(where, [...path, kind], context);
    if (Object.keys(where).length !== 1)
      context.report([...path, kind], "needs exactly one selector", "write one of gateway, server or centre");
  },
});

const restoreRoute: ActionKind<Of<"restore-route">> = {
  field: z.exactOptional(
    fields(pathSelectors, "Restore a route of a carrier; this ends the faults whose until names it"),
  ),
  resolve: (where: PathWhere) => ({ kind: "restore-route", where }),
  check({ where }: Of<"restore-route">, path, context) {
    checkWhere(where, [...path, "restore-route"], context);
  },
};

const change: ActionKind<Of<"change">> = {
  field: z.exactOptional(
    fields(
      {
        where: pathWhere,
        loss: share("Change of the packet loss, each way; may be negative", { signed: true }).prefault("0 %"),
        delay: duration("Change of the round-trip delay; may be negative", { signed: true }).prefault("0 s"),
      },
      "Change loss and delay of paths permanently",
    ),
  ),
  resolve: (given: Omit<Of<"change">, "kind">) => ({ kind: "change", ...given }),
  check({ where }: Of<"change">, path, context) {
    checkWhere(where, [...path, "change", "where"], context);
  },
};

const addCapacity: ActionKind<Of<"add-capacity">> = {
  field: z.exactOptional(
    fields(
      {
        where: fields({ centre, line, server }, "Affected servers"),
        connections: count("Additional connections per server").prefault(0),
        logins: count("Additional logins per second and server").prefault(0),
      },
      "Add capacity to servers",
    ),
  ),
  resolve: (given: Omit<Of<"add-capacity">, "kind">) => ({ kind: "add-capacity", ...given }),
  check({ where }: Of<"add-capacity">, path, context) {
    checkWhere(where, [...path, "add-capacity", "where"], context);
  },
};

const checkCentre = (name: string, path: Path, { names, report }: ActionContext): void => {
  if (names["centre"] !== undefined)
    checkName("centre", name, names["centre"], (message, hint) => {
      report(path, message, hint);
    });
};

const move: ActionKind<Of<"move">> = {
  field: z.exactOptional(
    fields(
      { where: fields({ region, carrier, gateway }, "Affected users"), to: text("Centre to which they are routed") },
      "Route users to a centre, overriding the scheduler",
    ),
  ),
  resolve: (given: Omit<Of<"move">, "kind">) => ({ kind: "move", ...given }),
  check({ where, to }: Of<"move">, path, context) {
    checkWhere(where, [...path, "move", "where"], context);
    checkCentre(to, [...path, "move", "to"], context);
  },
};

const evacuateField = fields(
  {
    centre: text("Centre whose users are moved to the others"),
    within: duration("Time in which all users, or those of one batch, are moved", { positive: true }),
    batch: z.exactOptional(count("Users per batch; by default all users are one batch", { min: 1 })),
    rest: duration("Pause after each batch").prefault("0 s"),
    avoid: z
      .array(
        fields(
          {
            from: duration("Start time, counted from the start of the run"),
            to: duration("End time, counted from the start of the run", { positive: true }),
          },
          "Part of the run",
        ),
      )
      .max(100)
      .default([])
      .meta({
        description: "Times in which no users are moved, such as the evening peak; no batch extends into one",
      }),
    "heeds-health": z
      .boolean()
      .default(true)
      .meta({ description: "false: move all users to the nearest centre, regardless of its capacity and health" }),
  },
  "Move a centre's users to the others, state first, at a pace that these can sustain",
);

const evacuate: ActionKind<Of<"evacuate">> = {
  field: z.exactOptional(evacuateField),
  resolve: ({ avoid, batch, ...plan }: z.output<typeof evacuateField>) => ({
    kind: "evacuate",
    plan: {
      ...plan,
      batch,
      avoid: avoid.map(({ from, to }) => ({ from: from as number as Instant, to: to as number as Instant })),
    },
  }),
  check({ plan }: Of<"evacuate">, path, context) {
    const { names, report } = context;
    checkCentre(plan.centre, [...path, "evacuate", "centre"], context);
    if (names["centre"]?.length === 1)
      report([...path, "evacuate", "centre"], "is the only centre", "add another centre to which its users can move");
    plan.avoid.forEach(({ from, to }, place) => {
      if (to <= from)
        report(
          [...path, "evacuate", "avoid", place, "to"],
          "ends before it begins",
          "write a later time; both are counted from the start of the run",
        );
    });
  },
};

const evacuation: ActionKind<Of<"evacuation">> = {
  field: z.exactOptional(
    z
      .enum(["pause", "resume", "roll-back"])
      .meta({ description: "Pause or resume the running evacuation, or move its users back" }),
  ),
  resolve: (order: Of<"evacuation">["order"]) => ({ kind: "evacuation", order }),
};

const pauseScheduler: ActionKind<Of<"pause-scheduler">> = {
  field: z.exactOptional(duration("Pause the scheduler: it moves no users for this time", { positive: true })),
  resolve: (lasting: Duration) => ({ kind: "pause-scheduler", lasting }),
};

/** The actions of this section, by key in the file. */
export const PEOPLE_INTERVENTIONS = {
  withdraw: service("withdraw", "Take a gateway, server or centre out of service gracefully"),
  restore: service("restore", "Put a gateway, server or centre back into service"),
  "restore-route": restoreRoute,
  change,
  "add-capacity": addCapacity,
  move,
  evacuate,
  evacuation,
  "pause-scheduler": pauseScheduler,
} satisfies Readonly<Record<InterventionAction["kind"], ActionKind>>;

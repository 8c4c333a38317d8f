/** What operators and carriers do for people: gateways and servers out of service, routes, capacity, moves and evacuations. */
import { z } from "zod";
import type { EvacuationPlan } from "../../algorithms/scheduling/messages.ts";
import type { Duration, Instant } from "../../base/units.ts";
import { count, duration, fields, share, text } from "../fields.ts";
import type { Path } from "../positions.ts";
import type { ActionContext, ActionKind } from "../section.ts";
import { checkName, checkNames } from "../where.ts";
import { pathSelectors, pathWhere, type PathWhere } from "./faults.ts";
import { pathsOf, type PathsWorld, picksSomething } from "./paths.ts";

export type InterventionAction =
  /** Takes a gateway, server or centre out of service in good order: its users are routed to siblings. */
  | { readonly kind: "withdraw" | "restore"; readonly where: PathWhere }
  /** The carrier puts a route back; what it heals are the faults whose `until` names it. */
  | { readonly kind: "restore-route"; readonly where: PathWhere }
  /** Adds (or with a minus sign removes) loss and delay from then on. */
  | { readonly kind: "change"; readonly where: PathWhere; readonly loss: number; readonly delay: number }
  | {
      readonly kind: "add-capacity";
      readonly where: PathWhere;
      readonly connections: number;
      readonly logins: number;
    }
  /** Operators override the dispatch table: the users in `where` are routed to this centre. */
  | { readonly kind: "move"; readonly where: PathWhere; readonly to: string }
  | { readonly kind: "pause-scheduler"; readonly lasting: Duration }
  /** Everybody is moved out of a centre, at a pace. */
  | { readonly kind: "evacuate"; readonly plan: EvacuationPlan }
  | { readonly kind: "evacuation"; readonly order: "pause" | "resume" | "roll-back" };

const { gateway, server, centre, line, region, carrier } = pathSelectors;

type Of<K extends InterventionAction["kind"]> = InterventionAction & { readonly kind: K };

const checkWhere = (where: PathWhere, path: Path, { names, world, report }: ActionContext): void => {
  if (!checkNames(where, path, names, report) || names["gateway"] === undefined) return;
  if (!picksSomething(where, pathsOf(world as PathsWorld)))
    report(path, "picks no path: no users go that way", "these selectors contradict one another");
};

const service = (kind: "withdraw" | "restore", description: string): ActionKind<Of<"withdraw" | "restore">> => ({
  field: z.exactOptional(fields({ gateway, server, centre }, description)),
  resolve: (where: PathWhere) => ({ kind, where }),
  check({ where }: Of<"withdraw" | "restore">, path, context) {
    checkWhere(where, [...path, kind], context);
    if (Object.keys(where).length !== 1)
      context.report([...path, kind], "names no single target", "write one of gateway, server or centre");
  },
});

const restoreRoute: ActionKind<Of<"restore-route">> = {
  field: z.exactOptional(
    fields(pathSelectors, "The carrier puts a route back; it heals the faults whose until names it"),
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
        loss: share("Added to the loss each way; may be negative", { signed: true }).prefault("0 %"),
        delay: duration("Added to the round trip; may be negative", { signed: true }).prefault("0 s"),
      },
      "Loss and delay from then on",
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
        where: fields({ centre, line, server }, "Which servers"),
        connections: count("More connections for each server").prefault(0),
        logins: count("More logins a second for each server").prefault(0),
      },
      "More of each server",
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
      { where: fields({ region, carrier, gateway }, "Whose users"), to: text("The centre they are routed to") },
      "Route users to a centre",
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
    centre: text("The centre whose people are moved to the others"),
    within: duration("Everybody, or everybody of a batch, within this long", { positive: true }),
    batch: z.exactOptional(count("People of a batch; everybody is one batch without", { min: 1 })),
    rest: duration("Pause after a batch").prefault("0 s"),
    avoid: z
      .array(
        fields(
          { from: duration("From the start of the run"), to: duration("Until then", { positive: true }) },
          "A time of the run",
        ),
      )
      .max(100)
      .default([])
      .meta({
        description: "Nobody is moved in these times, such as the evening peak, and no batch reaches into one",
      }),
    "heeds-health": z
      .boolean()
      .default(true)
      .meta({ description: "false: moves everybody to the nearest, whatever room and distress there is" }),
  },
  "Move a centre's people to the others, state first, at a pace that the survivors bear",
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
      report([...path, "evacuate", "centre"], "is the only centre", "its people need another to go to");
    plan.avoid.forEach(({ from, to }, place) => {
      if (to <= from)
        report(
          [...path, "evacuate", "avoid", place, "to"],
          "ends before it begins",
          "both count from the start of the run",
        );
    });
  },
};

const evacuation: ActionKind<Of<"evacuation">> = {
  field: z.exactOptional(
    z
      .enum(["pause", "resume", "roll-back"])
      .meta({ description: "Hold the evacuation, let it go on, or take it back" }),
  ),
  resolve: (order: Of<"evacuation">["order"]) => ({ kind: "evacuation", order }),
};

const pauseScheduler: ActionKind<Of<"pause-scheduler">> = {
  field: z.exactOptional(duration("For this long the scheduler moves nobody", { positive: true })),
  resolve: (lasting: Duration) => ({ kind: "pause-scheduler", lasting }),
};

/** By the key that a file writes. */
export const PEOPLE_INTERVENTIONS = {
  withdraw: service("withdraw", "Take a gateway, server or centre out of service in good order"),
  restore: service("restore", "Put it back"),
  "restore-route": restoreRoute,
  change,
  "add-capacity": addCapacity,
  move,
  evacuate,
  evacuation,
  "pause-scheduler": pauseScheduler,
} satisfies Readonly<Record<InterventionAction["kind"], ActionKind>>;

/** Interventions: what operators and carriers do about it, each one action at one time. */
import { z } from "zod";
import type { Duration, Instant } from "../base/units.ts";
import { count, duration, fields, id, share, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { demandOneOf, judgeFields, type Fields } from "./judge.ts";
import type { MapNode, Path } from "./positions.ts";
import type { EvacuationPlan } from "../algorithms/scheduling/messages.ts";
import type { Intervention, InterventionAction } from "./scenario.ts";
import { checkName, checkWhere, selectors, whereField, type Names } from "./where.ts";

const { gateway, server, centre, line, region, carrier } = selectors;
const target = (description: string) => z.exactOptional(fields({ gateway, server, centre }, description));

const actions = {
  withdraw: target("Take a gateway, server or centre out of service in good order"),
  restore: target("Put it back"),
  "restore-route": z.exactOptional(
    fields(selectors, "The carrier puts a route back; it heals the faults whose until names it"),
  ),
  change: z.exactOptional(
    fields(
      {
        where: whereField,
        loss: share("Added to the loss each way; may be negative", { signed: true }).prefault("0 %"),
        delay: duration("Added to the round trip; may be negative", { signed: true }).prefault("0 s"),
      },
      "Loss and delay from then on",
    ),
  ),
  "add-capacity": z.exactOptional(
    fields(
      {
        where: fields({ centre, line, server }, "Which servers"),
        connections: count("More connections for each server").prefault(0),
        logins: count("More logins a second for each server").prefault(0),
      },
      "More of each server",
    ),
  ),
  move: z.exactOptional(
    fields(
      { where: fields({ region, carrier, gateway }, "Whose users"), to: text("The centre they are led to") },
      "Lead users to a centre",
    ),
  ),
  evacuate: z.exactOptional(
    fields(
      {
        centre: text("The centre whose people are led to the others"),
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
            description: "Nobody is led in these times, such as the evening peak, and no batch reaches into one",
          }),
        "heeds-health": z
          .boolean()
          .default(true)
          .meta({ description: "false: leads everybody to the nearest, whatever room and distress there is" }),
      },
      "Lead a centre's people to the others, state first, at a pace that the survivors bear",
    ),
  ),
  evacuation: z.exactOptional(
    z
      .enum(["pause", "resume", "roll-back"])
      .meta({ description: "Hold the evacuation, let it go on, or take it back" }),
  ),
  "pause-scheduler": z.exactOptional(duration("For this long the scheduler moves nobody", { positive: true })),
};

const ACTION_KEYS = Object.keys(actions);

export const interventionShape = {
  id: id("What the rest of the scenario and reports call it"),
  at: duration("When it takes effect, from the start of the run"),
  ...actions,
};

interface Surroundings {
  readonly duration: Duration | undefined;
  readonly names: Names;
  readonly report: Reporter;
}

/** The intervention, or undefined when it cannot be told; that is reported. */
export const resolveIntervention = (item: MapNode, path: Path, around: Surroundings): Intervention | undefined => {
  const { report } = around;
  demandOneOf(ACTION_KEYS, interventionShape, { item, path, report }, "does nothing");
  const [first, second] = [...item.entries.keys()].filter((key) => ACTION_KEYS.includes(key));
  if (first !== undefined && second !== undefined)
    report([...path, second], `does two things: ${first} and ${second}`, "write two interventions", "key");
  const given = judgeFields(interventionShape, item, path, report);
  if (given.at !== undefined && around.duration !== undefined && given.at >= around.duration)
    report([...path, "at"], "the run is over by then", "run.duration is shorter");
  const action = actionOf(given);
  if (action !== undefined) checkAction(action, path, around);
  if (given.id === undefined || given.at === undefined || action === undefined) return undefined;
  return { id: given.id, at: given.at as number as Instant, action };
};

const actionOf = (given: Fields<typeof interventionShape>): InterventionAction | undefined => {
  if (given.withdraw !== undefined) return { kind: "withdraw", where: given.withdraw };
  if (given.restore !== undefined) return { kind: "restore", where: given.restore };
  if (given["restore-route"] !== undefined) return { kind: "restore-route", where: given["restore-route"] };
  if (given.change !== undefined) return { kind: "change", ...given.change };
  if (given["add-capacity"] !== undefined) return { kind: "add-capacity", ...given["add-capacity"] };
  if (given.move !== undefined) return { kind: "move", ...given.move };
  if (given["pause-scheduler"] !== undefined) return { kind: "pause-scheduler", lasting: given["pause-scheduler"] };
  if (given.evacuate !== undefined) return { kind: "evacuate", plan: planOf(given.evacuate) };
  if (given.evacuation !== undefined) return { kind: "evacuation", order: given.evacuation };
  return undefined;
};

type Evacuate = NonNullable<Fields<typeof interventionShape>["evacuate"]>;

const planOf = ({ avoid, batch, ...plan }: Evacuate): EvacuationPlan => ({
  ...plan,
  batch,
  avoid: avoid.map(({ from, to }) => ({ from: from as number as Instant, to: to as number as Instant })),
});

const checkAction = (action: InterventionAction, path: Path, { names, report }: Surroundings): void => {
  switch (action.kind) {
    case "withdraw":
    case "restore":
      checkWhere(action.where, [...path, action.kind], names, report);
      if (Object.keys(action.where).length !== 1)
        report([...path, action.kind], "names no single target", "write one of gateway, server or centre");
      return;
    case "restore-route":
      checkWhere(action.where, [...path, action.kind], names, report);
      return;
    case "change":
    case "add-capacity":
      checkWhere(action.where, [...path, action.kind, "where"], names, report);
      return;
    case "move": {
      checkWhere(action.where, [...path, "move", "where"], names, report);
      const centres = names.centre;
      if (centres !== undefined)
        checkName("centre", action.to, centres, (message, hint) => {
          report([...path, "move", "to"], message, hint);
        });
      return;
    }
    case "evacuate": {
      const { centre, avoid } = action.plan;
      if (names.centre !== undefined)
        checkName("centre", centre, names.centre, (message, hint) => {
          report([...path, "evacuate", "centre"], message, hint);
        });
      if (names.centre?.length === 1)
        report([...path, "evacuate", "centre"], "is the only centre", "its people need another to go to");
      avoid.forEach(({ from, to }, place) => {
        if (to <= from)
          report(
            [...path, "evacuate", "avoid", place, "to"],
            "ends before it begins",
            "both count from the start of the run",
          );
      });
      return;
    }
    case "evacuation":
    case "pause-scheduler":
      return;
  }
};

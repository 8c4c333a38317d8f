/** Reads interventions: actions of operators, one action at one time each. Sections declare the actions. */
import type { Duration, Instant } from "../base/units.ts";
import { duration, id } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { FORMS } from "./forms.ts";
import { demandOneOf, judgeFields } from "./judge.ts";
import type { MapNode, Path } from "./positions.ts";
import type { ActionContext, ActionKind, Form, Shape } from "./section.ts";
import type { Intervention } from "./scenario.ts";

const ACTIONS: Readonly<Record<string, ActionKind>> = Object.assign(
  {},
  ...FORMS.map(({ interventions }: Form) => interventions),
) as Readonly<Record<string, ActionKind>>;
const ACTION_KEYS = Object.keys(ACTIONS);

/** The keys of an intervention. */
export const interventionShape: Shape = {
  id: id("Name by which faults, figures and reports refer to it"),
  at: duration("Time at which it takes effect, counted from the start of the run"),
  ...Object.fromEntries(Object.entries(ACTIONS).map(([key, { field }]) => [key, field])),
};

interface Context extends ActionContext {
  readonly duration: Duration | undefined;
  readonly report: Reporter;
}

/** Returns the intervention, or reports why it cannot be read and returns undefined. */
export const resolveIntervention = (item: MapNode, path: Path, context: Context): Intervention | undefined => {
  const { report } = context;
  demandOneOf(ACTION_KEYS, interventionShape, { item, path, report }, "names no action");
  const [first, second] = [...item.entries.keys()].filter((key) => ACTION_KEYS.includes(key));
  if (first !== undefined && second !== undefined)
    report([...path, second], `has two actions, ${first} and ${second}`, "write two interventions", "key");
  const given = judgeFields(interventionShape, item, path, report) as Judged;
  if (given.at !== undefined && context.duration !== undefined && given.at >= context.duration)
    report([...path, "at"], "is not before the end of the run", "write less than run.duration");
  const key = ACTION_KEYS.find((one) => given[one] !== undefined);
  if (key === undefined) return undefined;
  const kind = ACTIONS[key]!;
  const action = kind.resolve(given[key]);
  kind.check?.(action, path, context);
  if (given.id === undefined || given.at === undefined) return undefined;
  return { id: given.id, at: given.at as number as Instant, action: action as Intervention["action"] };
};

interface Judged {
  readonly id?: string;
  readonly at?: Duration;
  readonly [action: string]: unknown;
}

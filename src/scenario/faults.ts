/**
 * Reads faults: what goes wrong, where, and from when to when. A fault targets one kind of place (a target of one
 * section) and is checked by the shape of that target, so that an effect is only accepted at places that have it.
 */
import { z } from "zod";
import type { Duration, Instant } from "../base/units.ts";
import { camelCase, duration, fields, id, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { FORMS } from "./forms.ts";
import { demandOneOf, judgeFields } from "./judge.ts";
import type { MapNode, Path } from "./positions.ts";
import { quote, readDuration } from "./quantities.ts";
import type { FaultEnd, Form, Names, Shape, Target } from "./section.ts";
import type { Fault } from "./scenario.ts";
import { didYouMean, nearest } from "./suggest.ts";
import { checkNames } from "./where.ts";

const common = {
  id: id("Name by which figures and reports refer to it"),
  at: duration("Start time, counted from the start of the run"),
  until: z.exactOptional(
    text(
      "End: the id of an intervention, or a time counted from the start of the run; by default the fault has no end",
    ),
  ),
};

/** Every kind of place, in the order of the sections; a fault without selectors targets the first. */
export const TARGETS: readonly Target[] = FORMS.flatMap(({ targets }: Form) => Object.values(targets));

/** Returns the keys of a fault of this target. */
export const faultShape = ({ selectors, effects }: Target) => ({
  ...common,
  where: fields(selectors, "Affected places: all that match every selector given"),
  ...Object.fromEntries(Object.entries(effects).map(([name, { field }]) => [name, field])),
});

const EFFECTS = [...new Set(TARGETS.flatMap(({ effects }) => Object.keys(effects)))];
const SELECTORS = [...new Set(TARGETS.flatMap(({ selectors }) => Object.keys(selectors)))];
const ANY_SHAPE: Shape = Object.assign({}, ...TARGETS.map(faultShape)) as Shape;

/**
 * Returns the target that has one of these selectors; of several, the one with most of the effects, and a special place rather
 * than the first target. Without a selector of any target, the first target.
 */
const targetOf = (selectors: readonly string[], effects: readonly string[]): Target => {
  const [first, ...special] = TARGETS;
  const found = special.filter((target) => selectors.some((key) => Object.hasOwn(target.selectors, key)));
  return found.reduce((best, one) => (fitOf(one, effects) > fitOf(best, effects) ? one : best), found[0] ?? first!);
};

/** Returns how many of these effects a target has. */
const fitOf = (target: Target, effects: readonly string[]): number =>
  effects.filter((effect) => Object.hasOwn(target.effects, effect)).length;

/** What the tree of a fault tells about its target, before any value is judged. */
interface Selected {
  readonly target: Target;
  /** False if `where` cannot be read or names no selector: then the effects decide, and none is refused. */
  readonly isKnown: boolean;
}

/** Returns the target that a fault selects. An empty `where` selects the first one; so does a fault without any effect. */
const selectedBy = (item: MapNode): Selected => {
  const where = item.entries.get("where")?.node;
  const keys = where?.kind === "map" ? [...where.entries.keys()] : [];
  const effects = [...item.entries.keys()].filter((key) => EFFECTS.includes(key));
  const exact = keys.filter((key) => SELECTORS.includes(key));
  if (exact.length > 0 || (where?.kind === "map" && keys.length === 0))
    return { target: targetOf(exact, effects), isKnown: true };
  const meant = keys.flatMap((key) => nearest(key, SELECTORS) ?? []);
  if (meant.length > 0) return { target: targetOf(meant, effects), isKnown: false };
  const byEffects = TARGETS.reduce((best, one) => (fitOf(one, effects) > fitOf(best, effects) ? one : best));
  return { target: byEffects, isKnown: false };
};

interface Context {
  readonly interventions: readonly { readonly id: string; readonly at: Instant }[];
  readonly duration: Duration | undefined;
  readonly names: Names;
  /** The readable parts of the world; complete if every name is known. */
  readonly world: object;
  readonly report: Reporter;
}

/** Returns the fault, or reports what is wrong; undefined if `id`, `at` or `where` cannot be read. */
export const resolveFault = (item: MapNode, path: Path, context: Context): Fault | undefined => {
  const { names, report } = context;
  demandOneOf(EFFECTS, ANY_SHAPE, { item, path, report }, "names no effect");
  const { target, isKnown } = selectedBy(item);
  if (isKnown) refuseOthers(item, target, path, report);
  const shape = faultShape(target);
  const meant = isKnown ? { meant: Object.keys(shape) } : {};
  const given = judgeFields(shape, item, path, report, { elsewhere: EFFECTS, ...meant }) as Judged;
  const { where } = given;
  if (where !== undefined) {
    if (checkNames(where, [...path, "where"], names, report)) checkPicks(where, target, path, context);
    checkEffects(given, target, path, report);
  }
  if (given.at !== undefined && context.duration !== undefined && given.at >= context.duration)
    report([...path, "at"], "is not before the end of the run", "write less than run.duration");
  const until =
    given.until === undefined ? undefined : resolveUntil(given.until, given.at, [...path, "until"], context);
  if (given.id === undefined || given.at === undefined || where === undefined) return undefined;
  const effects = Object.keys(target.effects).filter((name) => given[name] !== undefined);
  return {
    id: given.id,
    at: instant(given.at),
    until,
    where,
    effects: Object.fromEntries(effects.map((name) => [camelCase(name), given[name]])),
  };
};

interface Judged {
  readonly id?: string;
  readonly at?: Duration;
  readonly until?: string;
  readonly where?: object;
  readonly [effect: string]: unknown;
}

/** Reports selectors and effects that belong to another kind of place. */
const refuseOthers = (item: MapNode, target: Target, path: Path, report: Reporter): void => {
  const where = item.entries.get("where")?.node;
  for (const key of where?.kind === "map" ? where.entries.keys() : [])
    if (SELECTORS.includes(key) && !Object.hasOwn(target.selectors, key))
      report(
        [...path, "where", key],
        `a fault targets one kind of place, and this one selects ${target.noun}`,
        `write a second fault for the ${key}`,
      );
  for (const key of item.entries.keys())
    if (EFFECTS.includes(key) && !Object.hasOwn(target.effects, key))
      report([...path, key], `${key} does not apply to ${target.noun}`, () => `in where, select ${placesWith(key)}`);
};

/** Returns the places that have an effect, with their selectors, e.g. `shards of the push store (shard)`. */
const placesWith = (effect: string): string =>
  TARGETS.filter((target) => Object.hasOwn(target.effects, effect))
    .map(({ noun, selectors, effects }) => {
      const keys = effects[effect]!.honours ?? Object.keys(selectors);
      return `${noun}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
    })
    .join(" or ");

const checkPicks = (where: object, target: Target, path: Path, { names, world, report }: Context): void => {
  const isKnown = Object.keys(target.selectors).every((kind) => !(kind in names) || names[kind] !== undefined);
  const wrong = isKnown ? target.picks?.(where, world) : undefined;
  if (wrong !== undefined) report([...path, "where"], wrong, "change the selectors: they contradict one another");
};

const checkEffects = (given: Judged, target: Target, path: Path, report: Reporter): void => {
  const caused = Object.entries(target.effects).filter(([name]) => given[name] !== undefined);
  for (const [name, effect] of caused) {
    const { honours, instead = "" } = effect;
    for (const selector of Object.keys(given.where!))
      if (honours?.includes(selector) === false)
        report([...path, "where", selector], `${selector} does not apply to ${name}`, instead);
    effect.check?.(given.where!, path, report);
  }
  if (
    given.until !== undefined &&
    caused.length > 0 &&
    caused.every(([name, { isInstant }]) => isInstant === true && given[name] === true)
  )
    report([...path, "until"], `${caused[0]![0]} happens once, when the fault begins`, "remove until");
};

const instant = (time: Duration): Instant => time as number as Instant;

const resolveUntil = (
  text: string,
  at: Duration | undefined,
  path: Path,
  { interventions, names, report }: Context,
): FaultEnd => {
  if (/^[-+−\d.]|^P(T?\d)/.test(text)) {
    const read = readDuration(text);
    if (!("value" in read)) report(path, read.wrong, read.hint);
    else if (at !== undefined && read.value <= at)
      report(
        path,
        `${quote(text)} is not after the start of the fault`,
        "write a later time, counted from the start of the run",
      );
    else return { at: instant(read.value) };
    return undefined;
  }
  const interventionIds = names["intervention"] ?? [];
  if (!interventionIds.includes(text)) {
    report(
      path,
      `${quote(text)} is not an intervention of this scenario`,
      () => didYouMean(text, interventionIds) || "write the id of an intervention, or a time",
    );
    return undefined;
  }
  const end = interventions.find((intervention) => intervention.id === text);
  if (end !== undefined && at !== undefined && end.at <= at)
    report(path, `${quote(text)} takes effect before the fault begins`, "name a later intervention");
  return { intervention: text };
};

/** Selectors: which paths a fault, an intervention or a figure is about, checked against the names of the world. */
import { z } from "zod";
import { fields, oneOrMore, text } from "./fields.ts";
import type { Path } from "./positions.ts";
import { picksSomething, type Paths } from "./people/paths.ts";
import { quote } from "./quantities.ts";
import type { Where, WorldModel } from "./scenario.ts";
import { didYouMean } from "./suggest.ts";
import type { Hint, Reporter } from "./findings.ts";

/** What a label or selector may name here; undefined while the world is not known well enough to say. */
export type Names = Readonly<Record<NameKind, readonly string[] | undefined>> & { readonly paths: Paths | undefined };

export type NameKind =
  | "region"
  | "carrier"
  | "access"
  | "gateway"
  | "home"
  | "resource"
  | "centre"
  | "line"
  | "server"
  | "port"
  | "fault"
  | "intervention"
  | "window"
  | "kind"
  | "tier"
  | "machine"
  | "entry"
  | "host"
  | "shard"
  | "broker"
  | "records"
  | "task"
  | "cause";

const selector = (what: string) => z.exactOptional(oneOrMore(text(what), `${what}; one or a list of alternatives`));

/** Every selector; an intervention's targets pick from them. */
export const selectors = {
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
  tier: selector("A tier of services"),
  machine: selector("A machine of a tier, such as storage-3"),
  entry: selector("An entry of services"),
  host: selector("A host of push workers, such as worker-3"),
  shard: selector("A shard of the push store, such as shard-2"),
  broker: selector("The queue of push: broker"),
  records: selector("The other store of push, with its task table: records"),
};

/** Services live behind the paths that all other selectors are about. */
export const isAboutServices = ({ tier, machine, entry }: Where): boolean => (tier ?? machine ?? entry) !== undefined;

/** Reminders are pushed beside the paths that most selectors are about. */
export const isAboutPush = ({ host, shard, broker, records }: Where): boolean =>
  (host ?? shard ?? broker ?? records) !== undefined;

/** What lives at its own size, whatever the scale of people: services and push. */
export const isBehind = (where: Where): boolean => isAboutServices(where) || isAboutPush(where);

/** Whether this world has any of that. */
export const hasBehind = ({ services, push }: Pick<WorldModel, "services" | "push">): boolean =>
  (services ?? push) !== undefined;

export const whereField = fields(selectors, "Which paths: all that match every selector given");

/** Reports names that this world does not have, and selectors that pick no path. `path` is where they stand. */
export const checkWhere = (where: Where, path: Path, names: Names, report: Reporter): void => {
  let known = true;
  for (const kind of [
    "region",
    "carrier",
    "access",
    "gateway",
    "centre",
    "line",
    "server",
    "port",
    "tier",
    "machine",
    "entry",
    "host",
    "shard",
    "broker",
    "records",
  ] as const) {
    const given = where[kind];
    const all = names[kind];
    if (given === undefined || all === undefined) continue;
    given.forEach((name, i) => {
      checkName(kind, String(name), all, (message, hint) => {
        known = false;
        report(given.length > 1 ? [...path, kind, i] : [...path, kind], message, hint);
      });
    });
  }
  if (known && !isBehind(where) && names.paths !== undefined && !picksSomething(where, names.paths))
    report(path, "picks no path: no users go that way", "these selectors contradict one another");
};

/** `say` hears that the name is unknown, and what was perhaps meant. */
export const checkName = (
  kind: NameKind,
  name: string,
  known: readonly string[],
  say: (message: string, hint: Hint) => void,
): void => {
  if (known.includes(name)) return;
  const article = /^[aeiou]/.test(kind) ? "an" : "a";
  const place = kind === "fault" || kind === "intervention" || kind === "window" ? "scenario" : "world";
  say(`${quote(name)} is not ${article} ${kind} of this ${place}`, () => didYouMean(name, known));
};

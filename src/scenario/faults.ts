/** Faults: what goes wrong, where and from when to when. */
import { z } from "zod";
import type { Duration, Instant } from "../base/units.ts";
import { duration, either, fields, id, number, rate, share, text } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { demandOneOf, judgeFields, type Fields } from "./judge.ts";
import type { MapNode, Path } from "./positions.ts";
import { quote, readDuration } from "./quantities.ts";
import type { FaultEffects } from "./effects.ts";
import type { Fault, Intervention, Where } from "./scenario.ts";
import { didYouMean } from "./suggest.ts";
import { checkWhere, isAboutPush, isAboutServices, isBehind, whereField, type Names } from "./where.ts";

const DIRECTIONS = ["both", "up", "down"] as const;

/** What a fault can do to the paths it selects; at least one, and several at once are fine. */
const effects = {
  loss: z.exactOptional(
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
  delay: z.exactOptional(duration("Added to the round trip")),
  block: z.exactOptional(
    z.enum(["drop", "reset"]).meta({ description: "Nothing passes: drop is silence, reset answers with a refusal" }),
  ),
  "cut-over": z.exactOptional(
    z.boolean().meta({ description: "Exit IPs change and NAT state is lost once, when the fault begins" }),
  ),
  "nat-timeout": z.exactOptional(duration("NAT forgets a silent link after this", { positive: true })),
  down: z.exactOptional(
    z.enum(["silent", "reset", "drained"]).meta({
      description:
        "A gateway, server, line or centre stops: packets vanish, sockets are closed, or clients are told first; of push the broker or the records, with a reset",
    }),
  ),
  slow: z.exactOptional(
    number("Servers, machines or shards serve this many times slower; 1 is no fault", { min: 1, max: 1_000 }),
  ),
  surge: z.exactOptional(
    number("This many times as many people log in anew a second; 1 is no fault", { min: 1, max: 1_000 }),
  ),
  telemetry: z.exactOptional(
    fields(
      {
        lost: share("Client reports lost on the way to the scheduler").prefault("0 %"),
        late: duration("How much later the others arrive").prefault("0 s"),
      },
      "Reports lost and late",
    ),
  ),
  crash: z.exactOptional(
    rate("How often a host of push workers crashes, on the average; 0 /h is no fault", { unit: "/h", max: 3_600 }),
  ),
  failover: z.exactOptional(
    z.boolean().meta({
      description: "A shard's primary is lost once, when the fault begins, and with it what its replica had not heard",
    }),
  ),
  "store-lag": z.exactOptional(duration("A shard's replicas are so much further behind")),
  redelivery: z.exactOptional(share("Blocks that the broker hands out once more while the first is worked on")),
  skew: z.exactOptional(duration("Hosts' clocks are ahead by this; behind with a minus sign", { signed: true })),
};

export const faultShape = {
  id: id("What the rest of the scenario and reports call it"),
  at: duration("When it begins, from the start of the run"),
  until: z.exactOptional(
    text("The intervention that ends it, or when it ends, from the start of the run; without it it lasts"),
  ),
  where: whereField,
  ...effects,
};

interface Surroundings {
  readonly interventions: readonly Pick<Intervention, "id" | "at">[];
  readonly duration: Duration | undefined;
  readonly names: Names;
  readonly report: Reporter;
}

/** The fault, or undefined when a part that it cannot be without is not there; that is reported. */
export const resolveFault = (item: MapNode, path: Path, around: Surroundings): Fault | undefined => {
  const { names, report } = around;
  demandOneOf(Object.keys(effects), faultShape, { item, path, report }, "does nothing");
  const given = judgeFields(faultShape, item, path, report);
  if (given.where !== undefined) checkWhere(given.where, [...path, "where"], names, report);
  if (given.at !== undefined && around.duration !== undefined && given.at >= around.duration)
    report([...path, "at"], "the run is over by then", "run.duration is shorter");
  const until = given.until === undefined ? undefined : resolveUntil(given.until, given.at, [...path, "until"], around);
  const ownEffects = effectsOf(given);
  const targets = given.where;
  if (
    given.down !== undefined &&
    targets !== undefined &&
    !(targets.gateway ?? targets.server ?? targets.centre ?? targets.line) &&
    !isBehind(targets)
  )
    report([...path, "down"], "nothing is said that could stop", "name a gateway, server, line or centre in where");
  if (targets !== undefined) checkHonoured(given, targets, path, report);
  if (given.id === undefined || given.at === undefined || targets === undefined) return undefined;
  return { id: given.id, at: instant(given.at), until, where: targets, effects: ownEffects };
};

const PEOPLE = ["region", "carrier", "access", "gateway"] as const;
const DESTINATION = ["centre", "line", "server", "port"] as const;
const PUSH_PLACES = ["host", "shard", "broker", "records"] as const;
const PUSH_EFFECTS = ["crash", "failover", "store-lag", "redelivery", "skew"] as const;
const HONOURED: Readonly<Record<(typeof PUSH_PLACES)[number], readonly string[]>> = {
  host: ["crash", "skew"],
  shard: ["failover", "store-lag", "slow"],
  broker: ["redelivery", "down"],
  records: ["down"],
};

/** Servers are slow, or down, for everybody; links are forgotten and people restless wherever they are connected to; telemetry is one feed. */
const checkHonoured = (given: Fields<typeof faultShape>, where: Where, path: Path, report: Reporter): void => {
  if (isAboutServices(where)) {
    checkServices(given, where, path, report);
    return;
  }
  if (isAboutPush(where)) {
    checkPush(given, where, path, report);
    return;
  }
  for (const effect of PUSH_EFFECTS)
    if (given[effect] !== undefined)
      report([...path, effect], "says nothing for paths", "name hosts, shards, the broker or the records in where");
  const refuse = (effect: string, selectors: readonly (keyof Where)[], hint: string): void => {
    for (const selector of selectors)
      if (where[selector] !== undefined) report([...path, "where", selector], `says nothing for ${effect}`, hint);
  };
  if (given.slow !== undefined)
    refuse("slow", [...PEOPLE, "port", "crossing"], "servers are slow for everybody: name a centre, line or server");
  if (given.down !== undefined)
    if (DESTINATION.some((selector) => where[selector] !== undefined))
      refuse("down", [...PEOPLE, "port", "crossing"], "servers are down for everybody: name a centre, line or server");
    else refuse("down", ["crossing"], "name gateways only");
  if (given.surge !== undefined)
    refuse(
      "surge",
      [...DESTINATION, "crossing"],
      "people log in wherever they are led: name a region, carrier, access or gateway",
    );
  if (given["nat-timeout"] !== undefined)
    refuse(
      "nat-timeout",
      [...DESTINATION, "crossing"],
      "NAT is the gateway's: name a region, carrier, access or gateway",
    );
  if (given.telemetry !== undefined)
    refuse("telemetry", [...PEOPLE, ...DESTINATION, "crossing"], "it is one feed for all: write where: {}");
};

/** Machines are slow or down, entries surge; nothing else happens behind the access servers, and nothing before them. */
const checkServices = (given: Fields<typeof faultShape>, where: Where, path: Path, report: Reporter): void => {
  for (const selector of [...PEOPLE, ...DESTINATION, "crossing", ...PUSH_PLACES] as const)
    if (where[selector] !== undefined)
      report([...path, "where", selector], "says nothing about services", "name tiers and machines, or entries");
  const isEntry = where.entry !== undefined;
  if (isEntry && (where.tier ?? where.machine) !== undefined)
    report([...path, "where", "entry"], "an entry is no machine", "let one fault name tiers, another entries");
  for (const effect of Object.keys(effects) as (keyof typeof effects)[]) {
    if (given[effect] === undefined) continue;
    const fits = isEntry ? effect === "surge" : effect === "slow" || effect === "down";
    if (!fits) report([...path, effect], "says nothing for services", "tiers may be slow or down, entries may surge");
  }
  if (given.down === "drained")
    report([...path, "down"], "machines of a tier are not drained", "write silent or reset");
};

/** Hosts crash and have clocks, shards are slow, lag and are lost, the broker hands out twice, broker and records stop. */
const checkPush = (given: Fields<typeof faultShape>, where: Where, path: Path, report: Reporter): void => {
  for (const selector of [...PEOPLE, ...DESTINATION, "crossing"] as const)
    if (where[selector] !== undefined)
      report([...path, "where", selector], "says nothing about push", "name hosts, shards, the broker or the records");
  const [place, ...others] = PUSH_PLACES.filter((one) => where[one] !== undefined);
  for (const other of others)
    report([...path, "where", other], `is no ${place!}`, "let one fault name hosts, another shards");
  for (const effect of Object.keys(effects) as (keyof typeof effects)[])
    if (given[effect] !== undefined && !HONOURED[place!].includes(effect))
      report([...path, effect], `says nothing for a ${place!}`, `write ${HONOURED[place!].join(", ")}`);
  if (given.down !== undefined && given.down !== "reset" && HONOURED[place!].includes("down"))
    report([...path, "down"], `connections to a ${place!} that stops are closed`, "write reset");
  if (given.failover === true && given.until !== undefined && (given.slow ?? given["store-lag"]) === undefined)
    report([...path, "until"], "says nothing for a failover", "it happens once, at: remove until");
};

const instant = (time: Duration): Instant => time as number as Instant;

const resolveUntil = (
  text: string,
  at: Duration | undefined,
  path: Path,
  { interventions, names, report }: Surroundings,
): Fault["until"] => {
  if (/^[-\d.]/.test(text)) {
    const read = readDuration(text);
    if (!("value" in read)) report(path, read.wrong, read.hint);
    else if (at !== undefined && read.value <= at)
      report(path, `${quote(text)} is not after the fault begins`, "it counts from the start of the run");
    else return { at: instant(read.value) };
    return undefined;
  }
  const interventionIds = names.intervention ?? [];
  if (!interventionIds.includes(text)) {
    report(
      path,
      `${quote(text)} is not an intervention of this scenario`,
      () => didYouMean(text, interventionIds) || "write an intervention's id or a time",
    );
    return undefined;
  }
  const end = interventions.find((intervention) => intervention.id === text);
  if (end !== undefined && at !== undefined && end.at <= at)
    report(path, `${quote(text)} takes effect before the fault begins`, "let it end later");
  return { intervention: text };
};

const effectsOf = (given: Fields<typeof faultShape>): FaultEffects => ({
  ...(given.loss === undefined ? {} : { loss: given.loss }),
  ...(given.delay === undefined ? {} : { delay: given.delay }),
  ...(given.block === undefined ? {} : { block: given.block }),
  ...(given["cut-over"] === undefined ? {} : { cutOver: given["cut-over"] }),
  ...(given["nat-timeout"] === undefined ? {} : { natTimeout: given["nat-timeout"] }),
  ...(given.down === undefined ? {} : { down: given.down }),
  ...(given.slow === undefined ? {} : { slow: given.slow }),
  ...(given.surge === undefined ? {} : { surge: given.surge }),
  ...(given.telemetry === undefined ? {} : { telemetry: given.telemetry }),
  ...(given.crash === undefined ? {} : { crash: given.crash }),
  ...(given.failover === undefined ? {} : { failover: given.failover }),
  ...(given["store-lag"] === undefined ? {} : { storeLag: given["store-lag"] }),
  ...(given.redelivery === undefined ? {} : { redelivery: given.redelivery }),
  ...(given.skew === undefined ? {} : { skew: given.skew }),
});

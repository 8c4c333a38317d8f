/** Checks the consistency of a world of people: names agree, shares sum to 100 %, every region has users. */
import { hours, printDuration, seconds } from "../../base/units.ts";
import type { Fields } from "../judge.ts";
import { CELLS_MOST, ENDPOINTS_MOST, HEARTBEAT_COUNTS, HEARTBEAT_MOST, HEARTBEAT_UNIT } from "./limits.ts";
import { gatewayNames, serverNames } from "./names.ts";
import type { Reporter } from "../findings.ts";
import type { Path } from "../positions.ts";
import { quote } from "../quantities.ts";
import { didYouMean } from "../suggest.ts";
import type { peopleShape } from "./shape.ts";

/** The readable parts of a world. */
export type PeopleWorld = Fields<typeof peopleShape>;

const SUM_TOLERANCE = 0.005;
const NAMES_MAX = 200_000;
const ROUND_LEAST = seconds(1);
const ROUND_MOST = hours(1);

/** True if there are too many gateways or servers to keep a name for each in memory. */
export const isTooLarge = ({ regions = {}, carriers = {}, gateways, centres = {} }: PeopleWorld): boolean => {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const families = sum(Object.values(gateways?.families ?? {}).map(({ count }) => count));
  const servers = sum(Object.values(centres).flatMap(({ lines }) => Object.values(lines).map((line) => line.servers)));
  return servers > NAMES_MAX || Object.keys(regions).length * Object.keys(carriers).length * families > NAMES_MAX;
};

/** Reports inconsistencies in the readable parts of a world. */
export const checkPeople = (world: PeopleWorld, report: Reporter): void => {
  if (isTooLarge(world)) {
    const most = String(NAMES_MAX);
    report(
      ["gateways"],
      "too many gateways or servers",
      `write smaller counts: regions × carriers × gateways, and servers, are at most ${most} each`,
    );
    return;
  }
  checkAccess(world, report);
  checkCarriers(world, report);
  checkRegions(world, report);
  checkCentres(world, report);
  checkClients(world, report);
  checkRoom(world, report);
  const round = world.scheduler?.round;
  if (round !== undefined && (round < ROUND_LEAST || round > ROUND_MOST))
    report(["scheduler", "round"], `a round of ${printDuration(round)} is out of range`, "write 1 s to 1 h");
  const ports = world.ports ?? [];
  ports.forEach((port, i) => {
    if (ports.indexOf(port) !== i) report(["ports", i], `duplicate port ${String(port)}`, "remove one of them");
  });
};

const checkAccess = ({ access, gateways }: PeopleWorld, report: Reporter): void => {
  if (access !== undefined && Object.keys(access).length === 0)
    report(["access"], "has no kind of access", "write at least one");
  if (access === undefined || gateways === undefined) return;
  const families = Object.keys(gateways.families);
  for (const [name, { gateways: family }] of Object.entries(access))
    if (!families.includes(family))
      report(["access", name, "gateways"], `${quote(family)} is not a gateway family of this world`, () =>
        didYouMean(family, families),
      );
};

const checkKeys = (
  keys: Iterable<string>,
  known: readonly string[] | undefined,
  kind: string,
  path: Path,
  report: Reporter,
): void => {
  if (known === undefined) return;
  for (const key of keys)
    if (!known.includes(key))
      report([...path, key], `${quote(key)} is not ${kind} of this world`, () => didYouMean(key, known), "key");
};

const checkSum = (shares: Readonly<Record<string, number>>, what: string, path: Path, report: Reporter): void => {
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) <= SUM_TOLERANCE) return;
  report(path, `${what} sum to ${String(Number((sum * 100).toPrecision(5)))} %`, "change them to sum to 100 %", "key");
};

const checkCarriers = ({ carriers, access }: PeopleWorld, report: Reporter): void => {
  if (carriers === undefined) return;
  const known = access === undefined ? undefined : Object.keys(access);
  const shares = Object.fromEntries(Object.entries(carriers).map(([name, carrier]) => [name, carrier.share]));
  checkSum(shares, "the carriers' shares", ["carriers"], report);
  for (const [name, carrier] of Object.entries(carriers)) {
    const path = ["carriers", name];
    checkKeys(Object.keys(carrier.access), known, "an access", [...path, "access"], report);
    checkKeys(Object.keys(carrier.natTimeout), known, "an access", [...path, "nat-timeout"], report);
    checkSum(carrier.access, `the access shares of ${name}`, [...path, "access"], report);
    for (const [kind, share] of Object.entries(carrier.access))
      if (share > 0 && carrier.natTimeout[kind] === undefined)
        report(
          [...path, "nat-timeout", kind],
          "is missing",
          `write ${kind}: 5 min, as ${name} has users on ${kind}`,
          "key",
        );
  }
};

const checkRegions = (world: PeopleWorld, report: Reporter): void => {
  const { regions, carriers, gateways, access } = world;
  if (regions === undefined) return;
  if (Object.keys(regions).length === 0) report(["regions"], "has no region", "write at least one");
  const known = carriers === undefined ? undefined : Object.keys(carriers);
  const codes = new Map<string, string>();
  const tiles = new Map<string, string>();
  for (const [name, region] of Object.entries(regions)) {
    const path = ["regions", name];
    if (!(region.people * region.penetration > 0))
      report(
        [...path, region.people > 0 ? "penetration" : "people"],
        "the region has no users",
        "remove the region, or raise its people or penetration",
      );
    taken(codes, region.code, name, [...path, "code"], report);
    taken(tiles, region.tile.join(","), name, [...path, "tile"], report);
    if (region.carriers === undefined) continue;
    checkKeys(Object.keys(region.carriers), known, "a carrier", [...path, "carriers"], report);
    checkSum(region.carriers, `the carriers' shares of ${name}`, [...path, "carriers"], report);
  }
  if (carriers === undefined || gateways === undefined || access === undefined) return;
  const names = gatewayNames({ regions, carriers, access, gateways }).map((gateway) => gateway.name);
  checkKeys(Object.keys(gateways.named), names, "a gateway", ["gateways", "named"], report);
};

const taken = (owners: Map<string, string>, value: string, owner: string, path: Path, report: Reporter): void => {
  const other = owners.get(value);
  if (other === undefined) owners.set(value, owner);
  else report(path, `${quote(value)} is also used by ${other}`, "write another one");
};

const checkCentres = ({ centres, carriers, tiers }: PeopleWorld, report: Reporter): void => {
  if (centres === undefined) return;
  const shares = Object.entries(centres).flatMap(([name, { share }]) => (share === undefined ? [] : [[name, share]]));
  if (shares.length > 0)
    checkSum(Object.fromEntries(shares) as Record<string, number>, "the centres' shares", ["centres"], report);
  for (const [name, { machines }] of Object.entries(centres)) {
    checkKeys(Object.keys(machines), tiers && Object.keys(tiers), "a tier", ["centres", name, "machines"], report);
    for (const tier of Object.keys(tiers ?? {}))
      if (!((machines[tier] ?? 0) > 0))
        report(
          machines[tier] === undefined ? ["centres", name, "machines"] : ["centres", name, "machines", tier],
          `has no machines of ${tier}`,
          `write machines: { ${tier}: 100 }`,
          machines[tier] === undefined ? "key" : undefined,
        );
  }
  if (Object.keys(centres).length === 0) report(["centres"], "has no centre", "write at least one");
  for (const [name, { lines }] of Object.entries(centres)) {
    if (Object.keys(lines).length === 0) report(["centres", name, "lines"], "has no line", "write at least one");
    checkKeys(Object.keys(lines), carriers && Object.keys(carriers), "a carrier", ["centres", name, "lines"], report);
  }
};

const checkClients = ({ clients }: PeopleWorld, report: Reporter): void => {
  if (clients === undefined) return;
  const { shortest, longest } = clients.heartbeat;
  if (shortest > longest)
    report(
      ["clients", "heartbeat", "shortest"],
      "the shortest interval is above the longest",
      "swap shortest and longest",
    );
  for (const [key, value] of [
    ["shortest", shortest],
    ["longest", longest],
    ["step", clients.heartbeat.step],
    ["back-off", clients.heartbeat.backOff],
  ] as const)
    if (value % HEARTBEAT_UNIT !== 0 || value > HEARTBEAT_MOST)
      report(
        ["clients", "heartbeat", key],
        `${printDuration(value)} cannot be represented`,
        `write a multiple of 10 s, at most ${printDuration(HEARTBEAT_MOST)}`,
      );
  for (const [key, name] of [
    ["climb-after", "climbAfter"],
    ["fail-after", "failAfter"],
    ["stable-test", "stableTest"],
  ] as const)
    if (clients.heartbeat[name] > HEARTBEAT_COUNTS[name])
      report(["clients", "heartbeat", key], "is out of range", `write at most ${String(HEARTBEAT_COUNTS[name])}`);
};

/** Reports more destinations or cells than a client's record can number, and more people than connections. */
const checkRoom = (world: PeopleWorld, report: Reporter): void => {
  const { centres, ports, regions, carriers, access, gateways } = world;
  if (centres !== undefined && ports !== undefined) {
    const endpoints = serverNames({ centres }).length * ports.length;
    if (endpoints > ENDPOINTS_MOST)
      report(
        ["ports"],
        `${String(endpoints)} addresses (servers × ports) are too many`,
        `write fewer servers or ports: at most ${String(ENDPOINTS_MOST)} addresses`,
      );
  }
  if (centres !== undefined && world.online !== undefined) {
    const lines = Object.values(centres).flatMap((centre) => Object.values(centre.lines));
    const room = lines.reduce((sum, { servers, connections }) => sum + servers * connections, 0);
    if (world.online > room)
      report(
        ["online"],
        `${String(world.online)} people online exceed the ${String(room)} connections of all servers`,
        "write fewer people, or more servers or connections in centres",
      );
  }
  if (regions === undefined || carriers === undefined || access === undefined || gateways === undefined) return;
  const served = (family: string): number => Object.values(access).filter((one) => one.gateways === family).length;
  const cells = gatewayNames({ regions, carriers, access, gateways }).reduce(
    (sum, { family }) => sum + served(family),
    0,
  );
  if (cells > CELLS_MOST)
    report(
      ["gateways", "families"],
      `${String(cells)} groups of users (gateways × kinds of access) are too many`,
      `write fewer gateways: at most ${String(CELLS_MOST)} groups`,
    );
};

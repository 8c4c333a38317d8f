/**
 * Whose fault is it? A gateway's users lose packets; moving them helps only if the way is at fault and not their own
 * access. So an alarm is compared with its neighbours before anybody moves:
 *
 *   bad for other regions and carriers too → the port, server, line or centre is at fault (the narrowest whose neighbours are clean);
 *   bad to all destinations                → the access of the gateway, or of the region × carrier: alert, move nobody;
 *   clean to other centres                 → the route (or the port, or the server's way): move.
 *
 * What "other destinations" say comes from the few sessions that explore, all alternates of the gateway pooled, weighed
 * as a sequential test between "rose as much as the main path" and "as ever". A verdict needs e^5 to one. If only this
 * gateway is bad and its siblings reach the same place cleanly, a fault of its own access is far likelier than
 * a private route, so "clean elsewhere" then needs e^7 to one; if explorers stay too few for that, we wait at most
 * `WAIT_SECONDS` and then say access: a wrong move is worse than a late one.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import { LEVELS, type Level, type Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { describe, type Finding, HINT, measure, sizeOf, type Suspect, told, verdictOf } from "./finding.ts";
import type { Quality, Rise } from "./quality.ts";
import { Ports, scopeName, WAIT_FOR_NEIGHBOURS_SECONDS } from "./ports.ts";
import type { Witnesses } from "./witnesses.ts";
import type { Cell } from "./cell.ts";

const PROOF = 5;
const PROOF_ALONE = 7;
/** To go back on "access" it takes more: it is asked every round while the fault lasts. */
const PROOF_LATE = 9;
const WAIT_SECONDS = 90;

export class Attribution {
  readonly #quality: Quality;
  readonly #places: Places;
  readonly #policy: SchedulerPolicy;
  readonly #isRouted: (gateway: number, endpoint: number) => boolean;
  readonly #isExplained: (cell: Cell) => boolean;
  readonly #witnesses: Witnesses;
  readonly #ports: Ports;

  constructor(
    quality: Quality,
    places: Places,
    policy: SchedulerPolicy,
    witnesses: Witnesses,
    isRouted: (gateway: number, endpoint: number) => boolean,
    isExplained: (cell: Cell) => boolean,
  ) {
    this.#isExplained = isExplained;
    this.#witnesses = witnesses;
    this.#ports = new Ports(quality, places, witnesses);
    this.#quality = quality;
    this.#places = places;
    this.#policy = policy;
    this.#isRouted = isRouted;
  }

  /** Explains suspects of one group on one line; nothing while evidence is still worth waiting for. */
  explain(suspects: readonly Suspect[]): readonly Finding[] {
    const quality = this.#quality;
    const worst = suspects.reduce((a, b) =>
      sizeOf(quality.rise(b.cell, b.since)) > sizeOf(quality.rise(a.cell, a.since)) ? b : a,
    );
    const rise = quality.rise(worst.cell, worst.since);
    if (sizeOf(rise) === 0) return [];
    const waited = this.#seconds(quality.round - Math.min(...suspects.map(({ alarmedIn }) => alarmedIn)));
    const everybody = this.#forEverybody(worst, rise, waited);
    if (everybody !== undefined) return everybody;
    const regional = this.#forRegion(worst, rise, waited);
    if (regional !== undefined) return regional;
    const findings: Finding[] = [];
    for (const suspect of suspects) {
      if (suspect.isLent) continue;
      const finding = this.#forGateway(suspect);
      if (finding !== undefined) findings.push(finding);
    }
    return findings;
  }

  /** Are access faults of gateways, all in alarm on one line, really such? Elsewhere clean beyond doubt makes it the route. */
  reconsider(cells: readonly Cell[], since: number): Finding | undefined {
    const size = (cell: Cell): number => sizeOf(this.#quality.rise(cell, since));
    const worst = cells.reduce((a, b) => (size(b) > size(a) ? b : a));
    const rise = this.#quality.rise(worst, since);
    if (sizeOf(rise) === 0) return undefined;
    const scope = new Set(cells.map(({ gateway }) => gateway));
    const elsewhere = this.#witnesses.elsewhere(scope, worst.endpoint, since, rise);
    if (verdictOf(elsewhere, PROOF_LATE) !== "clean") return undefined;
    const why = [`to other centres clean after all: ${describe(elsewhere)}`];
    return this.#route(scope, cells, since, rise, WAIT_SECONDS, why);
  }

  // Others, other groups: what is bad for them too is not ours.
  #forEverybody(worst: Suspect, rise: Rise, waited: number): readonly Finding[] | undefined {
    const places = this.#places;
    const { endpoint, gateway } = worst.cell;
    const own = places.groupOf[gateway]!;
    const others = this.#witnesses.votes([endpoint], worst.since, rise, own);
    if (others.bad.length < 2 || others.bad.length < others.clean.length) return undefined;
    const why = [`${count(others.bad)} other groups are worse there too, ${count(others.clean)} are clean`];
    const carriers = this.#forCarriers([own, ...others.bad], worst, rise, waited, why);
    if (carriers !== undefined) return carriers;
    let level: Level = "port";
    for (const wider of LEVELS.slice(1)) {
      const neighbours = places.unit(wider, endpoint).filter((other) => !places.unit(level, endpoint).includes(other));
      const votes = this.#witnesses.votes(neighbours, worst.since, rise, -1);
      const [bad, clean] = [votes.bad.length, votes.clean.length];
      const known = bad + clean;
      why.push(`rest of ${wider}: ${String(bad)} groups worse, ${String(clean)} clean`);
      if (known < 2 && neighbours.length > 0 && level === "port" && waited < WAIT_FOR_NEIGHBOURS_SECONDS) return [];
      const isWholeServer = wider === "server" && known < 2;
      if (neighbours.length > 0 && !isWholeServer && bad < Math.max(2, 2 * clean)) break;
      if (neighbours.length > 0 || wider === "server") level = wider;
    }
    const unit = places.unit(level, endpoint);
    const cells = unit.flatMap((index) => this.#quality.cellsAt(index));
    return [
      {
        ...measure(this.#quality, cells, worst.since, rise, why),
        what: `${level} fault`,
        who: places.unitName(level, endpoint),
        ip: level === "port" || level === "server" ? places.endpoint(endpoint).ip : "",
        gateways: undefined,
        unit: new Set(unit),
        level,
      },
    ];
  }

  // Groups that are worse to the same place: are they worse to every other centre as well? Then it is their carrier's access.
  #forCarriers(
    groups: readonly number[],
    worst: Suspect,
    rise: Rise,
    waited: number,
    why: readonly string[],
  ): readonly Finding[] | undefined {
    const places = this.#places;
    const { endpoint } = worst.cell;
    const { port } = places.endpoint(endpoint);
    const centre = places.unit("centre", endpoint);
    const sick = groups.flatMap((group) => places.members[group]!);
    // A port may be blocked wherever they go: trouble with connecting is asked of another one.
    const elsewhere = this.#witnesses.ask(
      sick,
      endpoint,
      worst.since,
      rise,
      (other) => !centre.includes(other) && (rise.sessions > 0 || places.endpoint(other).port !== port),
    );
    const verdict = verdictOf(elsewhere, PROOF);
    if (verdict === "clean") return undefined;
    if (verdict === "unknown") return waited < WAIT_FOR_NEIGHBOURS_SECONDS && rise.sessions > 0 ? [] : undefined;
    const carriers = new Set(sick.map((gateway) => places.gateway(gateway).carrier));
    const scope = new Set(
      [...places.gateways.keys()].filter((gateway) => carriers.has(places.gateway(gateway).carrier)),
    );
    const routed = sick.flatMap((gateway) =>
      this.#quality.cellsOf(gateway).filter((cell) => this.#isRouted(gateway, cell.endpoint)),
    );
    return [
      {
        ...measure(this.#quality, routed, worst.since, rise, [...why, ...told("to other centres", elsewhere)]),
        what: "carrier access fault",
        who: [...carriers].sort().join(", "),
        ip: "",
        gateways: scope,
        unit: new Set(places.endpoints.keys()),
        level: "access",
      },
    ];
  }

  // Siblings: the gateways of the same region and carrier that are routed to the same line.
  #forRegion(worst: Suspect, rise: Rise, waited: number): readonly Finding[] | undefined {
    const { endpoint, gateway } = worst.cell;
    const line = this.#places.unit("line", endpoint);
    const scope = new Set<number>();
    const sick: Cell[] = [];
    let bad = 0;
    let clean = 0;
    const members = this.#places.members[this.#places.groupOf[gateway]!]!;
    for (const member of members) {
      const cells = this.#quality
        .cellsOf(member)
        .filter((cell) => line.includes(cell.endpoint) && this.#isRouted(member, cell.endpoint));
      if (cells.length === 0 || cells.some((cell) => this.#isExplained(cell))) continue;
      const verdict = this.#witnesses.verdict(cells, worst.since, rise);
      if (verdict === "bad") {
        bad += 1;
        sick.push(...cells);
      }
      if (verdict === "clean") clean += 1;
      else scope.add(member);
    }
    if (bad < 2 || bad < Math.min(3, bad + clean) || 3 * bad < bad + clean) return undefined;
    const name = this.#places.groupNames[this.#places.groupOf[gateway]!]!;
    const elsewhere = this.#witnesses.elsewhere(scope, endpoint, worst.since, rise);
    const why = [
      `${String(bad)} gateways of ${name} are worse to ${this.#places.unitName("line", endpoint)}, ${String(clean)} clean`,
      ...told("to other centres", elsewhere),
    ];
    const routed = [...scope].flatMap((member) =>
      this.#quality
        .cellsOf(member)
        .filter((cell) => line.includes(cell.endpoint) && this.#isRouted(member, cell.endpoint)),
    );
    // Only who is worse tells which port it is; but nobody of the group shall be led to it.
    const question = { since: worst.since, rise, waited, proof: PROOF };
    const port = this.#ports.explain(sick, elsewhere, question, why);
    if (port !== undefined) return port === "wait" ? [] : [{ ...port, gateways: new Set(members) }];
    const verdict = verdictOf(elsewhere, PROOF);
    if (verdict === "clean") {
      const finding = this.#route(scope, routed, worst.since, rise, waited, why);
      return finding === undefined ? [] : [finding];
    }
    if (verdict === "unknown" && waited < WAIT_SECONDS) return [];
    return [
      {
        ...measure(this.#quality, routed, worst.since, rise, why),
        what: "regional access fault",
        who: name,
        ip: "",
        gateways: scope,
        unit: new Set(this.#places.endpoints.keys()),
        level: "access",
      },
    ];
  }

  #forGateway(suspect: Suspect): Finding | undefined {
    const { cell, since } = suspect;
    const rise = this.#quality.rise(cell, since);
    if (sizeOf(rise) === 0) return undefined;
    const waited = this.#seconds(this.#quality.round - suspect.alarmedIn);
    const elsewhere = this.#witnesses.elsewhere([cell.gateway], cell.endpoint, since, rise);
    const line = this.#places.unit("line", cell.endpoint);
    const siblings = this.#witnesses.siblings([cell.gateway], since, rise, (endpoint) => line.includes(endpoint));
    const isAlone = siblings.nats <= -HINT;
    const why = [...told("to other centres", elsewhere), ...told("siblings to the same line", siblings)];
    const scope = new Set([cell.gateway]);
    const proof = isAlone ? PROOF_ALONE : PROOF;
    const port = this.#ports.explain([cell], elsewhere, { since, rise, waited, proof }, why);
    if (port !== undefined) return port === "wait" ? undefined : port;
    if (verdictOf(elsewhere, proof) === "clean") return this.#route(scope, [cell], since, rise, waited, why);
    const isProven = elsewhere.nats >= (isAlone ? HINT : PROOF);
    if (!isProven && waited < WAIT_SECONDS) return undefined;
    if (!isProven)
      why.push(`waited ${String(waited)} s for explorers; a gateway's own access is likelier than a private route`);
    const { name, ips } = this.#places.gateway(cell.gateway);
    return {
      ...measure(this.#quality, [cell], since, rise, why),
      what: "access fault",
      who: name,
      ip: ips.join(", "),
      gateways: scope,
      unit: new Set(this.#places.endpoints.keys()),
      level: "access",
    };
  }

  /** The narrowest level that holds all that is worse; wider where the neighbours are worse too. */
  #route(
    scope: ReadonlySet<number>,
    routed: readonly Cell[],
    since: number,
    rise: Rise,
    waited: number,
    why: readonly string[],
  ): Finding | undefined {
    const reasons = [...why];
    const places = this.#places;
    const endpoints = [...new Set(routed.map(({ endpoint }) => endpoint))].sort((a, b) => a - b);
    const first = endpoints[0];
    if (first === undefined) return undefined;
    let level = LEVELS.find((one) => endpoints.every((endpoint) => places.unit(one, first).includes(endpoint)))!;
    let unit = new Set(places.unit(level, first));
    let isPort = false;
    for (const wider of LEVELS.slice(LEVELS.indexOf(level) + 1)) {
      const narrower = unit;
      const around = new Set(endpoints.flatMap((endpoint) => places.unit(wider, endpoint)));
      const isAround = (endpoint: number): boolean => around.has(endpoint) && !narrower.has(endpoint);
      const evidence = this.#witnesses.ask(scope, first, since, rise, isAround);
      const verdict = verdictOf(evidence, PROOF);
      reasons.push(...told(`rest of ${wider}`, evidence));
      const hasNeighbours = around.size > unit.size;
      if (verdict === "unknown" && hasNeighbours && waited < WAIT_FOR_NEIGHBOURS_SECONDS) return undefined;
      isPort = level === "port" && verdict === "clean";
      if (hasNeighbours && verdict !== "bad") break;
      level = wider;
      unit = around;
    }
    const what = isPort ? "port fault" : "route fault";
    const ip = level === "port" || level === "server" ? places.endpoint(first).ip : "";
    const who = `${scopeName(this.#places, scope)} to ${[...new Set(endpoints.map((endpoint) => places.unitName(level, endpoint)))].join(", ")}`;
    return { ...measure(this.#quality, routed, since, rise, reasons), what, who, ip, gateways: scope, unit, level };
  }

  #seconds(rounds: number): number {
    return rounds * inSeconds(this.#policy.round);
  }
}

const count = (all: readonly unknown[]): string => String(all.length);

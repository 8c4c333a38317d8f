/**
 * What is known of the crowd as a whole, as columns by pair of cell and endpoint: who is connected where, how
 * many beats and logins went over a path since it was last metered, and where the dispatch table sends whom.
 * Counts are people, never rows.
 */
import type { Company } from "../../engine/company.ts";
import type { Tally } from "../../engine/tally.ts";
import type { Endpoint } from "../fleet/centre.ts";
import { BEATS, FAILED, HELD, LINK, PACE, PARTS, SINCE } from "../link.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import type { Paths } from "../network/path.ts";
import { type Population, rankOf } from "./population.ts";

/** Where a gateway's users go: `upTo` are running sums of shares, `routes` and `candidates` endpoint numbers, best first. */
export interface RouteTable {
  readonly routes: readonly number[];
  readonly upTo: readonly number[];
  readonly candidates: readonly number[];
  /** Other endpoints than the best, in turn measured by a small share of sessions. */
  readonly alternates: readonly number[];
}

/** Of a beat: fine enough for intervals of 1 to 63 units, and whole, so that sums are exact in any order. */
const PACE_OF_ONE = 65_536;
const PARTS_OF_A_BEAT = (PACE_OF_ONE * HEARTBEAT_UNIT) / 1_000;

/** Nobody lives here any more: the home gateway is out of service and its users go through its siblings. */
const AWAY_FROM_HOME = -1;

export interface CrowdParts {
  readonly company: Company;
  readonly population: Population;
  readonly paths: Paths;
  readonly endpoints: readonly Endpoint[];
  readonly gateways: number;
  readonly spreads: boolean;
}

export class Crowd {
  readonly population: Population;
  readonly paths: Paths;
  readonly endpoints: readonly Endpoint[];
  readonly endpointCount: number;
  readonly #links: Tally;
  readonly #inUse: number[] = [];
  readonly #isInUse: Uint8Array;
  /** When beats over all links in use were last counted, ms since the run began: others count from here. */
  #allAt = 0;
  /** People online, connecting and away (their sum never changes), by home cell. */
  readonly online: Tally;
  readonly connecting: Tally;
  readonly away: Tally;
  /** People whose link was found dead, and who were led to another best entry, by home cell. */
  readonly broken: Tally;
  readonly moved: Float64Array;
  /** By gateway: the only route, or -1 when there are several. */
  readonly onlyRoute: Int32Array;
  readonly tables: RouteTable[];
  /** By gateway: where the table once led people and leads nobody now. */
  readonly #left: ReadonlySet<number>[];
  /** Whether clients spread over their lists on purpose: who is elsewhere than the table says then stays, unless it is a place to leave. */
  readonly #spreads: boolean;
  /** By server: how many of those who must go elsewhere are welcome, as clients were last told; replaced, never changed. */
  welcome: Float64Array;
  /** Until then that word counts more than the table's, ms since the run began. */
  welcomeEndsMs = 0;
  /** NAT idle time-out by cell, ms. */
  readonly natTimeoutMs: Float64Array;
  /** How many times as many people as usual log in anew, by cell; 1 in peace. */
  readonly restlessness: Float64Array;
  /** By home cell: the cell its users' packets now run through; itself, unless its gateway is out of service. */
  readonly #via: Int32Array;
  readonly #siblings: number[][] = [];

  constructor({ company, population, paths, endpoints, gateways, spreads }: CrowdParts) {
    this.#spreads = spreads;
    this.#left = Array.from({ length: gateways }, () => new Set());
    this.population = population;
    this.paths = paths;
    this.endpoints = endpoints;
    this.endpointCount = endpoints.length;
    const cells = population.cells.length;
    const column = (size: number): Float64Array => new Float64Array(size);
    const patient = (): Tally => company.tally(column(cells), { isPatient: true });
    this.#links = company.tally(paths.links, {
      isPatient: true,
      hear: (place) => this.#use(Math.floor(place / LINK)),
    });
    this.#isInUse = new Uint8Array(cells * endpoints.length);
    this.online = patient();
    this.connecting = patient();
    this.away = patient();
    this.broken = patient();
    this.moved = column(cells);
    this.onlyRoute = new Int32Array(gateways).fill(-1);
    this.tables = Array.from({ length: gateways }, () => ({ routes: [], upTo: [], candidates: [], alternates: [] }));
    this.welcome = column(1 + Math.max(...endpoints.map(({ server }) => server))).fill(1);
    this.natTimeoutMs = column(cells);
    this.restlessness = column(cells).fill(1);
    this.#via = Int32Array.from({ length: cells }, (_, cell) => cell);
  }

  /** What happens between each cell and endpoint (world/link.ts), all that people did until now among it. */
  get links(): Float64Array {
    return this.#links.values;
  }

  /** Pairs over which somebody is or was connected, or tried to be. They are few of all: whoever looks at every path looks at these. */
  get inUse(): readonly number[] {
    this.#links.look();
    return this.#inUse;
  }

  /** So much more of something that people count on a link: one of `BEATS`, `MISSED`, `LOGINS` and `HELD`. */
  count(link: number, what: number, people: number): void {
    this.#links.add(link + what, people);
  }

  /** Connections begin. */
  hold(pair: number, people: number): void {
    this.#use(pair);
    this.#links.add(pair * LINK + HELD, people);
  }

  /** So many attempts failed of somebody who has got in now and can tell. */
  fail(pair: number, attempts: number): void {
    this.#use(pair);
    this.#links.add(pair * LINK + FAILED, attempts);
  }

  #use(pair: number): void {
    if (this.#isInUse[pair] !== 0) return;
    this.#isInUse[pair] = 1;
    this.#inUse.push(pair);
  }

  /** People who beat every so many units come to rest: from `nowMs` on their beats are counted as a rate. */
  rest(link: number, people: number, units: number, nowMs: number): void {
    const pace = people * Math.round(PACE_OF_ONE / units);
    this.#links.add(link + PACE, pace);
    // As if they had been at rest since the link's beats were last counted, but for what came of that until now.
    this.#links.add(link + PARTS, -pace * (nowMs - this.#sinceMs(link)));
  }

  rise(link: number, people: number, units: number, nowMs: number): void {
    this.rest(link, -people, units, nowMs);
  }

  /** Counts beats, or parts of them, that the rate leaves out: those of so many ms more than these people were at rest. */
  credit(link: number, people: number, units: number, forMs: number): void {
    this.#links.add(link + PARTS, people * Math.round(PACE_OF_ONE / units) * forMs);
  }

  /**
   * Beats sent over a link up to `nowMs`, those of people at rest among them. To put it right a few may be taken back: who
   * reads goes by the most there have been.
   */
  beats(link: number, nowMs: number): number {
    return this.links[link + BEATS]! + this.#beatsDue(link, nowMs);
  }

  /** Counts the beats of people at rest over all links in use up to `nowMs`: at times that no observer chooses. */
  accrueAll(nowMs: number): void {
    for (const pair of this.inUse) this.accrue(pair * LINK, nowMs);
    this.#allAt = nowMs;
  }

  /** The same over one link: once more at the same time changes nothing. */
  accrue(link: number, nowMs: number): void {
    const { links } = this;
    const beats = this.#beatsDue(link, nowMs);
    links[link + BEATS]! += beats;
    links[link + PARTS]! += links[link + PACE]! * (nowMs - this.#sinceMs(link)) - beats * PARTS_OF_A_BEAT;
    links[link + SINCE] = nowMs;
  }

  #beatsDue(link: number, nowMs: number): number {
    const { links } = this;
    const parts = links[link + PARTS]! + links[link + PACE]! * (nowMs - this.#sinceMs(link));
    const whole = Math.floor(parts / PARTS_OF_A_BEAT);
    // Who comes to rest owes half a beat, to be paid by the rate. Where nobody is at rest, what was counted is put right.
    return links[link + PACE]! > 0 ? Math.max(0, whole) : whole;
  }

  /** Up to when beats over a link are counted. */
  #sinceMs(link: number): number {
    return Math.max(this.#allAt, this.paths.links[link + SINCE]!);
  }

  /** Cells whose paths somebody at home here may use now. */
  viaCells(home: number): readonly number[] {
    const via = this.#via[home]!;
    return via === AWAY_FROM_HOME ? this.#siblings[home]! : [via];
  }

  /** Where a link's numbers begin. */
  linkOf(cell: number, endpoint: number): number {
    return (cell * this.endpointCount + endpoint) * LINK;
  }

  /** The cell whose paths a row uses now. */
  viaCell(home: number, index: number): number {
    const via = this.#via[home]!;
    return via === AWAY_FROM_HOME ? this.#sibling(home, index) : via;
  }

  /** Where the dispatch table sends a row of this cell. */
  routeOf(cell: number, index: number): number {
    const gateway = this.population.gateway[cell]!;
    const only = this.onlyRoute[gateway]!;
    if (only >= 0) return only;
    const { routes, upTo } = this.tables[gateway]!;
    const rank = rankOf(index, this.population.identity[cell]!);
    let place = 0;
    while (place < routes.length - 1 && rank >= upTo[place]!) place += 1;
    return routes[place]!;
  }

  /** All people behind a gateway. */
  peopleBehind(gateway: number): number {
    return this.population.cells.reduce((sum, cell) => sum + (cell.gateway === gateway ? cell.people : 0), 0);
  }

  /** Whether a client that is connected to this endpoint is to go where the table sends it. */
  isToMove(cell: number, index: number, endpoint: number): boolean {
    if (this.routeOf(cell, index) === endpoint) return false;
    if (!this.#spreads) return true;
    const gateway = this.population.gateway[cell]!;
    return this.#left[gateway]!.has(endpoint) || this.tables[gateway]!.routes.includes(endpoint);
  }

  /**
   * Puts a new row of the dispatch table into force for whoever asks from now on. Answers how many people online it
   * leads to which endpoint anew; they count as moved.
   */
  setTable(gateway: number, table: RouteTable): readonly { readonly endpoint: number; readonly people: number }[] {
    const before = this.tables[gateway]!;
    const gains = gainsOf(before, table);
    this.#left[gateway] = new Set(
      [...this.#left[gateway]!, ...before.routes].filter((one) => !table.routes.includes(one)),
    );
    this.tables[gateway] = table;
    this.onlyRoute[gateway] = table.routes.length === 1 ? table.routes[0]! : -1;
    let online = 0;
    const led = gains.reduce((sum, { share }) => sum + share, 0);
    if (led > 0)
      this.population.cells.forEach((cell, home) => {
        if (cell.gateway !== gateway) return;
        online += this.online.values[home]!;
        this.moved[home]! += Math.round(led * this.online.values[home]!);
      });
    return gains.map(({ endpoint, share }) => ({ endpoint, people: share * online }));
  }

  /** Leads users of a cell through these cells of sibling gateways; none left leads them nowhere new. */
  reroute(home: number, siblings: readonly number[]): void {
    this.#siblings[home] = [...siblings];
    this.#via[home] = siblings.length === 0 ? home : AWAY_FROM_HOME;
  }

  /** Whether a cell's users already go through just these cells. */
  isLedThrough(home: number, siblings: readonly number[]): boolean {
    const before = this.#siblings[home] ?? [];
    return before.length === siblings.length && siblings.every((cell, place) => before[place] === cell);
  }

  comeHome(home: number): void {
    this.#via[home] = home;
  }

  #sibling(home: number, index: number): number {
    const siblings = this.#siblings[home]!;
    const rank = rankOf(index, this.population.identity[home]! ^ 0x5bd1e995);
    return siblings[Math.floor(rank * siblings.length)]!;
  }
}

/** The shares of a gateway's users that a new table sends elsewhere, by where to; none when there was no table before. */
const gainsOf = (
  before: RouteTable,
  now: RouteTable,
): readonly { readonly endpoint: number; readonly share: number }[] =>
  before.routes.length === 0
    ? []
    : now.routes.flatMap((endpoint, place) => {
        const old = before.routes.indexOf(endpoint);
        const share = widthOf(now, place) - (old < 0 ? 0 : widthOf(before, old));
        return share > 0 ? [{ endpoint, share }] : [];
      });

const widthOf = ({ upTo }: RouteTable, place: number): number => upTo[place]! - (place === 0 ? 0 : upTo[place - 1]!);

/**
 * Weather: applies faults and interventions to the world when their time comes, and takes faults away again.
 *
 * A change composes anew only the paths it touches, and says so only when a value really differs: a fault of
 * strength nothing leaves no trace.
 */
import { inMs } from "../base/units.ts";
import type { PathWhere as Where, PeopleFault as Fault } from "../scenario/people/faults.ts";
import type { Intervention, Scenario } from "../scenario/scenario.ts";
import type { Fleet } from "./fleet/centre.ts";
import type { Desks } from "./fleet/server.ts";
import { HELD, LINK } from "./link.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Burden } from "./network/path.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Telemetry } from "./population/telemetry.ts";
import type { SchedulingSeam } from "./seams/scheduling.ts";
import type { Refuge } from "./refuge.ts";
import { Reasons } from "./reasons.ts";
import type { Sweeps } from "./sweeps.ts";
import { namesDestination, Places, touchesCell, touchesServer } from "./where.ts";

/** A withdrawn gateway's users are sent through its siblings over this long (chosen: a carrier's orderly drain). */
const DRAIN_MS = 60_000;
/** What takes a gateway out of service when no fault does. */
const OPERATORS = "operators";

export interface WeatherParts {
  readonly scenario: Scenario;
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly crowd: Crowd;
  readonly desks: Desks;
  readonly telemetry: Telemetry;
  readonly sweeps: Sweeps;
  readonly seam: SchedulingSeam;
  readonly refuge: Refuge;
  /** Called before the pair's path changes its value: what was sent so far met the old one. */
  readonly beforeChange: (pair: number) => void;
}

export class Weather {
  readonly #parts: WeatherParts;
  readonly #burdens = new Map<string, { readonly where: Where; readonly burden: Burden }>();
  readonly #active = new Map<string, Fault>();
  /** Cells whose gateway is out of service, with what took it out: all of it must be over before they come home. */
  readonly #outOfService = new Reasons();
  /** Servers that are down, with the faults that keep them down. */
  readonly #down = new Reasons();
  readonly #places: Places;

  constructor(parts: WeatherParts) {
    this.#parts = parts;
    this.#places = new Places(parts);
  }

  /** Puts peace-time values in place. */
  calm(): void {
    this.#refresh();
  }

  begin(fault: Fault): void {
    const { effects, where, id } = fault;
    this.#active.set(id, fault);
    if (effects.down !== undefined) this.#goDown(fault, effects.down);
    const block =
      effects.block ??
      (effects.down !== undefined && effects.down !== "drained" && namesDestination(where)
        ? effects.down === "reset"
          ? "reset"
          : "drop"
        : undefined);
    const share = effects.loss?.share ?? 0;
    const direction = effects.loss?.direction ?? "both";
    const lossUp = direction === "down" ? 0 : share;
    const lossDown = direction === "up" ? 0 : share;
    const delayMs = (effects.delay ?? 0) / 1_000;
    if (share !== 0 || delayMs !== 0 || block !== undefined) this.#lay(id, where, { lossUp, lossDown, delayMs, block });
    if (effects.cutOver === true) this.#parts.sweeps.forget(this.#places.pairsOf(where));
    this.#refresh();
  }

  end(fault: Fault): void {
    this.#active.delete(fault.id);
    this.#lift(fault.id);
    if (fault.effects.down !== undefined) this.#comeUp(fault, fault.effects.down);
    this.#refresh();
  }

  /** Performs an intervention; faults whose `until` names it are ended right after. */
  perform({ id, action }: Intervention, nowMs: number): void {
    const { fleet, seam } = this.#parts;
    switch (action.kind) {
      case "withdraw":
        if (!namesDestination(action.where)) this.#withdrawGateways(action.where, OPERATORS);
        else this.#places.eachServer(action.where, (server) => seam.operatorServer(server, true));
        return;
      case "restore":
        if (!namesDestination(action.where)) this.#restoreGateways(action.where, OPERATORS);
        else this.#places.eachServer(action.where, (server) => seam.operatorServer(server, false));
        return;
      case "restore-route":
        return;
      case "change": {
        const burden = { lossUp: action.loss, lossDown: action.loss, delayMs: action.delay / 1_000, block: undefined };
        if (action.loss !== 0 || action.delay !== 0) this.#lay(id, action.where, burden);
        return;
      }
      case "add-capacity":
        this.#places.eachServer(action.where, (server) => {
          fleet.servers[server]!.connections += action.connections;
          fleet.servers[server]!.loginsASecond += action.logins;
        });
        return;
      case "move":
        return this.#parts.gateways.forEach((_, index) => {
          if (this.#places.cellsOf(action.where).some((cell) => this.#parts.crowd.population.gateway[cell] === index))
            seam.operatorMove(index, action.to);
        });
      case "evacuate":
        return seam.evacuate(action.plan);
      case "evacuation":
        return seam.orderEvacuation(action.order);
      case "pause-scheduler":
        return seam.pause(nowMs + inMs(action.lasting));
    }
  }

  /** People on the paths that a fault hits, by whether they still use them: for the time it takes to lead them away. */
  peopleOn(where: Where): number {
    const { crowd } = this.#parts;
    const touches = this.#places.pairsOf(where);
    let people = 0;
    for (const pair of crowd.inUse)
      if (touches(Math.floor(pair / crowd.endpointCount), pair % crowd.endpointCount))
        people += crowd.links[pair * LINK + HELD]!;
    return people;
  }

  /** People online in the cells that a fault hits, wherever they are connected to. */
  onlineIn(where: Where): number {
    const { crowd } = this.#parts;
    return this.#places.cellsOf(where).reduce((sum, cell) => sum + crowd.online.values[cell]!, 0);
  }

  #lay(id: string, where: Where, burden: Burden): void {
    this.#burdens.set(id, { where, burden });
    this.#compose(where);
  }

  #lift(id: string): void {
    const laid = this.#burdens.get(id);
    if (laid === undefined) return;
    this.#burdens.delete(id);
    this.#compose(laid.where);
  }

  #compose(where: Where): void {
    const { crowd, sweeps, beforeChange } = this.#parts;
    const touches = this.#places.pairsOf(where);
    const tests = [...this.#burdens.values()].map(({ where: other, burden }) => ({
      touches: this.#places.pairsOf(other),
      burden,
    }));
    const changed = new Set<number>();
    for (const cell of this.#places.cellsOf(where)) {
      for (let endpoint = 0; endpoint < crowd.endpointCount; endpoint++) {
        if (!touches(cell, endpoint)) continue;
        const pair = cell * crowd.endpointCount + endpoint;
        const burdens = tests.filter((test) => test.touches(cell, endpoint)).map(({ burden }) => burden);
        if (crowd.paths.wouldChange(cell, endpoint, burdens)) {
          beforeChange(pair);
          crowd.paths.compose(cell, endpoint, burdens);
          changed.add(pair);
        }
      }
    }
    if (changed.size > 0) sweeps.wake((cell, endpoint) => changed.has(cell * crowd.endpointCount + endpoint));
  }

  #goDown({ id, where }: Fault, how: "silent" | "reset" | "drained"): void {
    const { sweeps, seam, desks, refuge } = this.#parts;
    if (!namesDestination(where)) {
      if (how === "silent") this.#loseGateways(where, id);
      else this.#withdrawGateways(where, id, how === "reset" ? 0 : DRAIN_MS);
      return;
    }
    if (how !== "drained") {
      const over = refuge.direct(where, how);
      if (how === "reset") sweeps.close(this.#places.pairsOf(where), inMs(over));
    }
    this.#places.eachServer(where, (server) => {
      if (how === "drained") seam.operatorServer(server, true);
      else {
        this.#down.note(server, id);
        desks.setDown(server, true);
        seam.health(server, false);
      }
    });
  }

  #comeUp({ id, where }: Fault, how: "silent" | "reset" | "drained"): void {
    const { seam, desks } = this.#parts;
    if (!namesDestination(where)) {
      this.#restoreGateways(where, id);
      return;
    }
    this.#places.eachServer(where, (server) => {
      if (how === "drained") seam.operatorServer(server, false);
      else if (this.#down.drop(server, id)) {
        desks.setDown(server, false);
        seam.health(server, true);
      }
    });
  }

  /** Out of service at once and without a word: links are forgotten, and whoever notices reconnects through a sibling. */
  #loseGateways(where: Where, reason: string): void {
    const { crowd, scenario } = this.#parts;
    this.#leaveHome(where, reason, crowd.paths.beatTimeoutMs, scenario.world.clients.heartbeat.longest / 1_000);
  }

  #withdrawGateways(where: Where, reason: string, spreadMs: number = DRAIN_MS): void {
    this.#leaveHome(where, reason, 500, spreadMs);
  }

  #leaveHome(where: Where, reason: string, firstMs: number, spreadMs: number): void {
    const leaving = this.#places.cellsOf(where).filter((cell) => !this.#outOfService.has(cell));
    const cells = new Set(leaving);
    this.#parts.sweeps.disconnectHomes(cells, firstMs, spreadMs);
    for (const cell of this.#places.cellsOf(where)) this.#outOfService.note(cell, reason);
    this.#lead(cells, firstMs, spreadMs);
  }

  #restoreGateways(where: Where, reason: string): void {
    const { sweeps, crowd } = this.#parts;
    const back = new Set(this.#places.cellsOf(where).filter((cell) => this.#outOfService.drop(cell, reason)));
    if (back.size === 0) return;
    sweeps.disconnectHomes(back, 500, DRAIN_MS);
    for (const cell of back) {
      crowd.comeHome(cell);
      this.#lift(cutOff(cell));
    }
    this.#lead(back, 500, DRAIN_MS);
  }

  /**
   * Leads the users of every gateway out of service through the siblings that are left. Whoever was led through others
   * before (all but `moving`) loses the link first. Where none is left, nothing passes.
   */
  #lead(moving: ReadonlySet<number>, firstMs: number, spreadMs: number): void {
    const { sweeps, crowd, gateways } = this.#parts;
    const out = this.#outOfService.all();
    const led = out.map((cell) => ({ cell, siblings: this.#siblingsInService(cell) }));
    const others = led.filter(({ cell, siblings }) => !moving.has(cell) && !crowd.isLedThrough(cell, siblings));
    if (others.length > 0) sweeps.disconnectHomes(new Set(others.map(({ cell }) => cell)), firstMs, spreadMs);
    for (const { cell, siblings } of led) {
      crowd.reroute(cell, siblings);
      const { access, gateway } = crowd.population.cells[cell]!;
      if (siblings.length > 0) this.#lift(cutOff(cell));
      else if (!this.#burdens.has(cutOff(cell)))
        this.#lay(
          cutOff(cell),
          { gateway: [gateways[gateway]!.name], access: [access] },
          { lossUp: 0, lossDown: 0, delayMs: 0, block: "drop" },
        );
    }
  }

  #siblingsInService(cell: number): number[] {
    const { crowd, gateways } = this.#parts;
    const { cells } = crowd.population;
    const { siblings } = gateways[cells[cell]!.gateway]!;
    return cells.flatMap((other, index) =>
      siblings.includes(other.gateway) && other.access === cells[cell]!.access && !this.#outOfService.has(index)
        ? [index]
        : [],
    );
  }

  /** What several faults may do to the same thing at once is worked out anew from all that are active. */
  #refresh(): void {
    const { crowd, desks, fleet, telemetry, gateways, scenario, refuge, sweeps } = this.#parts;
    refuge.look();
    const active = [...this.#active.values()];
    let passes = 1;
    let late = 0;
    for (const { effects } of active) {
      passes *= 1 - (effects.telemetry?.lost ?? 0);
      late += (effects.telemetry?.late ?? 0) / 1_000;
    }
    telemetry.extraLost = 1 - passes;
    telemetry.extraLateMs = late;
    fleet.servers.forEach((server, index) => {
      let slow = 1;
      for (const { effects, where } of active)
        if (effects.slow !== undefined && touchesServer(where, server)) slow *= effects.slow;
      desks.setSlowness(index, slow);
    });
    const changed = new Set<number>();
    crowd.population.cells.forEach((cell, index) => {
      const gateway = gateways[cell.gateway]!;
      let timeout: number = gateway.natTimeout ?? scenario.world.carriers[cell.carrier]!.natTimeout[cell.access]!;
      let surge = 1;
      for (const { effects, where } of active) {
        if (!touchesCell(where, cell, gateway)) continue;
        if (effects.natTimeout !== undefined) timeout = Math.min(timeout, effects.natTimeout);
        if (effects.surge !== undefined) surge *= effects.surge;
      }
      if (crowd.natTimeoutMs[index] === timeout / 1_000 && crowd.restlessness[index] === surge) return;
      crowd.natTimeoutMs[index] = timeout / 1_000;
      crowd.restlessness[index] = surge;
      changed.add(index);
    });
    if (changed.size > 0) sweeps.wake((cell) => changed.has(cell));
  }
}

/** Name of the burden on a cell without gateways. */
const cutOff = (cell: number): string => `no gateway for ${String(cell)}`;

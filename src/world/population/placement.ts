/**
 * Everybody in place when a run begins: most online somewhere between two beats, a few on a pause, and trying whom no
 * server has room for.
 */
import { newHeartbeat, settled } from "../../algorithms/access/heartbeat.ts";
import { Draws } from "../../base/random.ts";
import { ms } from "../../base/units.ts";
import { Arrivals } from "../../engine/arrivals.ts";
import type { Calendar } from "../../engine/calendar.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Fleet } from "../fleet/centre.ts";
import type { Desks } from "../fleet/server.ts";
import type { Crowd } from "./crowd.ts";
import { packHeartbeat } from "./heartbeats.ts";
import { rankOf } from "./population.ts";
import * as record from "./record.ts";
import type { Rest } from "./rest.ts";
import { pauseOf } from "./sessions.ts";

export interface Place {
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly desks: Desks;
  readonly fleet: Fleet;
  readonly rest: Rest | undefined;
}

/** Whoever finds no room from the start tries for the first time within a minute. */
const TRYING_MS = 60_000;
/** Ranks are told apart by so many classes where not all whom the table leads to a server find room. Chosen. */
const CLASSES = 4_096;
const classOf = (rank: number): number => Math.floor(rank * CLASSES);

/** Puts everybody of this thread in place; the first row of the dispatch table is in force. */
export const settle = ({ world: { clients } }: Scenario, seed: string, place: Place): void => {
  const { crowd, calendar, desks, rest } = place;
  const { population } = crowd;
  const draws = new Draws(seed, "place");
  const { out } = draws;
  const awayBelow = (clients.pause / (clients.pause + clients.stay)) * 4_294_967_296;
  const { heartbeat } = clients;
  const arrivals = new Arrivals(calendar);
  const client = new Int32Array(4);
  const closedFrom = roomIn(place);
  population.cells.forEach((_, cell) => {
    const state = clients.heartbeatSettled
      ? settled(ms(crowd.natTimeoutMs[cell]!), heartbeat)
      : newHeartbeat(heartbeat);
    const word = record.packClient(cell, packHeartbeat(state));
    const silenceMs = (state.nextIsInterval ? state.interval : heartbeat.shortest) / 1_000;
    for (let index = population.first[cell]!; index < population.end[cell]!; index++) {
      const people = population.peopleOf(cell, index);
      draws.at(population.identity[cell]!, index, 0);
      if (out[0]! < awayBelow) {
        crowd.away.add(cell, people);
        calendar.add(index, pauseOf(out[1]!, clients.pause / 1_000), record.AWAY, word);
        continue;
      }
      const endpoint = crowd.routeOf(cell, index);
      const { server } = crowd.endpoints[endpoint]!;
      if (closedFrom[server]! < CLASSES && classOf(rankOf(index, population.identity[cell]!)) >= closedFrom[server]!) {
        crowd.connecting.add(cell, people);
        const due = Math.floor((out[1]! / 4_294_967_296) * TRYING_MS);
        calendar.add(index, due, record.withEndpoint(record.CONNECT, endpoint), word);
        continue;
      }
      crowd.online.add(cell, people);
      crowd.hold(cell * crowd.endpointCount + endpoint, people);
      desks.hold(server, people);
      client[0] = index;
      client[2] = record.atRest(endpoint, 0);
      client[3] = word;
      const firstMs = Math.floor((out[1]! / 4_294_967_296) * silenceMs);
      const laterMs = rest?.isQuiet(word) === true ? rest.lie(client, 0, firstMs) : 0;
      if (laterMs >= 0) arrivals.add(index, firstMs + laterMs, client[2], word);
    }
  });
  arrivals.flush();
};

/** By server: the class of rank from which on it has no room, were nobody on a pause; `CLASSES` where all find room. */
const roomIn = ({ crowd, fleet: { servers } }: Place): readonly number[] => {
  const { population, endpoints } = crowd;
  const { cells } = population;
  const wanted = new Float64Array(servers.length);
  const serverOf = cells.map((_, cell) => endpoints[crowd.routeOf(cell, 0)]!.server);
  cells.forEach(({ people }, cell) => (wanted[serverOf[cell]!]! += people));
  return servers.map(({ connections }, server) => {
    if (wanted[server]! <= connections) return CLASSES;
    const ranked = new Float64Array(CLASSES);
    cells.forEach(({ rows }, cell) => {
      if (serverOf[cell] !== server) return;
      for (let index = 0; index < rows; index++)
        ranked[classOf(rankOf(index, population.identity[cell]!))]! += population.peopleOf(cell, index);
    });
    let free = connections;
    return ranked.findIndex((people) => (free -= people) < 0);
  });
};

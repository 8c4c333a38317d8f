/**
 * Everybody in place when a run begins: most online somewhere between two beats, a few on a pause, and clients
 * without room at any server connecting.
 */
import { newHeartbeat, settled } from "../../algorithms/access/heartbeat.ts";
import { chanceOf, fractionOf } from "../../base/chance.ts";
import { binomialQuantile } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import { ms } from "../../base/units.ts";
import { InsertBuffer } from "../../engine/insert-buffer.ts";
import type { Calendar } from "../../engine/calendar.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Fleet } from "../fleet/centre.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import { packHeartbeat } from "./heartbeats.ts";
import type { Parked } from "./parked.ts";
import { rankOf } from "./population.ts";
import * as record from "./record.ts";
import type { Rest } from "./rest.ts";
import { pauseOf } from "./sessions.ts";
import type { Stays } from "./stays.ts";

export interface PlacementParts {
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly loginQueues: LoginQueues;
  readonly fleet: Fleet;
  readonly parked: Parked | undefined;
  readonly rest: Rest | undefined;
  readonly stays: Stays;
}

/** Clients without room at the start make their first attempt within a minute. */
const TRYING_MS = 60_000;
/** Number of rank classes that decide who gets a connection if a server lacks room for all its clients. Chosen. */
const CLASSES = 4_096;
const classOf = (rank: number): number => Math.floor(rank * CLASSES);

/** Puts everybody of this thread in place; the first row of the dispatch table is in force. */
export const settle = ({ world: { clients } }: Scenario, seed: string, place: PlacementParts): void => {
  const { crowd, calendar, loginQueues, parked, rest, stays } = place;
  const { population, dispatch, links } = crowd;
  const draws = new Draws(seed, "place");
  const { out } = draws;
  const awayBelow = chanceOf(clients.pause / (clients.pause + clients.stay));
  const { heartbeat } = clients;
  const buffer = new InsertBuffer(calendar);
  const client = new Client(crowd, calendar);
  const closedFrom = roomIn(place);
  population.cells.forEach((_, cell) => {
    const learned = clients.heartbeatSettled
      ? settled(ms(crowd.natTimeoutMs[cell]!), heartbeat)
      : newHeartbeat(heartbeat);
    const word = record.packClient(cell, packHeartbeat(learned));
    const isQuiet = parked?.isQuiet(word) === true;
    const { server: main } = crowd.endpoints[dispatch.routeOf(cell, 0)]!;
    if (rest?.allow(cell, word) === true && closedFrom[main] === CLASSES) {
      const u = open(draws.at(population.identity[cell]!, 0, 1));
      rest.begin(cell, binomialQuantile(u, population.end[cell]!, fractionOf(awayBelow)));
      return;
    }
    const silenceMs = (learned.nextIsInterval ? learned.interval : heartbeat.shortest) / 1_000;
    for (let index = population.first[cell]!; index < population.end[cell]!; index++) {
      const people = population.peopleOf(cell, index);
      draws.at(population.identity[cell]!, index, 0);
      if (out[0]! < awayBelow) {
        crowd.away.add(cell, people);
        calendar.add(index, pauseOf(out[1]!, clients.pause / 1_000), record.AWAY, word);
        continue;
      }
      const endpoint = dispatch.routeOf(cell, index);
      const { server } = crowd.endpoints[endpoint]!;
      if (closedFrom[server]! < CLASSES && classOf(rankOf(index, population.identity[cell]!)) >= closedFrom[server]!) {
        crowd.connecting.add(cell, people);
        const due = Math.floor(fractionOf(out[1]!) * TRYING_MS);
        calendar.add(index, due, record.withEndpoint(record.CONNECT, endpoint), word);
        continue;
      }
      crowd.online.add(cell, people);
      links.now.hold(links.of(cell, endpoint), people);
      loginQueues.hold(server, people);
      client.become(word, index);
      client.state = record.online(endpoint, 0);
      const firstMs = Math.floor(fractionOf(out[1]!) * silenceMs);
      const leavesMs = stays.leavesAfterMs(cell, out[2]!, firstMs);
      if (leavesMs > 0) {
        buffer.add(index, leavesMs, record.leaving(client.state), word);
        continue;
      }
      const laterMs = isQuiet ? parked.foretell(client, firstMs) : 0;
      if (laterMs >= 0) buffer.add(index, firstMs + laterMs, client.state, word);
    }
  });
  buffer.flush();
};

/** Returns by server the first rank class without room, if nobody were on a pause; `CLASSES` if all find room. */
const roomIn = ({ crowd, fleet: { servers } }: PlacementParts): readonly number[] => {
  const { population, dispatch, endpoints } = crowd;
  const { cells } = population;
  const wanted = new Float64Array(servers.length);
  const serverOf = cells.map((_, cell) => endpoints[dispatch.routeOf(cell, 0)]!.server);
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

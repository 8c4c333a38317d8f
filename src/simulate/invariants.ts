/** What must be true in every world at all times, whatever befalls it. Looked at every minute, and at the end with a count of everybody. */
import type { World } from "../world/build.ts";
import type { Services } from "../world/services/services.ts";
import type { Push } from "../world/push/push.ts";
import { HELD, LINK } from "../world/link.ts";
import type { InvariantResult } from "./findings.ts";

const total = (column: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < column.length; at++) sum += column[at]!;
  return sum;
};

const totalAt = (column: Float64Array, places: readonly number[]): number => {
  let sum = 0;
  for (const place of places) sum += column[place]!;
  return sum;
};

/** Subscribers who can be looked for one by one every minute (chosen: a tenth of a second). */
const CENSUS_A_LOOK = 5_000_000;

export class Invariants {
  readonly #world: World;
  readonly #broken = new Map<string, string>();
  #looks = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Cheap enough for every minute. */
  check(isLast = false): void {
    const { crowd, desks, meter, population, fleet, homes } = this.#world;
    const [online, connecting, away] = [
      total(crowd.online.values),
      total(crowd.connecting.values),
      total(crowd.away.values),
    ];
    this.#expect(
      "clients conserved",
      online + connecting + away === population.people,
      () =>
        `${String(online)} online + ${String(connecting)} connecting + ${String(away)} away ≠ ${String(population.people)}`,
    );
    let [held, least] = [0, 0];
    for (const pair of crowd.inUse) {
      const people = crowd.links[pair * LINK + HELD]!;
      held += people;
      least = Math.min(least, people);
    }
    this.#expect(
      "everybody at home somewhere",
      homes.all() === population.people,
      () => `${String(homes.all())} people have a home, of ${String(population.people)}`,
    );
    this.#expect(
      "connections are people online",
      held === online,
      () => `${String(held)} connections held by ${String(online)} people`,
    );
    this.#expect(
      "connections are people online",
      least >= 0,
      () => `somebody left a path that nobody was on: ${String(least)} people on it`,
    );
    const [sent, delivered, lost] = [meter.sent, meter.delivered, meter.lost].map((column) =>
      totalAt(column, crowd.inUse),
    ) as [number, number, number];
    this.#expect(
      "packets conserved",
      sent === delivered + lost,
      () => `${String(sent)} sent ≠ ${String(delivered)} delivered + ${String(lost)} lost`,
    );
    if (this.#world.services !== undefined) this.#checkServices(this.#world.services);
    if (this.#world.push !== undefined) this.#checkPush(this.#world.push, isLast);
    fleet.servers.forEach(({ name, connections }, server) => {
      this.#expect(
        "connections within capacity",
        desks.held[server]! <= connections,
        () => `${name} holds ${String(desks.held[server])} connections of ${String(connections)}`,
      );
      this.#expect(
        "served within capacity",
        desks.served[server]! <= desks.capacity[server]! + 1,
        () => `${name} served ${String(desks.served[server])} of ${String(desks.capacity[server])}`,
      );
    });
  }

  /** Everybody is looked for at every so many looks: of very many only now and then, and at the end. */
  #checkPush(push: Push, isLast: boolean): void {
    this.#looks += 1;
    const excesses = push.excesses();
    this.#expect("told again within what each cause explains", excesses.length === 0, () => excesses.join("; "));
    push.subscribers.forEach(({ count }, task) => {
      if (!isLast && this.#looks % Math.ceil(count / CENSUS_A_LOOK) !== 0) return;
      const { name, strays, doubles, missed } = push.census(task);
      this.#expect(
        "whoever is to be told is in the store",
        strays === 0,
        () => `${String(strays)} of ${name} are not told, in no source and in no claim`,
      );
      this.#expect(
        "whoever is claimed has left the source",
        doubles === 0,
        () => `${String(doubles)} of ${name} are in the source and in a claim`,
      );
      this.#expect(
        "whoever subscribed to a task that is done was told",
        missed === 0,
        () => `${name} is done, and ${String(missed)} were not told`,
      );
    });
  }

  /** Of the machines behind the access servers. */
  #checkServices({ tiers }: Services): void {
    for (const { model, machines, unitsMost } of tiers)
      for (const { name, station } of machines) {
        this.#expect(
          "cores within capacity",
          station.busy >= 0 && station.busy <= model.cores,
          () => `${name} computes on ${String(station.busy)} of ${String(model.cores)} cores`,
        );
        this.#expect(
          "units within memory",
          station.units >= station.busy && station.units <= unitsMost,
          () =>
            `${name} has ${String(station.units)} units, room for ${String(unitsMost)}, ${String(station.busy)} busy`,
        );
      }
  }

  /** With a last count of everybody, one by one. */
  results(): readonly InvariantResult[] {
    const { crowd, sweeps } = this.#world;
    this.check(true);
    const found = sweeps.census();
    // A client in the queue of a bucket that is over is logged in when the next one begins.
    this.#expect(
      "everybody counted",
      found.online === total(crowd.online.values) && found.away === total(crowd.away.values),
      () =>
        `counted ${JSON.stringify(found)}, booked ${String(total(crowd.online.values))} online and ${String(total(crowd.away.values))} away`,
    );
    return [
      "clients conserved",
      "connections are people online",
      "connections within capacity",
      "everybody at home somewhere",
      "everybody counted",
      "packets conserved",
      "served within capacity",
      ...(this.#world.services === undefined ? [] : ["cores within capacity", "units within memory"]),
      ...(this.#world.push === undefined
        ? []
        : [
            "told again within what each cause explains",
            "whoever is claimed has left the source",
            "whoever is to be told is in the store",
            "whoever subscribed to a task that is done was told",
          ]),
    ].map((name) => {
      const why = this.#broken.get(name);
      return why === undefined ? { name, held: true } : { name, held: false, why };
    });
  }

  #expect(name: string, holds: boolean, why: () => string): void {
    if (!holds && !this.#broken.has(name)) this.#broken.set(name, why());
  }
}

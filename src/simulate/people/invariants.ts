/** Invariants of people and of the servers that they are connected to; they hold under every fault. */
import type { World } from "../../world/build.ts";
import type { InvariantResult } from "../findings.ts";
import { type Invariant, Invariants } from "../invariants.ts";

/** People by state. */
interface Count {
  readonly online: number;
  readonly connecting: number;
  readonly away: number;
}

interface Look {
  readonly world: World;
  /** Sums of the counters by cell. */
  readonly booked: Count;
  /** Counted one by one; only in the last check. */
  readonly counted: Count | undefined;
}

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

/** Checks the invariants of a world of people; cheap enough for every minute of a run. */
export class PeopleInvariants {
  readonly #world: World;
  readonly #invariants = new Invariants(INVARIANTS);

  constructor(world: World) {
    this.#world = world;
  }

  /** Checks all invariants; the last check also counts everybody one by one. */
  check(isLast: boolean): readonly InvariantResult[] {
    const { crowd, bulkUpdates } = this.#world;
    const booked = {
      online: total(crowd.online.values),
      connecting: total(crowd.connecting.values),
      away: total(crowd.away.values),
    };
    return this.#invariants.check({ world: this.#world, booked, counted: isLast ? bulkUpdates.census() : undefined });
  }
}

const INVARIANTS: readonly Invariant<Look>[] = [
  {
    name: "clients conserved",
    breach: ({ world: { population }, booked: { online, connecting, away } }) =>
      online + connecting + away === population.people
        ? undefined
        : `${String(online)} online + ${String(connecting)} connecting + ${String(away)} away ≠ ${String(population.people)}`,
  },
  {
    name: "connections are people online",
    breach: ({ world: { crowd }, booked: { online } }) => {
      let [held, least] = [0, 0];
      const links = crowd.links.agreed();
      for (const link of links.inUse) {
        const people = links.held(link);
        held += people;
        least = Math.min(least, people);
      }
      if (held !== online) return `${String(held)} connections held by ${String(online)} people`;
      return least >= 0 ? undefined : `somebody left a path that nobody was on: ${String(least)} people on it`;
    },
  },
  {
    name: "connections within capacity",
    breach: ({ world: { loginQueues, fleet } }) => {
      const over = fleet.servers.findIndex(({ connections }, server) => !(loginQueues.held[server]! <= connections));
      if (over < 0) return undefined;
      const { name, connections } = fleet.servers[over]!;
      return `${name} holds ${String(loginQueues.held[over])} connections of ${String(connections)}`;
    },
  },
  {
    name: "everybody at home somewhere",
    breach: ({ world: { homes, population } }) =>
      homes.all() === population.people
        ? undefined
        : `${String(homes.all())} people have a home, of ${String(population.people)}`,
  },
  {
    // A client in the queue of a bucket that is over is logged in when the next one begins.
    name: "everybody counted",
    breach: ({ booked: { online, away }, counted }) =>
      counted === undefined || (counted.online === online && counted.away === away)
        ? undefined
        : `counted ${JSON.stringify(counted)}, booked ${String(online)} online and ${String(away)} away`,
  },
  {
    name: "packets conserved",
    breach: ({ world: { crowd, meter } }) => {
      const { inUse } = crowd.links.agreed();
      const [sent, delivered, lost] = [
        totalAt(meter.sent, inUse),
        totalAt(meter.delivered, inUse),
        totalAt(meter.lost, inUse),
      ];
      return sent === delivered + lost
        ? undefined
        : `${String(sent)} sent ≠ ${String(delivered)} delivered + ${String(lost)} lost`;
    },
  },
  {
    name: "served within capacity",
    breach: ({ world: { loginQueues, fleet } }) => {
      const over = fleet.servers.findIndex(
        (_, server) => !(loginQueues.served[server]! <= loginQueues.capacity[server]! + 1),
      );
      return over < 0
        ? undefined
        : `${fleet.servers[over]!.name} served ${String(loginQueues.served[over])} of ${String(loginQueues.capacity[over])}`;
    },
  },
];

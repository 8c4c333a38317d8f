/**
 * The login queues of access servers, as fluids. People, not rows, wait in them: a row that stands for a
 * thousand weighs a thousand. Within a bucket nobody's place depends on who was handled first: a client's
 * wait follows from the backlog at the bucket's start, the bucket's arrivals, and when it came.
 *
 * The people of a row come one by one, though the row is one event: who stands for more than a server takes at a time
 * is spread over the next buckets, or else a coarse scale would make queues of its own.
 */
import { assert } from "../../base/assert.ts";
import { inMs } from "../../base/units.ts";
import { ThreadGroup } from "../../engine/thread-group.ts";
import type { SharedTotals } from "../../engine/shared-totals.ts";
import type { WorldModel } from "../../scenario/scenario.ts";
import type { Server } from "./centre.ts";

/** How a server treats those who want in. */
export interface Door {
  /** `none` lets everybody queue; `by-wait` refuses whoever would wait for longer than this, and says when to come back. */
  readonly admission: "none" | "by-wait";
  readonly longestWaitMs: number;
  /** Work of a refusal, in logins. */
  readonly refusal: number;
  /** Whether requests carry their deadline: what nobody waits for any more is then dropped, else it is worked on all the same. */
  readonly carriesDeadlines: boolean;
}

/** As a scenario says. */
export const doorOf = ({ admission }: WorldModel): Door => ({
  admission: admission.policy,
  longestWaitMs: inMs(admission.longestWait),
  refusal: admission.refusal,
  carriesDeadlines: admission.deadlines === "carried",
});

/** Everybody may queue, and whoever leaves costs nothing. */
const WIDE_OPEN: Door = { admission: "none", longestWaitMs: Infinity, refusal: 0, carriesDeadlines: true };

/** Share of its logins that a server gives appointments for; the rest is for those who come without one. Chosen. */
const APPOINTED = 0.95;

/** A row may fill this part of a server's capacity for as long as it takes its people to come (chosen: a few rows at once still fit). */
const ROW_SHARE = 1 / 4;
/** Buckets over which arrivals are spread at most. */
const SPREAD_MOST = 256;
/** Ranks are told apart by so many classes where not all may connect who came together. Chosen. */
const CLASSES = 16;
const classOf = (rank: number): number => Math.floor(rank * CLASSES);

export class Desks {
  /** People waiting at the start of the bucket before this one, and those who joined the queue in it: what a settling client needs. */
  readonly #backlogBefore: Float64Array;
  readonly #joinedBefore: Float64Array;
  readonly #backlog: Float64Array;
  /** People who join the queue in this bucket and in those to come, by bucket and server; which bucket is this one. */
  readonly #joining: SharedTotals;
  #bucket = 0;
  /** Fractions of people that a bucket's capacity had left over, so that rates need not divide evenly. */
  readonly #carry: Float64Array;
  readonly #slowness: Float64Array;
  readonly #share: Float64Array;
  readonly #isDown: Uint8Array;
  /** People who gave up waiting: what they asked for is taken out of the queue. */
  readonly #abandoned: SharedTotals;
  /** Share of the last bucket's arrivals that were let into the queue, and how many were not. */
  readonly #welcomed: Float64Array;
  readonly #refusedBefore: Float64Array;
  /** People with an appointment that is yet to come, at the last bucket's start. */
  readonly #appointed: Float64Array;
  /** Work of refusals that is still to be done, in logins. */
  readonly #owed: Float64Array;
  readonly held: Float64Array;
  readonly #held: SharedTotals;
  /** The most connections held at the end of a bucket since last asked. */
  readonly peak: Float64Array;
  /** People who arrived in this bucket by server and class of rank, and the class from which on there was no room in the last one. */
  readonly #ranked: SharedTotals;
  readonly #closedFrom: Uint8Array;
  readonly served: Float64Array;
  readonly capacity: Float64Array;
  /** Logins that whoever came and waited left possible, bucket by bucket: no more than capacity, no more than were asked for. */
  readonly possible: Float64Array;
  /** People who asked, those of them who were turned away at the door, and those who were logged in. */
  readonly asked: Float64Array;
  readonly #asked: SharedTotals;
  readonly refused: Float64Array;
  readonly completed: Float64Array;
  readonly #completed: SharedTotals;
  /** Longest wait a settled client had, ms, since last asked. */
  readonly longestWaitMs: Float64Array;
  readonly #longestWaitMs: SharedTotals;
  readonly #servers: readonly Server[];
  readonly #bucketMs: number;
  readonly #door: Door;

  constructor(servers: readonly Server[], bucketMs: number, door = WIDE_OPEN, threads = new ThreadGroup()) {
    const column = (): Float64Array => new Float64Array(servers.length);
    this.#servers = servers;
    this.#bucketMs = bucketMs;
    this.#door = door;
    this.#backlogBefore = column();
    this.#joinedBefore = column();
    this.#joining = threads.totals(new Float64Array(servers.length * SPREAD_MOST));
    this.#backlog = column();
    this.#carry = column();
    this.#slowness = column().fill(1);
    this.#share = column().fill(1);
    this.#isDown = new Uint8Array(servers.length);
    this.#abandoned = threads.totals(column());
    this.#welcomed = column().fill(1);
    this.#refusedBefore = column();
    this.#appointed = column();
    this.#owed = column();
    this.#asked = threads.totals(column());
    this.asked = this.#asked.values;
    this.refused = column();
    this.#completed = threads.totals(column());
    this.completed = this.#completed.values;
    this.#held = threads.totals(column());
    this.held = this.#held.values;
    this.peak = column();
    this.#ranked = threads.totals(new Float64Array(servers.length * CLASSES));
    this.#closedFrom = new Uint8Array(servers.length);
    this.served = column();
    this.capacity = column();
    this.possible = column();
    this.#longestWaitMs = threads.totals(column(), { combine: "max" });
    this.longestWaitMs = this.#longestWaitMs.values;
  }

  /** These people ask for a login. Their rank among all who do in this bucket is in [0, 1). */
  arrive(server: number, people: number, rank: number): void {
    this.#ranked.add(server * CLASSES + classOf(rank), people);
    this.#asked.add(server, people);
    const ableMs = (ROW_SHARE * this.#servers[server]!.loginsASecond) / 1_000;
    const buckets = Math.min(SPREAD_MOST, Math.ceil(people / (ableMs * this.#bucketMs)));
    for (let ahead = 0, left = people; ahead < buckets; ahead++) {
      const part = Math.ceil(left / (buckets - ahead));
      this.#joining.add(this.#placeOf(server, ahead), part);
      left -= part;
    }
  }

  #placeOf(server: number, ahead: number): number {
    return ((this.#bucket + ahead) % SPREAD_MOST) * this.#servers.length + server;
  }

  /** How long a client waits who came `offsetMs` into the bucket before this one. */
  waitMs(server: number, offsetMs: number): number {
    const perMs = this.#perMs(server);
    const ahead = this.#backlogBefore[server]! + (this.#joinedBefore[server]! * offsetMs) / this.#bucketMs;
    const wait = Math.max(0, ahead / perMs - offsetMs);
    this.#longestWaitMs.raise(server, wait);
    return wait;
  }

  /** How long somebody would wait who came now. */
  queueMs(server: number): number {
    return this.#backlog[server]! / this.#perMs(server);
  }

  /** Whether the server has a connection left for somebody who came in the bucket before this one with this rank. */
  admits(server: number, rank: number): boolean {
    return classOf(rank) < this.#closedFrom[server]!;
  }

  /** A client's patience is shorter than its wait: its socket will be closed when its turn comes, and costs nothing then. */
  abandon(server: number, people: number): void {
    if (this.#door.carriesDeadlines) this.#abandoned.add(server, people);
  }

  /** Connections of these people begin; of fewer than none, they end. */
  hold(server: number, people: number): void {
    this.#held.add(server, people);
  }

  /** These people are logged in. */
  complete(server: number, people: number): void {
    this.#completed.add(server, people);
  }

  /** Whether the door let somebody into the queue who came in the bucket before this one, by keyed rank in [0, 1). */
  welcomes(server: number, rank: number): boolean {
    return rank < this.#welcomed[server]!;
  }

  /** When somebody who was not is to come back, ms from then: appointments go out in the order of ranks. */
  appointmentMs(server: number, rank: number): number {
    const share = this.#welcomed[server]!;
    const ahead = this.#appointed[server]! + ((rank - share) / (1 - share)) * this.#refusedBefore[server]!;
    return ahead / (APPOINTED * this.#perMs(server));
  }

  /** Only this share of its logins can be served behind its door. */
  setShare(server: number, share: number): void {
    this.#share[server] = share;
  }

  /** Logins a second that it can serve now. */
  rate(server: number): number {
    return 1_000 * this.#perMs(server);
  }

  /** A server that is down serves nobody, and forgets who waited; or it is up again. */
  setDown(server: number, isDown: boolean): void {
    this.#isDown[server] = isDown ? 1 : 0;
    if (isDown) this.#backlog[server] = 0;
  }

  isDown(server: number): boolean {
    return this.#isDown[server] === 1;
  }

  setSlowness(server: number, times: number): void {
    this.#slowness[server] = times;
  }

  /** Ends a bucket: serves what capacity allows and makes its numbers known to those who settle in the next. */
  turn(): void {
    for (let server = 0; server < this.#servers.length; server++) {
      const place = this.#placeOf(server, 0);
      const came = this.#joining.values[place]!;
      this.#joining.values[place] = 0;
      const fresh = this.#isDown[server] === 1 ? 0 : this.#perMs(server) * this.#bucketMs;
      const refusing = Math.min(fresh, this.#owed[server]!);
      this.#owed[server]! -= refusing;
      const able = fresh - refusing + this.#carry[server]!;
      const joined = this.#letIn(server, came, able);
      const asked = this.#backlog[server]! + joined;
      const gone = Math.min(asked, this.#abandoned.values[server]!);
      const waiting = asked - gone;
      // Who gave up before all people of the row had joined leaves with the rest of them.
      this.#abandoned.values[server]! -= gone;
      const served = Math.min(waiting, Math.floor(able));
      this.#carry[server] = waiting > served ? able - Math.floor(able) : 0;
      this.#backlogBefore[server] = this.#backlog[server]!;
      this.#joinedBefore[server] = joined;
      this.#backlog[server] = waiting - served;
      this.peak[server] = Math.max(this.peak[server]!, this.held[server]!);
      this.#closedFrom[server] = this.#roomFor(server);
      this.served[server] = this.served[server]! + served;
      this.capacity[server] = this.capacity[server]! + fresh;
      this.possible[server] = this.possible[server]! + Math.min(fresh, this.#backlogBefore[server]! + came);
      assert(
        this.#backlog[server]! >= 0,
        () => `server ${String(server)} has a backlog of ${String(this.#backlog[server])}`,
      );
    }
    this.#bucket = (this.#bucket + 1) % SPREAD_MOST;
  }

  /** How many classes of those who came find a connection, whoever else of them does. */
  #roomFor(server: number): number {
    let free = this.#servers[server]!.connections - this.held[server]!;
    let isOpen = true;
    let classes = 0;
    for (let place = server * CLASSES; place < (server + 1) * CLASSES; place++) {
      free -= this.#ranked.values[place]!;
      this.#ranked.values[place] = 0;
      isOpen &&= free >= 0;
      if (isOpen) classes += 1;
    }
    return classes;
  }

  /** How many of those who came the door lets into the queue; the others get appointments. */
  #letIn(server: number, came: number, able: number): number {
    const { admission, longestWaitMs, refusal } = this.#door;
    if (admission === "none") return came;
    const perMs = this.#perMs(server);
    this.#appointed[server] = Math.max(
      0,
      this.#appointed[server]! + this.#refusedBefore[server]! - APPOINTED * perMs * this.#bucketMs,
    );
    const room = Math.max(0, Math.floor(longestWaitMs * perMs + able - this.#backlog[server]!));
    const joined = Math.min(came, room);
    this.#welcomed[server] = came === 0 ? 1 : joined / came;
    this.#refusedBefore[server] = came - joined;
    this.refused[server]! += came - joined;
    this.#owed[server]! += refusal * (came - joined);
    return joined;
  }

  #perMs(server: number): number {
    return (this.#share[server]! * this.#servers[server]!.loginsASecond) / 1_000 / this.#slowness[server]!;
  }
}

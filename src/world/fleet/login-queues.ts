/**
 * The login queues of access servers, as fluids. People, not rows, wait in them: a row that stands for a thousand people weighs a
 * thousand. A client's wait follows from the backlog at the start of its bucket, the bucket's arrivals and its own arrival time, so
 * the order in which clients are handled does not matter.
 *
 * A row is one event, but its people arrive one by one, as a coarse scale would otherwise make queues of its own. Of people who come
 * back after a pause, the row's event is one; the others come at other times, as a stream of their own (others.ts). People of one
 * row that one cause sends come together, but a row alone is spread over the next buckets, as it would have no queue (arrivals.ts).
 */
import { assert } from "../../base/assert.ts";
import { inMs } from "../../base/units.ts";
import { ThreadGroup } from "../../engine/thread-group.ts";
import type { SharedTotals } from "../../engine/shared-totals.ts";
import type { WorldModel } from "../../scenario/scenario.ts";
import type { Server } from "./centre.ts";
import { Arrivals } from "./arrivals.ts";
import { Others } from "./others.ts";
import { classOf, RANK_CLASSES, Requests } from "./requests.ts";

/** Admission control of logins. */
export interface LoginAdmission {
  /** `none` lets everybody queue; `by-wait` refuses clients that would wait longer than this, and tells them when to retry. */
  readonly admission: "none" | "by-wait";
  /** Longest admitted wait; applies to `by-wait` only. */
  readonly longestWaitMs: number;
  /** Work of a refusal, in logins. */
  readonly refusal: number;
  /** Longest wait for which people remain in the queue, ms; Infinity if requests carry no deadline: then all are served. */
  readonly deadlineMs: number;
}

/** Returns the admission control that a scenario names. */
export const loginAdmissionOf = ({ admission, clients }: WorldModel): LoginAdmission => ({
  admission: admission.policy,
  longestWaitMs: inMs(admission.longestWait),
  refusal: admission.refusal,
  deadlineMs: admission.deadlines === "carried" ? inMs(clients.loginTimeout) : Infinity,
});

/** What login queues may be told. */
export interface LoginQueuesPlan {
  /** By default everybody may queue, and waits. */
  readonly admission?: LoginAdmission;
  /** The threads of the run; by default there is one. */
  readonly threads?: ThreadGroup;
  /** Seeds the people of rows who come by themselves. */
  readonly seed?: string;
  /** People of a usual row, at least 1, the default. */
  readonly peopleARow?: number;
}

/** Everybody may queue, and waits. */
const ADMIT_ALL_LOGINS: LoginAdmission = {
  admission: "none",
  longestWaitMs: Infinity,
  refusal: 0,
  deadlineMs: Infinity,
};

/** Share of its logins that a server promises to refused clients for later; the rest is for new ones. Chosen. */
const PROMISED_SHARE = 0.95;

/** The login queues and connections of all access servers. */
export class LoginQueues {
  /** People waiting at the start of the last bucket, and those who joined in it: what a wait follows from. */
  readonly #backlogBefore: Float64Array;
  readonly #joinedBefore: Float64Array;
  readonly #backlog: Float64Array;
  /** People who ask for a login, in this bucket and in the next ones. */
  readonly #requests: Requests;
  /** How people who come in this bucket join. */
  readonly #arrivals: Arrivals;
  /** The same with all people of their rows at once, as completed logins are counted: what `possible` compares them with. */
  readonly #demand: Arrivals;
  #buckets = 0;
  /** The people of rows who come by themselves. */
  readonly others: Others;
  /** Fractions of logins left over from the last bucket, as rates need not divide evenly. */
  readonly #carry: Float64Array;
  readonly #slowness: Float64Array;
  readonly #share: Float64Array;
  readonly #isDown: Uint8Array;
  /** Share of the last bucket's arrivals that were admitted, and the number that was refused. */
  readonly #admittedShare: Float64Array;
  readonly #refusedBefore: Float64Array;
  /** Refused people whose promised retry is still to come, at the start of the last bucket. */
  readonly #promised: Float64Array;
  /** Work of refusals not yet done, in logins. */
  readonly #refusalWork: Float64Array;
  /** Connections held, by server. */
  readonly held: Float64Array;
  readonly #held: SharedTotals;
  /** The most connections held at the end of a bucket since this was last reset. */
  readonly peak: Float64Array;
  /** Classes of rank that found a connection in the last bucket. */
  readonly #openClasses: Uint8Array;
  /** Logins served since the run began, by server. */
  readonly served: Float64Array;
  /** Logins that the server could have served since the run began. */
  readonly capacity: Float64Array;
  /** Sum over buckets of the least of capacity and of logins asked for. */
  readonly possible: Float64Array;
  /** People who asked for a login since the run began, up to the last bucket, by server. */
  readonly asked: Float64Array;
  /** People who were refused. */
  readonly refused: Float64Array;
  /** People who were logged in. */
  readonly completed: Float64Array;
  readonly #completed: SharedTotals;
  /** The longest wait of a client since this was last reset, ms. */
  readonly longestWaitMs: Float64Array;
  readonly #longestWaitMs: SharedTotals;
  readonly #servers: readonly Server[];
  readonly #bucketMs: number;
  readonly #admission: LoginAdmission;

  constructor(
    servers: readonly Server[],
    bucketMs: number,
    { admission = ADMIT_ALL_LOGINS, threads = new ThreadGroup(), seed = "", peopleARow = 1 }: LoginQueuesPlan = {},
  ) {
    const column = (): Float64Array => new Float64Array(servers.length);
    this.#servers = servers;
    this.#bucketMs = bucketMs;
    this.#admission = admission;
    this.#backlogBefore = column();
    this.#joinedBefore = column();
    this.#requests = new Requests(threads, servers.length);
    this.#arrivals = new Arrivals(servers.length, peopleARow);
    this.#demand = new Arrivals(servers.length, peopleARow);
    this.#backlog = column();
    this.others = new Others(servers, seed);
    this.#carry = column();
    this.#slowness = column().fill(1);
    this.#share = column().fill(1);
    this.#isDown = new Uint8Array(servers.length);
    this.#admittedShare = column().fill(1);
    this.#refusedBefore = column();
    this.#promised = column();
    this.#refusalWork = column();
    this.asked = column();
    this.refused = column();
    this.#completed = threads.totals(column());
    this.completed = this.#completed.values;
    this.#held = threads.totals(column());
    this.held = this.#held.values;
    this.peak = column();
    this.#openClasses = new Uint8Array(servers.length);
    this.served = column();
    this.capacity = column();
    this.possible = column();
    this.#longestWaitMs = threads.totals(column(), { combine: "max" });
    this.longestWaitMs = this.#longestWaitMs.values;
  }

  /**
   * Adds people who ask for a login this many buckets from now, less than `BUCKETS_AHEAD`; their rank in [0, 1) decides among all of
   * that bucket. Of them, `elsewhen` come at other times, among `others`.
   */
  request(server: number, people: number, rank: number, elsewhen = 0, inBuckets = 0): void {
    this.#requests.add(server, people, rank, elsewhen, inBuckets);
  }

  /** Returns the wait of a client that arrived `offsetMs` into the last bucket, ms. */
  waitMs(server: number, offsetMs: number): number {
    const perMs = this.#loginsPerMs(server);
    const ahead = this.#backlogBefore[server]! + (this.#joinedBefore[server]! * offsetMs) / this.#bucketMs;
    const wait = Math.max(0, ahead / perMs - offsetMs);
    this.#longestWaitMs.raise(server, wait);
    return wait;
  }

  /** Returns the wait of a client that arrives now, ms. */
  expectedWaitMs(server: number): number {
    return this.#backlog[server]! / this.#loginsPerMs(server);
  }

  /** True if the server has a connection left for a client of the last bucket with this rank. */
  hasConnectionFor(server: number, rank: number): boolean {
    return classOf(rank) < this.#openClasses[server]!;
  }

  /** Adds connections; ends them if negative. */
  hold(server: number, people: number): void {
    this.#held.add(server, people);
  }

  /** Counts people who are logged in. */
  complete(server: number, people: number): void {
    this.#completed.add(server, people);
  }

  /** True if a client of the last bucket was admitted to the queue, by its rank in [0, 1). */
  isAdmitted(server: number, rank: number): boolean {
    return rank < this.#admittedShare[server]!;
  }

  /** Returns after how long a refused client of the last bucket is to retry, ms; promised times ascend with the rank. */
  retryAfterMs(server: number, rank: number): number {
    const share = this.#admittedShare[server]!;
    const ahead = this.#promised[server]! + ((rank - share) / (1 - share)) * this.#refusedBefore[server]!;
    return ahead / (PROMISED_SHARE * this.#loginsPerMs(server));
  }

  /** Limits a server to a share of its logins, in [0, 1]. */
  setShare(server: number, share: number): void {
    this.#share[server] = share;
  }

  /** Returns the logins a second that the server can serve now. */
  rate(server: number): number {
    return 1_000 * this.#loginsPerMs(server);
  }

  /** Takes a server down, which empties its queue, or brings it up again. */
  setDown(server: number, isDown: boolean): void {
    this.#isDown[server] = isDown ? 1 : 0;
    if (isDown) this.#backlog[server] = 0;
  }

  /** True while the server is down. */
  isDown(server: number): boolean {
    return this.#isDown[server] === 1;
  }

  /** Sets the factor on the time of each login. */
  setSlowness(server: number, times: number): void {
    this.#slowness[server] = times;
  }

  /** Ends a bucket: serves what capacity allows; the methods about the last bucket refer to it from now on. */
  endBucket(): void {
    for (let server = 0; server < this.#servers.length; server++) this.#endBucketOf(server);
    this.#requests.next();
    this.#buckets += 1;
  }

  #endBucketOf(server: number): void {
    const perMs = this.#loginsPerMs(server);
    const isDown = this.#isDown[server] === 1;
    const fresh = isDown ? 0 : perMs * this.#bucketMs;
    const backlog = this.#backlog[server]!;
    const isBusy = backlog > 0;
    const asked = this.#requests.asked(server);
    this.asked[server]! += asked;
    const rows = this.#arrivals.join(server, asked - this.#requests.elsewhen(server), fresh, isBusy);
    const demand = this.#demand.join(server, asked, fresh, isBusy);
    const refusing = Math.min(fresh, this.#refusalWork[server]!);
    this.#refusalWork[server]! -= refusing;
    const able = fresh - refusing + this.#carry[server]!;
    const all = rows + (isDown ? 0 : this.others.come(server, this.#buckets, able));
    const room = { perMs, able, backlog };
    const joined = this.#admit(server, all, room);
    // Requests that would wait beyond the deadline are dropped in the end: nobody waits for them.
    const waiting = backlog + Math.min(joined, roomFor(this.#admission.deadlineMs, room));
    const served = Math.min(waiting, Math.floor(able));
    this.#carry[server] = waiting > served ? able - Math.floor(able) : 0;
    this.#backlogBefore[server] = backlog;
    this.#joinedBefore[server] = joined;
    this.#backlog[server] = waiting - served;
    const held = this.held[server]!;
    if (held > this.peak[server]!) this.peak[server] = held;
    this.#openClasses[server] = this.#classesWithRoom(server, asked);
    this.served[server]! += served;
    this.capacity[server]! += fresh;
    this.possible[server]! += Math.min(fresh, backlog + demand);
    assertServed(server, waiting, served);
  }

  /** Returns the number of classes, from the lowest ranks, of the people who asked that all find a connection. */
  #classesWithRoom(server: number, asked: number): number {
    let free = this.#servers[server]!.connections - this.held[server]!;
    if (asked === 0) return free >= 0 ? RANK_CLASSES : 0;
    let isOpen = true;
    let classes = 0;
    for (let rankClass = 0; rankClass < RANK_CLASSES; rankClass++) {
      free -= this.#requests.ofClass(server, rankClass);
      isOpen &&= free >= 0;
      if (isOpen) classes += 1;
    }
    return classes;
  }

  /** Returns the number of arrivals that are admitted to the queue; the others are promised a later time. */
  #admit(server: number, came: number, room: Room): number {
    const { admission, longestWaitMs, refusal } = this.#admission;
    if (admission === "none") return came;
    this.#promised[server] = Math.max(
      0,
      this.#promised[server]! + this.#refusedBefore[server]! - PROMISED_SHARE * room.perMs * this.#bucketMs,
    );
    const joined = Math.min(came, roomFor(longestWaitMs, room));
    this.#admittedShare[server] = came === 0 ? 1 : joined / came;
    this.#refusedBefore[server] = came - joined;
    this.refused[server]! += came - joined;
    this.#refusalWork[server]! += refusal * (came - joined);
    return joined;
  }

  #loginsPerMs(server: number): number {
    return (this.#share[server]! * this.#servers[server]!.loginsASecond) / 1_000 / this.#slowness[server]!;
  }
}

/** A function of its own, so that the end of a bucket does not build a message. */
const assertServed = (server: number, waiting: number, served: number): void => {
  assert(waiting >= served, () => `server ${String(server)} has a backlog of ${String(waiting - served)}`);
};

/** What bounds the people who may join a queue in a bucket. */
interface Room {
  /** Logins that the server serves in a ms. */
  readonly perMs: number;
  /** Logins that it serves in the bucket. */
  readonly able: number;
  /** People who wait already. */
  readonly backlog: number;
}

/** Returns the number of a bucket's arrivals who wait at most this long. */
const roomFor = (waitMs: number, { perMs, able, backlog }: Room): number =>
  Math.max(0, Math.floor(waitMs * perMs + able - backlog));

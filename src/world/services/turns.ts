/** Turns of requests on a core, and which of them turn out to be for nobody. */
import type { Instant } from "../../base/units.ts";
import type { CallNode, Origin } from "./callers.ts";
import { NONE, type Request, type ServiceNotes } from "./requests.ts";

/** Numbers of a turn: when it began, and how long it computed, us. */
const TURN = 2;

/** Returns the most turns that a request of the call tree has: one before, between and after its calls. */
const mostTurns = ({ calls }: CallNode): number => Math.max(calls.length + 1, ...calls.map(mostTurns));

/** The turns of all requests whose callers wait, side by side: an array for each request would be made anew each time. */
export class Turns {
  readonly #notes: ServiceNotes;
  /** Numbers that a request's turns take. */
  readonly #each: number;
  /** By slot of the request. */
  #numbers: Float64Array;

  /** Makes room for the requests of the tasks of these origins. */
  constructor(notes: ServiceNotes, origins: readonly Origin[]) {
    this.#notes = notes;
    this.#each = TURN * Math.max(...origins.map(({ root }) => mostTurns(root)));
    this.#numbers = new Float64Array(64 * this.#each);
  }

  /** Notes a turn of a request on a core: it is wasted if the caller has given up, or gives up later. */
  note(slot: number, request: Request, at: Instant, us: number): void {
    const { tier } = request.node;
    this.#notes.computed(tier, at, us);
    if (request.call === NONE) {
      this.#notes.wasted(tier, at, us);
      return;
    }
    const place = slot * this.#each + TURN * request.turns++;
    if (place >= this.#numbers.length) this.#grow(place);
    this.#numbers[place] = at;
    this.#numbers[place + 1] = us;
  }

  /** Notes that a request's caller will not hear of it: all that was computed for it was in vain. */
  abandon(slot: number, request: Request): void {
    const { node, turns } = request;
    const first = slot * this.#each;
    request.call = NONE;
    request.turns = 0;
    for (let place = first; place < first + TURN * turns; place += TURN)
      this.#notes.wasted(node.tier, this.#numbers[place]! as Instant, this.#numbers[place + 1]!);
  }

  #grow(place: number): void {
    const larger = new Float64Array(2 * place);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

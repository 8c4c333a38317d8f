/** Turns of requests on a core, and which of them turn out to be for nobody. */
import type { Instant } from "../../base/units.ts";
import type { CallNode, Origin } from "./callers.ts";
import { NONE, type ServiceNotes } from "./requests.ts";
import { REQUEST_FIELDS, type Rows, SIZES } from "./rows.ts";

const { WORDS } = SIZES;
const { CALL, TURNS } = REQUEST_FIELDS;

/** Numbers of a turn: when it began, and how long it computed, us. */
const TURN = 2;

/** Returns the most turns that a request of the call tree has: one before, between and after its calls. */
const mostTurns = ({ calls }: CallNode): number => Math.max(calls.length + 1, ...calls.map(mostTurns));

/** The turns of all requests whose callers wait, side by side: an array for each request would be made anew each time. */
export class Turns {
  readonly #notes: ServiceNotes;
  readonly #requests: Rows;
  /** Numbers that a request's turns take. */
  readonly #each: number;
  /** By slot of the request. */
  #numbers: Float64Array;

  /** Makes room for the requests of the tasks of these origins. */
  constructor(notes: ServiceNotes, requests: Rows, origins: readonly Origin[]) {
    this.#notes = notes;
    this.#requests = requests;
    this.#each = TURN * Math.max(...origins.map(({ root }) => mostTurns(root)));
    this.#numbers = new Float64Array(64 * this.#each);
  }

  /** Notes a turn of a request at a tier: it is wasted if the caller has given up, or gives up later. */
  note(slot: number, tier: number, at: Instant, us: number): void {
    const { words } = this.#requests;
    this.#notes.computed(tier, at, us);
    if (words[slot * WORDS + CALL] === NONE) {
      this.#notes.wasted(tier, at, us);
      return;
    }
    const place = slot * this.#each + TURN * words[slot * WORDS + TURNS]!++;
    if (place >= this.#numbers.length) this.#grow(place);
    this.#numbers[place] = at;
    this.#numbers[place + 1] = us;
  }

  /** Notes that a request's caller will not hear of it: all that was computed for it was in vain. */
  abandon(slot: number, tier: number): void {
    const { words } = this.#requests;
    const first = slot * this.#each;
    const end = first + TURN * words[slot * WORDS + TURNS]!;
    words[slot * WORDS + CALL] = NONE;
    words[slot * WORDS + TURNS] = 0;
    for (let place = first; place < end; place += TURN)
      this.#notes.wasted(tier, this.#numbers[place]! as Instant, this.#numbers[place + 1]!);
  }

  #grow(place: number): void {
    const larger = new Float64Array(2 * place);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/**
 * Home centres: every user has one, which holds contacts, settings and messages not yet fetched; other centres hold a copy that lags
 * behind. A planned move hands the state over first and loses nothing; a lost centre loses what it accepted since the copy.
 */
import { assert } from "../../base/assert.ts";

/** What home centres are built from. */
export interface HomesPlan {
  /** Names of the centres. */
  readonly centres: readonly string[];
  /** People behind each gateway, and their first home. */
  readonly gateways: readonly { readonly people: number; readonly centre: string }[];
  /** Messages that a person receives a second. */
  readonly messagesASecond: number;
  /** Seconds that copies lag behind. */
  readonly lagS: number;
}

/** Counts the people at home in each centre, by gateway. */
export class Homes {
  /** Expected messages that are lost for good. */
  lostMessages = 0;
  readonly #plan: HomesPlan;
  /** People by gateway and centre. */
  readonly #people: Float64Array;
  readonly #down = new Set<number>();

  constructor(plan: HomesPlan) {
    this.#plan = plan;
    this.#people = new Float64Array(plan.gateways.length * plan.centres.length);
    plan.gateways.forEach(({ people, centre }, gateway) => (this.#people[this.#place(gateway, centre)] = people));
  }

  /** Moves the state of a gateway's people, of at most those that are left, and returns their number. */
  handOver(gateway: number, from: string, to: string, people: number): number {
    const [left, gained] = [this.#place(gateway, from), this.#place(gateway, to)];
    const moved = Math.min(this.#people[left]!, Math.round(people));
    this.#people[left]! -= moved;
    this.#people[gained]! += moved;
    return moved;
  }

  /** True from the loss of a centre until it is regained. */
  isLost(centre: string): boolean {
    return this.#down.has(this.#plan.centres.indexOf(centre));
  }

  /**
   * Loses a centre with the messages that its copies lack, none if they are complete (`copied`); its people have no home until
   * `failOver` or `regain`.
   */
  lose(centre: string, state: "lagging" | "copied" = "lagging"): void {
    const place = this.#plan.centres.indexOf(centre);
    if (this.#down.has(place)) return;
    this.#down.add(place);
    if (state === "lagging") this.lostMessages += this.at(centre) * this.#plan.messagesASecond * this.#plan.lagS;
  }

  /**
   * Makes the copies elsewhere the homes of a lost centre's people, by gateway in the centre that `successorOf` names.
   */
  failOver(centre: string, successorOf: (gateway: number) => string): void {
    this.#plan.gateways.forEach((_, gateway) => {
      const successor = successorOf(gateway);
      if (successor !== centre) this.handOver(gateway, centre, successor, Infinity);
    });
  }

  /** Brings a centre back, with the people who still have their home there. */
  regain(centre: string): void {
    this.#down.delete(this.#plan.centres.indexOf(centre));
  }

  /** Returns the people behind a gateway at home in a centre. */
  of(gateway: number, centre: string): number {
    return this.#people[this.#place(gateway, centre)]!;
  }

  /** Returns the people at home in a centre. */
  at(centre: string): number {
    const { centres, gateways } = this.#plan;
    const place = centres.indexOf(centre);
    let sum = 0;
    for (let gateway = 0; gateway < gateways.length; gateway++) sum += this.#people[gateway * centres.length + place]!;
    return sum;
  }

  /** Returns the people whose home is lost. */
  homeless(): number {
    let sum = 0;
    for (const place of this.#down) sum += this.at(this.#plan.centres[place]!);
    return sum;
  }

  /** Returns all people; the number never changes. */
  all(): number {
    return this.#people.reduce((sum, people) => sum + people, 0);
  }

  #place(gateway: number, centre: string): number {
    const place = this.#plan.centres.indexOf(centre);
    assert(place >= 0, () => `no centre ${centre}`);
    return gateway * this.#plan.centres.length + place;
  }
}

/**
 * Where people's state lives: every user has one home, the centre that holds contacts, settings and messages not yet fetched.
 * Other centres have a copy that lags behind. Who is led away keeps everything when the state goes first; who loses the centre
 * loses what was accepted there since the copy.
 */
import { assert } from "../../base/assert.ts";

export interface HomesPlan {
  readonly centres: readonly string[];
  /** People behind each gateway, and the centre they belong to at first. */
  readonly gateways: readonly { readonly people: number; readonly centre: string }[];
  /** Messages that a person receives a second, and seconds that copies lag behind. */
  readonly messagesASecond: number;
  readonly lagS: number;
}

export class Homes {
  /** Messages that nobody will ever read, expected. */
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

  /** The state of so many of a gateway's people has moved; fewer where fewer are left. Answers how many. */
  handOver(gateway: number, from: string, to: string, people: number): number {
    const [left, gained] = [this.#place(gateway, from), this.#place(gateway, to)];
    const moved = Math.min(this.#people[left]!, Math.round(people));
    this.#people[left]! -= moved;
    this.#people[gained]! += moved;
    return moved;
  }

  isLost(centre: string): boolean {
    return this.#down.has(this.#plan.centres.indexOf(centre));
  }

  /** A centre is gone: what it accepted last is lost, and its people have no home until they are given one. */
  lose(centre: string): void {
    const place = this.#plan.centres.indexOf(centre);
    if (this.#down.has(place)) return;
    this.#down.add(place);
    this.lostMessages += this.at(centre) * this.#plan.messagesASecond * this.#plan.lagS;
  }

  /** The copies elsewhere become homes, of each gateway in the centre named for it. */
  adopt(centre: string, heirOf: (gateway: number) => string): void {
    this.#plan.gateways.forEach((_, gateway) => {
      const heir = heirOf(gateway);
      if (heir !== centre) this.handOver(gateway, centre, heir, Infinity);
    });
  }

  /** The centre is there again, for whoever still has his home in it. */
  regain(centre: string): void {
    this.#down.delete(this.#plan.centres.indexOf(centre));
  }

  /** Of the people behind a gateway, those at home in a centre. */
  of(gateway: number, centre: string): number {
    return this.#people[this.#place(gateway, centre)]!;
  }

  /** People at home in a centre. */
  at(centre: string): number {
    const { centres, gateways } = this.#plan;
    const place = centres.indexOf(centre);
    let sum = 0;
    for (let gateway = 0; gateway < gateways.length; gateway++) sum += this.#people[gateway * centres.length + place]!;
    return sum;
  }

  /** People whose home is gone. */
  homeless(): number {
    let sum = 0;
    for (const place of this.#down) sum += this.at(this.#plan.centres[place]!);
    return sum;
  }

  /** Everybody, wherever at home: it never changes. */
  all(): number {
    return this.#people.reduce((sum, people) => sum + people, 0);
  }

  #place(gateway: number, centre: string): number {
    const place = this.#plan.centres.indexOf(centre);
    assert(place >= 0, () => `no centre ${centre}`);
    return gateway * this.#plan.centres.length + place;
  }
}

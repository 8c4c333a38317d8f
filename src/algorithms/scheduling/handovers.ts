/**
 * State on its way: people of a gateway who will be led to another centre as soon as it has arrived there.
 * Met by: src/world/seams/scheduling.ts
 */
import type { SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";

/** A share of a gateway's people; `from`: the endpoints that they leave. */
export interface Slice {
  readonly gateway: number;
  readonly target: number;
  readonly share: number;
  readonly from: ReadonlySet<number>;
}

export class Handovers {
  readonly #places: Places;
  readonly #centre: string;
  readonly #slices = new Map<number, Slice>();
  /** Batches whose state has arrived, in that order. */
  #arrived: number[] = [];
  #made = 0;

  /** `centre`: whose evacuation they belong to. */
  constructor(places: Places, centre: string) {
    this.#places = places;
    this.#centre = centre;
  }

  get isEmpty(): boolean {
    return this.#slices.size === 0;
  }

  /** Their state sets out; `isRest`: it is all of the gateway's that is left there. */
  begin(slice: Slice, isRest: boolean): SchedulerEffect {
    const { gateway, target, share, from } = slice;
    const batch = ++this.#made;
    this.#slices.set(batch, slice);
    const [centre, to] = [[...from][0]!, target].map((endpoint) => this.#places.endpoint(endpoint).centre) as [
      string,
      string,
    ];
    return { kind: "hand-over", of: this.#centre, batch, gateway, from: centre, to, share, isRest };
  }

  /** The state has arrived. Of those whose people are elsewhere already that was all. */
  arrive(batch: number): void {
    if (this.#slices.get(batch)?.share === 0) this.#slices.delete(batch);
    else if (this.#slices.has(batch) && !this.#arrived.includes(batch)) this.#arrived.push(batch);
  }

  /** Those who may be led now; the others who have state go on waiting. */
  take(isWelcome: (slice: Slice) => boolean): readonly Slice[] {
    const ready = this.#arrived.filter((batch) => isWelcome(this.#slices.get(batch)!));
    this.#arrived = this.#arrived.filter((batch) => !ready.includes(batch));
    return ready.map((batch) => {
      const slice = this.#slices.get(batch)!;
      this.#slices.delete(batch);
      return slice;
    });
  }

  /** Nobody follows any of it. */
  drop(): void {
    this.#slices.clear();
    this.#arrived = [];
  }

  /** Share of a gateway's people on these endpoints who will follow. */
  share(gateway: number, endpoints: ReadonlySet<number>): number {
    let share = 0;
    for (const slice of this.#slices.values())
      if (slice.gateway === gateway && [...slice.from].some((endpoint) => endpoints.has(endpoint)))
        share += slice.share;
    return share;
  }

  people(): number {
    return this.byServer().reduce((sum, people) => sum + people, 0);
  }

  byServer(): Float64Array {
    const people = new Float64Array(this.#places.servers.length);
    for (const { gateway, target, share } of this.#slices.values())
      people[this.#places.endpoint(target).server]! += share * this.#places.gateway(gateway).people;
    return people;
  }
}

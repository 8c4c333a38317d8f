/**
 * Hand-overs of state that are under way: the people of a gateway who move to another centre once their state is there.
 * Met by: src/world/seams/scheduling.ts
 */
import type { SchedulerEffect } from "./messages.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** A share of a gateway's people. */
export interface Slice {
  /** Index of the gateway. */
  readonly gateway: number;
  /** Endpoint they go to. */
  readonly target: number;
  /** Share of the gateway's people, in [0, 1]. */
  readonly share: number;
  /** Endpoints they leave. */
  readonly from: ReadonlySet<number>;
}

/** The hand-overs of one evacuation. */
export class Handovers {
  readonly #topology: TopologyIndex;
  readonly #centre: string;
  readonly #slices = new Map<number, Slice>();
  /** Batches whose state has arrived, in that order. */
  #arrived: number[] = [];
  #made = 0;

  /** Starts without any; `centre` is the one that is evacuated. */
  constructor(topology: TopologyIndex, centre: string) {
    this.#topology = topology;
    this.#centre = centre;
  }

  /** True if none is under way. */
  get isEmpty(): boolean {
    return this.#slices.size === 0;
  }

  /**
   * Begins to hand over a slice's state; `isRest`: it is all of the gateway's state that is left. Returns the effect.
   */
  begin(slice: Slice, isRest: boolean): SchedulerEffect {
    const { gateway, target, share, from } = slice;
    const batch = ++this.#made;
    this.#slices.set(batch, slice);
    const [centre, to] = [[...from][0]!, target].map((endpoint) => this.#topology.endpoint(endpoint).centre) as [
      string,
      string,
    ];
    return { kind: "hand-over", of: this.#centre, batch, gateway, from: centre, to, share, isRest };
  }

  /** Notes that a batch's state has arrived. A batch without people is then done. */
  arrive(batch: number): void {
    if (this.#slices.get(batch)?.share === 0) this.#slices.delete(batch);
    else if (this.#slices.has(batch) && !this.#arrived.includes(batch)) this.#arrived.push(batch);
  }

  /**
   * Removes and returns the slices whose state has arrived and for which `isWelcome` holds; the others go on waiting.
   */
  take(isWelcome: (slice: Slice) => boolean): readonly Slice[] {
    const ready = this.#arrived.filter((batch) => isWelcome(this.#slices.get(batch)!));
    this.#arrived = this.#arrived.filter((batch) => !ready.includes(batch));
    return ready.map((batch) => {
      const slice = this.#slices.get(batch)!;
      this.#slices.delete(batch);
      return slice;
    });
  }

  /** Forgets all hand-overs. */
  drop(): void {
    this.#slices.clear();
    this.#arrived = [];
  }

  /** Returns the share of a gateway's people on these endpoints whose state is on its way. */
  share(gateway: number, endpoints: ReadonlySet<number>): number {
    let share = 0;
    for (const slice of this.#slices.values())
      if (slice.gateway === gateway && [...slice.from].some((endpoint) => endpoints.has(endpoint)))
        share += slice.share;
    return share;
  }

  /** Returns how many people's state is on its way. */
  people(): number {
    return this.byServer().reduce((sum, people) => sum + people, 0);
  }

  /** Returns the people whose state is on its way, by the server they go to. */
  byServer(): Float64Array {
    const people = new Float64Array(this.#topology.servers.length);
    for (const { gateway, target, share } of this.#slices.values())
      people[this.#topology.endpoint(target).server]! += share * this.#topology.gateway(gateway).people;
    return people;
  }
}

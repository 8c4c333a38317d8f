/**
 * One part of a task in the store: the subscribers still to be told (the source), the members of blocks that workers have
 * (the claims, by block), and the finished blocks. A claim moves its members from the source into the block in one step. So
 * at every moment a subscriber is in the source, in a claim, or was reported as told: a worker that dies loses none.
 *
 * The scripts on the real store are tested against this class. The store copies itself to its replica late, but in order: a
 * failover loses the last writes, and `rewind` takes those back.
 * Met by: src/world/push/stores.ts, src/deploy/redis/parts.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, type Instant } from "../../base/units.ts";
import { pack } from "./packing.ts";

/** Picks a place at random, from 0 to below `places`. */
export type PickPlace = (places: number) => number;

/** The answer to `claim`, `resume` and `adopt`. */
export type Claimed =
  | { readonly kind: "finished" }
  /** Another owner has the block, and its lease runs until then; `adopt` also answers so when that lease is over. */
  | { readonly kind: "busy"; readonly until: Instant }
  /** `isNew`: the block was not claimed before, and these are all its members. Else they are those not reported yet. */
  | { readonly kind: "yours"; readonly members: readonly number[]; readonly isNew: boolean }
  /** The store has lost what it should know: the part is not filled, or `resume` finds no claim of the block. */
  | { readonly kind: "unknown" };

/** The answer to `report`. */
export type Reported =
  /** `left`: members of the block that are not reported yet. */
  | { readonly kind: "yours"; readonly left: number }
  /** Another owner has the claim, or (`isForgotten`) the store has lost it. */
  | { readonly kind: "lost"; readonly isForgotten: boolean };

/** A request for a block. */
export interface Hold {
  /** Number of the block in its part, from 1. */
  readonly block: number;
  /** One slot of one life of a worker process: no two that live share a name. */
  readonly owner: string;
  /** By the store's clock. */
  readonly now: Instant;
  /** From `now` on. */
  readonly lease: Duration;
}

interface ClaimStatus {
  readonly block: number;
  /** Members not reported yet. */
  readonly left: number;
  /** True while the lease runs, by the store's clock. */
  readonly isHeld: boolean;
}

interface BlockMembers {
  readonly block: number;
  readonly members: readonly number[];
  readonly now: Instant;
}

/** What a part holds, without the members. */
export interface PartStatus {
  /** True once the source was filled, and until the store loses that. */
  readonly isFilled: boolean;
  /** Number of subscribers in the source. */
  readonly source: number;
  /** Blocks that are claimed and not finished. */
  readonly claims: readonly ClaimStatus[];
  /** Numbers of the finished blocks. */
  readonly finished: readonly number[];
}

interface Claim {
  readonly owner: string;
  readonly until: Instant;
  /** In the order in which they were taken; the first `told` are reported. Members reported out of order are removed. */
  readonly members: readonly number[];
  readonly told: number;
}

/** A write that a failover can lose. */
interface Write {
  readonly at: Instant;
  readonly undo: () => void;
}

/** The reference store of one part. Times are by the store's clock, and must not fall from call to call. */
export class PartStore {
  #isFilled = false;
  /** The first `#count` are the source. */
  #members: Uint32Array | Float64Array = new Uint32Array(0);
  #count = 0;
  readonly #claims = new Map<number, Claim>();
  readonly #finished = new Map<number, Uint8Array>();
  /** Writes that a failover can lose, the latest last. */
  #writes: Write[] = [];
  #trimsAt = 64;
  readonly #keeps: Duration;

  /** Remembers enough to be rewound by `keeps`; with 0 it cannot be rewound. */
  constructor(keeps: Duration) {
    this.#keeps = keeps;
  }

  /**
   * Makes these the source, without members of claims, and returns the source's size. A part that is filled stays as it is.
   * An unfilled part answers claim, resume and adopt with "unknown": what was reported then would be filled in again.
   */
  fill(members: readonly number[] | Uint32Array, now: Instant): number {
    if (this.#isFilled) return this.#count;
    const held = new Set([...this.#claims.values()].flatMap(leftOf));
    const free = held.size === 0 ? members : members.filter((uin: number) => !held.has(uin));
    const [before, count] = [this.#members, this.#count];
    this.#members = packed(free);
    this.#count = free.length;
    this.#isFilled = true;
    this.#wrote(now, () => {
      [this.#members, this.#count, this.#isFilled] = [before, count, false];
    });
    return this.#count;
  }

  /** Takes `size` members out of the source at random, or all there are, or takes over a claim whose lease is over. */
  claim(hold: Hold & { readonly size: number }, pick: PickPlace): Claimed {
    const known = this.resume(hold);
    if (known.kind !== "unknown" || !this.#isFilled) return known;
    const members = this.#pop(Math.min(hold.size, this.#count), pick, hold.now);
    this.#hold(hold, members);
    return { kind: "yours", members, isNew: true };
  }

  /** Takes over a claim as `claim` does, and leaves the source alone. */
  resume(hold: Hold): Claimed {
    if (this.#finished.has(hold.block)) return { kind: "finished" };
    const claim = this.#claims.get(hold.block);
    if (claim === undefined || !this.#isFilled) return { kind: "unknown" };
    if (isHeldFrom(hold, claim)) return { kind: "busy", until: claim.until };
    this.#hold(hold, claim.members, claim.told);
    return { kind: "yours", members: leftOf(claim), isNew: false };
  }

  /**
   * Makes these the members of the block, as the records know them. They leave the source, and other members of the claim
   * return to it. Another owner's claim is never undone, even when its lease is over: it may be a later block of the same
   * name, which the caller has not seen.
   */
  adopt(hold: Hold & { readonly members: readonly number[] }): Claimed {
    if (this.#finished.has(hold.block)) return { kind: "finished" };
    if (!this.#isFilled) return { kind: "unknown" };
    const claim = this.#claims.get(hold.block);
    if (claim !== undefined && claim.owner !== hold.owner) return { kind: "busy", until: claim.until };
    this.#exchange(new Set(hold.members), claim === undefined ? [] : leftOf(claim), hold.now);
    this.#hold(hold, hold.members);
    return { kind: "yours", members: hold.members, isNew: true };
  }

  /**
   * Puts back a claim that the store has lost, without an owner; also before the part is filled. Does nothing if the store
   * knows the block.
   */
  restore({ block, members, now }: BlockMembers): void {
    if (this.#finished.has(block) || this.#claims.has(block)) return;
    this.#exchange(new Set(members), [], now);
    this.#hold({ block, owner: "", now, lease: 0 as Duration }, members);
  }

  /** Removes told members from the owner's claim and renews its lease; an empty list only renews. */
  report(hold: Hold & { readonly uins: readonly number[] }): Reported {
    const claim = this.#claims.get(hold.block);
    if (claim?.owner !== hold.owner) return { kind: "lost", isForgotten: claim === undefined };
    const { members, told } = without(claim, hold.uins);
    this.#hold(hold, members, told);
    return { kind: "yours", left: members.length - told };
  }

  /**
   * Notes that all members of the block were told. The caller need not own the claim, as that stays true for any caller. A
   * store that has lost the block learns of it, so that no member is told again.
   */
  finish({ block, members, now }: BlockMembers): void {
    if (this.#finished.has(block)) return;
    const claim = this.#claims.get(block);
    const left = claim === undefined ? [] : leftOf(claim);
    const told = new Set(left.length === 0 && claim !== undefined ? [] : members);
    const strays = left.filter((uin) => !told.has(uin));
    // Members of a claim are not in the source: the usual end of a block need not look for them there.
    if (claim === undefined || strays.length > 0) this.#exchange(told, strays, now);
    this.#finished.set(block, pack(members));
    this.#claims.delete(block);
    this.#wrote(now, () => {
      this.#finished.delete(block);
      if (claim !== undefined) this.#claims.set(block, claim);
    });
  }

  /** Returns what the part holds at `now`. */
  status(now: Instant): PartStatus {
    const claims = [...this.#claims].map(([block, { members, told, until }]) => ({
      block,
      left: members.length - told,
      isHeld: until > now,
    }));
    return { isFilled: this.#isFilled, source: this.#count, claims, finished: [...this.#finished.keys()] };
  }

  /** Returns, by block, the unreported members of claims and the packed members of finished blocks: what repairs need. */
  contents(): {
    readonly claims: ReadonlyMap<number, readonly number[]>;
    readonly finished: ReadonlyMap<number, Uint8Array>;
  } {
    return {
      claims: new Map([...this.#claims].map(([block, claim]) => [block, leftOf(claim)])),
      finished: new Map(this.#finished),
    };
  }

  /** Returns the subscribers in the source. */
  source(): readonly number[] {
    return Array.from(this.#members.subarray(0, this.#count));
  }

  /** Undoes all writes later than `to`, as a failover loses them, and returns their number. */
  rewind(to: Instant): number {
    const first = this.#writes.findIndex(({ at }) => at > to);
    const lost = first < 0 ? [] : this.#writes.splice(first);
    for (const { undo } of lost.toReversed()) undo();
    return lost.length;
  }

  /** Empties the store, as the loss of all its copies does. */
  clear(): void {
    this.#isFilled = false;
    this.#members = new Uint32Array(0);
    this.#count = 0;
    this.#claims.clear();
    this.#finished.clear();
    this.#writes = [];
  }

  #hold({ block, owner, now, lease }: Hold, members: readonly number[], told = 0): void {
    const before = this.#claims.get(block);
    this.#claims.set(block, { owner, until: after(now, lease), members, told });
    this.#wrote(now, () => {
      if (before === undefined) this.#claims.delete(block);
      else this.#claims.set(block, before);
    });
  }

  #pop(size: number, pick: PickPlace, now: Instant): number[] {
    const [members, before] = [this.#members, this.#count];
    const places = new Uint32Array(size);
    const popped = Array.from(places, (_, turn) => {
      const place = pick(this.#count);
      assert(place >= 0 && place < this.#count, () => `picks ${String(place)} of ${String(this.#count)}`);
      const uin = members[place]!;
      places[turn] = place;
      this.#count -= 1;
      members[place] = members[this.#count]!;
      return uin;
    });
    this.#wrote(now, () => {
      for (let turn = size - 1; turn >= 0; turn--) {
        members[before - turn - 1] = members[places[turn]!]!;
        members[places[turn]!] = popped[turn]!;
      }
      this.#count = before;
    });
    return popped;
  }

  /** Removes `out` from the source and adds those of `back` that are not in `out`. Goes through the whole source. */
  #exchange(out: ReadonlySet<number>, back: readonly number[], now: Instant): void {
    const [members, count] = [this.#members, this.#count];
    const left = new Set(members.subarray(0, count).filter((uin: number) => !out.has(uin)));
    for (const uin of back) if (!out.has(uin)) left.add(uin);
    this.#members = packed([...left]);
    this.#count = left.size;
    this.#wrote(now, () => {
      [this.#members, this.#count] = [members, count];
    });
  }

  #wrote(at: Instant, undo: () => void): void {
    if (this.#keeps === 0) return;
    this.#writes.push({ at, undo });
    if (this.#writes.length < this.#trimsAt) return;
    this.#writes = this.#writes.filter((write) => write.at > at - this.#keeps);
    this.#trimsAt = Math.max(64, 2 * this.#writes.length);
  }
}

/** Returns the uins in four bytes each where all fit. */
const packed = (uins: readonly number[] | Uint32Array): Uint32Array | Float64Array =>
  uins.every((uin: number) => uin < 4_294_967_296) ? Uint32Array.from(uins) : Float64Array.from(uins);

/** Leases are compared by the store's own clock alone. */
const isHeldFrom = ({ owner, now }: Hold, claim: Claim): boolean => claim.owner !== owner && claim.until > now;

const leftOf = ({ members, told }: Claim): readonly number[] => (told === 0 ? members : members.slice(told));

/** Returns what is left of a claim when these were told. Copies nothing if they come in order, as workers report them. */
const without = ({ members, told }: Claim, uins: readonly number[]): Pick<Claim, "members" | "told"> => {
  if (uins.every((uin, place) => members[told + place] === uin)) return { members, told: told + uins.length };
  const gone = new Set(uins);
  return { members: members.slice(told).filter((uin) => !gone.has(uin)), told: 0 };
};

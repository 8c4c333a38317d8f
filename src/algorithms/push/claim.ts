/**
 * One part of a task in the store: who is still to be told (the source), who is in whose hands (the claims, by block), and
 * which blocks are finished. A claim takes its members out of the source and into the block in one step, so at every moment
 * a subscriber is in the source, in a claim, or was reported as told: a worker that dies takes nobody along.
 *
 * This is what the scripts on the real store are held against. The store copies itself to its replica late, but in order:
 * whatever a failover loses are the last writes, and `rewind` takes those back.
 * Met by: src/world/push/stores.ts, src/deploy/redis/parts.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, type Instant } from "../../base/units.ts";
import { pack } from "./packing.ts";

/** Chance, handed in: a place below this many. */
export type PickPlace = (places: number) => number;

export type Claimed =
  | { readonly kind: "finished" }
  /** It is another owner's, whose lease runs; to `adopt`, also one whose lease is over. */
  | { readonly kind: "busy"; readonly until: Instant }
  /** `isNew`: nobody had claimed it before. Else the members are those not yet reported. */
  | { readonly kind: "yours"; readonly members: readonly number[]; readonly isNew: boolean }
  /** The store has lost what it should know: the part is not filled, or (to `resume`) nobody has claimed the block. */
  | { readonly kind: "unknown" };

export type Reported =
  | { readonly kind: "yours"; readonly left: number }
  /** Another one owns the claim, or the store has forgotten it. */
  | { readonly kind: "lost"; readonly isForgotten: boolean };

/** Who asks for which block, and for how long. An owner is one slot of one worker process: no two that live share a name. */
export interface Hold {
  readonly block: number;
  readonly owner: string;
  readonly now: Instant;
  readonly lease: Duration;
}

interface ClaimStatus {
  readonly block: number;
  readonly left: number;
  /** A lease runs, by the store's clock. */
  readonly isHeld: boolean;
}

interface BlockMembers {
  readonly block: number;
  readonly members: readonly number[];
  readonly now: Instant;
}

export interface PartStatus {
  readonly isFilled: boolean;
  readonly source: number;
  readonly claims: readonly ClaimStatus[];
  /** Numbers of the finished blocks. */
  readonly finished: readonly number[];
}

interface Claim {
  readonly owner: string;
  readonly until: Instant;
  /** In the order in which they were taken; the first `told` were reported, and perhaps others that are not in it any more. */
  readonly members: readonly number[];
  readonly told: number;
}

interface Write {
  readonly at: Instant;
  readonly undo: () => void;
}

export class PartStore {
  #isFilled = false;
  /** The first `#count` are the source. */
  #members: Uint32Array | Float64Array = new Uint32Array(0);
  #count = 0;
  readonly #claims = new Map<number, Claim>();
  readonly #finished = new Map<number, Uint8Array>();
  /** Writes that a failover can still lose, the latest last. */
  #writes: Write[] = [];
  #trimsAt = 64;
  readonly #keeps: Duration;

  /** It can be rewound by as much as `keeps`. */
  constructor(keeps: Duration) {
    this.#keeps = keeps;
  }

  /**
   * Makes these the source, but for those who are in a claim; a part that is filled already stays as it is. Answers how
   * many are in the source. Before that nobody claims, resumes or adopts: what was then reported would be filled in again.
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

  /** Takes `size` out of the source at random, fewer if there are fewer, or takes over what a dead owner has left. */
  claim(hold: Hold & { readonly size: number }, pick: PickPlace): Claimed {
    const known = this.resume(hold);
    if (known.kind !== "unknown" || !this.#isFilled) return known;
    const members = this.#pop(Math.min(hold.size, this.#count), pick, hold.now);
    this.#hold(hold, members);
    return { kind: "yours", members, isNew: true };
  }

  /** As `claim`, but takes nobody out of the source. */
  resume(hold: Hold): Claimed {
    if (this.#finished.has(hold.block)) return { kind: "finished" };
    const claim = this.#claims.get(hold.block);
    if (claim === undefined || !this.#isFilled) return { kind: "unknown" };
    if (isHeldFrom(hold, claim)) return { kind: "busy", until: claim.until };
    this.#hold(hold, claim.members, claim.told);
    return { kind: "yours", members: leftOf(claim), isNew: false };
  }

  /**
   * Makes these the members of the block, whatever the store believed: another one knows them. They leave the source, and
   * whoever was in the claim and is none of them goes back to it. A claim that was another's is never undone, even when
   * its lease is over: whoever asks has not seen it, and it may be a later block of the same name.
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

  /** A claim that the store has lost, in nobody's name; also before the part is filled, and nothing where it knows the block. */
  restore({ block, members, now }: BlockMembers): void {
    if (this.#finished.has(block) || this.#claims.has(block)) return;
    this.#exchange(new Set(members), [], now);
    this.#hold({ block, owner: "", now, lease: 0 as Duration }, members);
  }

  /** These were told. Renews the lease, also when nobody was. */
  report(hold: Hold & { readonly uins: readonly number[] }): Reported {
    const claim = this.#claims.get(hold.block);
    if (claim?.owner !== hold.owner) return { kind: "lost", isForgotten: claim === undefined };
    const { members, told } = without(claim, hold.uins);
    this.#hold(hold, members, told);
    return { kind: "yours", left: members.length - told };
  }

  /**
   * All members of the block were told. That is true whoever says it, so nobody need own the claim; and a store that knew
   * nothing of it learns it, so that none of them is told again.
   */
  finish({ block, members, now }: BlockMembers): void {
    if (this.#finished.has(block)) return;
    const claim = this.#claims.get(block);
    const left = claim === undefined ? [] : leftOf(claim);
    const told = new Set(left.length === 0 && claim !== undefined ? [] : members);
    const strays = left.filter((uin) => !told.has(uin));
    // Whoever was claimed is not in the source: the usual end of a block need not look for them there.
    if (claim === undefined || strays.length > 0) this.#exchange(told, strays, now);
    this.#finished.set(block, pack(members));
    this.#claims.delete(block);
    this.#wrote(now, () => {
      this.#finished.delete(block);
      if (claim !== undefined) this.#claims.set(block, claim);
    });
  }

  status(now: Instant): PartStatus {
    const claims = [...this.#claims].map(([block, { members, told, until }]) => ({
      block,
      left: members.length - told,
      isHeld: until > now,
    }));
    return { isFilled: this.#isFilled, source: this.#count, claims, finished: [...this.#finished.keys()] };
  }

  /** Members of the claims that are not reported, and of the finished blocks, packed: what another store is mended from. */
  contents(): {
    readonly claims: ReadonlyMap<number, readonly number[]>;
    readonly finished: ReadonlyMap<number, Uint8Array>;
  } {
    return {
      claims: new Map([...this.#claims].map(([block, claim]) => [block, leftOf(claim)])),
      finished: new Map(this.#finished),
    };
  }

  source(): readonly number[] {
    return Array.from(this.#members.subarray(0, this.#count));
  }

  /** A failover: all that was written later than this is lost. Answers how many writes. */
  rewind(to: Instant): number {
    const first = this.#writes.findIndex(({ at }) => at > to);
    const lost = first < 0 ? [] : this.#writes.splice(first);
    for (const { undo } of lost.toReversed()) undo();
    return lost.length;
  }

  /** A store that kept nothing. */
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

  /** Takes some out of the source, and puts those of the others back who are none of them. Goes through all of it. */
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

/** Four bytes for each where that is enough. */
const packed = (uins: readonly number[] | Uint32Array): Uint32Array | Float64Array =>
  uins.every((uin: number) => uin < 4_294_967_296) ? Uint32Array.from(uins) : Float64Array.from(uins);

/** Leases are compared by the store's own clock alone. */
const isHeldFrom = ({ owner, now }: Hold, claim: Claim): boolean => claim.owner !== owner && claim.until > now;

const leftOf = ({ members, told }: Claim): readonly number[] => (told === 0 ? members : members.slice(told));

/** What is left when these were told. Workers tell them in order: then nothing is copied. */
const without = ({ members, told }: Claim, uins: readonly number[]): Pick<Claim, "members" | "told"> => {
  if (uins.every((uin, place) => members[told + place] === uin)) return { members, told: told + uins.length };
  const gone = new Set(uins);
  return { members: members.slice(told).filter((uin) => !gone.has(uin)), told: 0 };
};

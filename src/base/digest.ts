/**
 * A fingerprint of a run that does not depend on the order in which its events are handled: each event is mixed alone
 * and the mixtures are summed, so that shards and threads can sum theirs.
 */
const SIGN = 0x8000_0000 | 0;

/** A sum of mixed events, 64 bits. */
export class Digest {
  /** Two halves as signed words: 32-bit integers are added without conversion to floating point. */
  #high = 0;
  #low = 0;

  /** Adds an event of four 32-bit words: its kind, the person or thing concerned, the time and the details. */
  add(what: number, who: number, when: number, how: number): void {
    let a = Math.imul(what ^ 0x9e3779b9, 0x85ebca6b);
    let b = Math.imul(who ^ a, 0xc2b2ae35);
    b ^= b >>> 15;
    a = Math.imul(a ^ when ^ (b >>> 13), 0x27d4eb2f);
    a ^= a >>> 16;
    b = Math.imul(b ^ how ^ a, 0x165667b1);
    b ^= b >>> 14;
    a = Math.imul(a ^ b, 0x9e3779b1);
    this.#sum(a ^ (a >>> 13), b ^ (b >>> 15));
  }

  /** Adds a text, such as a decision of the control plane, at a time. */
  addText(text: string, when: number): void {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.add(0x7e, hash, when, text.length);
  }

  /** The two halves, for `sum` of another digest. */
  get words(): readonly [high: number, low: number] {
    return [this.#high, this.#low];
  }

  /** Adds the words of another digest, such as that of another thread of the run. */
  sum([high, low]: readonly [high: number, low: number]): void {
    this.#sum(high, low);
  }

  /** Adds 64 bits. The low halves carry if their unsigned sum is less than what was added. */
  #sum(high: number, low: number): void {
    const sum = (this.#low + low) | 0;
    const carry = (sum ^ SIGN) < (low ^ SIGN) ? 1 : 0;
    this.#low = sum;
    this.#high = (this.#high + high + carry) | 0;
  }

  /** The digest as sixteen hexadecimal characters. */
  get hex(): string {
    const half = (bits: number): string => (bits >>> 0).toString(16).padStart(8, "0");
    return half(this.#high) + half(this.#low);
  }
}

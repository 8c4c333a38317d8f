/** Things that are out of service, each with all that took it out: it is back when the last of them is over. */
export class Reasons {
  readonly #of = new Map<number, Set<string>>();

  note(thing: number, reason: string): void {
    const known = this.#of.get(thing);
    if (known === undefined) this.#of.set(thing, new Set([reason]));
    else known.add(reason);
  }

  /** True when this was the last reason. */
  drop(thing: number, reason: string): boolean {
    const known = this.#of.get(thing);
    if (known?.delete(reason) !== true || known.size > 0) return false;
    return this.#of.delete(thing);
  }

  has(thing: number): boolean {
    return this.#of.has(thing);
  }

  all(): readonly number[] {
    return [...this.#of.keys()];
  }
}

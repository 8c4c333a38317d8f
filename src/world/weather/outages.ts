/** The reason of an outage that operators order. */
export const OPERATORS = "operators";

/** Gateways or servers that are out of service, each with its reasons: it is back when the last reason is gone. */
export class Outages {
  /** By index of the gateway's cell or of the server. */
  readonly #reasons = new Map<number, Set<string>>();

  begin(index: number, reason: string): void {
    const known = this.#reasons.get(index);
    if (known === undefined) this.#reasons.set(index, new Set([reason]));
    else known.add(reason);
  }

  /** Removes a reason, and returns true if it was the last one. */
  end(index: number, reason: string): boolean {
    const known = this.#reasons.get(index);
    if (known?.delete(reason) !== true || known.size > 0) return false;
    return this.#reasons.delete(index);
  }

  has(index: number): boolean {
    return this.#reasons.has(index);
  }

  /** Returns everything that is out of service, in the order in which it went out. */
  all(): readonly number[] {
    return [...this.#reasons.keys()];
  }
}

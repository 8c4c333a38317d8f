/** The active faults of one system, and the combined effect of several at the same place. */

interface Active {
  readonly id: string;
  readonly where: object;
  readonly effects: object;
}

/** A set of active faults; products and sums are over the faults that have the value. */
export class ActiveFaults<Fault extends Active> {
  /** By id, in the order in which they began. */
  readonly #faults = new Map<string, Fault>();

  /** Adds a fault. */
  begin(fault: Fault): void {
    this.#faults.set(fault.id, fault);
  }

  /** Removes a fault; one that is not active has no effect. */
  end({ id }: Pick<Fault, "id">): void {
    this.#faults.delete(id);
  }

  /** Returns a copy with the faults whose place passes the test. */
  touching(passes: (where: Fault["where"]) => boolean): ActiveFaults<Fault> {
    const found = new ActiveFaults<Fault>();
    for (const fault of this.#faults.values()) if (passes(fault.where)) found.begin(fault);
    return found;
  }

  /** Returns one value for each fault that has it. */
  values<Value>(read: (effects: Fault["effects"], id: string) => Value | undefined): readonly Value[] {
    return [...this.#faults.values()].flatMap(({ id, effects }) => {
      const value = read(effects, id);
      return value === undefined ? [] : [value];
    });
  }

  /** Multiplies the values of all faults that have one; 1 if none has. */
  product(read: (effects: Fault["effects"]) => number | undefined): number {
    return this.values(read).reduce((product, value) => product * value, 1);
  }

  /** Adds the values of all faults that have one; 0 if none has. */
  sum(read: (effects: Fault["effects"]) => number | undefined): number {
    return this.values(read).reduce((sum, value) => sum + value, 0);
  }

  /** True if at least one fault passes the test. */
  some(passes: (effects: Fault["effects"]) => boolean): boolean {
    return [...this.#faults.values()].some(({ effects }) => passes(effects));
  }
}

/** The faults that are active in one system, and what several at the same place come to together. */

interface Active {
  readonly id: string;
  readonly where: object;
  readonly effects: object;
}

export class ActiveFaults<Fault extends Active> {
  /** By id, in the order in which they began. */
  readonly #faults = new Map<string, Fault>();

  begin(fault: Fault): void {
    this.#faults.set(fault.id, fault);
  }

  end({ id }: Pick<Fault, "id">): void {
    this.#faults.delete(id);
  }

  /** Returns a copy that holds only the faults whose place passes the test. */
  touching(passes: (where: Fault["where"]) => boolean): ActiveFaults<Fault> {
    const found = new ActiveFaults<Fault>();
    for (const fault of this.#faults.values()) if (passes(fault.where)) found.begin(fault);
    return found;
  }

  /** Returns one value for each fault that has it. */
  values<Value>(read: (effects: Fault["effects"]) => Value | undefined): readonly Value[] {
    return [...this.#faults.values()].flatMap(({ effects }) => {
      const value = read(effects);
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

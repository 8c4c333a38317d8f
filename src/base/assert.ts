/** Checks conditions that only a mistake in the program can break. */

/** Throws if `holds` is false. For mistakes in the program, not for a user's; put the numbers in the message. */
export function assert(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new Error(`firedrill broke its own rule: ${message()}`);
}

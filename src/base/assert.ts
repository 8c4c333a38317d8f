/** For what only we can cause: a broken promise inside the program, never a user's mistake. Put the numbers in the message. */
export function assert(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new Error(`firedrill broke its own rule: ${message()}`);
}

/** The error of a folder that must not or cannot be written. */

/** Says why a folder is left as it is, and what to do. */
export class Unwritable extends Error {
  constructor(dir: string, why: string) {
    super(`cannot write to ${dir}: ${why}`);
  }
}

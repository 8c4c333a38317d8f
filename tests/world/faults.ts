/** Faults for tests that call effects directly. */
import { START } from "../../src/base/units.ts";
import type { PeopleFault } from "../../src/scenario/people/faults.ts";

export const faultOf = (
  id: string,
  effects: PeopleFault["effects"],
  where: PeopleFault["where"] = {},
): PeopleFault => ({
  id,
  at: START,
  until: undefined,
  where,
  effects,
});

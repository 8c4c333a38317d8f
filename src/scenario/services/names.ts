/** The names of machines, and how long they remember one another. */
import { ms, seconds } from "../../base/units.ts";
import type { ServicesModel } from "./shape.ts";

/** Time after which other machines know that a machine is down (chosen). */
export const HEALTH_CHECK = seconds(5);
/** Time without a reply after which a machine forgets the admission level of another (chosen). */
export const LEVEL_FORGOTTEN = ms(5_000);

/** Returns the names of all machines; `storage-3` is the third one of the tier. */
export const machineNames = ({ tiers }: Pick<ServicesModel, "tiers">): readonly string[] =>
  Object.entries(tiers).flatMap(([tier, { machines }]) =>
    Array.from({ length: machines }, (_, place) => `${tier}-${String(place + 1)}`),
  );

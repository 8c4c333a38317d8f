/** Reports keys of clients and of admission that have no effect in their scenario: no other key uses them. */
import { minutes, seconds } from "../../base/units.ts";
import { reportNoEffect } from "../no-effect.ts";
import type { CheckContext } from "../section.ts";
import type { PeopleWorld } from "./checks.ts";

/** Defaults of keys that may have no effect. */
const BASE_DEFAULT = seconds(1);
const CAP_DEFAULT = minutes(2);
const LONGEST_WAIT_DEFAULT = seconds(3);
const REFUSAL_DEFAULT = 0.02;
const STATE_DEFAULTS = { lag: seconds(2), handover: 100_000 };

/** Reports keys that the scenario writes and that nothing in it uses. */
export const checkEffects = ({ clients, admission, state, centres }: PeopleWorld, context: CheckContext): void => {
  if (clients !== undefined) checkClients(clients, context);
  if (state !== undefined && Object.keys(centres ?? {}).length === 1)
    for (const key of ["lag", "handover"] as const)
      if (state[key] !== STATE_DEFAULTS[key])
        reportNoEffect(context, ["state", key], "there is no other centre", "write a second centre, or leave it out");
  if (admission?.policy !== "none") return;
  const why = "policy: none refuses no login";
  const instead = "write policy: by-wait, or leave it out";
  if (admission.longestWait !== LONGEST_WAIT_DEFAULT)
    reportNoEffect(context, ["admission", "longest-wait"], why, instead);
  if (admission.refusal !== REFUSAL_DEFAULT) reportNoEffect(context, ["admission", "refusal"], why, instead);
};

const checkClients = (clients: NonNullable<PeopleWorld["clients"]>, context: CheckContext): void => {
  const { reconnect, racing, heartbeat, messagesAnHour } = clients;
  const idle = (keys: readonly string[], why: string, instead: string): void => {
    reportNoEffect(context, ["clients", ...keys], why, instead);
  };
  // A key without default has to be written in a whole world; it is needless only where a base has it.
  const needless = (keys: readonly string[], why: string, instead: string): void => {
    if (context.isInherited(["clients", ...keys])) idle(keys, why, instead);
  };
  const why = `policy: ${reconnect.policy} does not use it`;
  if (reconnect.policy === "ladder") {
    const instead = "write policy: full-jitter or directed, or leave it out";
    if (reconnect.base !== BASE_DEFAULT) idle(["reconnect", "base"], why, instead);
    if (reconnect.cap !== CAP_DEFAULT) idle(["reconnect", "cap"], why, instead);
  } else
    for (const key of ["ladder", "salt"]) needless(["reconnect", key], why, "write policy: ladder, or leave it out");
  if (racing.candidates === 1)
    for (const key of ["start-every", "at-most"])
      needless(["racing", key], "there is one candidate", "write candidates: 2 or more, or leave it out");
  if (heartbeat.shortest === heartbeat.longest)
    for (const key of ["step", "climb-after"])
      needless(["heartbeat", key], "the shortest interval is the longest", "write a longer one, or leave it out");
  if (messagesAnHour === 0)
    needless(["packets-a-message"], "there are no messages", "write messages-an-hour above 0, or leave it out");
};

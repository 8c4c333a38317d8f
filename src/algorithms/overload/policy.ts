/**
 * The choice of a server's admission control and its settings. Defaults are the published ones where there are any.
 * Met by: src/world/services/services.ts
 */
import { ms } from "../../base/units.ts";
import { type Admission, ADMIT_ALL } from "./admission.ts";
import { CodelAdmission, type CodelPolicy } from "./codel.ts";
import { PriorityAdmission, type PriorityPolicy } from "./priority.ts";
import { RandomAdmission, type RandomPolicy } from "./random.ts";

/** A kind of admission control and its settings. */
export type AdmissionPolicy =
  | { readonly kind: "none" }
  | ({ readonly kind: "random" } & RandomPolicy)
  | ({ readonly kind: "codel" } & CodelPolicy)
  | ({ readonly kind: "priority" | "response-time" } & Omit<PriorityPolicy, "signal">);

/**
 * The defaults. DAGOR: 20 ms, 5 %, 1 %, published. CoDel: RFC 8289. Response times: half a task's published timeout,
 * chosen.
 */
export const ADMISSION_DEFAULTS: { readonly [K in AdmissionPolicy["kind"]]: AdmissionPolicy & { readonly kind: K } } = {
  none: { kind: "none" },
  random: { kind: "random", threshold: ms(20), alpha: 0.05, beta: 0.01 },
  codel: { kind: "codel", target: ms(5), interval: ms(100) },
  "response-time": { kind: "response-time", threshold: ms(250), alpha: 0.05, beta: 0.01 },
  priority: { kind: "priority", threshold: ms(20), alpha: 0.05, beta: 0.01 },
};

/** Returns new admission control for one server. */
export const admissionOf = (policy: AdmissionPolicy): Admission => {
  switch (policy.kind) {
    case "none":
      return ADMIT_ALL;
    case "random":
      return new RandomAdmission(policy);
    case "codel":
      return new CodelAdmission(policy);
    case "response-time":
      return new PriorityAdmission({ ...policy, signal: "response-time" });
    case "priority":
      return new PriorityAdmission({ ...policy, signal: "queuing-time" });
  }
};

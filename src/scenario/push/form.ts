/** How push is written: its key, checks and faults. */
import type { CheckContext, Form } from "../section.ts";
import { checkPush, warnOfPush } from "./checks.ts";
import { PUSH_TARGETS } from "./faults.ts";
import { PUSH } from "./section.ts";
import { type PushModel, pushShape } from "./shape.ts";

interface World {
  readonly push?: PushModel;
}

/** The form of push. */
export const PUSH_FORM = {
  section: PUSH,
  shape: pushShape,
  check: ({ push }: World, context: CheckContext) => {
    if (push !== undefined) checkPush(push, context);
  },
  warn: ({ push }: World) => push && warnOfPush(push),
  targets: PUSH_TARGETS,
  interventions: {},
  notParameters: [/^push\.limiter\.kind$/],
} as const satisfies Form;

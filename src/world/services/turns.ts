/** Turns of requests on a core, and which of them turn out to be for nobody. */
import type { Instant } from "../../base/units.ts";
import { NONE, type Request, type ServiceNotes } from "./requests.ts";

/** Notes a turn of a request on a core: it is wasted if the caller has given up, or gives up later. */
export const noteTurn = (notes: ServiceNotes, { call, node, turns }: Request, at: Instant, us: number): void => {
  notes.computed(node.tier, at, us);
  if (call === NONE) notes.wasted(node.tier, at, us);
  else turns.push(at, us);
};

/** Notes that a request's caller will not hear of it: all that was computed for it was in vain. */
export const abandon = (notes: ServiceNotes, request: Request): void => {
  const { node, turns } = request;
  request.call = NONE;
  for (let turn = 0; turn < turns.length; turn += 2) notes.wasted(node.tier, turns[turn]! as Instant, turns[turn + 1]!);
  turns.length = 0;
};

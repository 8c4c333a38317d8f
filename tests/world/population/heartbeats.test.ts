import fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterBeat,
  intervalOnSend,
  newHeartbeat,
  onConnected,
  onDisconnected,
  MARS_POLICY,
  type HeartbeatPolicy,
} from "../../../src/algorithms/access/heartbeat.ts";
import { seconds } from "../../../src/base/units.ts";
import { HEARTBEAT_BITS, HeartbeatCursor, packHeartbeat } from "../../../src/world/population/heartbeats.ts";

/** As large as a packed word can hold. */
const LARGEST: HeartbeatPolicy = { ...MARS_POLICY, longest: seconds(630), climbAfter: 7, failAfter: 7, stableTest: 6 };

test("a packed phone lives the same life as a plain one, and leaves the bits above its own alone", () => {
  const happening = fc.constantFrom("answered", "answered", "answered", "answered", "timed out", "cut short", "broken");
  fc.assert(
    fc.property(
      fc.constantFrom(MARS_POLICY, LARGEST),
      fc.array(happening, { maxLength: 400 }),
      (policy, happenings) => {
        const plain = newHeartbeat(policy);
        const cursor = new HeartbeatCursor();
        cursor.word = packHeartbeat(plain) | (0x2aa << HEARTBEAT_BITS);
        for (const phone of [plain, cursor]) onConnected(phone, policy);
        for (const what of happenings) {
          if (what !== "broken") {
            expect(intervalOnSend(cursor, policy)).toBe(intervalOnSend(plain, policy));
            for (const phone of [plain, cursor]) afterBeat(phone, what === "answered", what === "timed out", policy);
          }
          if (what !== "answered") {
            for (const phone of [plain, cursor]) {
              onDisconnected(phone);
              onConnected(phone, policy);
            }
          }
          expect(cursor).toMatchObject(plain);
          expect(cursor.word).toBe(packHeartbeat(plain) | (0x2aa << HEARTBEAT_BITS));
        }
      },
    ),
  );
});

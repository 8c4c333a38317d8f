import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterBeat,
  intervalOnSend,
  MARS_POLICY,
  newHeartbeat,
  onConnected,
  onDisconnected,
  settled,
  type HeartbeatState,
} from "../../../src/algorithms/access/heartbeat.ts";
import { inSeconds, seconds } from "../../../src/base/units.ts";

const RECONNECT_S = 2;

interface Learning {
  readonly stableAfter: number | "never";
  readonly interval: number;
  readonly beats: number;
  readonly drops: number;
  readonly blind: number;
}

/**
 * An idle phone behind a NAT that silently forgets a link idle for longer than `natS`: until it is first stable and
 * connected, or for 200 beats. Blind: the seconds in which no push could have reached it.
 */
const learn = (natS: number, state: HeartbeatState): Learning => {
  let now = 0;
  let silence = 0;
  let beats = 0;
  let drops = 0;
  let blind = 0;
  onConnected(state, MARS_POLICY);
  while (!state.stable && beats < 200) {
    beats += 1;
    const next = inSeconds(intervalOnSend(state, MARS_POLICY));
    const answered = silence <= natS;
    afterBeat(state, answered, !answered, MARS_POLICY);
    if (!answered) {
      drops += 1;
      const unseen = inSeconds(MARS_POLICY.timeout) + RECONNECT_S;
      blind += silence - natS + unseen;
      now += unseen;
      silence = 0;
      onDisconnected(state);
      onConnected(state, MARS_POLICY);
    } else if (!state.stable) {
      now += next;
      silence = next;
    }
  }
  return { stableAfter: state.stable ? now : "never", interval: inSeconds(state.interval), beats, drops, blind };
};

describe("the smart heartbeat against a NAT", () => {
  const table: readonly (readonly [string, number, Learning])[] = [
    ["a NAT of 210 s settles at 210 s", 210, { stableAfter: 2870, interval: 210, beats: 15, drops: 2, blind: 140 }],
    ["a NAT of 269 s settles at 210 s", 269, { stableAfter: 2870, interval: 210, beats: 15, drops: 2, blind: 22 }],
    ["China Mobile's 300 s settles at 250 s", 300, { stableAfter: 4610, interval: 250, beats: 21, drops: 2, blind: 80 }],
    ["a NAT of 330 s settles at 310 s", 330, { stableAfter: 6710, interval: 310, beats: 27, drops: 2, blind: 140 }],
    ["a NAT of 389 s settles at 310 s", 389, { stableAfter: 6710, interval: 310, beats: 27, drops: 2, blind: 22 }],
    ["a NAT of 420 s settles at 370 s", 420, { stableAfter: 9170, interval: 370, beats: 33, drops: 2, blind: 80 }],
    ["a NAT of 480 s settles at 430 s", 480, { stableAfter: 11_990, interval: 430, beats: 39, drops: 2, blind: 80 }],
    ["a NAT of 560 s settles at 490 s", 560, { stableAfter: 15_170, interval: 490, beats: 45, drops: 2, blind: 40 }],
    ["China Telecom's 28 min settles at 580 s", 1_680, { stableAfter: 19_700, interval: 580, beats: 50, drops: 0, blind: 0 }],
  ]; // prettier-ignore
  test.each(table)("%s", (_, natS, wanted) => {
    expect(learn(natS, newHeartbeat(MARS_POLICY))).toEqual(wanted);
  });

  test("a NAT that forgets sooner than the shortest interval breaks it for good: every second beat drops the link", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 209 }), (natS) => {
        const outcome = learn(natS, newHeartbeat(MARS_POLICY));
        expect(outcome).toMatchObject({ stableAfter: "never", interval: 210, drops: 100 });
        expect(settled(seconds(natS), MARS_POLICY)).toEqual(newHeartbeat(MARS_POLICY));
      }),
      { numRuns: 20 },
    );
  });

  test("what it settles on follows the closed form: 210, then 190 + 60 k, then 500, then 580 s", () => {
    fc.assert(
      fc.property(fc.integer({ min: 210, max: 2_000 }), (natS) => {
        const k = Math.floor((natS - 210) / 60);
        const wanted = natS >= 580 ? 580 : natS >= 570 ? 500 : k === 0 ? 210 : 190 + 60 * k;
        const state = settled(seconds(natS), MARS_POLICY);
        expect(inSeconds(state.interval)).toBe(wanted);
        expect(state).toMatchObject({ stable: true, answered: 4, nextIsInterval: true, lastWasInterval: true });
      }),
    );
  });
});

describe("a settled phone", () => {
  test("goes on at its interval for as long as beats are answered", () => {
    const state = settled(seconds(300), MARS_POLICY);
    const before = { ...state };
    for (let beat = 0; beat < 50; beat++) {
      expect(intervalOnSend(state, MARS_POLICY)).toBe(seconds(250));
      afterBeat(state, true, false, MARS_POLICY);
    }
    expect(state).toEqual(before);
  });

  test("starts anew from the shortest interval after two failures running", () => {
    const state = settled(seconds(300), MARS_POLICY);
    const fail = (): void => {
      intervalOnSend(state, MARS_POLICY);
      afterBeat(state, false, true, MARS_POLICY);
      onDisconnected(state);
      onConnected(state, MARS_POLICY);
    };
    const beat = (): number => {
      const next = inSeconds(intervalOnSend(state, MARS_POLICY));
      afterBeat(state, true, false, MARS_POLICY);
      return next;
    };
    fail();
    expect([beat(), beat(), beat(), beat()]).toEqual([210, 210, 210, 250]);
    fail();
    expect(state).toMatchObject({ interval: seconds(210), stable: false, successes: 0, failures: 0 });
  });

  test("forgives one failure when the next beat at that interval is answered", () => {
    const state = settled(seconds(300), MARS_POLICY);
    for (let round = 0; round < 5; round++) {
      intervalOnSend(state, MARS_POLICY);
      afterBeat(state, false, true, MARS_POLICY);
      onDisconnected(state);
      onConnected(state, MARS_POLICY);
      for (let beat = 0; beat < 6; beat++) {
        intervalOnSend(state, MARS_POLICY);
        afterBeat(state, true, false, MARS_POLICY);
      }
      expect(state).toMatchObject({ interval: seconds(250), stable: true, failures: 0 });
    }
  });

  test("learns nothing from the first beats of a connection", () => {
    const state = settled(seconds(300), MARS_POLICY);
    for (let round = 0; round < 10; round++) {
      onDisconnected(state);
      onConnected(state, MARS_POLICY);
      intervalOnSend(state, MARS_POLICY);
      afterBeat(state, false, true, MARS_POLICY);
    }
    expect(state).toMatchObject({ interval: seconds(250), stable: true, failures: 0 });
  });
});

test("the counts a phone keeps stay within its policy, whatever happens to it", () => {
  const happening = fc.constantFrom("answered", "timed out", "cut short", "broken");
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 300 }), (happenings) => {
      const state = newHeartbeat(MARS_POLICY);
      onConnected(state, MARS_POLICY);
      for (const what of happenings) {
        if (what !== "broken") {
          intervalOnSend(state, MARS_POLICY);
          afterBeat(state, what === "answered", what === "timed out", MARS_POLICY);
        }
        if (what !== "answered") {
          onDisconnected(state);
          onConnected(state, MARS_POLICY);
        }
        expect(state.successes).toBeLessThan(MARS_POLICY.climbAfter);
        expect(state.failures).toBeLessThanOrEqual(MARS_POLICY.failAfter);
        expect(state.answered).toBeLessThanOrEqual(MARS_POLICY.stableTest + 1);
        expect(state.interval).toBeGreaterThanOrEqual(MARS_POLICY.shortest);
        expect(state.interval).toBeLessThanOrEqual(MARS_POLICY.longest);
      }
    }),
  );
});

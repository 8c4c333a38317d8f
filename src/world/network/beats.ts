/** The chance that a beat is answered in time: TCP repeats the beat, and after its arrival the answer. */
import { Draws, RandomStream } from "../../base/random.ts";
import { Connection } from "./connection.ts";
import { EvenLoss } from "./loss.ts";
import type { PathQuality } from "./transport.ts";

const IDLE_US = 60_000_000;
/** The longest time-out of clients. */
const PATIENCE_US = 60_000_000;
const BEAT = { request: 64, response: 64 } as const;

/** Times at which an unacknowledged segment is sent on a connection in use, ms, by round trip in whole ms. */
const schedules = new Map<number, readonly number[]>();

const scheduleOf = (rttMs: number): readonly number[] => {
  const whole = Math.ceil(rttMs);
  const known = schedules.get(whole);
  if (known !== undefined) return known;
  const sentUs: number[] = [];
  let latestUs = 0;
  const silence = {
    passes: (atUs: number): boolean => {
      const isBeat = sentUs.length > 0 || atUs - latestUs >= IDLE_US;
      latestUs = atUs;
      if (isBeat) sentUs.push(atUs);
      return !isBeat;
    },
  };
  const wire = { delayUs: whole * 500, jitterUs: 0 };
  const draws = new Draws("beats", "schedule");
  draws.at(0, 0, 0);
  const connection = new Connection(
    {
      linearSyns: 0,
      hasStamps: true,
      congestion: "cubic",
      exchanges: [BEAT, { ...BEAT, afterUs: IDLE_US }],
      patienceUs: PATIENCE_US,
    },
    { up: { ...wire, loss: silence }, down: { ...wire, loss: new EvenLoss(0) } },
    new RandomStream().from(draws.out),
  );
  connection.run();
  const schedule = sentUs.map((us) => (us - sentUs[0]!) / 1_000);
  schedules.set(whole, schedule);
  return schedule;
};

/** Returns the chance that no answer to a beat arrives within `timeoutMs`, at most a minute. */
export const beatFails = ({ rttMs, lossUp, lossDown }: PathQuality, timeoutMs: number): number => {
  const schedule = scheduleOf(rttMs);
  let none = 1;
  let fails = 0;
  for (const atMs of schedule) {
    const leftMs = timeoutMs - rttMs - atMs;
    if (leftMs < 0) break;
    let unanswered = 1;
    for (const laterMs of schedule) {
      if (laterMs > leftMs) break;
      unanswered *= lossDown;
    }
    fails += none * (1 - lossUp) * unanswered;
    none *= lossUp;
  }
  return fails + none;
};

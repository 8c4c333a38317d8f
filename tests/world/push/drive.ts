/** A world of push alone, without people: small, quick, and with a book that tests can read. */
import { Digest } from "../../../src/base/digest.ts";
import { type Instant, instantAt, seconds } from "../../../src/base/units.ts";
import { pushField, type PushModel } from "../../../src/scenario/push/shape.ts";
import type { PushFault } from "../../../src/scenario/push/faults.ts";
import type { Cause, PushNotes } from "../../../src/world/push/notes.ts";
import { MACHINES, Push, type PushMachines } from "../../../src/world/push/push.ts";

export class Notebook implements PushNotes {
  firsts = 0;
  shownByApps = 0;
  /** Of all slots together, in us. */
  workedUs = 0;
  refusals = 0;
  peak = 0;
  latest = 0;
  /** When messages came, batch by batch. */
  readonly arrivals: Instant[] = [];
  fetches: Float64Array = new Float64Array(0);
  readonly repeats: Record<Cause, number> = { crash: 0, redelivery: 0, lease: 0, failover: 0 };
  fetched(_task: number, bySecond: Float64Array): void {
    this.fetches = bySecond;
  }
  shown(_task: number, _at: Instant, subscribers: number): void {
    this.shownByApps += subscribers;
  }
  arrived(at: Instant, _messages: number, inSecond: number): void {
    this.arrivals.push(at);
    this.peak = Math.max(this.peak, inSecond);
  }
  told(_task: number, _at: Instant, late: number, subscribers: number): void {
    this.firsts += subscribers;
    this.latest = Math.max(this.latest, late);
  }
  repeated(_task: number, _at: Instant, cause: Cause): void {
    this.repeats[cause] += 1;
  }
  worked(from: Instant, to: Instant): void {
    this.workedUs += to - from;
  }
  refused(_task: number, _at: Instant, messages: number): void {
    this.refusals += messages;
  }
}

/** Two thousand subscribers in blocks of 100 and batches of 10, at 200 a second: ten seconds when all is well. */
const SMALL = {
  store: { shards: 3, replicas: 2, latency: "1 ms", lag: "500 ms", promotion: "2 s" },
  workers: { hosts: 2, slots: 3, block: 100, lot: 10, lease: "3 s", restart: "1 s", pause: "200 ms" },
  limiter: { limit: 200, burst: 10, jitter: "100 ms" },
  service: { capacity: 240, latency: "20 ms" },
  dispatcher: { ahead: 12, look: "200 ms", patience: "5 s", parts: 6 },
  tasks: { evening: { at: "1 s", subscribers: 2_000 } },
};

type Section = Readonly<Record<string, unknown>>;

export const modelOf = (changes: Readonly<Record<string, Section>> = {}): PushModel => {
  const merged: Record<string, unknown> = { ...SMALL };
  for (const [name, section] of Object.entries(changes))
    merged[name] = name === "tasks" ? section : { ...(merged[name] as Section | undefined), ...section };
  return pushField.parse(merged);
};

export const fault = (
  id: string,
  at: number,
  to: number,
  where: PushFault["where"],
  effects: PushFault["effects"],
): PushFault => ({
  id,
  at: instantAt(seconds(at)),
  until: { at: instantAt(seconds(to)) },
  where,
  effects,
});

interface Drive {
  readonly model?: PushModel;
  readonly seed?: string;
  readonly faults?: readonly PushFault[];
  readonly machines?: PushMachines;
  /** Seconds. */
  readonly lasting?: number;
  /** Called every second. */
  readonly look?: (push: Push) => void;
}

export const drive = ({
  model = modelOf(),
  seed = "push",
  faults = [],
  machines = MACHINES,
  lasting = 60,
  look,
}: Drive) => {
  const notes = new Notebook();
  const digest = new Digest();
  const push = new Push({ model, seed, notes, digest, machines, faults });
  let events = 0;
  const moments = faults.flatMap((one) => [
    {
      at: one.at,
      act: () => {
        push.faults.begin(one);
      },
    },
    {
      at: (one.until as { at: Instant }).at,
      act: () => {
        push.faults.end(one);
      },
    },
  ]);
  for (let second = 0; second < lasting; second++) {
    const end = instantAt(seconds(second + 1));
    for (const { at, act } of moments
      .filter((one) => one.at >= seconds(second) && one.at < end)
      .sort((a, b) => a.at - b.at)) {
      events += push.advance(at);
      act();
    }
    events += push.advance(end);
    look?.(push);
  }
  const missed = push.told.reduce((sum, told) => sum + told.subarray(1).filter((times) => times === 0).length, 0);
  const repeated = Object.values(notes.repeats).reduce((sum, count) => sum + count, 0);
  return { push, notes, digest: digest.hex, events, missed, repeated };
};

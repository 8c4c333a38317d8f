/**
 * A drill in the simulated world: the same subscribers, parts, blocks, batches, workers, slots, limit and lease, the same
 * deaths of workers and Redis at the same shares of subscribers told, and every time as it was measured. It leaves out the
 * dispatcher's death, which a queue of blocks bridges, and the processors: waiting for them is in the times, which were
 * measured with every slot at work.
 */
import { Digest } from "../../src/base/digest.ts";
import { after, inSeconds, ms, seconds, START, type Instant } from "../../src/base/units.ts";
import { plannedKills, policiesOf, type PlannedKill, type Drill } from "../../src/deploy/drill/drill.ts";
import { LOST } from "../../src/deploy/drill/redis-server.ts";
import type { PushModel } from "../../src/scenario/push/shape.ts";
import type { PushNotes } from "../../src/world/push/notes.ts";
import { MACHINES, Push } from "../../src/world/push/push.ts";
import type { Calibration, StepTime } from "./calibration.ts";

const TASK = "drill";
/** Time between two looks at the progress, as in the drill. */
const LOOK = ms(25);

/** Returns subscribers told per second, from the first to the last. Throws if the simulated drill takes longer than the real one may. */
export const predict = (drill: Drill, calibration: Calibration): number => {
  const model = modelOf(drill, calibration);
  const book: Book = { told: 0, first: Infinity, last: 0 };
  const push = new Push({
    model,
    seed: drill.seed,
    notes: noting(book),
    digest: new Digest(),
    machines: MACHINES,
    faults: [],
  });
  const kills = [...plannedKills(drill)];
  for (let time = START; !push.isDone(0);) {
    if (time > ms(drill.patience)) throw new Error(`${String(book.told)} told in the simulated drill, and no end`);
    time = after(time, LOOK);
    push.advance(time);
    while (kills[0] !== undefined && book.told >= kills[0].share * drill.subscribers && isUp(push, kills[0]))
      perform(push, kills.shift()!, time);
  }
  return book.told / inSeconds((book.last - book.first) as Instant);
};

/** True if the target can be killed now; the drill waits for one that is down. */
const isUp = ({ hosts }: Push, { target }: PlannedKill): boolean => typeof target === "string" || hosts[target]!.isUp;

const perform = (push: Push, { target }: PlannedKill, at: Instant): void => {
  if (typeof target === "number") push.hosts[target]!.crash();
  if (target !== "redis") return;
  const where = { shard: push.stores.shards.map(({ name }) => name) };
  push.faults.begin({ id: "redis", at, until: undefined, where, effects: { failover: true } });
};

interface Book {
  told: number;
  first: number;
  last: number;
}

const noting = (book: Book): PushNotes => ({
  arrived: (at) => {
    book.first = Math.min(book.first, at);
    book.last = at;
  },
  told: (_task, _at, _late, subscribers) => {
    book.told += subscribers;
  },
  fetched: () => undefined,
  shown: () => undefined,
  repeated: () => undefined,
  refused: () => undefined,
  worked: () => undefined,
});

/**
 * Returns the time of a step without waiting for Redis and without Redis' work, in ms: the delay with which the step takes as
 * long as was measured when this many do it at once. By mean value analysis (Reiser and Lavenberg, 1980) of one server and a
 * delay.
 */
const delayOf = ({ mean, served }: Pick<StepTime, "mean" | "served">, many: number): number => {
  const takes = (delay: number): number => {
    let waiting = 0;
    let atServer = served;
    for (let count = 1; count <= many; count++) {
      atServer = served * (1 + waiting);
      waiting = (count * atServer) / (delay + atServer);
    }
    return delay + atServer;
  };
  let [least, most] = [0, mean];
  for (let turn = 0; turn < 50; turn++) {
    const middle = (least + most) / 2;
    if (takes(middle) < mean) least = middle;
    else most = middle;
  }
  return least;
};

const modelOf = (drill: Drill, { steps, away }: Calibration): PushModel => {
  const { workers, slots, blockSize, batchSize, lease, rate, jitter, capacity, parts, subscribers } = drill;
  const policies = policiesOf(drill);
  const batches = blockSize / batchSize;
  const mean = (...spans: readonly number[]): number => spans.reduce((sum, span) => sum + span, 0) / spans.length;
  // Per block the world counts its members three times, when they are claimed, reported and finished, and one for each grant.
  const members = 3 * blockSize + batches;
  const ofBlock = (time: (step: StepTime) => number): number =>
    time(steps.claim) + batches * (time(steps.grant) + time(steps.report)) + time(steps.finish);
  return {
    store: {
      shards: 1,
      // What it keeps is there when it is back.
      replicas: drill.persistence === "none" ? 0 : 1,
      latency: ms(ofBlock((step) => delayOf(step, workers * slots)) / (2 + 2 * batches)),
      members: (members / ofBlock(({ served }) => served)) * 1_000,
      lag: ms(drill.withMachine ? LOST : 0),
      promotion: ms(away.redis),
    },
    records: { latency: ms(mean(steps["look-up"].mean, steps.record.mean, steps["record-finished"].mean)) },
    broker: { latency: ms(steps.deliver.mean / 2), redelivery: ms(steps.deliver.mean / 2) },
    workers: {
      ...{ hosts: workers, slots, block: blockSize, lot: batchSize, lease },
      ...{ restart: ms(away.worker), pause: policies.worker.pause },
    },
    limiter: { kind: "gcra", limit: rate.perSecond, burst: rate.burst, horizon: rate.horizon, jitter },
    service: { capacity, latency: ms(steps.push.mean) },
    dispatcher: {
      ...{ ahead: policies.dispatcher.ahead, look: policies.dispatcher.look, patience: policies.dispatcher.patience },
      ...{ parts, lead: ms(0) },
    },
    prefetch: { share: 0, from: ms(0), over: seconds(1) },
    tasks: { [TASK]: { at: ms(0), subscribers, weight: 1, prefetched: false } },
  };
};

/** Checks the consistency of push: batches fit, leases outlast grants, tasks lie within the run. */
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { grantLasts, leaseMargin } from "../../algorithms/push/policy.ts";
import { type Duration, hours, minutes, printDuration, seconds } from "../../base/units.ts";
import { reportNoEffect } from "../no-effect.ts";
import type { CheckContext } from "../section.ts";
import { type PushModel, SUBSCRIBERS_MAX } from "./shape.ts";

/** Subscribers per part: a JavaScript set holds 2^24 values. */
const PART_MOST = 16_000_000;
/** Returns a warning if the limiter allows more messages per second than the message service accepts. */
export const warnOfPush = ({ limiter, service }: PushModel): string | undefined => {
  const { kind, limit, burst, jitter } = limiter;
  const most = kind === "gcra" ? slidingBound({ perSecond: limit, burst }, jitter) : 2 * limit;
  if (most <= service.capacity) return undefined;
  const why =
    kind === "gcra" ? "limit + burst + limit × jitter" : "two full limits can meet at the edge between two seconds";
  return `push.limiter allows up to ${String(most)} messages in a second (${why}), but push.service.capacity is ${String(service.capacity)}: the service refuses the excess, which is sent again after push.workers.pause`;
};

/** Round trips to the store that the renewal of a lease may take, with other calls before it; chosen. */
const RENEWALS = 10;
/** Longest horizon: a new or lost limiter grants nothing for this time; chosen. */
const HORIZON_MOST = minutes(1);
/** Shortest time of a batch at the limit, in µs: rounding up to a whole microsecond then costs at most 1 %. */
const LOT_LEAST = 100;

/** Longest name of a task in characters: it is part of keys in the store. */
const TASK_NAME_MOST = 40;

/** Reports inconsistencies in push. */
export const checkPush = (push: PushModel, context: CheckContext): void => {
  checkLimiter(push, context);
  checkLease(push, context);
  checkTasks(push, context);
  checkEffects(push, context);
};

const checkLimiter = ({ workers, limiter, service, store }: PushModel, { report }: CheckContext): void => {
  if (workers.lot > workers.block)
    report(
      ["push", "workers", "lot"],
      "is larger than push.workers.block",
      `write at most ${String(workers.block)}, or a larger block`,
    );
  const way = (service.latency + 2 * store.latency) as Duration;
  if (limiter.jitter <= way)
    report(
      ["push", "limiter", "jitter"],
      "grants expire before they can be used",
      `write more than ${printDuration(way)}, the time of a push and two calls of the store`,
    );
  if (limiter.kind === "counter" && workers.lot > limiter.limit)
    report(
      ["push", "workers", "lot"],
      "exceeds the limit of one second, so that the counter grants nothing",
      `write at most ${String(limiter.limit)}`,
    );
  if (limiter.kind === "gcra" && limiter.burst < workers.lot)
    report(
      ["push", "limiter", "burst"],
      "is below push.workers.lot: a worker is granted at most the burst at a time, so that the limit is never reached",
      `write at least ${String(workers.lot)}, or a smaller push.workers.lot`,
    );
  if (limiter.horizon > HORIZON_MOST)
    report(
      ["push", "limiter", "horizon"],
      "is too long: a new or lost limiter grants nothing for this time",
      `write at most ${printDuration(HORIZON_MOST)}`,
    );
  const lotLeast = Math.ceil((limiter.limit * LOT_LEAST) / 1_000_000);
  if (limiter.kind === "gcra" && workers.lot < lotLeast && limiter.limit > workers.lot)
    report(
      ["push", "workers", "lot"],
      "is too small for the limit: the time of a batch is rounded up to whole microseconds",
      `write at least ${String(lotLeast)}`,
    );
};

/** Defaults of keys that may have no effect. */
const BURST_DEFAULT = 1_000;
const HORIZON_DEFAULT = seconds(1);
const OVER_DEFAULT = hours(6);

/** Reports keys that are written and have no effect. */
const checkEffects = ({ limiter, prefetch, tasks }: PushModel, context: CheckContext): void => {
  const idle = (path: readonly string[], why: string, instead: string): void => {
    reportNoEffect(context, ["push", ...path], why, instead);
  };
  if (limiter.kind === "counter")
    for (const [key, isOther] of [
      ["burst", limiter.burst !== BURST_DEFAULT],
      ["horizon", limiter.horizon !== HORIZON_DEFAULT],
    ] as const)
      if (isOther) idle(["limiter", key], "the counter does not use it", "write kind: gcra, or leave it out");
  const all = Object.entries(tasks);
  // A share of 0 % that is written switches prefetching off, and the rest may stay.
  if (prefetch.share === 0 && !context.isOwn(["push", "prefetch", "share"])) {
    const instead = "write prefetch: { share: 10 % }, or leave it out";
    if (prefetch.from !== 0) idle(["prefetch", "from"], "no app prefetches", instead);
    if (prefetch.over !== OVER_DEFAULT) idle(["prefetch", "over"], "no app prefetches", instead);
    for (const [name, { prefetched }] of all)
      if (!prefetched) idle(["tasks", name, "prefetched"], "no app prefetches", instead);
  } else if (prefetch.share > 0 && all.every(([, { prefetched }]) => !prefetched))
    idle(["prefetch", "share"], "no task is prefetched", "write prefetched: true in a task, or leave it out");
  if (all.length === 1 && all[0]![1].weight !== 1)
    idle(["tasks", all[0]![0], "weight"], "there is no other task to share the limit with", "leave it out");
};

const checkLease = (push: PushModel, { report }: CheckContext): void => {
  const { workers, limiter, service, store } = push;
  const lasts = grantLasts(limiter);
  const margin = leaseMargin({ lease: workers.lease, roundTrip: service.latency });
  // A worker asks only for grants that its lease outlasts, and renews it before: with a shorter one it would only renew.
  const least = (lasts + margin + RENEWALS * store.latency) as Duration;
  if (workers.lease <= least)
    report(
      ["push", "workers", "lease"],
      "may end before its grants are used",
      `write more than ${printDuration(least)}, or a shorter push.limiter.horizon`,
    );
};

const checkTasks = ({ tasks, prefetch, dispatcher }: PushModel, { duration: runs, report }: CheckContext): void => {
  if (Object.keys(tasks).length === 0) report(["push", "tasks"], "has no task", "write at least one");
  const largest = Object.values(tasks).reduce((most, { subscribers }) => Math.max(most, subscribers), 0);
  if (largest > PART_MOST * dispatcher.parts)
    report(
      ["push", "dispatcher", "parts"],
      `is too small: a part holds at most ${String(PART_MOST)} subscribers`,
      `write at least ${String(Math.ceil(largest / PART_MOST))}`,
    );
  const all = Object.values(tasks).reduce((sum, { subscribers }) => sum + subscribers, 0);
  if (all > SUBSCRIBERS_MAX)
    report(
      ["push", "tasks"],
      "has too many subscribers",
      `write at most ${String(SUBSCRIBERS_MAX)} in all tasks together`,
    );
  for (const [name, { at, prefetched }] of Object.entries(tasks)) {
    if (name.length > TASK_NAME_MOST)
      report(
        ["push", "tasks", name],
        "the name is too long",
        `write at most ${String(TASK_NAME_MOST)} characters`,
        "key",
      );
    if (runs !== undefined && at >= runs)
      report(["push", "tasks", name, "at"], "is not before the end of the run", "write less than run.duration");
    if (prefetched && prefetch.share > 0 && prefetch.from + prefetch.over > at)
      report(
        ["push", "tasks", name, "at"],
        "is due before prefetching ends",
        "write prefetched: false, or prefetch earlier",
      );
  }
};

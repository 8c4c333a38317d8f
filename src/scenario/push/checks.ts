/** What reminders must be besides well written: batches that fit, leases that outlast grants, tasks within the run. */
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { grantLasts, leaseMargin } from "../../algorithms/push/policy.ts";
import { type Duration, minutes, printDuration } from "../../base/units.ts";
import type { CheckContext } from "../section.ts";
import { type PushModel, SUBSCRIBERS_MAX } from "./shape.ts";

/** Subscribers of a part: a set of the language holds 2^24 values. */
const PART_MOST = 16_000_000;
/** Returns a warning about a valid but risky limit; undefined if there is none. */
export const warnOfPush = ({ limiter, service }: PushModel): string | undefined => {
  const { kind, limit, burst, jitter } = limiter;
  const most = kind === "gcra" ? slidingBound({ perSecond: limit, burst }, jitter) : 2 * limit;
  if (most <= service.capacity) return undefined;
  const why =
    kind === "gcra" ? "limit + burst + limit × jitter" : "the limits of two seconds meet at the edge between them";
  return `push.limiter lets up to ${String(most)} messages come in a second (${why}), and push.service.capacity is ${String(service.capacity)}: those above it are refused, and told a pause later`;
};

/** Round trips to the store that a renewal of a lease may take, with others before it; chosen. */
const RENEWALS = 10;
/** A limiter that was lost, or is new, grants nothing for so long; chosen. */
const HORIZON_MOST = minutes(1);
/** The least that a lot takes at the limit: each is rounded up to a whole microsecond, which is 1 % of this. */
const LOT_LEAST = 100;

/** A task's name is part of keys of the store. */
const TASK_NAME_MOST = 40;

/** What push must be besides well written. */
export const checkPush = (push: PushModel, { duration: runs, report }: CheckContext): void => {
  const { tasks, workers, prefetch, limiter, service, store, dispatcher } = push;
  if (Object.keys(tasks).length === 0) report(["push", "tasks"], "no task", "name at least one");
  if (workers.lot > workers.block)
    report(["push", "workers", "lot"], "larger than its block", "let it be a part of it");
  if (limiter.jitter <= service.latency + 2 * store.latency)
    report(["push", "limiter", "jitter"], "grants are old before they can be used", "write more than the way takes");
  if (limiter.kind === "counter" && workers.lot > limiter.limit)
    report(
      ["push", "workers", "lot"],
      "more than the limit of a second: the counter lets none through",
      `write at most ${String(limiter.limit)}`,
    );
  if (limiter.horizon > HORIZON_MOST)
    report(
      ["push", "limiter", "horizon"],
      "a new or lost limiter grants nothing for so long",
      `write at most ${printDuration(HORIZON_MOST)}`,
    );
  const lotLeast = Math.ceil((limiter.limit * LOT_LEAST) / 1_000_000);
  if (limiter.kind === "gcra" && workers.lot < lotLeast && limiter.limit > workers.lot)
    report(
      ["push", "workers", "lot"],
      "too small for the limit: a lot's time is counted in whole microseconds",
      `write at least ${String(lotLeast)}`,
    );
  const largest = Object.values(tasks).reduce((most, { subscribers }) => Math.max(most, subscribers), 0);
  if (largest > PART_MOST * dispatcher.parts)
    report(
      ["push", "dispatcher", "parts"],
      "a part would be larger than its set can be",
      `write at least ${String(Math.ceil(largest / PART_MOST))}`,
    );
  const lasts = grantLasts(limiter);
  // A worker asks only for what its lease outlasts, and renews it before: with no time to spare it would do nothing else.
  const margin = leaseMargin({ lease: workers.lease, roundTrip: service.latency });
  const least = (lasts + margin + RENEWALS * store.latency) as Duration;
  if (workers.lease <= least) {
    const enough = printDuration(least);
    const fix = `write more than ${enough}, or less for push.limiter.horizon`;
    report(["push", "workers", "lease"], "may end before what was granted in it is used", fix);
  }
  const all = Object.values(tasks).reduce((sum, { subscribers }) => sum + subscribers, 0);
  if (all > SUBSCRIBERS_MAX)
    report(["push", "tasks"], "more subscribers than memory bears", `at most ${String(SUBSCRIBERS_MAX)} in all`);
  for (const [name, { at, prefetched }] of Object.entries(tasks)) {
    if (name.length > TASK_NAME_MOST)
      report(["push", "tasks", name], "too long a name", `write at most ${String(TASK_NAME_MOST)} characters`, "key");
    if (runs !== undefined && at >= runs)
      report(["push", "tasks", name, "at"], "the run is over by then", "run.duration is shorter");
    if (prefetched && prefetch.share > 0 && prefetch.from + prefetch.over > at)
      report(
        ["push", "tasks", name, "at"],
        "is due before all have fetched it",
        "write prefetched: false, or fetch earlier",
      );
  }
};

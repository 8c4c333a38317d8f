/**
 * How good every path is: statistics for each (gateway, IP:port) that was ever reported, and pools of paths (pools.ts).
 *
 * The unit of evidence is the session, not the packet: four probes of one beat meet the same radio and the same queue,
 * so four lost probes may be one event. A session is bad if a probe stayed unanswered. How much that share rises when
 * loss rises is learnt from the feed itself (baselines.ts).
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import { PathList, type PathStats } from "./path-stats.ts";
import { alarmHeight } from "./cusum.ts";
import { Decay } from "./decay.ts";
import type { Evidence, Rise } from "./evidence.ts";
import { Pools } from "./pools.ts";
import { RoundSums } from "./round-sums.ts";
import type { QualityReport } from "./messages.ts";
import { Baselines } from "./baselines.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { CONNECTS, RECENT, SESSIONS, OutcomeStream, type RoundRules } from "./outcome-stream.ts";

/** The smallest rise of failed connects worth an alarm. Chosen: ten times their normal share. */
const CONNECT_RISE = 0.15;
const CONNECT_PRIOR = 0.02;
/** Nothing is tested before the feed has lasted this long; everything is learnt. Chosen. */
const LEARN_FIRST_SECONDS = 120;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Statistics and tests of all paths. */
export class Quality {
  readonly #topology: TopologyIndex;
  readonly #policy: SchedulerPolicy;
  readonly #paths: PathList;
  /** Cursors over the streams of a round. */
  readonly #sessions: OutcomeStream;
  readonly #connects: OutcomeStream;
  readonly #sums: RoundSums;
  readonly #baselines: Baselines;
  readonly #pools: Pools;
  /** By number: paths with a raised test. */
  readonly #raised = new Map<number, PathStats>();
  /** Height at which a test raises an alarm, nats: it grows with the number of tests. */
  height = 0;
  /** The round closed last. */
  round = 0;
  #firstRound = -1;

  /** The rules for the path at hand; one object, for there are thousands of paths a round. */
  readonly #trial: Writable<RoundRules>;
  readonly #worseSessions = (normal: number): number =>
    Math.min(0.98, this.shareOf(this.lossOf(normal) + this.#policy.smallestRise));
  readonly #worseConnects = (normal: number): number => Math.min(0.99, normal + CONNECT_RISE * (1 - normal));

  /** Starts without any path. */
  constructor(topology: TopologyIndex, policy: SchedulerPolicy) {
    this.#topology = topology;
    this.#policy = policy;
    const decay = new Decay(policy.round, policy.memory);
    this.#trial = { round: 0, height: 0, prior: 0, decay, mayLearn: false, mayTest: false, isRouted: false };
    this.#paths = new PathList(topology);
    this.#sessions = new OutcomeStream(SESSIONS, this.#paths.sessions);
    this.#connects = new OutcomeStream(CONNECTS, this.#paths.connects);
    this.#sums = new RoundSums(this.#paths, topology.endpoints.length);
    this.#baselines = new Baselines(topology, decay);
    this.#pools = new Pools(topology);
  }

  /** Takes a report; it counts when the round is closed. */
  add(report: QualityReport): void {
    // The path exists from now on: the number of tests sets the height of an alarm.
    this.path(report.gateway, report.endpoint);
    this.#sums.add(report);
  }

  /** Returns the statistics of a path; new ones if it was never reported. */
  path(gateway: number, endpoint: number): PathStats {
    return this.#paths.path(gateway, endpoint);
  }

  /** The paths with a raised test, in the order in which they were raised. */
  get raised(): Iterable<PathStats> {
    return this.#raised.values();
  }

  /** Returns the known paths of a gateway, by endpoint. */
  pathsOf(gateway: number): readonly PathStats[] {
    return this.#paths.ofGateway(gateway);
  }

  /** Returns the known paths to an endpoint, by gateway. */
  pathsAt(endpoint: number): readonly PathStats[] {
    return this.#paths.ofEndpoint(endpoint);
  }

  /**
   * Tests and learns what was reported since the last round. `mayLearn` says whether no open fault explains a path,
   * `isRouted` whether users are sent over it.
   */
  closeRound(
    round: number,
    mayLearn: (gateway: number, endpoint: number) => boolean,
    isRouted: (gateway: number, endpoint: number) => boolean,
  ): void {
    this.round = round;
    if (this.#firstRound < 0 && this.#sums.size > 0) this.#firstRound = round;
    const age = (round - this.#firstRound) * inSeconds(this.#policy.round);
    const mayTest = this.#firstRound >= 0 && age >= LEARN_FIRST_SECONDS;
    const tests = 2 * this.#paths.count + this.#pools.count;
    this.height = alarmHeight(tests, this.#policy.round, this.#policy.falseAlarmsADay);
    this.#baselines.openRound(round);
    this.#trial.round = round;
    this.#trial.height = this.height;
    this.#trial.mayTest = mayTest;
    const most = this.height / 4;
    this.#sums.drain((gateway, endpoint, number) => {
      const learns = mayLearn(gateway, endpoint);
      if (learns) this.#baselines.learn(gateway, endpoint, this.#sums);
      this.#trial.mayLearn = learns;
      const step = this.#test(gateway, endpoint, number, isRouted);
      // A path that an open fault explains does not vote for another.
      if (!learns) return;
      if (this.#sessions.test.value < this.height / 2) this.#baselines.learnRelation(this.#sums);
      this.#pools.vote(gateway, endpoint, Math.min(most, Math.max(-most, step)));
    });
    this.#pools.closeRound(this.height, round);
  }

  /** Tests and learns what was reported of a path. Returns the step of its tests in nats, and leaves the cursors there. */
  #test(
    gateway: number,
    endpoint: number,
    number: number,
    isRouted: (gateway: number, endpoint: number) => boolean,
  ): number {
    const sums = this.#sums;
    const trial = this.#trial;
    const hasConnects = sums.connects > 0;
    const sessions = this.#sessions.moveTo(number);
    const connects = this.#connects.moveTo(number);
    trial.isRouted = (sessions.isBurningIn || (hasConnects && connects.isBurningIn)) && isRouted(gateway, endpoint);
    trial.prior = sessions.isYoung ? this.#baselines.prior(gateway, endpoint) : 0;
    let step = sessions.closeRound(trial, sums.sessions, sums.degraded, this.#worseSessions);
    trial.prior = CONNECT_PRIOR;
    step += connects.closeRound(trial, sums.connects, sums.connectFailures, this.#worseConnects);
    const wasRaised = this.#raised.size > 0 && this.#raised.has(number);
    // Few paths have connects in a round. Without them a test that was low is low: the height never falls.
    const mayBeRaised = hasConnects || wasRaised;
    if (sessions.test.isRaised(this.height) || (mayBeRaised && connects.test.isRaised(this.height)))
      this.#raised.set(number, this.path(gateway, endpoint));
    else if (wasRaised) this.#raised.delete(number);
    return step;
  }

  /** Returns the loss of probes that gives this share of bad sessions. */
  lossOf(share: number): number {
    return this.#baselines.lossOf(share);
  }

  /** Returns the share of bad sessions that this loss of probes gives. */
  shareOf(loss: number): number {
    return this.#baselines.shareOf(loss);
  }

  /** Returns the normal share of bad sessions on a path. */
  normalSessions(path: PathStats): number {
    return path.sessions.normal(path.sessions.isYoung ? this.#baselines.prior(path.gateway, path.endpoint) : 0);
  }

  /** Returns the normal share of failed connects on a path. */
  normalConnects(path: PathStats): number {
    return path.connects.normal(CONNECT_PRIOR);
  }

  /** True if a test of this path is in alarm. */
  isAlarmed(path: PathStats): boolean {
    return path.sessions.test.value >= this.height || path.connects.test.value >= this.height;
  }

  /** True if a test of this path is too high to be trusted, though it may not be in alarm. */
  isRaised(path: PathStats): boolean {
    return path.sessions.test.isRaised(this.height) || path.connects.test.isRaised(this.height);
  }

  /** Returns the round from which paths can be compared: at most as long ago as rounds of a busy path are kept. */
  horizon(since: number): number {
    return Math.max(since, this.round - RECENT + 1);
  }

  /** Returns what these paths say about a rise since a round (within the horizon), each against its own past. */
  evidence(paths: readonly PathStats[], from: number, rise: Rise): Evidence {
    const since = this.horizon(from);
    let nats = 0;
    const sum = { sessions: 0, bad: 0, expected: 0, connects: 0, failures: 0 };
    for (const path of paths) {
      const sessions = path.sessions.countsSince(since);
      const normal = this.normalSessions(path);
      if (rise.sessions > 0 && sessions.all > 0) {
        const worse = Math.min(0.98, normal + rise.sessions * (1 - normal));
        nats += path.sessions.evidence(since, normal, worse);
      }
      const connects = path.connects.countsSince(since);
      if (rise.connects > 0 && connects.all > 0) {
        const often = this.normalConnects(path);
        const worse = Math.min(0.99, often + rise.connects * (1 - often));
        nats += path.connects.evidence(since, often, worse);
      }
      sum.sessions += sessions.all;
      sum.bad += sessions.bad;
      sum.expected += sessions.all * normal;
      sum.connects += connects.all;
      sum.failures += connects.bad;
    }
    return { nats, ...sum };
  }

  /**
   * Returns the rise that a path shows since a round, as a part of what could still rise; 0 where its test is low. A
   * path that is suspected only through its pool counts with its higher test. Where sessions show a rise, connects are
   * not asked: most loss leaves connecting possible, so the few that fail are a coarse measure.
   */
  rise(path: PathStats, since: number): Rise {
    const highest = Math.max(path.sessions.test.value, path.connects.test.value);
    const part = (stream: OutcomeStream, normal: number): number => {
      const { all, bad } = stream.countsSince(this.horizon(since));
      if (all === 0 || stream.test.value < Math.min(highest, this.height / 4)) return 0;
      return Math.max(0, (bad / all - normal) / (1 - normal));
    };
    const sessions = part(path.sessions, this.normalSessions(path));
    return { sessions, connects: sessions > 0 ? 0 : part(path.connects, this.normalConnects(path)) };
  }

  /** Resets the tests of these paths' pools: what raised them is explained. */
  resetPools(paths: Iterable<PathStats>): void {
    for (const { gateway, endpoint } of paths) this.#pools.reset(gateway, endpoint);
  }

  /** Resets the tests of these paths and of their pools: their trouble is over. */
  resetPaths(paths: Iterable<PathStats>): void {
    for (const path of paths) {
      path.sessions.test.reset();
      path.connects.test.reset();
      this.#raised.delete(this.#paths.numberOf(path.gateway, path.endpoint));
      this.#pools.reset(path.gateway, path.endpoint);
    }
  }

  /**
   * Returns the rise that these paths show together since a round, significant or not, in the kinds that `kind` has.
   */
  shownRise(paths: readonly PathStats[], since: number, kind: Rise): Rise {
    const { sessions, bad, expected, connects, failures } = this.evidence(paths, since, { sessions: 0, connects: 0 });
    const often = paths[0] === undefined ? 0 : this.normalConnects(paths[0]);
    const above = (count: number, all: number, normal: number): number =>
      all === 0 ? 0 : Math.max(0, (count - normal) / (all - normal));
    return {
      sessions: kind.sessions > 0 ? above(bad, sessions, expected) : 0,
      connects: kind.connects > 0 ? above(failures, connects, often * connects) : 0,
    };
  }

  /** Resets all tests and keeps what is normal. */
  resetAll(): void {
    for (const gateway of this.#topology.gateways.keys())
      for (const { sessions, connects } of this.pathsOf(gateway)) {
        sessions.test.reset();
        connects.test.reset();
      }
    this.#pools.resetAll();
    this.#raised.clear();
  }

  /** Returns the pools in alarm: the likely start, and their paths. */
  alarmedPools(): readonly { readonly since: number; readonly paths: readonly PathStats[] }[] {
    const { members, lineOf } = this.#topology;
    return this.#pools.alarmed(this.height).map(({ since, group, line }) => ({
      since,
      paths: members[group]!.flatMap((gateway) =>
        this.pathsOf(gateway).filter(({ endpoint }) => line === undefined || lineOf[endpoint] === line),
      ),
    }));
  }
}

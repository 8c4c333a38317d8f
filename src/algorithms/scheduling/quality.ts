/**
 * How good every path is: statistics for each (gateway, IP:port) that was ever reported, and pools of paths for what a
 * single path cannot show: port → server → line of a centre, gateway → region × carrier.
 *
 * The unit of evidence is the session, not the packet: four probes of one beat meet the same radio and the same queue,
 * so four lost probes may be one event. A session is bad if a probe stayed unanswered. How much that share rises when
 * loss rises is learnt from the feed itself (baselines.ts).
 *
 * Pools add up the votes of their paths, each against its own past, and a vote is bounded: a pool is raised only when
 * many of its paths are worse, never by one gateway, however large, and no change of mix can raise it.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import type { PathStats } from "./path-stats.ts";
import { alarmHeight, Cusum } from "./cusum.ts";
import { Decay } from "./decay.ts";
import type { Evidence, Rise } from "./evidence.ts";
import { RoundSums } from "./round-sums.ts";
import type { QualityReport } from "./messages.ts";
import { Baselines } from "./baselines.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { CONNECTS, RECENT, SESSIONS, OutcomeStream, OutcomeMemory, type RoundRules } from "./outcome-stream.ts";

/** The smallest rise of failed connects worth an alarm. Chosen: ten times their normal share. */
const CONNECT_RISE = 0.15;
const CONNECT_PRIOR = 0.02;
/** Nothing is tested before the feed has lasted this long; everything is learnt. Chosen. */
const LEARN_FIRST_SECONDS = 120;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A test that many paths vote in: their votes of a round are summed before they count. */
class Pool {
  readonly test = new Cusum();
  votes = 0;
  hasVotes = false;

  closeRound(height: number, round: number): void {
    this.test.add(this.votes, height, round);
    this.votes = 0;
    this.hasVotes = false;
  }
}

/** Statistics and tests of all paths. */
export class Quality {
  readonly #topology: TopologyIndex;
  readonly #policy: SchedulerPolicy;
  /** By gateway and endpoint; most pairs are never reported. */
  readonly #paths: (PathStats | undefined)[];
  #pathCount = 0;
  readonly #sessionMemory: OutcomeMemory;
  readonly #connectMemory: OutcomeMemory;
  /** Cursors over the streams of a round. */
  readonly #sessions: OutcomeStream;
  readonly #connects: OutcomeStream;
  readonly #ofGateway: PathStats[][];
  readonly #ofEndpoint: PathStats[][];
  readonly #sums: RoundSums;
  readonly #baselines: Baselines;
  /** A pool of votes for each group, and for each group and line. */
  readonly #groupTests: readonly Pool[];
  readonly #groupLineTests: readonly Pool[];
  /** Paths with a raised test. */
  readonly raised = new Set<PathStats>();
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
    const groups = topology.members.length;
    const pairs = topology.gateways.length * topology.endpoints.length;
    this.#paths = new Array<PathStats | undefined>(pairs).fill(undefined);
    this.#sessionMemory = new OutcomeMemory(pairs);
    this.#connectMemory = new OutcomeMemory(pairs);
    this.#sessions = new OutcomeStream(SESSIONS, this.#sessionMemory);
    this.#connects = new OutcomeStream(CONNECTS, this.#connectMemory);
    this.#sums = new RoundSums(topology.gateways.length, topology.endpoints.length);
    this.#ofGateway = topology.gateways.map(() => []);
    this.#ofEndpoint = topology.endpoints.map(() => []);
    this.#baselines = new Baselines(topology, decay);
    this.#groupTests = topology.members.map(() => new Pool());
    this.#groupLineTests = Array.from({ length: groups * topology.lines }, () => new Pool());
  }

  /** Takes a report; it counts when the round is closed. */
  add(report: QualityReport): void {
    // The path exists from now on: the number of tests sets the height of an alarm.
    this.path(report.gateway, report.endpoint);
    this.#sums.add(report);
  }

  /** Returns the statistics of a path; new ones if it was never reported. */
  path(gateway: number, endpoint: number): PathStats {
    const key = gateway * this.#topology.endpoints.length + endpoint;
    const found = this.#paths[key];
    if (found !== undefined) return found;
    const path: PathStats = {
      gateway,
      endpoint,
      sessions: new OutcomeStream(SESSIONS, this.#sessionMemory, key),
      connects: new OutcomeStream(CONNECTS, this.#connectMemory, key),
    };
    this.#paths[key] = path;
    this.#pathCount += 1;
    this.#ofGateway[gateway]!.push(path);
    this.#ofGateway[gateway]!.sort((a, b) => a.endpoint - b.endpoint);
    this.#ofEndpoint[endpoint]!.push(path);
    this.#ofEndpoint[endpoint]!.sort((a, b) => a.gateway - b.gateway);
    return path;
  }

  /** Returns the known paths of a gateway, by endpoint. */
  pathsOf(gateway: number): readonly PathStats[] {
    return this.#ofGateway[gateway]!;
  }

  /** Returns the known paths to an endpoint, by gateway. */
  pathsAt(endpoint: number): readonly PathStats[] {
    return this.#ofEndpoint[endpoint]!;
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
    const tests = 2 * this.#pathCount + this.#groupTests.length + this.#groupLineTests.length;
    this.height = alarmHeight(tests, this.#policy.round, this.#policy.falseAlarmsADay);
    this.#baselines.openRound(round);
    this.#trial.round = round;
    this.#trial.height = this.height;
    this.#trial.mayTest = mayTest;
    const most = this.height / 4;
    const voted: Pool[] = [];
    this.#sums.drain((gateway, endpoint, sums) => {
      const learns = mayLearn(gateway, endpoint);
      if (learns) this.#baselines.learn(gateway, endpoint, sums);
      const number = gateway * this.#topology.endpoints.length + endpoint;
      const sessions = this.#sessions.moveTo(number);
      const connects = this.#connects.moveTo(number);
      this.#trial.mayLearn = learns;
      this.#trial.isRouted = (sessions.isBurningIn || connects.isBurningIn) && isRouted(gateway, endpoint);
      this.#trial.prior = sessions.isYoung ? this.#baselines.prior(gateway, endpoint) : 0;
      let step = sessions.closeRound(this.#trial, sums.sessions, sums.degraded, this.#worseSessions);
      this.#trial.prior = CONNECT_PRIOR;
      step += connects.closeRound(this.#trial, sums.connects, sums.connectFailures, this.#worseConnects);
      if (sessions.test.isRaised(this.height) || connects.test.isRaised(this.height))
        this.raised.add(this.path(gateway, endpoint));
      else if (this.raised.size > 0) this.raised.delete(this.path(gateway, endpoint));
      // A path that an open fault explains does not vote for another.
      if (!learns) return;
      if (sessions.test.value < this.height / 2) this.#baselines.learnRelation(sums);
      const vote = Math.min(most, Math.max(-most, step));
      this.#vote(this.#groupTests[this.#topology.groupOf[gateway]!]!, vote, voted);
      this.#vote(this.#groupLineTests[this.#topology.groupLine(gateway, endpoint)]!, vote, voted);
    });
    for (const pool of voted) pool.closeRound(this.height, round);
  }

  #vote(pool: Pool, vote: number, voted: Pool[]): void {
    if (!pool.hasVotes) voted.push(pool);
    pool.hasVotes = true;
    pool.votes += vote;
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
    for (const path of paths) for (const pool of this.#poolTestsOf(path)) pool.reset();
  }

  /** Resets the tests of these paths and of their pools: their trouble is over. */
  resetPaths(paths: Iterable<PathStats>): void {
    for (const path of paths) {
      path.sessions.test.reset();
      path.connects.test.reset();
      this.raised.delete(path);
      for (const pool of this.#poolTestsOf(path)) pool.reset();
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
    for (const path of this.#paths) {
      if (path === undefined) continue;
      path.sessions.test.reset();
      path.connects.test.reset();
    }
    for (const { test } of [...this.#groupTests, ...this.#groupLineTests]) test.reset();
    this.raised.clear();
  }

  /** Yields the pools in alarm: the likely start, and their paths. */
  *alarmedPools(): Iterable<{ since: number; paths: readonly PathStats[] }> {
    for (const [group, members] of this.#topology.members.entries()) {
      const whole = this.#groupTests[group]!.test;
      const paths = (): PathStats[] => members.flatMap((member) => this.#ofGateway[member]!);
      if (whole.value >= this.height) yield { since: whole.raisedIn, paths: paths() };
      for (let line = 0; line < this.#topology.lines; line++) {
        const pool = this.#groupLineTests[group * this.#topology.lines + line]!.test;
        if (pool.value < this.height) continue;
        yield { since: pool.raisedIn, paths: paths().filter((path) => this.#topology.lineOf[path.endpoint] === line) };
      }
    }
  }

  /** Returns the tests of the pools that a path votes in. */
  #poolTestsOf(path: PathStats): readonly Cusum[] {
    return [
      this.#groupTests[this.#topology.groupOf[path.gateway]!]!.test,
      this.#groupLineTests[this.#topology.groupLine(path.gateway, path.endpoint)]!.test,
    ];
  }
}

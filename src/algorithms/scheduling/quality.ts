/**
 * How good every path is: a cell for each (gateway, IP:port) that was ever heard of, pooled upward where a cell
 * alone says too little: port → server → line of a centre, gateway → region × carrier.
 *
 * The unit of evidence is the session, not the packet: four probes of one beat meet the same radio and the same
 * queue, so four lost probes may be one event. A session is bad if a probe stayed unanswered. How much that share rises
 * when loss rises is learnt from the feed itself (norms.ts).
 *
 * Pools add up the votes of their cells, each against its own past, and a vote is bounded: a pool is only
 * raised when many of its cells are worse, never by one gateway, however large, and no change of mix can raise it.
 * Met by: src/world/seams/scheduling.ts
 */
import { inSeconds } from "../../base/units.ts";
import type { Cell } from "./cell.ts";
import { alarmHeight, Cusum } from "./cusum.ts";
import { Fading } from "./fading.ts";
import { Heard } from "./heard.ts";
import type { QualityReport } from "./messages.ts";
import { Norms } from "./norms.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { CONNECTS, RECENT, SESSIONS, Stream, StreamMemory, type Trial } from "./stream.ts";

/** Bad connects rise by at least this share when something is wrong with connecting. Chosen: an order above peace. */
const CONNECT_RISE = 0.15;
const CONNECT_PRIOR = 0.02;
/** Nothing is tested before the feed has lasted this long: everything is learnt then. Chosen. */
const LEARN_FIRST_SECONDS = 120;

/** By how much the share of bad sessions and of failed connects rose; 0 where it did not. */
export interface Rise {
  readonly sessions: number;
  readonly connects: number;
}

/** What some cells say together about "as bad as that" against "as ever". */
export interface Evidence {
  /** Nats for bad; negative for clean. */
  readonly nats: number;
  readonly sessions: number;
  readonly bad: number;
  /** Bad sessions expected in peace. */
  readonly expected: number;
  readonly connects: number;
  readonly failures: number;
}

export const NO_EVIDENCE: Evidence = { nats: 0, sessions: 0, bad: 0, expected: 0, connects: 0, failures: 0 };

export const add = (a: Evidence, b: Evidence): Evidence => ({
  nats: a.nats + b.nats,
  sessions: a.sessions + b.sessions,
  bad: a.bad + b.bad,
  expected: a.expected + b.expected,
  connects: a.connects + b.connects,
  failures: a.failures + b.failures,
});

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A test that many cells vote in: their votes of a round are summed before they count. */
class Pool {
  readonly test = new Cusum();
  votes = 0;
  isVoted = false;

  count(height: number, round: number): void {
    this.test.add(this.votes, height, round);
    this.votes = 0;
    this.isVoted = false;
  }
}

export class Quality {
  readonly #places: Places;
  readonly #policy: SchedulerPolicy;
  /** By gateway and endpoint; most pairs are never heard of. */
  readonly #cells: (Cell | undefined)[];
  #cellCount = 0;
  readonly #sessionMemory: StreamMemory;
  readonly #connectMemory: StreamMemory;
  /** Looks that wander over the streams of a round. */
  readonly #sessions: Stream;
  readonly #connects: Stream;
  readonly #ofGateway: Cell[][];
  readonly #ofEndpoint: Cell[][];
  readonly #heard: Heard;
  readonly #norms: Norms;
  /** A pool of votes for each group, and for each group and line. */
  readonly #groupTests: readonly Pool[];
  readonly #groupLineTests: readonly Pool[];
  /** Cells whose test is too high for peace. */
  readonly raised = new Set<Cell>();
  height = 0;
  round = 0;
  #firstRound = -1;

  /** What all cells of a round are judged by; one object, for there are thousands of cells a round. */
  readonly #trial: Writable<Trial>;
  readonly #worseSessions = (normal: number): number =>
    Math.min(0.98, this.shareOf(this.lossOf(normal) + this.#policy.smallestRise));
  readonly #worseConnects = (normal: number): number => Math.min(0.99, normal + CONNECT_RISE * (1 - normal));

  constructor(places: Places, policy: SchedulerPolicy) {
    this.#places = places;
    this.#policy = policy;
    const fading = new Fading(policy.round, policy.memory);
    this.#trial = { round: 0, height: 0, prior: 0, fading, mayLearn: false, mayTest: false, isRouted: false };
    const groups = places.members.length;
    const paths = places.gateways.length * places.endpoints.length;
    this.#cells = new Array<Cell | undefined>(paths).fill(undefined);
    this.#sessionMemory = new StreamMemory(paths);
    this.#connectMemory = new StreamMemory(paths);
    this.#sessions = new Stream(SESSIONS, this.#sessionMemory);
    this.#connects = new Stream(CONNECTS, this.#connectMemory);
    this.#heard = new Heard(places.gateways.length, places.endpoints.length);
    this.#ofGateway = places.gateways.map(() => []);
    this.#ofEndpoint = places.endpoints.map(() => []);
    this.#norms = new Norms(places, fading);
    this.#groupTests = places.members.map(() => new Pool());
    this.#groupLineTests = Array.from({ length: groups * places.lines }, () => new Pool());
  }

  hear(report: QualityReport): void {
    // Known from now on: how many are tested decides how high a test must climb.
    this.cell(report.gateway, report.endpoint);
    this.#heard.add(report);
  }

  cell(gateway: number, endpoint: number): Cell {
    const key = gateway * this.#places.endpoints.length + endpoint;
    const found = this.#cells[key];
    if (found !== undefined) return found;
    const cell: Cell = {
      gateway,
      endpoint,
      sessions: new Stream(SESSIONS, this.#sessionMemory, key),
      connects: new Stream(CONNECTS, this.#connectMemory, key),
    };
    this.#cells[key] = cell;
    this.#cellCount += 1;
    this.#ofGateway[gateway]!.push(cell);
    this.#ofGateway[gateway]!.sort((a, b) => a.endpoint - b.endpoint);
    this.#ofEndpoint[endpoint]!.push(cell);
    this.#ofEndpoint[endpoint]!.sort((a, b) => a.gateway - b.gateway);
    return cell;
  }

  cellsOf(gateway: number): readonly Cell[] {
    return this.#ofGateway[gateway]!;
  }

  cellsAt(endpoint: number): readonly Cell[] {
    return this.#ofEndpoint[endpoint]!;
  }

  /**
   * Judges and files what was heard since the last round. `mayLearn` says whether a path is free of known faults, `isRouted`
   * whether users are led over it.
   */
  close(
    round: number,
    mayLearn: (gateway: number, endpoint: number) => boolean,
    isRouted: (gateway: number, endpoint: number) => boolean,
  ): void {
    this.round = round;
    if (this.#firstRound < 0 && this.#heard.count > 0) this.#firstRound = round;
    const age = (round - this.#firstRound) * inSeconds(this.#policy.round);
    const mayTest = this.#firstRound >= 0 && age >= LEARN_FIRST_SECONDS;
    const tests = 2 * this.#cellCount + this.#groupTests.length + this.#groupLineTests.length;
    this.height = alarmHeight(tests, this.#policy.round, this.#policy.falseAlarmsADay);
    this.#norms.open(round);
    this.#trial.round = round;
    this.#trial.height = this.height;
    this.#trial.mayTest = mayTest;
    const most = this.height / 4;
    const voted: Pool[] = [];
    this.#heard.drain((gateway, endpoint, sums) => {
      const learns = mayLearn(gateway, endpoint);
      if (learns) this.#norms.learn(gateway, endpoint, sums);
      const path = gateway * this.#places.endpoints.length + endpoint;
      const sessions = this.#sessions.moveTo(path);
      const connects = this.#connects.moveTo(path);
      this.#trial.mayLearn = learns;
      this.#trial.isRouted = (sessions.isNew || connects.isNew) && isRouted(gateway, endpoint);
      this.#trial.prior = sessions.isYoung ? this.#norms.prior(gateway, endpoint) : 0;
      let step = sessions.close(this.#trial, sums.sessions, sums.degraded, this.#worseSessions);
      this.#trial.prior = CONNECT_PRIOR;
      step += connects.close(this.#trial, sums.connects, sums.connectFailures, this.#worseConnects);
      if (sessions.test.isRaised(this.height) || connects.test.isRaised(this.height))
        this.raised.add(this.cell(gateway, endpoint));
      else if (this.raised.size > 0) this.raised.delete(this.cell(gateway, endpoint));
      // What a known fault explains is no vote for another.
      if (!learns) return;
      const vote = Math.min(most, Math.max(-most, step));
      this.#vote(this.#groupTests[this.#places.groupOf[gateway]!]!, vote, voted);
      this.#vote(this.#groupLineTests[this.#places.groupLine(gateway, endpoint)]!, vote, voted);
    });
    for (const pool of voted) pool.count(this.height, round);
  }

  #vote(pool: Pool, vote: number, voted: Pool[]): void {
    if (!pool.isVoted) voted.push(pool);
    pool.isVoted = true;
    pool.votes += vote;
  }

  /** Loss of a probe, from the share of bad sessions. */
  lossOf(share: number): number {
    return this.#norms.lossOf(share);
  }

  shareOf(loss: number): number {
    return this.#norms.shareOf(loss);
  }

  normalSessions(cell: Cell): number {
    return cell.sessions.normal(cell.sessions.isYoung ? this.#norms.prior(cell.gateway, cell.endpoint) : 0);
  }

  normalConnects(cell: Cell): number {
    return cell.connects.normal(CONNECT_PRIOR);
  }

  isAlarmed(cell: Cell): boolean {
    return cell.sessions.test.value >= this.height || cell.connects.test.value >= this.height;
  }

  isRaised(cell: Cell): boolean {
    return cell.sessions.test.isRaised(this.height) || cell.connects.test.isRaised(this.height);
  }

  /** Not before busy paths are remembered: what is compared must be of one time, also where little was heard for long. */
  horizon(since: number): number {
    return Math.max(since, this.round - RECENT + 1);
  }

  /** What these cells have said since a round (but within the horizon) about a rise, against their own pasts. */
  evidence(cells: readonly Cell[], from: number, rise: Rise): Evidence {
    const since = this.horizon(from);
    let nats = 0;
    const sum = { sessions: 0, bad: 0, expected: 0, connects: 0, failures: 0 };
    for (const cell of cells) {
      const sessions = cell.sessions.since(since);
      const normal = this.normalSessions(cell);
      if (rise.sessions > 0 && sessions.all > 0) {
        const worse = Math.min(0.98, normal + rise.sessions * (1 - normal));
        nats += cell.sessions.weigh(since, normal, worse);
      }
      const connects = cell.connects.since(since);
      if (rise.connects > 0 && connects.all > 0) {
        const often = this.normalConnects(cell);
        const worse = Math.min(0.99, often + rise.connects * (1 - often));
        nats += cell.connects.weigh(since, often, worse);
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
   * The rise that a cell shows since a round, as a part of what could still rise; 0 where its test is quiet. A cell that
   * is only suspected through its pool counts with the test that stands higher. Where sessions tell, connects are not
   * asked: most losses leave connecting possible, so the few that fail are a coarse measure.
   */
  rise(cell: Cell, since: number): Rise {
    const highest = Math.max(cell.sessions.test.value, cell.connects.test.value);
    const part = (stream: Stream, normal: number): number => {
      const { all, bad } = stream.since(this.horizon(since));
      if (all === 0 || stream.test.value < Math.min(highest, this.height / 4)) return 0;
      return Math.max(0, (bad / all - normal) / (1 - normal));
    };
    const sessions = part(cell.sessions, this.normalSessions(cell));
    return { sessions, connects: sessions > 0 ? 0 : part(cell.connects, this.normalConnects(cell)) };
  }

  /** What these cells' pools stood for has found its explanation. */
  explain(cells: Iterable<Cell>): void {
    for (const cell of cells) for (const pool of this.#testsOf(cell)) pool.reset();
  }

  /** The trouble of these cells is over: their tests start anew. */
  acquit(cells: Iterable<Cell>): void {
    for (const cell of cells) {
      cell.sessions.test.reset();
      cell.connects.test.reset();
      this.raised.delete(cell);
      for (const pool of this.#testsOf(cell)) pool.reset();
    }
  }

  /** The rise that these cells show together since a round, of the kind that is asked about, be it chance or not. */
  shownRise(cells: readonly Cell[], since: number, kind: Rise): Rise {
    const { sessions, bad, expected, connects, failures } = this.evidence(cells, since, { sessions: 0, connects: 0 });
    const often = cells[0] === undefined ? 0 : this.normalConnects(cells[0]);
    const above = (count: number, all: number, normal: number): number =>
      all === 0 ? 0 : Math.max(0, (count - normal) / (all - normal));
    return {
      sessions: kind.sessions > 0 ? above(bad, sessions, expected) : 0,
      connects: kind.connects > 0 ? above(failures, connects, often * connects) : 0,
    };
  }

  /** Forgets all suspicion, not what is normal. */
  resetTests(): void {
    for (const cell of this.#cells) {
      if (cell === undefined) continue;
      cell.sessions.test.reset();
      cell.connects.test.reset();
    }
    for (const { test } of [...this.#groupTests, ...this.#groupLineTests]) test.reset();
    this.raised.clear();
  }

  /** Pools in alarm, with their cells. */
  *alarmedPools(): Iterable<{ since: number; cells: readonly Cell[] }> {
    for (const [group, members] of this.#places.members.entries()) {
      const whole = this.#groupTests[group]!.test;
      const cells = (): Cell[] => members.flatMap((member) => this.#ofGateway[member]!);
      if (whole.value >= this.height) yield { since: whole.raisedIn, cells: cells() };
      for (let line = 0; line < this.#places.lines; line++) {
        const pool = this.#groupLineTests[group * this.#places.lines + line]!.test;
        if (pool.value < this.height) continue;
        yield { since: pool.raisedIn, cells: cells().filter((cell) => this.#places.lineOf[cell.endpoint] === line) };
      }
    }
  }

  /** The pools that a cell votes in. */
  #testsOf(cell: Cell): readonly Cusum[] {
    return [
      this.#groupTests[this.#places.groupOf[cell.gateway]!]!.test,
      this.#groupLineTests[this.#places.groupLine(cell.gateway, cell.endpoint)]!.test,
    ];
  }
}

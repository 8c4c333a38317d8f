/**
 * Writes a run's book: what was sent and lost, who logged in and how fast, who was online, how full the servers
 * were. Counts of a window are differences between its edges; series are sampled every minute.
 */
import { after, type Instant, inMs, inSeconds, minutes, START } from "../base/units.ts";
import { type Labels, Ledger } from "../measure/ledger.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Series } from "../measure/series.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { World } from "../world/build.ts";
import type { LoginNotes } from "../world/population/logins.ts";
import { SUCCESS_LIMIT_MS } from "./limits.ts";

const MINUTE = minutes(1);

interface CellBook {
  readonly sent: Series;
  readonly lost: Series;
  readonly online: Series;
  readonly people: Series;
  readonly loginCount: Series;
  readonly loginSum: Series;
}

interface OpenWindow {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Standings when it opened. */
  sent: Float64Array;
  lost: Float64Array;
  broken: Float64Array;
  moved: Float64Array;
}

export class Observer implements LoginNotes {
  readonly ledger = new Ledger(MINUTE);
  readonly #windows: OpenWindow[];
  /** Instruments by cell and window, and by cell, taken out of the ledger once. */
  readonly #logins: (Histogram | undefined)[] = [];
  #cellBooks: readonly CellBook[] = [];
  /** Count and sum of the times of logins begun in this minute, by cell: side by side, for they come thick and fast. */
  #loginCount = new Float64Array(0);
  #loginSum = new Float64Array(0);
  #minute = START;
  readonly #pairLabels: (Labels | undefined)[] = [];
  #world!: World;
  #cellLabels: readonly Labels[] = [];
  #sentBefore = new Float64Array(0);
  #lostBefore = new Float64Array(0);

  constructor(scenario: Scenario) {
    const none = new Float64Array(0);
    this.#windows = Object.entries(scenario.windows).map(([name, { from, to }]) => ({
      name,
      fromMs: inMs(from),
      toMs: inMs(to),
      sent: none,
      lost: none,
      broken: none,
      moved: none,
    }));
  }

  /** The world it watches; given once, before the run starts. */
  watch(world: World): void {
    this.#world = world;
    const { cells } = world.population;
    this.#cellLabels = cells.map(({ region, carrier, access, gateway }) => ({
      region,
      carrier,
      access,
      gateway: world.gateways[gateway]!.name,
    }));
    this.#sentBefore = new Float64Array(cells.length);
    this.#lostBefore = new Float64Array(cells.length);
    const { series } = this.ledger;
    this.#cellBooks = this.#cellLabels.map((labels) => ({
      sent: series.of("packets.sent", labels),
      lost: series.of("packets.lost", labels),
      online: series.of("online", labels),
      people: series.of("people", labels),
      loginCount: series.of("login.count", labels),
      loginSum: series.of("login.sum", labels),
    }));
    this.#loginCount = new Float64Array(cells.length);
    this.#loginSum = new Float64Array(cells.length);
    cells.forEach(({ people }, cell) => {
      this.ledger.counters.of("people", this.#cellLabels[cell]).add(people);
    });
  }

  login(cell: number, startedMs: number, tookMs: number, people: number): void {
    const labels = this.#cellLabels[cell];
    const started = (startedMs * 1_000) as Instant;
    if (started >= this.#minute) {
      this.#loginCount[cell]! += people;
      this.#loginSum[cell]! += people * tookMs;
    } else {
      this.#cellBooks[cell]!.loginCount.add(started, people);
      this.#cellBooks[cell]!.loginSum.add(started, people * tookMs);
    }
    for (let place = 0; place < this.#windows.length; place++) {
      const window = this.#windows[place]!;
      if (startedMs < window.fromMs || startedMs >= window.toMs) continue;
      const at = cell * this.#windows.length + place;
      const times = (this.#logins[at] ??= this.ledger.histograms.of(inWindow("login.time", window.name), labels));
      times.add(tookMs, people);
      if (tookMs > SUCCESS_LIMIT_MS) this.ledger.counters.of(inWindow("login.late", window.name), labels).add(people);
    }
  }

  /** All packets have just been metered: opens and closes the windows whose edge this is. */
  edge(nowMs: number): void {
    const { meter, crowd } = this.#world;
    for (const window of this.#windows) {
      if (window.toMs === nowMs) this.#close(window);
      if (window.fromMs !== nowMs) continue;
      window.sent = meter.sent.slice();
      window.lost = meter.lost.slice();
      window.broken = crowd.broken.slice();
      window.moved = crowd.moved.slice();
    }
  }

  /** A minute is over, and all packets have just been metered. `start` is when the minute began. */
  minute(start: Instant): void {
    const { meter, crowd, population, desks, fleet } = this.#world;
    const { series } = this.ledger;
    this.#fileLogins(start);
    population.cells.forEach(({ people }, cell) => {
      const sent = meter.sentByCell[cell]! - this.#sentBefore[cell]!;
      const lost = meter.lostByCell[cell]! - this.#lostBefore[cell]!;
      const book = this.#cellBooks[cell]!;
      book.sent.add(start, sent);
      book.lost.add(start, lost);
      book.online.add(start, crowd.online[cell]!);
      book.people.add(start, people);
    });
    this.#sentBefore.set(meter.sentByCell);
    this.#lostBefore.set(meter.lostByCell);
    fleet.servers.forEach(({ name, centre, line, connections }, server) => {
      const labels = { centre, line, server: name };
      series.of("server.held", labels).add(start, desks.held[server]!);
      series.of("server.capacity", labels).add(start, connections);
      for (const window of this.#windows)
        if (inMs(start) >= window.fromMs && inMs(start) < window.toMs)
          this.ledger.histograms
            .of("login.queue", { ...labels, window: window.name })
            .add(desks.longestWaitMs[server]!);
      desks.longestWaitMs[server] = 0;
    });
  }

  /** The run is over, maybe in the middle of a minute. */
  end(): void {
    this.#fileLogins(this.#minute);
  }

  #fileLogins(start: Instant): void {
    this.#cellBooks.forEach(({ loginCount, loginSum }, cell) => {
      if (this.#loginCount[cell] === 0) return;
      loginCount.add(start, this.#loginCount[cell]!);
      loginSum.add(start, this.#loginSum[cell]!);
    });
    this.#loginCount.fill(0);
    this.#loginSum.fill(0);
    this.#minute = after(start, MINUTE);
  }

  #close(window: OpenWindow): void {
    const { meter, crowd, population } = this.#world;
    const { counters } = this.ledger;
    const { endpointCount } = crowd;
    const name = (metric: string): string => inWindow(metric, window.name);
    population.cells.forEach((_, cell) => {
      const people = this.#cellLabels[cell]!;
      counters.of(name("link.broken"), people).add(crowd.broken[cell]! - window.broken[cell]!);
      counters.of(name("moved"), people).add(crowd.moved[cell]! - window.moved[cell]!);
      for (let endpoint = 0; endpoint < endpointCount; endpoint++) {
        const pair = cell * endpointCount + endpoint;
        const sent = meter.sent[pair]! - window.sent[pair]!;
        if (sent === 0) continue;
        const labels = (this.#pairLabels[pair] ??= this.#labelsOf(people, endpoint));
        counters.of(name("packets.sent"), labels).add(sent);
        counters.of(name("packets.lost"), labels).add(meter.lost[pair]! - window.lost[pair]!);
      }
    });
  }

  #labelsOf(people: Labels, endpoint: number): Labels {
    const { endpoints, servers } = this.#world.fleet;
    const { server, port } = endpoints[endpoint]!;
    const { name, centre, line } = servers[server]!;
    return { ...people, centre, line, server: name, port: String(port) };
  }
}

/** What happened in a window has a name of its own in the book: most questions are about one window. */
export const inWindow = (metric: string, window: string): string => `${metric}@${window}`;

/** The length of a window, in seconds. */
export const lengthOf = ({ windows }: Scenario, window: string): number => {
  const { from, to } = windows[window]!;
  return inSeconds(to) - inSeconds(from);
};

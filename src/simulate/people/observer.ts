/**
 * Fills a run's ledger: packets sent and lost, logins and their times, people online, load of the servers. The counts of a
 * window are differences between its edges; series are sampled every minute.
 */
import { type Instant, inMs, minutes } from "../../base/units.ts";
import type { ThreadGroup } from "../../engine/thread-group.ts";
import { type Labels, Ledger } from "../../measure/ledger.ts";
import { Sheet } from "../../measure/sheet.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { ResourceUse } from "../../world/fleet/resources.ts";
import type { LoginNotes } from "../../world/population/logins.ts";
import { inWindow } from "./book.ts";
import { LoginBook } from "./logins.ts";

const MINUTE = minutes(1);

const minuteOf = (start: Instant): number => Math.floor(start / MINUTE);

type CellSeries = "packets.sent" | "packets.lost" | "crossing" | "online" | "people" | "login.count" | "login.sum";

/** Ledger series of the login queues by minute, each with the counter that it is taken from. */
const QUEUE_SERIES = {
  "login-queue.asked": "asked",
  "login-queue.completed": "completed",
  "login-queue.capacity": "capacity",
  "login-queue.possible": "possible",
} as const;
type QueueSeries = keyof typeof QUEUE_SERIES;

interface OpenWindow {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Counters at the time it opened. */
  sent: Float64Array;
  lost: Float64Array;
  broken: Float64Array;
  loggedIn: Float64Array;
  moved: Float64Array;
  lostMessages: number;
}

/** Observes one run of people and fills its ledger. */
export class Observer implements LoginNotes {
  /** Everything that was measured, by name and labels; complete after `end`. */
  readonly ledger = new Ledger(MINUTE);
  readonly #windows: OpenWindow[];
  #logins!: LoginBook;
  /** Numbers by cell and minute, by name of the series. Logins count in the minute in which they began. */
  #sheets!: Readonly<Record<CellSeries, Sheet>>;
  readonly #pairLabels: (Labels | undefined)[] = [];
  #world!: World;
  #cellLabels: readonly Labels[] = [];
  #serverLabels: readonly Labels[] = [];
  #people = new Float64Array(0);
  /** Counters of the login queues a minute ago. */
  readonly #queuesBefore: Record<QueueSeries, Float64Array>;
  #sentBefore = new Float64Array(0);
  #lostBefore = new Float64Array(0);

  constructor(scenario: Scenario) {
    const none = new Float64Array(0);
    this.#queuesBefore = {
      "login-queue.asked": none,
      "login-queue.completed": none,
      "login-queue.capacity": none,
      "login-queue.possible": none,
    };
    this.#windows = Object.entries(scenario.windows).map(([name, { from, to }]) => ({
      name,
      fromMs: inMs(from),
      toMs: inMs(to),
      sent: none,
      lost: none,
      broken: none,
      loggedIn: none,
      moved: none,
      lostMessages: 0,
    }));
  }

  /** Sets the world to observe; called once, before the run starts. */
  watch(world: World): void {
    this.#world = world;
    const { cells } = world.population;
    this.#cellLabels = cells.map(({ region, carrier, access, gateway }) => ({
      region,
      carrier,
      access,
      gateway: world.gateways[gateway]!.name,
      home: world.fleet.endpoints[world.crowd.dispatch.of(gateway).routes[0]!]!.centre,
    }));
    this.#sentBefore = new Float64Array(cells.length);
    this.#lostBefore = new Float64Array(cells.length);
    this.#people = Float64Array.from(cells, ({ people }) => people);
    for (const name of Object.keys(QUEUE_SERIES) as QueueSeries[])
      this.#queuesBefore[name] = new Float64Array(world.fleet.servers.length);
    const sheet = (): Sheet => new Sheet(cells.length, MINUTE);
    this.#logins = new LoginBook(cells.length, this.#windows);
    this.#sheets = {
      "packets.sent": sheet(),
      "packets.lost": sheet(),
      crossing: sheet(),
      online: sheet(),
      people: sheet(),
      "login.count": this.#logins.count,
      "login.sum": this.#logins.sum,
    };
    this.#serverLabels = world.fleet.servers.map(({ name, centre, line }) => ({ centre, line, server: name }));
    cells.forEach(({ people }, cell) => {
      this.ledger.counters.of("people", this.#cellLabels[cell]).add(people);
    });
  }

  /** Records the logins of `people` that began at `startedMs` and took `tookMs` each, or at least that if they were cut off. */
  login(cell: number, startedMs: number, tookMs: number, people: number, isCut: boolean): void {
    this.#logins.login(cell, startedMs, tookMs, people, isCut);
  }

  /** Opens and closes the windows that have an edge at `nowMs`; all packets must have been metered just before. */
  edge(nowMs: number): void {
    const { meter, crowd, homes } = this.#world;
    for (const window of this.#windows) {
      if (window.toMs === nowMs) this.#close(window);
      if (window.fromMs !== nowMs) continue;
      window.sent = meter.sent.slice();
      window.lost = meter.lost.slice();
      window.broken = crowd.broken.values.slice();
      window.loggedIn = crowd.loggedIn.values.slice();
      window.moved = crowd.moved.slice();
      window.lostMessages = homes.lostMessages;
    }
  }

  /** Samples the minute that began at `start` and is over now; all packets must have been metered just before. */
  minute(start: Instant): void {
    const { meter, crowd, loginQueues, fleet, homes } = this.#world;
    const { series } = this.ledger;
    const [sent, lost] = [this.#sheets["packets.sent"].row(start), this.#sheets["packets.lost"].row(start)];
    for (let cell = 0; cell < sent.length; cell++) {
      sent[cell] = meter.sentByCell[cell]! - this.#sentBefore[cell]!;
      lost[cell] = meter.lostByCell[cell]! - this.#lostBefore[cell]!;
    }
    const crossing = this.#sheets.crossing.row(start);
    const links = crowd.links.agreed();
    for (const link of links.inUse) {
      const cell = crowd.links.cellOf(link);
      const { line } = crowd.endpoints[crowd.links.endpointOf(link)]!;
      if (line !== crowd.population.cells[cell]!.carrier) crossing[cell]! += links.held(link);
    }
    this.#sheets.online.row(start).set(crowd.online.values);
    this.#sheets.people.row(start).set(this.#people);
    this.#sentBefore.set(meter.sentByCell);
    this.#lostBefore.set(meter.lostByCell);
    fleet.servers.forEach(({ connections }, server) => {
      const labels = this.#serverLabels[server]!;
      series.of("server.held", labels).add(start, loginQueues.held[server]!);
      series.of("server.peak", labels).add(start, Math.max(loginQueues.peak[server]!, loginQueues.held[server]!));
      loginQueues.peak[server] = 0;
      series.of("server.capacity", labels).add(start, connections);
      for (const [name, counter] of Object.entries(QUEUE_SERIES) as [
        QueueSeries,
        (typeof QUEUE_SERIES)[QueueSeries],
      ][]) {
        const now = loginQueues[counter][server]!;
        series.of(name, labels).add(start, now - this.#queuesBefore[name][server]!);
        this.#queuesBefore[name][server] = now;
      }
      this.#noteWait(start, server);
    });
    series.of("homeless").add(start, homes.homeless());
  }

  /** Notes the longest wait at a server in the minute that began at `start`; nothing if no login came. */
  #noteWait(start: Instant, server: number): void {
    const { longestWaitMs } = this.#world.loginQueues;
    const labels = this.#serverLabels[server]!;
    const longest = longestWaitMs[server]!;
    longestWaitMs[server] = 0;
    if (longest === 0 && this.ledger.series.of("login-queue.asked", labels).at(minuteOf(start)) === 0) return;
    for (const { name, fromMs, toMs } of this.#windows)
      if (inMs(start) >= fromMs && inMs(start) < toMs)
        this.ledger.histograms.of(inWindow("login.queue", name), labels).add(longest);
  }

  /** Records the use of each resource of each centre in the minute that began at `start`. */
  standings(start: Instant, standings: readonly ResourceUse[]): void {
    for (const { centre, resource, part, used, available } of standings) {
      this.ledger.series.of("resource.used", { centre, resource, part }).add(start, used);
      this.ledger.series.of("resource.capacity", { centre, resource, part }).add(start, available);
    }
  }

  /** Ends the run: adds up the logins of all threads, and files everything by cell in the ledger. */
  end(threads: ThreadGroup): void {
    this.#logins.gather(threads);
    this.#logins.fileIn(this.ledger, this.#cellLabels);
    for (const [name, sheet] of Object.entries(this.#sheets))
      this.ledger.series.file(name, {
        labels: this.#cellLabels,
        addTo: (total, cells) => {
          sheet.addTo(total, cells);
        },
      });
  }

  #close(window: OpenWindow): void {
    const { meter, crowd, homes } = this.#world;
    const { counters } = this.ledger;
    const name = (metric: string): string => inWindow(metric, window.name);
    counters.of(name("message.lost")).add(Math.round(homes.lostMessages - window.lostMessages));
    const file = (metric: string, labels: readonly Labels[], counts: Float64Array): void => {
      counters.file(name(metric), {
        labels,
        addTo: (total, columns) => {
          for (const column of columns) total.add(counts[column]);
        },
      });
    };
    const since = (now: Float64Array, before: Float64Array): Float64Array =>
      now.map((count, at) => count - before[at]!);
    file("link.broken", this.#cellLabels, since(crowd.broken.values, window.broken));
    file("login.completed", this.#cellLabels, since(crowd.loggedIn.values, window.loggedIn));
    file("moved", this.#cellLabels, since(crowd.moved, window.moved));
    const pairs = crowd.links.agreed().inUse.filter((pair) => meter.sent[pair]! > window.sent[pair]!);
    const labels = pairs.map((pair) => (this.#pairLabels[pair] ??= this.#labelsOf(pair)));
    const ofPairs = (now: Float64Array, before: Float64Array): Float64Array =>
      Float64Array.from(pairs, (pair) => now[pair]! - before[pair]!);
    file("packets.sent", labels, ofPairs(meter.sent, window.sent));
    file("packets.lost", labels, ofPairs(meter.lost, window.lost));
  }

  #labelsOf(pair: number): Labels {
    const { endpointCount } = this.#world.crowd;
    const { endpoints, servers } = this.#world.fleet;
    const people = this.#cellLabels[Math.floor(pair / endpointCount)]!;
    const { server, port } = endpoints[pair % endpointCount]!;
    const { name, centre, line } = servers[server]!;
    return { ...people, centre, line, server: name, port: String(port) };
  }
}

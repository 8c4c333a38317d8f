/**
 * A population: everybody online, each with one timer for the next heartbeat, one beat in fifty lost, back-off until
 * the link is up again. Ours runs the adaptive heartbeat that phones run, on its packed state; the peers run the plain
 * model of bench/peers: a beat every 270 s ± 10 %.
 */
import {
  afterBeat,
  intervalOnSend,
  MARS_POLICY,
  onConnected,
  onDisconnected,
  settled,
} from "../src/algorithms/access/heartbeat.ts";
import { chanceOf } from "../src/base/chance.ts";
import { Draws } from "../src/base/random.ts";
import { seconds } from "../src/base/units.ts";
import { Calendar, type Handler } from "../src/engine/calendar.ts";
import { HEARTBEAT_BITS, HeartbeatCursor, packHeartbeat } from "../src/world/population/heartbeats.ts";
import { compiled, fastestOf, NS3_SCHEDULERS, ours, peer, simpy } from "./programs.ts";
import { rate, ratios, timed, type Bench, type Measurement, type Row } from "./row.ts";

const OURS = "firedrill calendar, real heartbeat";

const LOST = chanceOf(0.02);
const REFUSED = chanceOf(0.1);
const HEARTBEAT = (1 << HEARTBEAT_BITS) - 1;

/** Record: index, due, heartbeat and above it failed attempts + 1 (0: online), ordinal of the next draw. */
class Phones implements Handler {
  readonly #draws = new Draws("bench", "beats");
  readonly #heartbeat = new HeartbeatCursor();

  fire(pool: Int32Array, at: number): number {
    const word = pool[at + 2]!;
    const ordinal = pool[at + 3]!;
    pool[at + 3] = ordinal + 1;
    this.#draws.two(1, pool[at]!, ordinal);
    const chance = this.#draws.out[0]!;
    const attempts = word >>> HEARTBEAT_BITS;
    const heartbeat = this.#heartbeat;
    heartbeat.word = word & HEARTBEAT;
    if (attempts > 0) return this.#attempt(pool, at, attempts, chance);
    const next = intervalOnSend(heartbeat, MARS_POLICY);
    const answered = chance >= LOST;
    afterBeat(heartbeat, answered, !answered, MARS_POLICY);
    if (answered) {
      pool[at + 2] = heartbeat.word;
      return (next / 1_000) | 0;
    }
    onDisconnected(heartbeat);
    pool[at + 2] = heartbeat.word | (1 << HEARTBEAT_BITS);
    return MARS_POLICY.timeout / 1_000 + 500;
  }

  /** Tries to connect; the first beat of a connection is sent at once. */
  #attempt(pool: Int32Array, at: number, attempts: number, chance: number): number {
    if (chance >= REFUSED) {
      onConnected(this.#heartbeat, MARS_POLICY);
      pool[at + 2] = this.#heartbeat.word;
      return 50;
    }
    pool[at + 2] = this.#heartbeat.word | (Math.min(attempts + 1, 7) << HEARTBEAT_BITS);
    return 1_000 << attempts;
  }
}

const measure = (n: number): Measurement => {
  const calendar = new Calendar({ capacity: n, horizonMs: 600_000 });
  const first = new Draws("bench", "first beats");
  const heartbeat = packHeartbeat(settled(seconds(300), MARS_POLICY));
  for (let index = 0; index < n; index++)
    calendar.add(index, Math.floor(first.uniform(1, index, 0) * 250_000), heartbeat, 0);
  const phones = new Phones();
  const live = (simulatedSeconds: number): number => {
    let events = 0;
    for (let end = calendar.at + simulatedSeconds * 1_000; calendar.at < end;) events += calendar.drain(phones);
    return events;
  };
  const large = n > 1e7;
  live(large ? 20 : 600);
  let events = 0;
  const took = timed(() => (events = live(large ? 120 : 3_600)));
  return { events, seconds: took, bytes: calendar.bytes };
};

const run = (): readonly Row[] => {
  const rows: Row[] = [];
  const note = (impl: string, n: number, value: number | undefined, unit: Row["unit"] = "M events/s"): void => {
    if (value !== undefined) rows.push({ bench: "clients", impl, n, value, unit });
  };
  const cpp = compiled("clients.cc");
  const ns3 = compiled("clients-ns3.cc", "-lns3-core");
  for (const n of [1e6, 1.8e8]) {
    const small = n === 1e6;
    const mine = ours("clients", n, small ? 3 : 1);
    note(OURS, n, rate(mine));
    note(OURS, n, mine.bytes! / n, "bytes/client");
    note("C++ streaming kernel", n, peer(cpp, [n, small ? 3_600 : 120], small ? 3 : 1));
    if (!small) continue;
    const fastest = fastestOf(NS3_SCHEDULERS, (name) => peer(ns3, [name, n / 10, 400]));
    if (fastest !== undefined) note(`ns-3 with ${fastest}Scheduler, its fastest`, n, peer(ns3, [fastest, n, 400]));
    note("SimPy processes", n, peer(simpy("clients.py"), [n, 80]));
  }
  return [...rows, ...ratios(rows, OURS)];
};

export const clients: Bench = { run, measure };

/**
 * The HOLD model (Vaucher and Duval, 1975): n events pending; take the earliest, put it back an exponential time
 * later. Nothing but the queue is measured: every program draws its delays from the same table in the same order.
 */
import { Agenda } from "../src/engine/agenda.ts";
import { compiled, fastestOf, NS3_SCHEDULERS, ours, peer, simpy } from "./programs.ts";
import { rate, ratios, timed, type Bench, type Measurement, type Row } from "./row.ts";

const OURS = "firedrill agenda";
/** Mean delay in the queue's unit: so long that equal times stay rare among ten million. */
const MEAN = 1e9;

const measure = (n: number): Measurement => {
  const delays = Float64Array.from({ length: 65_536 }, (_, i) => Math.round(-Math.log((i + 0.5) / 65_536) * MEAN));
  const agenda = new Agenda();
  let random = 1;
  for (let i = 0; i < n; i++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
    agenda.push(delays[random >>> 16]!, i);
  }
  const hold = (events: number): void => {
    for (let i = 0; i < events; i++) {
      agenda.pop();
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
      agenda.push(agenda.topTime + delays[random >>> 16]!, agenda.topPayload);
    }
  };
  const events = eventsFor(n);
  hold(events / 2);
  return { events, seconds: timed(() => hold(events)) };
};

/** Each program warms up for half as many, then is timed. */
const eventsFor = (n: number): number => Math.max(4e6, n);

const run = (): readonly Row[] => {
  const rows: Row[] = [];
  const note = (impl: string, n: number, value: number | undefined): void => {
    if (value !== undefined) rows.push({ bench: "hold", impl, n, value, unit: "M events/s" });
  };
  const cpp = compiled("hold.cc");
  const ns3 = compiled("hold-ns3.cc", "-lns3-core");
  let fastest: string | undefined;
  for (const n of [1e6, 1e7]) {
    note(OURS, n, rate(ours("hold", n, 3)));
    note("C++ std::priority_queue", n, peer(cpp, [n, eventsFor(n)], 3));
    fastest ??= fastestOf(NS3_SCHEDULERS, (name) => peer(ns3, [name, n / 10, n / 10]));
    const impl = `ns-3 ${fastest ?? ""}Scheduler, its fastest`;
    if (fastest !== undefined) note(impl, n, peer(ns3, [fastest, n, n]));
    // Ten million processes would take Python 10 GiB.
    if (n === 1e6) note("SimPy processes", n, peer(simpy("hold.py"), [n, 300_000]));
  }
  return [...rows, ...ratios(rows, OURS)];
};

export const hold: Bench = { run, measure };

import { describe, expect, it } from "vitest";
import { Draws, RandomStream } from "../../../src/base/random.ts";
import { beatFails } from "../../../src/world/network/beats.ts";
import { Connection, type Wires } from "../../../src/world/network/connection.ts";
import { EvenLoss } from "../../../src/world/network/loss.ts";
import { type PathQuality, Transport } from "../../../src/world/network/transport.ts";
import { LOGIN } from "../../../src/world/population/conversation.ts";

const SAMPLES = 20_000;
const transport = new Transport(LOGIN);

interface Lived {
  readonly connectedMs: number;
  readonly doneMs: number;
  readonly sent: number;
  readonly lost: number;
}

const fromTables = (path: PathQuality, samples = SAMPLES): readonly Lived[] => {
  const draws = new Draws("tests", "tables");
  return Array.from({ length: samples }, (_, index) => {
    draws.at(1, 2, index);
    const { connectedMs, doneMs, sentUp, sentDown, lostUp, lostDown } = transport.sample(
      transport.along(path),
      draws.out,
    );
    return { connectedMs, doneMs, sent: sentUp + sentDown, lost: lostUp + lostDown };
  });
};

const routeOf = ({ rttMs, lossUp, lossDown }: PathQuality): Wires => ({
  up: { delayUs: rttMs * 500, jitterUs: 0, loss: new EvenLoss(lossUp) },
  down: { delayUs: rttMs * 500, jitterUs: 0, loss: new EvenLoss(lossDown) },
});

const exact = (path: PathQuality): readonly Lived[] => {
  const draws = new Draws("tests", "exact");
  const stream = new RandomStream();
  return Array.from({ length: SAMPLES }, (_, index) => {
    draws.at(1, 2, index);
    const { ending, atUs, connectedUs, up, down } = new Connection(LOGIN, routeOf(path), stream.from(draws.out)).run();
    const doneMs = ending === "done" ? atUs / 1_000 : Infinity;
    return { connectedMs: connectedUs / 1_000, doneMs, sent: up.sent + down.sent, lost: up.lost + down.lost };
  });
};

/** Kolmogorov and Smirnov's distance of equally many times, forgiving a shift of 3 ms and 1.5 %; `Infinity` for what failed. */
const distance = (one: readonly number[], other: readonly number[]): number => {
  const ascending = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();
  const ahead = (a: Float64Array, b: Float64Array): number => {
    let most = 0;
    let place = 0;
    for (const [index, ms] of a.entries()) {
      while (place < b.length && b[place]! <= 1.015 * ms + 3) place += 1;
      if (Number.isFinite(ms)) most = Math.max(most, (index + 1 - place) / a.length);
    }
    return most;
  };
  return Math.max(ahead(ascending(one), ascending(other)), ahead(ascending(other), ascending(one)));
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const both = (rttMs: number, loss: number): PathQuality => ({ rttMs, lossUp: loss, lossDown: loss });

describe("a login from tables", () => {
  // Between the round trips and the losses of tables, where blending errs most; 0.016 is what two samples of 20,000 may differ by chance.
  it.each([
    [both(50, 0.006), "hardly any loss"],
    [both(97, 0.025), "a usual path"],
    [{ rttMs: 140, lossUp: 0.06, lossDown: 0.002 }, "lossy one way"],
    [{ rttMs: 60, lossUp: 0, lossDown: 0.12 }, "lossy the other way only"],
    [both(310, 0.15), "far and lossy"],
    [both(25, 0.31), "near and very lossy"],
    [both(130, 0.46), "hardly usable"],
    [both(1_300, 0.05), "longer than the first timer"],
  ])("comes out as in the exact model: %o, %s", (path) => {
    const [fast, oracle] = [fromTables(path), exact(path)];
    for (const key of ["connectedMs", "doneMs"] as const)
      expect(
        distance(
          fast.map((one) => one[key]),
          oracle.map((one) => one[key]),
        ),
      ).toBeLessThan(0.02);
    expect(Math.abs(mean(fast.map(({ sent }) => sent)) / mean(oracle.map(({ sent }) => sent)) - 1)).toBeLessThan(0.02);
  });

  it("without loss takes one round trip to connect and three to exchange, and 19 packets", () => {
    for (const { doneMs, connectedMs, sent, lost } of fromTables(both(97, 0), 100)) {
      expect(connectedMs).toBeCloseTo(97, 2);
      expect(doneMs).toBeCloseTo(4 * 97, 2);
      expect([sent, lost]).toEqual([19, 0]);
    }
  });

  it("on a way near the first timer and beyond is the exact model's own, packets and all", () => {
    for (const path of [both(900, 0.02), both(1_100, 0.03), both(12_000, 0.1)]) {
      const [ours, theirs] = [fromTables(path), exact(path)];
      expect(
        distance(
          ours.map(({ doneMs }) => doneMs),
          theirs.map(({ doneMs }) => doneMs),
        ),
      ).toBeLessThan(0.016);
      expect(Math.abs(mean(ours.map(({ sent }) => sent)) - mean(theirs.map(({ sent }) => sent)))).toBeLessThan(0.1);
      expect(ours.some(({ doneMs }) => Number.isNaN(doneMs))).toBe(false);
    }
  });

  it("keeps time and loss of one connection together", () => {
    const lived = fromTables(both(80, 0.05));
    expect(lived.every(({ doneMs, lost }) => lost > 0 || doneMs < 4 * 80 + 1)).toBe(true);
    const slowest = lived.toSorted((a, b) => b.doneMs - a.doneMs).slice(0, SAMPLES / 100);
    expect(mean(slowest.map(({ lost }) => lost))).toBeGreaterThan(2 * mean(lived.map(({ lost }) => lost)));
  });

  it("loses the share of its packets that the path loses, each way", () => {
    for (const loss of [0.003, 0.02, 0.2]) {
      const lived = fromTables(both(80, loss), 5 * SAMPLES);
      const [sent, lost] = [mean(lived.map((one) => one.sent)), mean(lived.map((one) => one.lost))];
      expect(Math.abs(lost / sent / loss - 1)).toBeLessThan(0.06);
    }
  });

  it("never gets through a path that loses everything one way", () => {
    expect(fromTables({ rttMs: 50, lossUp: 0, lossDown: 1 }, 200).every((one) => one.connectedMs === Infinity)).toBe(
      true,
    );
  });

  it("is the same in any order of use", () => {
    const fresh = new Transport(LOGIN);
    const draws = new Draws("tests", "order");
    const ask = (one: Transport, index: number): number => {
      draws.at(0, index, 0);
      return one.sample(one.along(both(75, 0.15)), draws.out).doneMs;
    };
    const forward = Array.from({ length: 500 }, (_, index) => ask(transport, index));
    const backward = Array.from({ length: 500 }, (_, index) => ask(fresh, 499 - index)).toReversed();
    expect(backward).toEqual(forward);
  });

  it("is the same from shared memory that others have filled, and if that memory is full", () => {
    const memory = Transport.memory();
    const ask = (one: Transport): readonly number[] => {
      const draws = new Draws("tests", "shared");
      return Array.from({ length: 2_000 }, (_, index) => {
        draws.at(0, index, 0);
        const rttMs = 10 + (index % 40) * 15;
        return one.sample(one.along(both(rttMs, 0.005 * (index % 190))), draws.out).doneMs;
      });
    };
    const alone = ask(new Transport(LOGIN));
    expect(ask(new Transport(LOGIN, memory))).toEqual(alone);
    const isWritten = new Uint8Array(memory).slice();
    expect(isWritten.some((byte) => byte !== 0)).toBe(true);
    expect(ask(new Transport(LOGIN, memory))).toEqual(alone);
    expect(Buffer.compare(new Uint8Array(memory), isWritten)).toBe(0);
  });
});

describe("a beat", () => {
  it("fails as often as in the exact model: its copies are lost, or all copies of its answer", () => {
    const beat = { request: 64, response: 64 };
    for (const [path, timeoutMs] of [
      [both(100, 0.4), 5_000],
      [{ rttMs: 60, lossUp: 0.1, lossDown: 0.5 }, 8_000],
      [both(300, 0.5), 8_000],
    ] as const) {
      const draws = new Draws("tests", "beats");
      const clean = new EvenLoss(0);
      // The connection is made without loss: its estimate is that of a connection in use.
      const from = (loss: number) => {
        const lossy = new EvenLoss(loss);
        return { passes: (atUs: number, chance: RandomStream) => (atUs < 30e6 ? clean : lossy).passes(atUs, chance) };
      };
      const wires = routeOf(path);
      let failed = 0;
      for (let index = 0; index < SAMPLES; index++) {
        draws.at(0, index, 0);
        const { ending } = new Connection(
          { ...LOGIN, exchanges: [beat, { ...beat, afterUs: 60e6 }], patienceUs: timeoutMs * 1_000 },
          { up: { ...wires.up, loss: from(path.lossUp) }, down: { ...wires.down, loss: from(path.lossDown) } },
          new RandomStream().from(draws.out),
        ).run();
        if (ending !== "done") failed += 1;
      }
      const expected = beatFails(path, timeoutMs);
      const noise = 4 * Math.sqrt(expected / SAMPLES);
      expect(Math.abs(failed / SAMPLES - expected)).toBeLessThan(noise + 0.1 * expected);
    }
  });
});

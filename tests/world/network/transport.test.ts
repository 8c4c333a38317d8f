import { describe, expect, it } from "vitest";
import { Draws, Stream } from "../../../src/base/random.ts";
import { Flow, type PathQuality } from "../../../src/world/network/transport.ts";

const SAMPLES = 40_000;

interface Sample {
  readonly ms: number;
  readonly connectMs: number;
  readonly sent: number;
  readonly lost: number;
}

/** Many logins on one path; what does not end in 30 s counts as 30 s. */
const logins = (path: PathQuality): readonly Sample[] => {
  const draws = new Draws("transport", "test");
  const flow = new Flow();
  const stream = new Stream();
  return Array.from({ length: SAMPLES }, (_, n) => {
    draws.at(1, 2, n);
    const { connected, connectTimerMs, complete, timerMs, trips, sent, lost } = flow.login(
      path,
      stream.from(draws.out),
    );
    const censored = (is: boolean, ms: number): number => (is ? Math.min(30_000, ms) : 30_000);
    return {
      ms: censored(complete, timerMs + trips * path.rttMs),
      connectMs: censored(connected, connectTimerMs + path.rttMs),
      sent,
      lost,
    };
  });
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const both = (rttMs: number, loss: number): PathQuality => ({ rttMs, lossUp: loss, lossDown: loss });

describe("a login", () => {
  it("without loss takes one round trip to connect and three to exchange, and 27 packets", () => {
    for (const { ms, connectMs, sent, lost } of logins(both(100, 0)).slice(0, 100)) {
      expect(connectMs).toBe(100);
      expect(ms).toBeCloseTo(400, 6);
      expect([sent, lost]).toEqual([27, 0]);
    }
  });

  // Linux 6.18, real connections over an emulated link, SYN at 0, 1, 3, 7 s: mean of login and of connect, censored at 30 s.
  it.each([
    [100, 0.01, 451.8, 128.6],
    [100, 0.05, 663.4, 219.2],
    [30, 0.1, 631, 284.1],
    [300, 0.1, 2268.1, 541.4],
  ])("takes as long as on Linux: %d ms round trip, loss %d", (rttMs, loss, login, connect) => {
    const samples = logins(both(rttMs, loss));
    expect(Math.abs(mean(samples.map(({ ms }) => ms)) / login - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(samples.map(({ connectMs }) => connectMs)) / connect - 1)).toBeLessThan(0.1);
  });

  it("loses the share of its packets that the path loses, each way", () => {
    for (const loss of [0.02, 0.2]) {
      const samples = logins(both(80, loss));
      const [sent, lost] = [mean(samples.map((one) => one.sent)), mean(samples.map((one) => one.lost))];
      expect(Math.abs(lost / sent / loss - 1)).toBeLessThan(0.03);
    }
  });

  it("never gets through a path that loses everything one way", () => {
    const dead = { rttMs: 50, lossUp: 0, lossDown: 1 };
    expect(logins(dead).every(({ connectMs }) => connectMs === 30_000)).toBe(true);
  });

  it("waits more than a second for its first repeat with the chance that SYN or answer is lost, if only up is lossy", () => {
    const samples = logins({ rttMs: 50, lossUp: 0.2, lossDown: 0 });
    const late = (ms: number): number => samples.filter(({ connectMs }) => connectMs > ms).length / SAMPLES;
    expect(Math.abs(late(1_000) - 0.2)).toBeLessThan(0.01);
    expect(Math.abs(late(3_000) - 0.04)).toBeLessThan(0.005);
  });
});

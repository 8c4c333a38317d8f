/**
 * At least once: worker and dispatcher crash before and after every effect, one after the other and in pairs, and a
 * thousand seeds mix all that can happen. Nobody is left out, and every duplicate has a cause.
 */
import { describe, expect, it } from "vitest";
import { Draws } from "../../../src/base/random.ts";
import { type Duration, type Instant, seconds } from "../../../src/base/units.ts";
import { complaints, HOUR, QUIET } from "./checks.ts";
import { CrashHarness, BATCH, type Mishap, type Plan } from "./crash-harness.ts";

/** At every step: in the source, in one claim, or told; with stores that lose nothing, in no two of them. */
const watched = (harness: CrashHarness, problems: string[]): CrashHarness => {
  harness.onEffect = () => {
    for (const part of harness.parts) {
      if (!part.store.status(harness.now).isFilled) continue;
      const source = new Set(part.store.source());
      const claims = [...part.store.contents().claims.values()].flat();
      for (const uin of part.audience) {
        const places = claims.filter((one) => one === uin).length + (source.has(uin) ? 1 : 0);
        const isRight = places === 1 || (places === 0 && harness.service.told.has(uin));
        if (!isRight)
          problems.push(`${String(uin)} is in ${String(places)} places after effect ${String(harness.effects)}`);
      }
    }
  };
  return harness;
};

/** The store loses the writes of its last seconds, or everything. */
const forget = (harness: CrashHarness, { store }: CrashHarness["parts"][number], lag: number): void => {
  if (lag === Infinity) store.clear();
  else store.rewind((harness.now - seconds(lag)) as Instant);
};

const KINDS: readonly Mishap[] = (["crash", "unanswered", "pause"] as const).flatMap((kind) =>
  (["before", "half", "after"] as const).flatMap((when) =>
    kind === "pause" && when === "half" ? [] : [{ kind, when }],
  ),
);
const EFFECTS = new CrashHarness(QUIET).run(HOUR).effects;

describe("a quiet push", () => {
  it("tells everybody once, with every step of the way seen", () => {
    const problems: string[] = [];
    const harness = watched(new CrashHarness(QUIET), problems).run(HOUR);
    expect(problems).toEqual([]);
    expect(complaints(harness)).toEqual([]);
    expect([...harness.service.told.values()]).toEqual(Array.from({ length: 14 }, () => 1));
    expect(EFFECTS).toBeGreaterThan(80);
  });
});

describe("one mishap at every effect", () => {
  for (const { kind, when } of KINDS)
    it(`(${kind}, ${when}) leaves nobody out, and repeats at most a batch`, () => {
      const problems: string[] = [];
      for (let n = 1; n <= EFFECTS; n++) {
        const mishap = (effect: number): Mishap | undefined => (effect === n ? { kind, when } : undefined);
        const harness = watched(new CrashHarness({ ...QUIET, mishap }), problems).run(HOUR);
        const repeated = [...harness.service.repeated.values()].reduce((sum, count) => sum + count, 0);
        for (const problem of complaints(harness)) problems.push(`at effect ${String(n)}: ${problem}`);
        if (repeated > BATCH) problems.push(`at effect ${String(n)}: ${String(repeated)} told again`);
      }
      expect(problems).toEqual([]);
    });

  it("needs no dispatcher that publishes again, as long as the broker keeps what it has", () => {
    const problems: string[] = [];
    for (let n = 1; n <= EFFECTS; n++)
      for (const when of ["before", "after"] as const) {
        const mishap = (effect: number): Mishap | undefined => (effect === n ? { kind: "crash", when } : undefined);
        const harness = new CrashHarness({ ...QUIET, publishesAgain: false, mishap }).run(HOUR);
        for (const problem of complaints(harness)) problems.push(`at effect ${String(n)}: ${problem}`);
      }
    expect(problems).toEqual([]);
  });
});

describe("two crashes at any two effects", () => {
  it("leave nobody out", () => {
    const small = { ...QUIET, subscribers: 5, parts: 1 };
    const effects = new CrashHarness(small).run(HOUR).effects;
    const problems: string[] = [];
    for (let first = 1; first <= effects; first++)
      for (let second = first + 1; second <= first + effects; second++)
        for (const when of ["before", "after"] as const) {
          const mishap = (effect: number): Mishap | undefined =>
            effect === first || effect === second ? { kind: "crash", when } : undefined;
          const harness = new CrashHarness({ ...small, mishap }).run(HOUR);
          for (const problem of complaints(harness))
            problems.push(`at ${String(first)}, ${String(second)}: ${problem}`);
        }
    expect(problems.slice(0, 5)).toEqual([]);
  });
});

describe("a store that fails over at every effect", () => {
  const lags = [0.001, 0.02, 0.1, 1, 10];

  it("loses the last writes, but nobody; whoever is told again was in them", () => {
    const problems: string[] = [];
    let repeated = 0;
    for (let n = 1; n <= EFFECTS; n++)
      for (const lag of lags) {
        const befall = (effect: number, harness: CrashHarness): void => {
          if (effect === n) for (const part of harness.parts) harness.disaster(part, () => forget(harness, part, lag));
        };
        const harness = new CrashHarness({ ...QUIET, befall }).run(HOUR);
        for (const problem of complaints(harness)) problems.push(`at ${String(n)}, ${String(lag)}: ${problem}`);
        repeated += harness.service.repeated.get("failover") ?? 0;
      }
    expect(problems).toEqual([]);
    // It was not all for nothing.
    expect(repeated).toBeGreaterThan(100);
  });

  it("or keeps nothing at all, with the records, without them, or only they are lost", () => {
    const problems: string[] = [];
    for (let n = 1; n <= EFFECTS; n++)
      for (const what of ["store", "records", "both"] as const) {
        const befall = (effect: number, harness: CrashHarness): void => {
          if (effect !== n) return;
          for (const part of harness.parts)
            harness.disaster(part, () => {
              if (what !== "records") part.store.clear();
              if (what !== "store") part.records.clear();
            });
        };
        const harness = new CrashHarness({ ...QUIET, befall }).run(HOUR);
        for (const problem of complaints(harness)) problems.push(`at ${String(n)}, ${what}: ${problem}`);
        if (what === "records" && harness.service.repeated.size > 0) problems.push(`at ${String(n)}: told again`);
      }
    expect(problems).toEqual([]);
  });
});

describe("a crash at every effect of the way back from a lost store", () => {
  const ALL = [
    ..."look-up claim resume adopt record grant push report record-finished".split(" "),
    ..."finish acknowledge return reconcile".split(" "),
    ..."find acknowledge-trigger set-state fill look publish".split(" "),
  ];

  it("leaves nobody out, and strikes at every kind of effect that there is", () => {
    const problems: string[] = [];
    const hit = new Set<string>();
    for (const lostAt of [31, 46, 61, 76])
      for (const lag of [0.003, 0.02, Infinity])
        for (let n = 1; n <= EFFECTS + 60; n++)
          for (const when of ["before", "half", "after"] as const) {
            const mishap = (effect: number): Mishap | undefined => (effect === n ? { kind: "crash", when } : undefined);
            const lose = (effect: number, harness: CrashHarness): void => {
              if (effect !== lostAt) return;
              for (const part of harness.parts) harness.disaster(part, () => forget(harness, part, lag));
              // The broker was on the same machine: blocks come back before anybody has mended the store.
              for (const worker of harness.workers) harness.redeliver(worker);
            };
            const harness = new CrashHarness({ ...QUIET, mishap, befall: lose }).run(HOUR);
            for (const kind of harness.hit) hit.add(kind);
            for (const problem of complaints(harness))
              problems.push(`${String(lag)} s at ${String(lostAt)}, crash at ${String(n)}: ${problem}`);
          }
    expect(problems).toEqual([]);
    expect([...hit].sort()).toEqual(ALL.sort());
  });
});

/** Everything at once, for as long as the first 300 effects. */
const stormy = (seed: number): Plan => {
  const draws = new Draws(String(seed), "mishaps");
  const befalls = new Draws(String(seed), "befalls");
  const picks = new Draws(String(seed), "picks");
  let picked = 0;
  const [u, v] = [(n: number): number => draws.uniform(seed, 0, n), (n: number): number => befalls.uniform(seed, 0, n)];
  return {
    ...{ subscribers: 30, parts: 3, workers: 3, dispatchers: 1 + (seed % 2), publishesAgain: true },
    pick: (below) => Math.floor(picks.uniform(seed, 1, (picked += 1)) * below),
    serviceRefuses: (uin) => picks.uniform(seed, uin, (picked += 1)) < 0.02,
    mishap: (n) => (n <= 300 && u(n) < 0.06 ? KINDS[Math.floor((u(n) / 0.06) * KINDS.length)] : undefined),
    befall: (n, harness) => {
      if (n <= 300 && v(n) < 0.05) befall(harness, Math.floor((v(n) / 0.05) * 10), befalls.uniform(seed, 1, n));
    },
  };
};

/** One of: a failover, a redelivery, an empty queue, records lost, a store that kept nothing. */
const befall = (harness: CrashHarness, which: number, u: number): void => {
  const part = harness.parts[Math.floor(u * harness.parts.length)]!;
  const worker = harness.workers[Math.floor(u * harness.workers.length)]!;
  if (which < 4) harness.disaster(part, () => forget(harness, part, u * 3));
  else if (which < 7) harness.redeliver(worker);
  else if (which === 7) harness.broker.clear();
  else if (which === 8) harness.disaster(part, () => part.records.clear());
  else harness.disaster(part, () => part.store.clear());
};

describe("a thousand seeds of everything", () => {
  it("leave nobody out, repeat nobody without a cause, and stay within each cause's bound", () => {
    const problems: string[] = [];
    const causes = new Map<string, number>();
    for (let seed = 0; seed < 1_000; seed++) {
      const harness = new CrashHarness(stormy(seed)).run((24 * HOUR) as Duration);
      for (const problem of complaints(harness)) problems.push(`seed ${String(seed)}: ${problem}`);
      for (const [cause, count] of harness.service.repeated) {
        causes.set(cause, (causes.get(cause) ?? 0) + count);
      }
    }
    expect(problems).toEqual([]);
    for (const cause of ["crash", "unanswered", "lease-expiry", "failover"])
      expect(causes.get(cause)).toBeGreaterThan(100);
  });
});

import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/base/random.ts";
import type { FigureSample } from "../../src/simulate/replication.ts";
import { oddOneOut } from "../../src/study/odd.ts";
import type { Pair } from "../../src/study/replications.ts";
import { figure, replicate, scenario } from "./fake.ts";

const ALARM = figure("alarm.delay.max", "s");
const COUNT = figure("alarm.count", "");

const pairsOf = (samples: readonly FigureSample[], text = ALARM.text): readonly Pair[] =>
  samples.map((sample, replication) => ({
    run: {
      ...replicate({ replication, faults: true, interventions: true }),
      figures: { [text]: sample },
    },
    twin: undefined,
  }));
const values = (...all: readonly number[]): readonly FigureSample[] => all.map((value) => ({ value }));
const odd = (samples: readonly FigureSample[], one = ALARM) => oddOneOut([one], scenario(), pairsOf(samples, one.text));

describe("the odd one out", () => {
  it("is the replication that is far from all others, which are alike", () => {
    expect(odd(values(150, 160, 155, 190, 170, 165, 180, 900))).toMatchObject({
      replication: 7,
      figure: "alarm.delay.max",
      value: 900,
      others: [150, 190],
    });
  });

  it("may be one that was cut off", () => {
    const cut = { value: 4_800, atLeast: true } as const;
    expect(odd([cut, ...values(150, 160, 155, 190)])).toMatchObject({ replication: 0, atLeast: true });
  });

  it("is named over all judged figures by the one in which it is furthest out", () => {
    const [a, b] = [figure("a.max", "s"), figure("b.max", "s")];
    const pairs = pairsOf(values(...Array.from({ length: 8 }, () => 0))).map(({ run, twin }, i) => ({
      run: {
        ...run,
        figures: { "a.max": { value: i === 1 ? 500 : 100 + i }, "b.max": { value: i === 2 ? 9_000 : 100 + i } },
      },
      twin,
    }));
    expect(oddOneOut([a, b], scenario(), pairs)).toMatchObject({ replication: 2, figure: "b.max" });
  });

  it.each([
    ["four replications cannot show one", values(150, 160, 155, 9_000)],
    ["a difference of a twentieth is none", values(100, 100, 100, 100, 100, 100, 100, 105)],
    ["replications that spread have none", values(100, 250, 400, 650, 900, 1_200, 2_000)],
  ])("is not named: %s", (_, samples) => {
    expect(odd(samples)).toBeUndefined();
  });

  it("is not named for an event that came once", () => {
    expect(odd(values(0, 0, 0, 0, 1, 0, 0, 0, 0, 0), COUNT)).toBeUndefined();
    expect(odd(values(0, 0, 0, 0, 9, 0, 0, 0, 0, 0), COUNT)).toMatchObject({ replication: 4 });
  });

  describe("is rarely named where all replications have one law", () => {
    const STUDIES = 2_000;
    const stream = new RandomStream().from(new Uint32Array([1, 2, 3, 4]));
    const exponential = (): number => -100 * Math.log(stream.next());
    const normal = (): number => Math.sqrt(-2 * Math.log(stream.next())) * Math.cos(2 * Math.PI * stream.next());
    const poisson = (mean: number): number => {
      let count = 0;
      for (let left = Math.exp(-mean), product = stream.next(); product > left; product *= stream.next()) count += 1;
      return count;
    };
    it.each([
      ["normal", ALARM, () => 100 + 20 * normal()],
      ["log-normal", ALARM, () => 100 * Math.exp(normal())],
      ["exponential", ALARM, exponential],
      ["uniform", ALARM, () => 100 * stream.next()],
      ["Poisson, 0.2 a replication", COUNT, () => poisson(0.2)],
      ["Poisson, 5 a replication", COUNT, () => poisson(5)],
    ] as const)("%s: in at most 2 % of studies", (_, one, draw) => {
      for (const n of [5, 10, 30]) {
        let named = 0;
        for (let i = 0; i < STUDIES; i++)
          if (odd(values(...Array.from({ length: n }, draw)), one) !== undefined) named += 1;
        expect(named / STUDIES).toBeLessThanOrEqual(0.02);
      }
    });
  });
});

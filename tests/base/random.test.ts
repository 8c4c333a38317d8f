import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHANCE_ONE, chanceOf, fractionOf } from "../../src/base/chance.ts";
import { Draws, identity, open, RandomStream } from "../../src/base/random.ts";

const word = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });

describe("keyed draws", () => {
  it("are the same whether two words are asked for or four", () => {
    const draws = new Draws("seed", "purpose");
    fc.assert(
      fc.property(word, word, word, (cell, index, n) => {
        draws.at(cell, index, n);
        const [a, b] = draws.out;
        draws.out.fill(0);
        draws.two(cell, index, n);
        expect([draws.out[0], draws.out[1]]).toEqual([a, b]);
      }),
    );
  });

  it("are frozen: a change of these numbers changes every result ever published", () => {
    const draws = new Draws("chongqing", "beat");
    draws.at(1, 2, 3);
    expect([...draws.out]).toEqual([3712073687, 3678219005, 4082761060, 4124169742]);
  });

  it("are uniform in every word, for neighbours in any of the keys", () => {
    const draws = new Draws("012", "uniform");
    for (const key of [0, 1, 2])
      for (const out of [0, 1, 2, 3]) {
        const cells = new Array<number>(64).fill(0);
        for (let i = 0; i < 64_000; i++) {
          draws.at(key === 0 ? i : 5, key === 1 ? i : 5, key === 2 ? i : 5);
          cells[Math.floor((draws.out[out]! / 4_294_967_296) * 64)]! += 1;
        }
        const chiSquared = cells.reduce((sum, count) => sum + (count - 1_000) * (count - 1_000), 0) / 1_000;
        // 63 degrees of freedom: above 118 once in 30,000.
        expect(chiSquared).toBeLessThan(118);
      }
  });

  it("differ by seed and by purpose", () => {
    const firsts = [
      ["a", "b"],
      ["a", "c"],
      ["b", "b"],
      ["ab", ""],
    ].map(([seed, purpose]) => new Draws(seed!, purpose!).at(1, 1, 1));
    expect(new Set(firsts).size).toBe(4);
  });
});

describe("chances and names", () => {
  it("compare as integers: 0 never, 1 always", () => {
    expect([chanceOf(0), chanceOf(1)]).toEqual([0, CHANCE_ONE]);
    expect(0xffff_ffff < chanceOf(1)).toBe(true);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => fractionOf(chanceOf(share)) === share),
    );
    expect([open(0) > 0, open(0xffff_ffff) < 1]).toEqual([true, true]);
  });

  it("of streams follow their key", () => {
    const words = Uint32Array.of(1, 2, 3, 4);
    const [a, b] = [new RandomStream().from(words), new RandomStream().from(words)];
    expect(Array.from({ length: 9 }, () => a.next())).toEqual(Array.from({ length: 9 }, () => b.next()));
    expect(identity("cq-unicom-3g-2/3g")).not.toBe(identity("cq-unicom-3g-2/2g"));
  });
});

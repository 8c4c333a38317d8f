/**
 * Logins over TCP, one after another on one core: from the exact model, and from its tables once they are filled. A mixed
 * crowd: round trips of 30 to 300 ms, and the losses of a usual evening; then the same at one loss each.
 */
import { Draws, RandomStream } from "../src/base/random.ts";
import { Connection } from "../src/world/network/connection.ts";
import { EvenLoss } from "../src/world/network/loss.ts";
import { type PathQuality, Transport } from "../src/world/network/transport.ts";
import { LOGIN } from "../src/world/population/conversation.ts";
import { type Bench, median, type Row, timed } from "./row.ts";

const ROUNDS = 5;
const EXACT = 50_000;
const FAST = 1_000_000;

const usual = (index: number): PathQuality => {
  const loss = [0.002, 0.005, 0.01, 0.01, 0.02, 0.03, 0.05, 0.1][index & 7]!;
  return { rttMs: 30 + ((index * 37) % 270), lossUp: loss, lossDown: loss };
};
const at =
  (loss: number) =>
  (index: number): PathQuality => ({ rttMs: 30 + ((index * 37) % 270), lossUp: loss, lossDown: loss });

const exactly = (pathOf: (index: number) => PathQuality): (() => void) => {
  const draws = new Draws("bench", "transport");
  const chance = new RandomStream();
  return () => {
    for (let index = 0; index < EXACT; index++) {
      const { rttMs, lossUp, lossDown } = pathOf(index);
      const wire = (loss: number) => ({ delayUs: rttMs * 500, jitterUs: 0, loss: new EvenLoss(loss) });
      draws.at(0, index, 0);
      new Connection(LOGIN, { up: wire(lossUp), down: wire(lossDown) }, chance.from(draws.out)).run();
    }
  };
};

const fast = (pathOf: (index: number) => PathQuality): (() => void) => {
  const draws = new Draws("bench", "transport");
  const transport = new Transport(LOGIN);
  const paths = Array.from({ length: FAST }, (_, index) => transport.along(pathOf(index)));
  let round = 0;
  return () => {
    round += 1;
    for (let index = 0; index < FAST; index++) {
      draws.at(round, index, 0);
      transport.sample(paths[index]!, draws.out);
    }
  };
};

/** Million a second, the median of some rounds after one that is not counted; filling tables takes several. */
const rateOf = (logins: number, warmUps: number, work: () => void): number => {
  for (let round = 0; round < warmUps; round++) work();
  return logins / median(Array.from({ length: ROUNDS }, () => timed(work))) / 1e6;
};

const run = (): readonly Row[] =>
  (
    [
      ["a usual evening", usual],
      ["1 % loss", at(0.01)],
      ["10 % loss", at(0.1)],
      ["40 % loss", at(0.4)],
    ] as const
  ).flatMap(([crowd, pathOf]): Row[] => {
    const exact = rateOf(EXACT, 3, exactly(pathOf));
    const tables = rateOf(FAST, 20, fast(pathOf));
    const row = { bench: "transport", unit: "M logins/s" as const };
    return [
      { ...row, impl: `exact model, ${crowd}`, n: EXACT, value: exact },
      { ...row, impl: `tables, ${crowd}`, n: FAST, value: tables },
      { ...row, impl: `tables / exact model, ${crowd}`, n: FAST, value: tables / exact, unit: "ratio" },
    ];
  });

export const transport: Bench = { run };

/** A row stands for many people: what they do at busy servers must not depend on how many. */
import { mean } from "simple-statistics";
import { expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import { tiny } from "../../world/support.ts";

const LOGINS_A_SECOND = 20;
const BUSY = ["mobile", "unicom"].flatMap((line) =>
  ["north", "south"].map((centre) => `centres.${centre}.lines.${line}.logins=${String(LOGINS_A_SECOND)}`),
);

const story = (fault: string): string => `
online: 100 k
run: { duration: 9 min, warmup: 4 min }
faults: [{ id: f, at: 5 min, until: 8 min, ${fault} }]
windows: { quiet: 4 min..5 min, rush: 5 min..8 min }
thresholds:
  - { figure: "login.rate{window=rush}", min: 0 /s }
  - { figure: "login.time.mean{window=rush}", max: 20 s }
  - { figure: "online.share{window=rush}", min: 1 % }
  - { figure: "login.success.share{window=quiet}", min: 1 % }
  - { figure: "login.success.share{window=rush}", min: 1 % }
`;

const runAt = (fault: string, peopleARow: number, replication = 0) => {
  const scenario = tiny(story(fault), BUSY);
  const { figures } = simulate(
    { ...scenario, run: { ...scenario.run, peopleARow } },
    { replication, faults: true, interventions: true },
  );
  const of = (text: string) => figures[`${text}{window=rush}`]!;
  return { rate: of("login.rate").value!, time: of("login.time.mean"), online: of("online.share").value! };
};

/** Means over replications, of which a coarse scale needs more, as its rows are fewer. */
const meansAt = (fault: string, peopleARow: number, replications: number) => {
  const runs = Array.from({ length: replications }, (_, replication) => runAt(fault, peopleARow, replication));
  return {
    rate: mean(runs.map(({ rate }) => rate)),
    time: mean(runs.map(({ time }) => time.value!)),
    online: mean(runs.map(({ online }) => online)),
    within: runs[0]!.time.within,
  };
};

it("servers with far too few logins serve a surge as well at any scale, to a tenth", () => {
  const one = meansAt("surge: 10, where: {}", 1, 3);
  expect(one.within).toBeUndefined();
  for (const [peopleARow, replications] of [
    [5, 6],
    [20, 12],
  ] as const) {
    const many = meansAt("surge: 10, where: {}", peopleARow, replications);
    expect(Math.abs(many.rate / one.rate - 1)).toBeLessThan(0.1);
    expect(Math.abs(many.online - one.online)).toBeLessThan(2);
    expect(Math.abs(many.time - one.time)).toBeLessThan(1.5);
    expect(many.within).toBeCloseTo((4 * (peopleARow - 1)) / LOGINS_A_SECOND, 9);
  }
});

it.each([20, 100])(
  "no more people are logged in than there are logins, though all come at once in rows of %i",
  (row) => {
    const south = 3 * LOGINS_A_SECOND;
    expect(runAt("down: reset, where: { centre: north }", row).rate).toBeLessThan(south);
  },
);

it("a share of logins says how far it may be from full scale only where a queue may outlast the patience of clients", () => {
  const scenario = tiny(story("down: reset, where: { centre: north }"), BUSY);
  const { figures } = simulate(
    { ...scenario, run: { ...scenario.run, peopleARow: 20 } },
    { replication: 0, faults: true, interventions: true },
  );
  expect(figures["login.success.share{window=quiet}"]!.within).toBeUndefined();
  // Four rows of 20 are 3.8 s of a server's work, a quarter of the 15 s for which clients wait.
  expect(figures["login.success.share{window=rush}"]!.within).toBeCloseTo(100 * (3.8 / 15), 9);
});

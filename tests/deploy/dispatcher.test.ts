/** A dispatcher's shell, on ports and a machine that say what a test wants. */
import { expect, it } from "vitest";
import type { DispatcherEffect, DispatcherInput } from "../../src/algorithms/push/messages.ts";
import type { Task } from "../../src/algorithms/push/task.ts";
import type { Due } from "../../src/algorithms/push/trigger.ts";
import { after, ms, NEVER, seconds } from "../../src/base/units.ts";
import { now } from "../../src/deploy/clock.ts";
import { DispatcherShell, type DispatcherPorts } from "../../src/deploy/push/dispatcher.ts";

const DUE = now();
const TASK: Task = {
  id: "evening",
  audience: { ds: "20240501", label: "all" },
  due: DUE,
  weight: 1,
  state: "scheduled",
  total: 0,
};

interface Over {
  readonly taken?: readonly Due[];
  /** What the machine wants done before all else. */
  readonly effect?: DispatcherEffect;
  readonly pages?: readonly (readonly number[])[];
  readonly prefetched?: readonly number[];
}

/** Runs a shell for a moment: what its machine was told, which triggers it acknowledged, and who was filled in. */
const run = async ({ taken = [], effect, pages = [], prefetched = [] }: Over) => {
  const heard: DispatcherInput[] = [];
  const [acknowledged, filled, counts]: [string[], number[][], number[]] = [[], [], []];
  const machine = {
    wakeAt: NEVER,
    handle: (input: DispatcherInput): readonly DispatcherEffect[] => {
      heard.push(input);
      return input.kind === "reconcile-requested" ? [effect!] : [];
    },
  };
  let handedOut = false;
  const ports = {
    tasks: {
      get: () => Promise.resolve(TASK),
      count: (_: string, total: number) => Promise.resolve(counts.push(total)),
    },
    triggers: {
      take: () => Promise.resolve(handedOut ? [] : ((handedOut = true), taken)),
      acknowledge: (task: string) => Promise.resolve(acknowledged.push(task)),
    },
    audiences: {
      async *pages() {
        await Promise.resolve();
        yield* pages;
      },
    },
    prefetched: {
      among: (_: string, uins: readonly number[]) =>
        Promise.resolve(new Set(prefetched.filter((uin) => uin >= uins[0]! && uin <= uins.at(-1)!))),
    },
    parts: {
      status: () => Promise.resolve({ isFilled: false, source: 0, claims: [], finished: [] }),
      contents: () => Promise.resolve({ claims: new Map(), finished: new Map() }),
      fill: (_: string, __: number, members: readonly number[]) => Promise.resolve(filled.push([...members])),
    },
    records: { all: () => Promise.resolve(new Map()) },
  } as unknown as DispatcherPorts;
  const shell = new DispatcherShell(machine, ports, 1);
  const running = shell.run(ms(20));
  if (effect !== undefined) shell.tell({ kind: "reconcile-requested", task: TASK.id, why: "a test begins" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  shell.stop();
  await running;
  return { heard: heard.filter(({ kind }) => kind !== "reconcile-requested"), acknowledged, filled, counts };
};

it("a task that comes due is told to the machine, and its trigger is kept until that says so", async () => {
  const { heard, acknowledged } = await run({ taken: [{ task: TASK.id, due: DUE, taken: 1 }] });
  expect(heard).toEqual([{ kind: "triggered", task: TASK }]);
  expect(acknowledged).toEqual([]);
});

it("a trigger of a due time that the task has no more is acknowledged, and starts nothing", async () => {
  const { heard, acknowledged } = await run({ taken: [{ task: TASK.id, due: after(DUE, seconds(-60)), taken: 1 }] });
  expect(heard).toEqual([]);
  expect(acknowledged).toEqual([TASK.id]);
});

it("a part is filled with everybody who has not fetched the task, over all pages", async () => {
  const pages = [
    [1, 2, 3],
    [4, 5],
  ];
  const outcome = await run({ effect: { kind: "fill", task: TASK.id }, pages, prefetched: [2, 4, 77] });
  expect(outcome).toMatchObject({ filled: [[1, 3, 5]], counts: [3], heard: [{ kind: "filled", task: TASK.id }] });
});

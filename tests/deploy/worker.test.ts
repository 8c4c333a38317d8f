/** A worker's shell, on ports that say what a test wants: whatever fails, the delivery is answered or says that it cannot be. */
import { expect, it } from "vitest";
import type { WorkerEffect } from "../../src/algorithms/push/messages.ts";
import { pack } from "../../src/algorithms/push/packing.ts";
import { Worker } from "../../src/algorithms/push/worker.ts";
import { after, ms, NEVER, seconds } from "../../src/base/units.ts";
import { now } from "../../src/deploy/clock.ts";
import type { BlockDelivery } from "../../src/deploy/ports.ts";
import { WorkerShell, type WorkerPorts } from "../../src/deploy/push/worker.ts";

const NAME = { task: "evening", part: 0, block: 1 };
const SETTINGS = { owner: "w/0", blockSize: 2, lease: seconds(5), rate: { perSecond: 10, burst: 10, horizon: ms(0) } };
const POLICY = { batchSize: 2, lease: seconds(5), pause: ms(200), margin: seconds(1), grantLasts: seconds(1) };

interface Over {
  readonly parts?: Partial<WorkerPorts["parts"]>;
  readonly requestReconcile?: WorkerPorts["requestReconcile"];
  readonly messages?: WorkerPorts["messages"];
}

/** Ports of stores and services that are well, but for `over`. */
const portsWith = ({ parts, ...over }: Over): WorkerPorts => ({
  records: {
    get: () => Promise.resolve(undefined),
    record: (_, members) => Promise.resolve({ state: "claimed", packed: pack(members) }),
    finish: () => Promise.resolve(),
    all: () => Promise.resolve(new Map()),
    status: () => Promise.resolve({ count: 0, last: 0, unfinished: [] }),
  },
  parts: {
    claim: () => Promise.resolve({ kind: "yours", members: [1, 2], isNew: true }),
    report: () => Promise.resolve({ kind: "yours", left: 0 }),
    finish: () => Promise.resolve(),
    ...parts,
  } as WorkerPorts["parts"],
  limiter: {
    grant: (want) =>
      Promise.resolve({ kind: "reserved", count: want, startsAt: now(), validUntil: after(now(), seconds(1)) }),
  },
  messages: { push: () => Promise.resolve([]) },
  requestReconcile: () => Promise.resolve(),
  ...over,
});

/** What became of a delivery. */
const work = async (over: Over, machine: ConstructorParameters<typeof WorkerShell>[0] = new Worker(POLICY)) => {
  const became: string[] = [];
  const delivery: BlockDelivery = {
    name: NAME,
    isAgain: false,
    acknowledge: () => void became.push("acknowledged"),
    giveBack: () => Promise.resolve(void became.push("given back")),
  };
  await new WorkerShell(machine, portsWith(over), SETTINGS).work(delivery);
  return became;
};

it("a block whose members are told is acknowledged", async () => {
  expect(await work({})).toEqual(["acknowledged"]);
});

it("a block whose push fails is given back", async () => {
  const messages = { push: () => Promise.reject(new Error("a JSON list of the uins of the batch")) };
  expect(await work({ messages })).toEqual(["given back"]);
});

it("a store that knows nothing of a filled part is doubted aloud, and the block given back", async () => {
  const requests: unknown[] = [];
  const parts = { claim: () => Promise.resolve({ kind: "unknown" as const }) };
  const requestReconcile = (...said: unknown[]) => Promise.resolve(void requests.push(said));
  expect(await work({ parts, requestReconcile })).toEqual(["given back"]);
  expect(requests).toEqual([["evening", "part 0 is not filled, says the store to block 1"]]);
});

it("a doubt that cannot be told stops nothing else", async () => {
  const parts = { claim: () => Promise.resolve({ kind: "unknown" as const }) };
  expect(await work({ parts, requestReconcile: () => Promise.reject(new Error("channel closed")) })).toEqual([
    "given back",
  ]);
});

it("a delivery that cannot be answered is said so", async () => {
  const machine = {
    wakeAt: NEVER,
    handle: (): readonly WorkerEffect[] => {
      throw new Error("an answer that no machine expects");
    },
  };
  await expect(work({}, machine)).rejects.toThrow("no machine expects");
});

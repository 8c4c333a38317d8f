/**
 * A sabotaged worker as a process, which a drill must catch: it reports each batch as delivered and pushes it a moment later,
 * so that the batch is lost if the process is killed in between. It is otherwise the deployed worker, and delivers everything
 * while no process is killed. Needs the built code.
 */
import { Worker } from "../../dist/algorithms/push/worker.js";
import { runWorker } from "../../dist/deploy/push/processes.js";

/** Time between report and push in us: longer than all other work on a batch, so that a kill almost always hits it. */
const MOMENT = 200_000;

const reportsFirst = (policy) => {
  const worker = new Worker(policy);
  let held;
  let reported;
  let pushAt = Infinity;
  return {
    get wakeAt() {
      return Math.min(pushAt, worker.wakeAt);
    },
    handle: (input, now) => {
      if (input.kind === "reported" && held !== undefined) {
        reported = input;
        pushAt = now + MOMENT;
        return [];
      }
      if (input.kind === "wake" && now >= pushAt) {
        const push = held;
        held = undefined;
        pushAt = Infinity;
        return [push];
      }
      if (input.kind === "pushed" && reported !== undefined) {
        const answer = reported;
        reported = undefined;
        worker.handle(input, now);
        return worker.handle(answer, now);
      }
      return worker.handle(input, now).map((effect) => {
        if (effect.kind !== "push") return effect;
        held = effect;
        return { kind: "report", name: effect.name, uins: effect.uins };
      });
    },
  };
};

process.on("disconnect", () => process.exit());
await runWorker(JSON.parse(process.argv[2]).config, reportsFirst);

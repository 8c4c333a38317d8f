/**
 * A sabotaged worker as a process, for a drill to catch: it reports each batch as told, and pushes it only a moment later. Who is killed in between has
 * nobody left who knows of these people. Else it is the worker that is deployed, and without a death all goes well. Runs on what was built.
 */
import { Worker } from "../../dist/algorithms/push/worker.js";
import { runWorker } from "../../dist/deploy/push/processes.js";

/** Between report and push, in microseconds: longer than all else that is done for a batch, so that whoever is killed is killed in it. */
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

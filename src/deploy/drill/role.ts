/** A worker or dispatcher of a drill as a process: `node role.js '{"role": …}'`. It ends with its drill, or with 69 if a service is away. */
import { runDispatcher, runWorker, type DispatcherConfig, type WorkerConfig } from "../push/processes.ts";
import { ServiceUnavailable } from "../services.ts";

/** What the process is, with its settings. */
export type Role =
  | { readonly role: "worker"; readonly config: WorkerConfig }
  | { readonly role: "dispatcher"; readonly config: DispatcherConfig };

const main = (given: Role): Promise<never> =>
  given.role === "worker" ? runWorker(given.config) : runDispatcher(given.config);

process.on("disconnect", () => process.exit());
main(JSON.parse(process.argv[2]!) as Role).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ServiceUnavailable ? 69 : 70);
});

/** `firedrill fidelity <measured.json>`: compares the transport model with measured TCP connections. */
import type { Command } from "commander";
import { EXIT, Refusal } from "./exit.ts";
import { colorOption, readFolderName, readSamples, readWorkers } from "./settings.ts";
import type { ColorChoice } from "./terminal.ts";

interface FidelityFlags {
  readonly samples: number;
  readonly workers?: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly color: ColorChoice;
}

/** Default folder of the charts; with --json there are none by default. */
const CHARTS = "reports/fidelity";

const judgeFile = async (file: string, flags: FidelityFlags): Promise<number> => {
  const { availableParallelism } = await import("node:os");
  const { readMeasured } = await import("../scenario/measured.ts");
  const { renderProblems } = await import("../scenario/problem.ts");
  const { judgeCells } = await import("../study/executors/cells.ts");
  const { assembleFidelity } = await import("../study/fidelity.ts");
  const { renderFidelity } = await import("../report/fidelity.ts");
  const { printJson } = await import("../report/json.ts");
  const { answer, answerAfter, demandWritable, tell, writing } = await import("./output.ts");
  const { threadsAllowed } = await import("./limits.ts");
  const { wantsColor } = await import("./terminal.ts");
  const reading = readMeasured(file);
  if ("problems" in reading)
    throw new Refusal(reading.missing ? EXIT.missing : EXIT.invalid, renderProblems(reading.problems));
  const { cells } = reading;
  const workers = threadsAllowed(flags.workers ?? availableParallelism(), flags.workers !== undefined);
  const dir = flags.out ?? (flags.json === true ? undefined : CHARTS);
  const folder = await import("../report/fidelity-folder.ts");
  if (dir !== undefined) await demandWritable(dir, folder.demandFidelityFolder);
  let tenths = 0;
  const results = await judgeCells(cells, flags.samples, workers, (done) => {
    const now = Math.floor((10 * done) / cells.length);
    if (now > tenths && flags.quiet !== true)
      tell(`${String(10 * now)} % · ${String(done)} of ${String(cells.length)} cells`);
    tenths = now;
  });
  const document = assembleFidelity(results);
  const text =
    flags.json === true ? printJson(document) : renderFidelity(document, wantsColor(flags.color, process.stdout));
  if (dir === undefined) await answer(text);
  else {
    const drawn = await answerAfter(text, () => writing(dir, () => folder.keepFidelity(dir, cells, document)));
    if (flags.quiet !== true) tell(drawn > 0 ? `charts written to ${dir}/charts` : `results written to ${dir}`);
  }
  const verdicts = document.kinds.map(({ verdict }) => verdict);
  return verdicts.includes("broken") ? EXIT.missed : verdicts.includes("unknown") ? EXIT.unknown : EXIT.held;
};

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("fidelity")
    .description("compare the transport model with measured TCP connections, cell by cell")
    .argument(
      "<measured>",
      "JSON file of measured cells, such as bench/data/tcp-measured.json (format: firedrill schema measured)",
    )
    .option("--samples <n>", "simulated connections per cell, at least 4000", readSamples, 4_000)
    .option("--workers <n>", "number of threads (default: one per processor)", readWorkers)
    .option("--out <dir>", `folder of the charts (default: ${CHARTS}; none with --json)`, readFolderName)
    .option("--json", "print one JSON document")
    .option("--quiet", "no progress")
    .addOption(colorOption())
    .addHelpText(
      "after",
      "\nExit codes: 0 all cells hold, 2 some cannot be judged, 3 some are missed, 65 invalid file, 66 file not found,\n73 output cannot be written.",
    )
    .action(async (file: string, flags: FidelityFlags) => {
      process.exitCode = await judgeFile(file, flags);
    });
};

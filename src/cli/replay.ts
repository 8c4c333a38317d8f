/** Implements `firedrill run`: reads the scenario, runs it, prints and keeps the results, and prints how to reproduce them. */
import { demandFolder } from "../report/folder.ts";
import { renderJson } from "../report/json.ts";
import { printReplication } from "../report/numbers.ts";
import { renderText } from "../report/text.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { RunDocument } from "../study/document.ts";
import { firstDifference } from "../study/replications.ts";
import { keepBugReportsIn, reportBug } from "./bug.ts";
import { EXIT, exitOf, worstOf } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import { load } from "./load.ts";
import { answerAfter, demandWritable, folderOf, keep, tell } from "./output.ts";
import type { RunFlags } from "./settings.ts";
import { aliasCommand, commandLine } from "./command.ts";
import { planOf } from "./plan.ts";
import { runOnThreads, type Finished } from "./study.ts";
import { wantsColor } from "./terminal.ts";
import { VERSION } from "./tool.ts";

/** Runs a scenario and returns the exit code. */
export const replay = async (given: string, flags: RunFlags): Promise<number> => {
  const scenario = load(given, flags);
  const dir = flags.out ?? folderOf(scenario, planOf(scenario, flags));
  const interruption = onInterrupt(() =>
    tell("\nstopping; finished replications are kept (press Ctrl-C again to quit at once)"),
  );
  try {
    await demandWritable(dir, demandFolder);
    keepBugReportsIn(dir);
    const finished = await runOnThreads(scenario, flags, interruption.signal);
    if (finished === undefined) {
      tell("interrupted before the first replication was finished; nothing was written");
      return interruption.code ?? EXIT.interrupted;
    }
    const { document, meta, repeat } = finished;
    const text = flags.json === true ? renderJson(document, meta) : renderText(document, textOptions(flags));
    const kept = await answerAfter(text, () => keep(dir, finished));
    const codes = [
      exitOf(document),
      invariantsCode(document),
      await again(scenario, flags, finished, interruption.signal),
    ];
    if (flags.quiet !== true) tell(`results written to ${kept}`);
    const alias = aliasCommand();
    if (flags.quiet !== true && alias !== undefined) tell(`to paste the next line: ${alias}`);
    // Scripts rely on the name as its first word.
    tell(`reproduce: ${commandLine(repeat, ["firedrill"])}  # firedrill ${VERSION}${digestNote(finished)}`);
    return interruption.code ?? worstOf(codes);
  } finally {
    interruption.release();
  }
};

/** Returns the digest for the line that repeats the run; an interrupted run without an earlier replication has another. */
const digestNote = ({ document, pairs }: Finished): string =>
  pairs.every(({ run }, place) => run.replication === place) ? `, digest ${document.digest}` : ", interrupted";

const textOptions = (flags: RunFlags) => ({
  color: wantsColor(flags.color, process.stdout),
  ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
});

/** Reports broken invariants as a bug, although the document was written; returns the exit code. */
const invariantsCode = ({ invariants }: RunDocument): number => {
  const broken = invariants.filter(({ verdict }) => verdict === "broken");
  if (broken.length === 0) return EXIT.held;
  const reasons = broken.map(({ name, why }) => `${name}: ${why ?? ""}`).join("\n");
  tell(reportBug(new Error(`${String(broken.length)} broken invariants\n${reasons}`), process.argv.slice(2)));
  return EXIT.internal;
};

/** With `--twice`, runs the whole study again on new threads and reports the first difference; returns the exit code. */
const again = async (scenario: Scenario, flags: RunFlags, first: Finished, signal: AbortSignal): Promise<number> => {
  if (flags.twice !== true || first.document.partial === true) return EXIT.held;
  const second = await runOnThreads(scenario, flags, signal);
  if (second === undefined || second.document.partial === true) return EXIT.held;
  const at = firstDifference(first.pairs, second.pairs);
  if (at !== undefined) {
    const digest = ({ pairs }: Finished): string =>
      pairs.find(({ run }) => run.replication === at)?.run.digest ?? "none";
    tell(
      `nondeterminism: ${printReplication(at)} had digest ${digest(first)} in the first run, ${digest(second)} in the second`,
    );
    return EXIT.nondeterministic;
  }
  if (JSON.stringify(first.document) !== JSON.stringify(second.document)) {
    tell("nondeterminism: the digests are equal, but the documents differ");
    return EXIT.nondeterministic;
  }
  if (flags.quiet !== true) tell(`twice: the same digest, ${first.document.digest}`);
  return EXIT.held;
};

/** Implements `firedrill verify`: runs each golden scenario at its golden settings, compares, and accepts changes on request. */
import { accessSync, constants, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { controlAt } from "../base/printable.ts";
import { goldenSchema } from "../report/files-schema.ts";
import { printJson } from "../report/json.ts";
import { writeWhole } from "../report/owned.ts";
import { readJson } from "../scenario/json-file.ts";
import { renderProblems } from "../scenario/problem.ts";
import type { ScaleRow } from "../study/scales.ts";
import { type Change, changesBetween, type Golden, goldenOf } from "../study/golden.ts";
import { commandLine, quoted, scenarioWord } from "./command.ts";
import { EXIT, exitOf, Refusal, unwritable, worstOf } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import { openFilesRefusal } from "./limits.ts";
import { load } from "./load.ts";
import { answer, tell, writing } from "./output.ts";
import { inputWords, readReps, type VerifyFlags } from "./settings.ts";
import { compareStory, scalesText } from "./scales.ts";
import { type StoryResult, storyText } from "./storytext.ts";
import { runOnThreads, StudyResources } from "./study.ts";
import { isCi, wantsColor } from "./terminal.ts";
import { VERSION } from "./tool.ts";

const FOLDER = join("reports", "golden");

/** Verifies the given scenarios, or all goldens, and returns the exit code. */
export const verify = async (given: readonly string[], flags: VerifyFlags): Promise<number> => {
  demandAcceptable(flags);
  const names = given.length > 0 ? given : goldenNames();
  if (names.length === 0) {
    tell(`no goldens in ${FOLDER}; name a scenario and add --accept --reason TEXT`);
    return EXIT.unknown;
  }
  if (flags.scales === true) return verifyScales(names, flags);
  const interruption = onInterrupt(() => tell("\nstopping"));
  const stories: StoryResult[] = [];
  const isWhole = await StudyResources.during(async (resources) => {
    for (const name of names) {
      const story = await verifyOne(name, flags, interruption.signal, resources);
      if (story === undefined) return false;
      stories.push(story);
      if (flags.json !== true) await answer(storyText(story, wantsColor(flags.color, process.stdout)));
    }
    return true;
  }).finally(() => interruption.release());
  if (!isWhole) return interruption.code ?? EXIT.interrupted;
  if (flags.json === true) await answer(printJson({ schema: "firedrill.verify/1", stories: stories.map(asJson) }));
  tell(reproduceLine(names, flags));
  return worstOf(stories.flatMap(({ document, changes }) => [exitOf(document), changeCode(changes, flags)]));
};

/** Returns the command that verifies again. Goldens belong to a folder, so that it goes there first; it accepts nothing. */
const reproduceLine = (names: readonly string[], flags: VerifyFlags): string => {
  const scales = flags.scales === true ? ["--scales"] : [];
  const command = commandLine(["verify", ...names.map(scenarioWord), ...inputWords(flags), ...scales]);
  return `reproduce: cd ${quoted(process.cwd())} && ${command}  # firedrill ${VERSION}`;
};

/** Compares scales and returns the exit code: a model whose results differ between scales is wrong. */
const verifyScales = async (names: readonly string[], flags: VerifyFlags): Promise<number> => {
  const interruption = onInterrupt(() => tell("\nstopping"));
  const stories: { scenario: string; rows: readonly ScaleRow[] }[] = [];
  const isWhole = await StudyResources.during(async (resources) => {
    for (const name of names) {
      const rows = await compareStory(name, flags, interruption.signal, resources);
      if (rows === undefined) return false;
      stories.push({ scenario: name, rows });
      if (flags.json !== true) await answer(scalesText(name, rows, wantsColor(flags.color, process.stdout)));
    }
    return true;
  }).finally(() => interruption.release());
  if (!isWhole) return interruption.code ?? EXIT.interrupted;
  if (flags.json === true) await answer(printJson({ schema: "firedrill.scales/1", stories }));
  tell(reproduceLine(names, flags));
  const codes = { held: EXIT.held, broken: EXIT.missed, unknown: EXIT.unknown };
  return worstOf(stories.flatMap(({ rows }) => rows.map(({ verdict }) => codes[verdict])));
};

/** Throws a `Refusal` unless goldens may change: outside CI and with a reason. */
const demandAcceptable = (flags: VerifyFlags): void => {
  const { accept, reason } = flags;
  if (accept !== true) return;
  if (isCi())
    throw new Refusal(
      EXIT.usage,
      "error --accept is not allowed in CI (the variable CI is set): change goldens in a commit with a reason",
    );
  if (reason === undefined || reason.trim() === "")
    throw new Refusal(EXIT.usage, "error --accept needs a reason: add --reason TEXT");
  if (controlAt(reason) >= 0)
    throw new Refusal(EXIT.usage, "error --reason contains a control character: write plain text");
  if (flags.scales !== true) demandGoldenFolder();
};

const changeCode = (changes: readonly Change[] | undefined, { accept }: VerifyFlags): number =>
  accept === true || changes?.length === 0 ? EXIT.held : EXIT.unknown;

const goldenNames = (): readonly string[] => {
  try {
    return readdirSync(FOLDER)
      .filter((file) => file.endsWith(".json"))
      .map((file) => basename(file, ".json"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw (
      openFilesRefusal(error) ?? new Refusal(EXIT.missing, `error cannot read ${FOLDER}: ${(error as Error).message}`)
    );
  }
};

/** The size of the largest golden that is read. */
const GOLDEN_MIB = 16;

/** Returns the golden, or undefined if there is none; throws a `Refusal` if it cannot be read or is not a golden. */
const readGolden = (name: string): Golden | undefined => {
  const path = join(FOLDER, `${name}.json`);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const what = "mend it, or delete it and write it anew with --accept";
  const reading = readJson(path, goldenSchema, { mib: GOLDEN_MIB, hint: what, whole: what });
  if (!("content" in reading)) throw new Refusal(EXIT.invalid, renderProblems(reading.problems));
  const { content } = reading;
  if (content.scenario.name !== name)
    throw new Refusal(
      EXIT.invalid,
      `error ${path} is the golden of ${JSON.stringify(content.scenario.name)}: give it the name of its scenario`,
    );
  return content;
};

const verifyOne = async (
  given: string,
  flags: VerifyFlags,
  signal: AbortSignal,
  resources: StudyResources,
): Promise<StoryResult | undefined> => {
  const golden = readGolden(load(given, { ...flags, set: [] }).name);
  const settings = atGoldenSettings(flags, golden);
  const scenario = load(given, settings);
  const finished = await runOnThreads(scenario, settings, signal, resources);
  if (finished === undefined || finished.document.partial === true) return undefined;
  const after = goldenOf(finished.document, flags.reason ?? golden?.reason ?? "");
  const changes = golden === undefined ? undefined : changesBetween(golden, after);
  if (flags.accept === true && changes?.length !== 0)
    await write(join(FOLDER, `${scenario.name}.json`), printJson(after));
  return { document: finished.document, changes };
};

/** Returns the settings of the run: a flag overrides the golden, and the golden overrides the scenario. */
const atGoldenSettings = (flags: VerifyFlags, golden: Golden | undefined): VerifyFlags =>
  golden === undefined
    ? flags
    : { seed: golden.seed, scale: golden.scale, reps: readReps(String(golden.replications)), ...flags };

/** Writes a golden whole; throws a `Refusal` if it cannot be written. */
const write = async (path: string, text: string): Promise<void> => {
  await writing(path, () => writeWhole(path, text));
  tell(`accepted ${path}; give the reason in the commit`);
};

/** Throws a `Refusal` if goldens cannot be written, before a long run; makes their folder. */
const demandGoldenFolder = (): void => {
  try {
    mkdirSync(FOLDER, { recursive: true });
    accessSync(FOLDER, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(FOLDER, error) ?? error;
  }
};

const asJson = ({ document, changes }: StoryResult) => ({
  scenario: document.scenario,
  seed: document.seed,
  scale: document.scale,
  replications: document.replications,
  digest: document.digest,
  verdict: document.verdict,
  expect: document.expect,
  thresholds: document.thresholds,
  invariants: document.invariants,
  golden: changes === undefined ? "missing" : changes.length === 0 ? "same" : "changed",
  changes: changes ?? [],
});

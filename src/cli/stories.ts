/** Implements `firedrill verify`: runs each golden scenario at its golden settings, compares, and accepts changes on request. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { printJson } from "../report/json.ts";
import type { ScaleRow } from "../study/scales.ts";
import { type Change, changesBetween, type Golden, goldenOf } from "../study/golden.ts";
import { EXIT, exitOf, Refusal, worstOf } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import { load } from "./load.ts";
import { answer, tell } from "./output.ts";
import { readRepetitions, type VerifyFlags } from "./settings.ts";
import { compareStory, scalesText } from "./scales.ts";
import { type StoryResult, storyText } from "./storytext.ts";
import { runOnThreads } from "./study.ts";
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
  try {
    for (const name of names) {
      const story = await verifyOne(name, flags, interruption.signal);
      if (story === undefined) return interruption.code ?? EXIT.interrupted;
      stories.push(story);
      if (flags.json !== true) await answer(storyText(story, wantsColor(flags.color, process.stdout)));
    }
  } finally {
    interruption.release();
  }
  if (flags.json === true) await answer(printJson({ schema: "firedrill.verify/1", stories: stories.map(asJson) }));
  tell(`reproduce: firedrill verify ${names.join(" ")}  # firedrill ${VERSION}`);
  return worstOf(stories.flatMap(({ document, changes }) => [exitOf(document), changeCode(changes, flags)]));
};

/** Compares scales and returns the exit code: a model whose results differ between scales is wrong. */
const verifyScales = async (names: readonly string[], flags: VerifyFlags): Promise<number> => {
  const interruption = onInterrupt(() => tell("\nstopping"));
  const stories: { scenario: string; rows: readonly ScaleRow[] }[] = [];
  try {
    for (const name of names) {
      const rows = await compareStory(name, flags, interruption.signal);
      if (rows === undefined) return interruption.code ?? EXIT.interrupted;
      stories.push({ scenario: name, rows });
      if (flags.json !== true) await answer(scalesText(name, rows, wantsColor(flags.color, process.stdout)));
    }
  } finally {
    interruption.release();
  }
  if (flags.json === true) await answer(printJson({ schema: "firedrill.scales/1", stories }));
  tell(`reproduce: firedrill verify ${names.join(" ")} --scales  # firedrill ${VERSION}`);
  const codes = { held: EXIT.held, broken: EXIT.missed, unknown: EXIT.unknown };
  return worstOf(stories.flatMap(({ rows }) => rows.map(({ verdict }) => codes[verdict])));
};

/** Throws a `Refusal` unless goldens may change: outside CI and with a reason. */
const demandAcceptable = ({ accept, reason }: VerifyFlags): void => {
  if (accept !== true) return;
  if (isCi())
    throw new Refusal(
      EXIT.usage,
      "error --accept is not allowed in CI (the variable CI is set): change goldens in a commit with a reason",
    );
  if (reason === undefined || reason.trim() === "")
    throw new Refusal(EXIT.usage, "error --accept needs a reason: add --reason TEXT");
};

const changeCode = (changes: readonly Change[] | undefined, { accept }: VerifyFlags): number =>
  accept === true || changes?.length === 0 ? EXIT.held : EXIT.unknown;

const goldenNames = (): readonly string[] => {
  try {
    return readdirSync(FOLDER)
      .filter((file) => file.endsWith(".json"))
      .map((file) => basename(file, ".json"))
      .sort();
  } catch {
    return [];
  }
};

/** Returns the golden, or undefined if there is none; throws a `Refusal` if it cannot be read. */
const readGolden = (name: string): Golden | undefined => {
  const path = join(FOLDER, `${name}.json`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    const golden = JSON.parse(text) as Golden;
    if (golden.schema === "firedrill.golden/1") return golden;
  } catch {
    // Reported below, as any file that is not a golden.
  }
  throw new Refusal(
    EXIT.unknown,
    `error ${path} is not a golden (firedrill.golden/1): delete it, or rewrite it with --accept`,
  );
};

const verifyOne = async (given: string, flags: VerifyFlags, signal: AbortSignal): Promise<StoryResult | undefined> => {
  const golden = readGolden(load(given, { ...flags, set: [] }).name);
  const settings = atGoldenSettings(flags, golden);
  const scenario = load(given, settings);
  const finished = await runOnThreads(scenario, settings, signal);
  if (finished === undefined || finished.document.partial === true) return undefined;
  const after = goldenOf(finished.document, flags.reason ?? golden?.reason ?? "");
  const changes = golden === undefined ? undefined : changesBetween(golden, after);
  if (flags.accept === true && changes?.length !== 0) write(join(FOLDER, `${scenario.name}.json`), printJson(after));
  return { document: finished.document, changes };
};

/** Returns the settings of the run: a flag overrides the golden, and the golden overrides the scenario. */
const atGoldenSettings = (flags: VerifyFlags, golden: Golden | undefined): VerifyFlags =>
  golden === undefined
    ? flags
    : { seed: golden.seed, scale: golden.scale, reps: readRepetitions(String(golden.replications)), ...flags };

const write = (path: string, text: string): void => {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
  tell(`accepted ${path}; give the reason in the commit`);
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

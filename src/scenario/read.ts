/**
 * Reads a scenario file, with all that it extends and all settings applied, into a `Scenario`: every unit parsed, every
 * name resolved, every default filled in. Otherwise it returns all problems at once, each with its position.
 */
import type { Duration, Instant } from "../base/units.ts";
import { changesBetween, nodeOf } from "./changes.ts";
import { resolveExpectation, resolveThreshold } from "./expectations.ts";
import { findScenario, readChain } from "./extends.ts";
import { resolveFault } from "./faults.ts";
import { Findings, reporterFor, type Reporter } from "./findings.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { resolveIntervention } from "./interventions.ts";
import { judgeFields, judgeItems, namesIn } from "./judge.ts";
import { idOf, type MapNode, type Path } from "./positions.ts";
import type { Problem } from "./problem.ts";
import { assumptionsOf } from "./provenance.ts";
import { quote, readDuration } from "./quantities.ts";
import type { Intervention, RunPlan, Scenario, Window } from "./scenario.ts";
import { headShape, runShape } from "./schema.ts";
import type { Names } from "./section.ts";
import { nearest } from "./suggest.ts";
import { writersOf, type Writers } from "./no-effect.ts";
import { withSettings, type Settings } from "./settings.ts";
import { namesOfWorld } from "./known.ts";
import { checkWorld, type ReadWorld, WORLD_KEYS, worldOf, worldShape } from "./world.ts";

/** A scenario, or all its problems; `missing` if there is no such file. */
export type Reading =
  { readonly scenario: Scenario } | { readonly problems: readonly Problem[]; readonly missing: boolean };

/** Reads a scenario by path, or by the bare name of a shipped one. Errors in the input are returned, not thrown. */
export const readScenario = (given: string, settings: Settings = {}): Reading => {
  const findings = new Findings();
  const file = findScenario(given);
  const { tree, own, base, missing } = readChain(file, findings);
  if (tree === undefined || own === undefined) return { problems: findings.sorted(), missing };
  const root = withSettings(tree, settings, findings);
  const ownReport = reporterFor(findings, own);
  for (const key of ["version", "name"])
    if (!own.entries.has(key))
      ownReport([key], "is missing", `write ${key}: ${key === "version" ? "1" : "what-it-is"}`);
  const scenario = resolve(root, { file, own, ...writersOf(root, { own, base }, settings.set) }, findings);
  if (scenario === undefined || findings.count > 0) return { problems: findings.sorted(), missing: false };
  const changes = changesBetween(tree, root, settings);
  return { scenario: changes.length === 0 ? scenario : { ...scenario, changes } };
};

const LISTS = ["faults", "interventions", "expect", "thresholds"];

/** Where a scenario comes from. */
interface Origin extends Writers {
  readonly file: string;
  /** The file without its bases. */
  readonly own: MapNode;
}

const resolve = (root: MapNode, { file, own, ...writers }: Origin, findings: Findings): Scenario | undefined => {
  const report = reporterFor(findings, root);
  if (!WORLD_KEYS.some((key) => root.entries.has(key))) {
    report(["extends"], "there is no world", "write extends: worlds/china-2014.yaml");
    return undefined;
  }
  const head = judgeFields(headShape, root, [], report, { elsewhere: ["run", ...LISTS, ...WORLD_KEYS] });
  const run = resolveRun(root, report);
  const world = judgeFields(worldShape, root, [], report, { elsewhere: [...Object.keys(headShape), "run", ...LISTS] });
  checkWorld(world, { duration: run.duration, report, ...writers });
  const windows = resolveWindows(head.windows ?? {}, run, report);
  const names = namesOf(root, world);

  const context = { duration: run.duration, names, world, report };
  const ordered = judgeItems(root, "interventions", report).map(([item, path]) =>
    resolveIntervention(item, path, context),
  );
  const interventions = ordered.filter((intervention) => intervention !== undefined);
  const faults = judgeItems(root, "faults", report).flatMap(
    ([item, path]) => resolveFault(item, path, { ...context, interventions }) ?? [],
  );
  checkSharedIds(root, report);
  if (interventions.length === ordered.length) checkOrders(interventions, report);
  const sources = head.sources ?? {};
  const asking = {
    names,
    sources: Object.keys(sources),
    pathExists: (path: string) => nodeOf(root, path) !== undefined,
    report,
  };
  const expect = judgeItems(root, "expect", report).flatMap(
    ([item, path]) => resolveExpectation(item, path, asking) ?? [],
  );
  const thresholds = judgeItems(root, "thresholds", report).flatMap(
    ([item, path]) => resolveThreshold(item, path, asking) ?? [],
  );
  const once: Reporter = (path, ...rest) => {
    if (!findings.covers(path)) report(path, ...rest);
  };
  const assumptions = assumptionsOf(root, head.provenance ?? {}, { worldKeys: WORLD_KEYS, sources, report: once });
  if (findings.count > 0) return undefined;

  const name = head.name ?? "";
  const resolved = {
    name,
    title: own.entries.has("title") ? (head.title ?? name) : name,
    sources,
    seed: head.seed ?? name,
    run: run as RunPlan,
    world: worldOf(world),
    faults,
    interventions,
    windows,
    expect,
    thresholds,
    assumptions,
  };
  return { ...resolved, file, fingerprint: fingerprintOf(resolved) };
};

const SHORTEST_RUN = 1_000_000;

const resolveRun = (root: MapNode, report: Reporter): Partial<RunPlan> => {
  const node = root.entries.get("run")?.node;
  if (node?.kind !== "map") {
    report(["run"], node === undefined ? "is missing" : "expected a map", "write run: { duration: 1 h, … }");
    return {};
  }
  const { duration, warmup, scale, replications, heartbeats } = judgeFields(runShape, node, ["run"], report);
  if (duration !== undefined && duration < SHORTEST_RUN)
    report(["run", "duration"], "is too short", "write at least 1 s");
  if (duration !== undefined && warmup !== undefined && warmup >= duration)
    report(["run", "warmup"], "is not shorter than the run", "write less than run.duration");
  return {
    ...(duration === undefined ? {} : { duration }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(scale === undefined ? {} : { peopleARow: scale }),
    ...(replications === undefined ? {} : { replications: replications.least }),
    ...(replications === undefined || replications.least === replications.most
      ? {}
      : { replicationsMost: replications.most }),
    ...(heartbeats === undefined ? {} : { heartbeats }),
  };
};

type GivenWindow = string | { readonly from: Duration; readonly to: Duration };

const resolveWindows = (
  given: Readonly<Record<string, GivenWindow>>,
  { duration, warmup }: Partial<RunPlan>,
  report: Reporter,
): Readonly<Record<string, Window>> => {
  const windows: Record<string, Window> = {};
  for (const [name, window] of Object.entries(given)) {
    const path = ["windows", name];
    if (name === "run") {
      report(path, "the window run is built in: from warm-up to the end", "write another name", "key");
      continue;
    }
    const read = typeof window === "string" ? readWindow(window, path, report) : window;
    if (read === undefined) continue;
    if (read.to <= read.from) report(path, "ends before it begins", "write the earlier time first: from..to");
    else if (duration !== undefined && read.to > duration)
      report(path, "ends after the run", "write at most run.duration");
    windows[name] = { from: read.from as number as Instant, to: read.to as number as Instant };
  }
  if (duration !== undefined && warmup !== undefined)
    windows["run"] = { from: warmup as number as Instant, to: duration as number as Instant };
  return windows;
};

const readWindow = (text: string, path: Path, report: Reporter): { from: Duration; to: Duration } | undefined => {
  const [begin, end, ...more] = text.split("..");
  if (begin === undefined || end === undefined || more.length > 0) {
    report(path, `${quote(text)} is not a window`, "write from..to, such as 20 min..40 min");
    return undefined;
  }
  const from = readDuration(begin);
  const to = readDuration(end);
  for (const read of [from, to]) if (!("value" in read)) report(path, read.wrong, read.hint);
  return "value" in from && "value" in to ? { from: from.value, to: to.value } : undefined;
};

/**
 * Returns all names that selectors and figures may use. A section that is not in the file has no names; the names of a
 * section that cannot be read, or whose key is mistyped, are unknown.
 */
const namesOf = (root: MapNode, world: ReadWorld): Names => {
  const meant = [...root.entries.keys()].map((key) =>
    Object.hasOwn(worldShape, key) ? key : nearest(key, WORLD_KEYS),
  );
  return {
    ...namesOfWorld(world, { keysOf: (key) => namesIn(root, key), has: (key) => meant.includes(key) }),
    fault: idsIn(root, "faults"),
    intervention: idsIn(root, "interventions"),
    window: ["run", ...namesIn(root, "windows")],
  };
};

const idsIn = (root: MapNode, key: string): readonly string[] => {
  const node = root.entries.get(key)?.node;
  return node?.kind === "list" ? node.items.flatMap((item) => idOf(item) ?? []) : [];
};

/** Reports orders about an evacuation that has not begun. `interventions` are all of them, in the file's order. */
const checkOrders = (interventions: readonly Intervention[], report: Reporter): void => {
  const first = Math.min(...interventions.flatMap(({ at, action }) => (action.kind === "evacuate" ? [at] : [])));
  interventions.forEach(({ at, action }, place) => {
    if (action.kind === "evacuation" && at < first)
      report(
        ["interventions", place, "evacuation"],
        "no evacuation has begun at this time",
        "write an evacuate intervention before it",
      );
  });
};

/** Reports an intervention with the id of a fault: reports and `until` would be ambiguous. */
const checkSharedIds = (root: MapNode, report: Reporter): void => {
  const faults = idsIn(root, "faults");
  judgeItems(root, "interventions", report).forEach(([item, path]) => {
    const id = idOf(item);
    if (id !== undefined && faults.includes(id))
      report([...path, "id"], `the id ${quote(id)} is also that of a fault`, "write another id");
  });
};

/** The examples of src/algorithms/README.md: each is type-checked and run, and prints what is shown under it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { compileFunction } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT } from "../cli/shell.ts";

interface Example {
  readonly name: string;
  readonly code: string;
  readonly output: string;
}

const README = readFileSync(join(ROOT, "src/algorithms/README.md"), "utf8");

const EXAMPLES: readonly Example[] = [...README.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  (match, index) => ({
    name: `example ${String(index + 1)}: ${/new (\w+)|firedrill\/algorithms\/([\w/]+)/.exec(match[1]!)?.slice(1).join("") ?? ""}`,
    code: match[1]!,
    output: match[2]!,
  }),
);

/** The source file of an import of the package. */
const sourceOf = (specifier: string): string => join(ROOT, specifier.replace(/^firedrill\//, "src/") + ".ts");

/** What the compiler says of all examples at once, each as a file that imports the sources. */
const problems = (examples: readonly Example[]): readonly string[] => {
  const texts = new Map(examples.map(({ code }, index) => [join(ROOT, `example-${String(index + 1)}.ts`), code]));
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    readonly config: { readonly compilerOptions: object };
  };
  const settings = { ...config.compilerOptions, noEmit: true, rootDir: ".", paths: { "firedrill/*": ["./src/*.ts"] } };
  const { options } = ts.convertCompilerOptionsFromJson(settings, ROOT);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...more) => {
    const text = texts.get(file);
    return text === undefined ? read(file, ...more) : ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  };
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${file?.fileName ?? ""}:${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
};

/** Runs an example against the sources; returns what it printed. */
const run = async ({ code }: Example): Promise<string> => {
  const module = ts.ModuleKind.CommonJS;
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2023 } });
  const modules = new Map<string, unknown>();
  for (const [, specifier] of outputText.matchAll(/require\("(.+?)"\)/g))
    modules.set(specifier!, await import(sourceOf(specifier!)));
  const printed: string[] = [];
  const console = { log: (...values: readonly unknown[]) => printed.push(format(...values)) };
  const body = compileFunction(outputText, ["require", "exports", "console"]) as (...given: readonly unknown[]) => void;
  body((specifier: string) => modules.get(specifier), {}, console);
  return printed.map((line) => `${line}\n`).join("");
};

describe("the examples of the algorithms' README", () => {
  it("are complete: every piece of code has its output", () => {
    expect(EXAMPLES.length).toBe(README.split("```ts\n").length - 1);
  });

  it("have the types of the sources", () => {
    const wrong = { name: "", code: 'import { ms } from "firedrill/base/units";\nms("1");', output: "" };
    expect(problems([...EXAMPLES, wrong])).toEqual([expect.stringMatching(/:2: Argument of type 'string'/)]);
  });

  it.each(EXAMPLES)("$name prints what is shown", async (example) => {
    expect(await run(example)).toBe(example.output);
  });
});

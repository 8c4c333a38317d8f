/**
 * Lint: the usual rules, and what the floors that compute a run may not use. A run is a pure function of its scenario and
 * seed on every machine and Node version (README, How the model stays honest), so these floors have no wall clock, no
 * chance but keyed draws, no host timers, no promises, no locale, and only the members of Math that are listed here.
 */
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const HOUSE = [
  ["ExportDefaultDeclaration", "Name what you export."],
  ["ExportAllDeclaration", "No barrels: import from the file that has it."],
  ["TSEnumDeclaration", "Use a union of texts."],
  ["TSParameterProperty", "Declare the field."],
  ['ClassDeclaration[superClass]:not([superClass.name="Error"])', "No inheritance."],
];

const UNSTABLE = [
  ['BinaryExpression[operator="**"]', "Powers differ between Node majors; use wholePower or exp and log."],
  ['AssignmentExpression[operator="**="]', "Powers differ between Node majors; use wholePower or exp and log."],
  ['MemberExpression[object.name="Math"][property.name="pow"]', "Powers differ between Node majors."],
  ['MemberExpression[object.name="Math"][property.name="random"]', "Use Draws of base/random."],
  ["CallExpression[callee.property.name=/^toLocale/]", "Locales differ between machines."],
  ['CallExpression[callee.property.name="localeCompare"]', "Locales differ between machines; compare with <."],
];

/** Members of Math that gave equal bits on every Node major tried; base/math.ts builds the rest from them. */
const STABLE = "abs|ceil|clz32|exp|floor|fround|imul|log|max|min|round|sign|sqrt|trunc|LN2|PI";

const ONLY_STABLE_MATH = [
  [
    `MemberExpression[object.name="Math"][property.name!=/^(${STABLE}|pow|random)$/]`,
    "This member of Math may differ between Node majors; base/math has what is allowed.",
  ],
  ['MemberExpression[object.name="Math"][computed=true]', "Name the member of Math, so that lint can judge it."],
  ['VariableDeclarator[init.name="Math"]', "Name the member of Math where it is used, so that lint can judge it."],
];

const PROMISES = [
  [":function[async=true]", "Effects are values here; nothing waits."],
  ["AwaitExpression", "Effects are values here; nothing waits."],
  ["ForOfStatement[await=true]", "Effects are values here; nothing waits."],
];

const HOST = ["Date", "performance", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Promise"];
const TALK = ["process", "console", "crypto", "fetch"];

const syntax = (...lists) => [
  "error",
  ...lists.flat().map(([selector, why]) => ({ selector, message: `${why} (README, How the model stays honest)` })),
];
const globals = (names) => ["error", ...names.map((name) => ({ name, message: "A simulated world has none." }))];

export default tseslint.config(
  { ignores: ["dist/**", "reports/**", "node_modules/**", "**/*.cjs"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ["./tests/tsconfig.json"], tsconfigRootDir: process.cwd() } },
    rules: {
      "no-restricted-syntax": syntax(HOUSE),
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["src/{base,engine,measure,algorithms,scenario,world,simulate}/**/*.ts"],
    rules: {
      "no-restricted-syntax": syntax(HOUSE, UNSTABLE, ONLY_STABLE_MATH, PROMISES),
      "no-restricted-globals": globals([...HOST, ...TALK, "Intl"]),
    },
  },
  {
    files: ["src/study/**/*.ts"],
    rules: {
      "no-restricted-syntax": syntax(HOUSE, UNSTABLE),
      "no-restricted-globals": globals(["Intl"]),
    },
  },
  { files: ["tests/*.{js,ts}"], rules: { "no-restricted-syntax": "off" } },
  { files: ["**/*.js"], languageOptions: { globals: { process: "readonly" } } },
);

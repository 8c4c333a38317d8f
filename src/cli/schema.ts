/** `firedrill schema`: prints the JSON Schema of input and output files, for editors and scripts. */
import { Argument, type Command } from "commander";

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("schema")
    .description("print the JSON Schema of scenario files, run documents or measured files")
    .addArgument(new Argument("[what]", "schema to print").choices(["scenario", "run", "measured"]).default("scenario"))
    .action(async (what: "scenario" | "run" | "measured") => {
      const schema =
        what === "run"
          ? (await import("../report/schema.ts")).runJsonSchema()
          : what === "measured"
            ? (await import("../scenario/measured.ts")).measuredJsonSchema()
            : (await import("../scenario/schema.ts")).scenarioJsonSchema();
      process.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    });
};

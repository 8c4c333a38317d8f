/** `firedrill schema`: the JSON Schema of what goes in and of what comes out, for editors and scripts. */
import { Argument, type Command } from "commander";

export const register = (program: Command): void => {
  program
    .command("schema")
    .description("print the JSON Schema of scenario files, of run documents or of measured files")
    .addArgument(new Argument("[what]", "which schema").choices(["scenario", "run", "measured"]).default("scenario"))
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

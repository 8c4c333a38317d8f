/** `firedrill schema`: the JSON Schema of what goes in and of what comes out, for editors and scripts. */
import { Argument, type Command } from "commander";

export const register = (program: Command): void => {
  program
    .command("schema")
    .description("print the JSON Schema of scenario files or of run documents")
    .addArgument(new Argument("[what]", "which schema").choices(["scenario", "run"]).default("scenario"))
    .action(async (what: "scenario" | "run") => {
      const schema =
        what === "run"
          ? (await import("../report/schema.ts")).runJsonSchema()
          : (await import("../scenario/schema.ts")).scenarioJsonSchema();
      process.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    });
};

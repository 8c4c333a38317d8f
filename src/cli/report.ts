/** `firedrill report <run…>`: renders reports again from the folders of runs, e.g. with a newer version. */
import type { Command } from "commander";
import { printable } from "../base/printable.ts";
import { EXIT, Refusal } from "./exit.ts";

interface ReportFlags {
  readonly html?: true;
  readonly md?: true;
  readonly png?: true;
}

const reportOne = async (dir: string, flags: ReportFlags): Promise<void> => {
  const { ALL_FORMATS, redrawFolder } = await import("../report/folder.ts");
  const { writing } = await import("./output.ts");
  const chosen = { html: flags.html === true, md: flags.md === true, png: flags.png === true };
  const formats = Object.values(chosen).includes(true) ? chosen : ALL_FORMATS;
  const answer = await writing(dir, () => redrawFolder(dir, formats));
  if (answer.kind !== "run") throw new Refusal(EXIT[answer.kind], answer.message);
  process.stdout.write(`${printable(dir)}\n`);
};

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("report")
    .description("render the reports of runs again from their folders (default: all formats)")
    .argument("<run...>", "folders with a run.json")
    .option("--html", "write report.html")
    .option("--md", "write report.md")
    .option("--png", "write charts/*.png")
    .action(async (runs: readonly string[], flags: ReportFlags) => {
      for (const dir of runs) await reportOne(dir, flags);
    });
};

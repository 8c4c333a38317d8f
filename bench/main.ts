/**
 * npm run -s bench -- [hold|clients|transport|world|tianjin|seven|quiet|push]... [--json]: how fast, against others in the same run. All when none is named.
 * npm run -s bench -- pair --base REF: how fast against another commit.
 */
import { ServiceUnavailable, InvalidSetting } from "../src/deploy/services.ts";
import { printTable, type Bench, type Row } from "./row.ts";

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  hold: async () => (await import("./hold.ts")).hold,
  clients: async () => (await import("./clients.ts")).clients,
  transport: async () => (await import("./transport.ts")).transport,
  world: async () => (await import("./world.ts")).world,
  tianjin: async () => (await import("./tianjin.ts")).tianjin,
  seven: async () => (await import("./tianjin.ts")).seven,
  quiet: async () => (await import("./quiet.ts")).quiet,
  push: async () => (await import("./push.ts")).push,
};

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith("--"));

if (args[0] === "--measure") {
  const bench = await BENCHES[names[0]!]!();
  process.stdout.write(`${JSON.stringify(await bench.measure!(Number(names[1])))}\n`);
} else if (args[0] === "pair") {
  process.exitCode = await (await import("./pair.ts")).pair(args.slice(1));
} else if (names.some((name) => !Object.hasOwn(BENCHES, name))) {
  process.stderr.write(
    `usage: npm run -s bench -- [${Object.keys(BENCHES).join("|")}]... [--json]\n       npm run -s bench -- pair --help\n`,
  );
  process.exitCode = 2;
} else {
  try {
    const rows: Row[] = [];
    for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
      const bench = await BENCHES[name]!();
      rows.push(...(await bench.run()));
    }
    const text = args.includes("--json")
      ? JSON.stringify({ schema: "firedrill.bench/1", rows }, undefined, 2)
      : printTable(rows);
    process.stdout.write(`${text}\n`);
  } catch (error) {
    if (!(error instanceof ServiceUnavailable || error instanceof InvalidSetting)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof ServiceUnavailable ? 69 : 64;
  }
}

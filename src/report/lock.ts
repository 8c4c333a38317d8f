/**
 * Lets one process at a time write to a folder. The lock is a socket that listens: the system closes it when its process
 * ends, however that happens, so that a killed run leaves no lock behind.
 */
import { rm, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { Unwritable } from "./unwritable.ts";

/** Time between two attempts, and after which an attempt is given up; chosen: a report is drawn in seconds. */
const RETRY_MS = 40;
const PATIENCE_MS = 60_000;

const listen = (address: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
    server.unref();
  });

/** True if a process listens at the address; false for the file of a socket whose process has ended. */
const isHeld = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
  });

/** Returns the address of a folder's lock, equal for all paths to the folder: on Linux and Windows it is not a file. */
const addressOf = async (dir: string): Promise<string> => {
  const { dev, ino } = await stat(dir, { bigint: true });
  const name = `firedrill-${String(dev)}-${String(ino)}`;
  if (platform === "linux") return `\0${name}`;
  return platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
};

/** Holds an address until the returned function is called; waits `patienceMs` for another holder, then returns undefined. */
export const hold = async (address: string, patienceMs = PATIENCE_MS): Promise<(() => Promise<void>) | undefined> => {
  const isFile = !address.startsWith("\0") && platform !== "win32";
  const until = performance.now() + patienceMs;
  for (;;) {
    const server = await listen(address);
    if (server !== undefined) return () => new Promise((resolve) => void server.close(() => resolve()));
    if (isFile && !(await isHeld(address))) await rm(address, { force: true });
    else if (performance.now() >= until) return undefined;
    else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
};

/** Calls `work` while no other process writes to the folder; throws `Unwritable` if another one does so for a minute. */
export const alone = async <Result>(dir: string, work: () => Promise<Result>): Promise<Result> => {
  const release = await hold(await addressOf(dir));
  if (release === undefined)
    throw new Unwritable(dir, "another run is writing there: wait until it has ended, or name another folder");
  try {
    return await work();
  } finally {
    await release();
  }
};

/** The processes of a drill: started from what was built, killed without a word, and started again in another life. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kill } from "./kill.ts";
import type { Role } from "./role.ts";
import type { Tally } from "./sink.ts";

const start = (program: string, argument: string): ChildProcess =>
  fork(program, [argument], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });

/** How a process ended by itself. */
export interface End {
  readonly code: number | null;
  readonly said: string;
}

/** Before a life follows on another, of Redis too, in ms; chosen. */
export const DOWN = 300;

/** One worker or dispatcher, in one life after the other, as a supervisor keeps it: who ends by himself is started again. */
export class Member {
  readonly #name: string;
  readonly #program: string;
  readonly #roleOf: (incarnation: string) => Role;
  #life = 0;
  #process: ChildProcess | undefined;
  #next: NodeJS.Timeout | undefined;
  readonly ends: End[] = [];

  /** `program` is run by Node with the role, as JSON, for its only argument. */
  constructor(name: string, program: string, roleOf: (incarnation: string) => Role) {
    this.#name = name;
    this.#program = program;
    this.#roleOf = roleOf;
  }

  get incarnation(): string {
    return `${this.#name}.${String(this.#life)}`;
  }

  start(): void {
    this.#life += 1;
    const child = start(this.#program, JSON.stringify(this.#roleOf(this.incarnation)));
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said = text.toString().trim()));
    child.once("exit", (code) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.ends.push({ code, said });
      this.#next = setTimeout(() => this.start(), DOWN);
    });
    this.#process = child;
  }

  /** SIGKILL, once it lives, and another life later: answers which life ended, and when in ms since 1970. */
  async kill(): Promise<readonly [incarnation: string, at: number]> {
    while (this.#process === undefined) await sleep(DOWN / 10);
    const at = performance.timeOrigin + performance.now();
    const life = this.incarnation;
    await this.stop();
    this.#next = setTimeout(() => this.start(), DOWN);
    return [life, at];
  }

  /** For good. */
  async stop(): Promise<void> {
    clearTimeout(this.#next);
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined) await kill(child);
  }
}

/** The message service of a drill. */
export class Sink {
  readonly port: number;
  readonly #process: ChildProcess;

  static async start(built: string, subscribers: number): Promise<Sink> {
    const child = start(join(built, "deploy/drill/sink.js"), String(subscribers));
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`the message service of the drill ended with ${String(code)} before it listened`);
    });
    const [{ port }] = (await Promise.race([once(child, "message"), died])) as [{ readonly port: number }];
    died.catch(() => undefined);
    return new Sink(port, child);
  }

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#process = child;
  }

  /** How many have been told. */
  async told(): Promise<number> {
    return ((await this.#ask("told")) as { readonly told: number }).told;
  }

  async tally(): Promise<Tally> {
    return (await this.#ask("tally")) as Tally;
  }

  async stop(): Promise<void> {
    await kill(this.#process);
  }

  async #ask(question: "told" | "tally"): Promise<unknown> {
    const answer = once(this.#process, "message");
    // Without a callback what fails here would be an error of the process, on which somebody may wait to see it end.
    const failed = new Promise<never>((_, reject) => {
      this.#process.send(question, (error) => {
        if (error !== null) reject(error);
      });
    });
    return ((await Promise.race([answer, failed])) as [unknown])[0];
  }
}

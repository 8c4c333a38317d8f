/** The processes of a drill: started from the built sources, killed, and started again with another name. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kill } from "./kill.ts";
import type { Role } from "./role.ts";
import type { Tally } from "./message-service.ts";

const start = (program: string, argument: string): ChildProcess =>
  fork(program, [argument], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });

/** How a process ended that was not killed. */
export interface Exit {
  readonly code: number | null;
  readonly said: string;
}

/** Time from a death to the next start, of Redis too, in ms; chosen. */
export const DOWN = 300;

/** One worker or dispatcher, as a supervisor keeps it: after an end it is started again, as the next incarnation. */
export class SupervisedProcess {
  readonly #name: string;
  readonly #program: string;
  readonly #roleOf: (incarnation: string) => Role;
  #life = 0;
  #process: ChildProcess | undefined;
  #next: NodeJS.Timeout | undefined;
  /** Its ends without being killed. */
  readonly exits: Exit[] = [];

  /** `program` is run by Node with the role, as JSON, as its only argument. */
  constructor(name: string, program: string, roleOf: (incarnation: string) => Role) {
    this.#name = name;
    this.#program = program;
    this.#roleOf = roleOf;
  }

  /** The name of its present life. */
  get incarnation(): string {
    return `${this.#name}.${String(this.#life)}`;
  }

  /** Starts the next life. */
  start(): void {
    this.#life += 1;
    const child = start(this.#program, JSON.stringify(this.#roleOf(this.incarnation)));
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said = text.toString().trim()));
    child.once("exit", (code) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.exits.push({ code, said });
      this.#next = setTimeout(() => this.start(), DOWN);
    });
    this.#process = child;
  }

  /** Kills the process once it lives, and starts it again later. Returns the incarnation and the time in ms since 1970. */
  async kill(): Promise<readonly [incarnation: string, at: number]> {
    while (this.#process === undefined) await sleep(DOWN / 10);
    const at = performance.timeOrigin + performance.now();
    const life = this.incarnation;
    await this.stop();
    this.#next = setTimeout(() => this.start(), DOWN);
    return [life, at];
  }

  /** Kills the process, and does not start it again. */
  async stop(): Promise<void> {
    clearTimeout(this.#next);
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined) await kill(child);
  }
}

/** The message service of a drill. */
export class MessageServiceProcess {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  readonly #process: ChildProcess;

  /** Starts it and resolves when it listens; throws if it ends before. */
  static async start(built: string, subscribers: number): Promise<MessageServiceProcess> {
    const child = start(join(built, "deploy/drill/message-service.js"), String(subscribers));
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`the message service of the drill did not start: it ended with exit code ${String(code)}`);
    });
    const [{ port }] = (await Promise.race([once(child, "message"), died])) as [{ readonly port: number }];
    died.catch(() => undefined);
    return new MessageServiceProcess(port, child);
  }

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#process = child;
  }

  /** Returns the number of subscribers told so far. */
  async told(): Promise<number> {
    return ((await this.#ask("told")) as { readonly told: number }).told;
  }

  /** Returns what arrived in all. */
  async tally(): Promise<Tally> {
    return (await this.#ask("tally")) as Tally;
  }

  /** Kills it. */
  async stop(): Promise<void> {
    await kill(this.#process);
  }

  async #ask(question: "told" | "tally"): Promise<unknown> {
    const answer = once(this.#process, "message");
    // Without a callback a failed send is an error event of the process, and a wait for its end would throw it.
    const failed = new Promise<never>((_, reject) => {
      this.#process.send(question, (error) => {
        if (error !== null) reject(error);
      });
    });
    return ((await Promise.race([answer, failed])) as [unknown])[0];
  }
}

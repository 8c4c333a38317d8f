/**
 * Says what a test run does while it works, in a log too, and closes it with one line that scripts can read:
 * `N passed, N failed`, and `, N skipped` only if any were.
 */
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

/** Time between two lines of progress. */
const EVERY_MS = 30_000;

export default class Progress implements Reporter {
  #files = 0;
  #done = 0;
  #started = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #running = new Set<string>();

  onTestRunStart(specifications: readonly unknown[]): void {
    this.#files = specifications.length;
    this.#done = 0;
    this.#started = performance.now();
    this.#say(`${String(this.#files)} files of tests; what runs is printed every ${String(EVERY_MS / 1_000)} s`);
    this.#timer = setInterval(() => this.#say(this.#standing()), EVERY_MS);
    this.#timer.unref();
  }

  onTestModuleStart({ moduleId }: TestModule): void {
    this.#running.add(relative(process.cwd(), moduleId));
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#running.delete(relative(process.cwd(), moduleId));
    this.#done += 1;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    clearInterval(this.#timer);
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed") count.passed += 1;
        else if (state === "skipped") count.skipped += 1;
        else failedHere += 1;
      }
      // A file that could not be loaded has no tests; it failed all the same.
      count.failed += failedHere === 0 && module.state() === "failed" ? 1 : failedHere;
    }
    const skipped = count.skipped > 0 ? `, ${String(count.skipped)} skipped` : "";
    this.#say(`\n${String(this.#files)} files took ${this.#elapsed()}`);
    this.#say(`${String(count.passed)} passed, ${String(count.failed)} failed${skipped}`);
  }

  /** Returns the line of progress; the time left is that of the files so far, and unknown before the first. */
  #standing(): string {
    const left = ((performance.now() - this.#started) * (this.#files - this.#done)) / Math.max(1, this.#done);
    const about = this.#done === 0 ? "" : `, about ${printed(left)} left`;
    const running = [...this.#running].join(", ");
    return `${String(this.#done)} of ${String(this.#files)} files after ${this.#elapsed()}${about}; running: ${running || "none"}`;
  }

  #elapsed(): string {
    return printed(performance.now() - this.#started);
  }

  #say(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

const printed = (ms: number): string => {
  const seconds = Math.round(ms / 1_000);
  return seconds < 90 ? `${String(seconds)} s` : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
};

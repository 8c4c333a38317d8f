/** Closes a test run with one line that scripts can read: `N passed, N failed`, and `, N skipped` only if any were. */
import type { Reporter, TestModule } from "vitest/node";

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
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
    process.stdout.write(`\n${String(count.passed)} passed, ${String(count.failed)} failed${skipped}\n`);
  }
}

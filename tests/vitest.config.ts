import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    globalSetup: ["tests/temporary.ts"],
    // Ends a test that hangs; a slow machine, or one with other work, must not fail any.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    // Files share what was loaded and compiled: half the processor time. They must not depend on one another, nor on order.
    isolate: false,
    maxWorkers: "100%",
  },
});

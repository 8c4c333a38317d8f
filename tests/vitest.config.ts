import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    globalSetup: ["tests/temporary.ts"],
    testTimeout: 60_000,
    pool: "forks",
    // Files share what was loaded and compiled: half the processor time. They must not depend on one another, nor on order.
    isolate: false,
    maxWorkers: "100%",
  },
});

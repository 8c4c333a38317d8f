import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    testTimeout: 60_000,
    pool: "forks",
    maxWorkers: "100%",
  },
});

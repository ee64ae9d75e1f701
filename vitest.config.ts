import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Each test starts what it needs on port 0 and in a temporary folder, so files may run side by side.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 15_000,
  },
});

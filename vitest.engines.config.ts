import { defineConfig } from 'vitest/config';

/** Suites against real engines. They look only at PATH and AWS_ENDPOINT_URL*, and take minutes. */
export default defineConfig({
  test: {
    include: ['test/engines/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 400_000,
    hookTimeout: 60_000,
    // A step that failed leaves nothing for the next ones to stand on.
    bail: 1,
  },
});

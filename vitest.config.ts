import { defineConfig } from 'vitest/config';

// Each test starts what it needs on port 0 and in a temporary folder, so files may run side by side.
const common = { pool: 'forks', testTimeout: 15_000 } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'app',
          include: ['test/**/*.test.ts'],
          exclude: ['test/infra/**', 'test/engines/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'infra',
          // Each recording is a process of its own, which takes long on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/infra/**/*.test.ts'],
          // The program is recorded once, and every file looks at the recordings.
          globalSetup: 'test/infra/record-all.ts',
        },
      },
    ],
  },
});

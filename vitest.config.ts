import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Each test starts what it needs on port 0 and in a temporary folder, so files may run side by side.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Needs npm packages only.
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/engines/**'],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        // Needs other programs (a C compiler, Chromium, Pulumi, emulators); says loudly what it could not run.
        test: { name: 'engines', include: ['test/engines/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
});

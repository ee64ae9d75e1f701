import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Each test starts what it needs on port 0 and in a temporary folder, so files may run side by side.
    pool: 'forks',
    // One more than the cores of a small machine, since a good part of the tests waits for processes and clocks.
    maxWorkers: Math.max(3, Math.min(8, availableParallelism())),
    // Many files share a process, which loads their packages once: a fifth of all the time. No file may build on another.
    isolate: false,
    setupFiles: [
      // Undoes what a file leaves behind.
      'test/clean-up.ts',
      // Numbers, texts and tokens of the fixtures must not be in any output: docs/testing.md.
      'test/canaries/setup.ts',
    ],
    // A busy machine may stretch real time past a test's patience. What fails twice has failed.
    retry: process.env.CI === undefined ? 0 : 1,
    // How long nothing may happen. A test awaits events; these end what hangs, on a machine that is busy as well.
    expect: { poll: { timeout: 10_000 } },
    // Every tenth test starts a process: only what is slow among those is worth a line.
    slowTestThreshold: 5_000,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many tests start programs of their own, which compile the same packages every time: a tenth of all the time.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    projects: [
      {
        extends: true,
        // Needs npm packages only.
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/infra/**', 'test/engines/**'],
        },
      },
      {
        extends: true,
        // The Pulumi program is recorded once, and every file looks at the recordings.
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          globalSetup: 'test/infra/record-all.ts',
          // Each recording is a process of its own, which takes long on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // Needs other programs (a C compiler, Chromium, Pulumi, emulators); says loudly what it could not run.
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          isolate: true,
          testTimeout: 400_000,
          // Hundreds of tables are deleted one after the other.
          hookTimeout: 400_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

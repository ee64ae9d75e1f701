/** Fails the test in which a canary is printed or logged. Runs in the process of each test file, before it. */
import { afterAll, afterEach, expect, vi } from 'vitest';
import type * as Log from '../../app/log.ts';
import { look, takeFindings, watch } from './watch.ts';

watch();

// Lines of a log that a test keeps for itself are never printed.
vi.mock('../../app/log.ts', async (original) => {
  const log = await original<typeof Log>();
  return {
    ...log,
    createLog({ write, ...options }: Log.LogOptions) {
      if (write === undefined) return log.createLog(options);
      return log.createLog({
        ...options,
        write(line) {
          look(line, 'a log of this test');
          write(line);
        },
      });
    },
  };
});

const isClean = () => expect(takeFindings(), 'canaries in an output').toEqual([]);
afterEach(isClean);
// Processes may end after the last test.
afterAll(isClean);

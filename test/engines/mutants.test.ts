import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { SEEDED_BUGS } from './mutants/seeded-bugs.ts';
import { runTests } from './mutants/workshop.ts';

/** Two at a time. */
const queue = new PQueue({ concurrency: 2 });
const TIMEOUT_MS = 600_000;

describe.concurrent('the tests of seeded bugs', () => {
  // So that a failure below can only come from the bug.
  it('pass without a bug', { timeout: TIMEOUT_MS }, async () => {
    const proof = [...new Set(SEEDED_BUGS.flatMap((bug) => bug.proof))];
    const run = await queue.add(() => runTests({ edits: [], proof }));
    expect(run).toMatchObject({ failed: [], unloaded: [] });
    expect(run.passed).toBeGreaterThan(proof.length);
  });

  // Each test file on its own must detect the bug.
  const pairs = SEEDED_BUGS.flatMap((bug) => bug.proof.map((file) => ({ ...bug, file })));
  it.each(pairs)('detect: $name ($file)', { timeout: TIMEOUT_MS }, async ({ edits, file }) => {
    const run = await queue.add(() => runTests({ edits, proof: [file] }));
    expect(run.unloaded).toEqual([]);
    expect(run.failed).not.toEqual([]);
  });
});

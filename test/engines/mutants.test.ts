import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { SEEDED_BUGS } from './mutants/seeded-bugs.ts';
import { judge } from './mutants/workshop.ts';

/** Two at once, whatever else the machine has to do. */
const benches = new PQueue({ concurrency: 2 });
const PATIENCE_MS = 600_000;

describe.concurrent('the proofs', () => {
  // With this, a red below can only come from the bug.
  it('are all green without a bug', { timeout: PATIENCE_MS }, async () => {
    const proof = [...new Set(SEEDED_BUGS.flatMap((bug) => bug.proof))];
    const verdict = await benches.add(() => judge({ edits: [], proof }));
    expect(verdict).toMatchObject({ failed: [], unloaded: [] });
    expect(verdict.passed).toBeGreaterThan(proof.length);
  });

  // Each proof for itself: of two that are named for a bug, neither leans on the other.
  const pairs = SEEDED_BUGS.flatMap((bug) => bug.proof.map((file) => ({ ...bug, file })));
  it.each(pairs)('turn red: $name ($file)', { timeout: PATIENCE_MS }, async ({ edits, file }) => {
    const verdict = await benches.add(() => judge({ edits, proof: [file] }));
    expect(verdict.unloaded).toEqual([]);
    expect(verdict.failed).not.toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { bareEnvironment } from '../../fakes/bare-environment.ts';
import type { SeededBug } from './bugs/seeded-bug.ts';

const root = join(import.meta.dirname, '../../..');
const COPIED = [
  'app',
  'scripts',
  'test',
  'docs',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  '.env.example',
];

/** The part of the output of vitest's JSON reporter that is used here. */
const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

export interface TestRun {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Files that could not be loaded: a mutant that does not compile proves nothing. */
  readonly unloaded: readonly string[];
}

/** Runs the test files on a copy of the whole tree with this bug. */
export async function runTests(bug: Pick<SeededBug, 'edits' | 'proof'>): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-mutant-'));
  try {
    for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const { file, find, replace } of bug.edits) {
      const path = join(folder, file);
      const source = readFileSync(path, 'utf8');
      const found = source.split(find).length - 1;
      if (found !== 1) throw new Error(`expected once in ${file}, found ${found} times: ${find}`);
      writeFileSync(
        path,
        source.replace(find, () => replace),
      );
    }
    // A short time-out detects bugs that make a test hang; without a bug, a slow test must not fail.
    return await runVitest(folder, bug.proof, bug.edits.length > 0 ? ['--testTimeout', '15000'] : []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runVitest(
  folder: string,
  files: readonly string[],
  extraOptions: readonly string[],
): Promise<TestRun> {
  const report = join(folder, 'report.json');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  // Retries once, since a busy machine may exceed a time-out; a bug still fails.
  const options = ['--project', 'unit', '--maxWorkers', '1', '--bail', '1', '--retry', '1'];
  const child = spawn(
    process.execPath,
    [vitest, 'run', ...options, ...extraOptions, '--reporter', 'json', '--outputFile', report, ...files],
    // More random runs, so that they find the bug.
    { cwd: folder, env: { ...bareEnvironment(), CRASH_RUNS: '3000' }, stdio: 'ignore' },
  );
  await once(child, 'close');
  const { numPassedTests, testResults } = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')));
  return {
    passed: numPassedTests,
    failed: testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    ),
    unloaded: testResults
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name, message }) => `${name}: ${message}`),
  };
}

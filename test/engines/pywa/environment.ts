import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const CACHE = join(HERE, '../../../node_modules/.cache/pywa');
const REQUIREMENTS = join(HERE, 'requirements.txt');
/** Packages come over the network the first time. */
const PATIENCE_MS = 180_000;

interface Environment {
  /** A Python that has what the requirements name. */
  readonly python: string;
  /** Why there is none; empty when there is. */
  readonly missing: readonly string[];
}

/** Makes a virtual environment for these requirements once and keeps it in the cache of `node_modules`. */
export function preparePython(): Environment {
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = join(CACHE, digest);
  const python = join(folder, 'bin/python');
  if (existsSync(join(folder, 'ready'))) return { python, missing: [] };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const problem =
    run('python3', ['-m', 'venv', folder]) ??
    run(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', REQUIREMENTS]) ??
    run(python, ['-c', 'import pywa']);
  if (problem !== undefined) {
    rmSync(folder, { recursive: true, force: true });
    return { python, missing: [problem] };
  }
  mkdirSync(join(folder, 'ready'));
  return { python, missing: [] };
}

/** Returns what went wrong. */
function run(program: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: PATIENCE_MS });
  if (error) return `${program}: ${error.message}`;
  const lines = stderr.trim().split('\n');
  return status === 0 ? undefined : `${program} ${args.slice(0, 3).join(' ')} failed: ${lines.at(-1)}`;
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const CACHE = join(HERE, '../../../node_modules/.cache/pywa');
const REQUIREMENTS = join(HERE, 'requirements.txt');
/** The first run downloads the packages. */
const TIMEOUT_MS = 180_000;

interface Environment {
  /** A Python interpreter with the required packages. */
  readonly python: string;
  /** Why there is none; empty when `python` can be used. */
  readonly missing: readonly string[];
}

/** Creates a virtual environment for the requirements, cached under `node_modules`. Idempotent. */
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

/** Returns the error, or undefined on success. */
function run(program: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (error) return `${program}: ${error.message}`;
  const lines = stderr.trim().split('\n');
  return status === 0 ? undefined : `${program} ${args.slice(0, 3).join(' ')} failed: ${lines.at(-1)}`;
}

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../server-process.ts';

/** The versions that the results in docs/performance.md speak of. */
const NPM_PACKAGES = {
  '@chat-adapter/state-memory': '4.41.0',
  '@chat-adapter/whatsapp': '4.41.1',
  chat: '4.41.1',
};
const PYTHON_PACKAGES = {
  fastapi: '0.165.0',
  httptools: '0.9.0',
  pywa: '4.5.0',
  uvicorn: '0.54.0',
  uvloop: '0.23.0',
};

const TIMEOUT_MS = 240_000;

export type PeerName = 'chat-sdk' | 'pywa';

/** A peer that can be started, or why it cannot. */
export type Installed = { readonly program: Omit<Program, 'environment'> } | { readonly missing: string };

interface Peer {
  readonly packages: Readonly<Record<string, string>>;
  readonly file: string;
  /** Installs into an empty folder. Returns what went wrong. */
  readonly install: (folder: string) => string | undefined;
  readonly command?: (folder: string) => string;
}

const PEERS: Readonly<Record<PeerName, Peer>> = {
  'chat-sdk': {
    packages: NPM_PACKAGES,
    file: 'chat-sdk.mjs',
    install(folder) {
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ private: true, dependencies: NPM_PACKAGES }),
      );
      return run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
    },
  },
  pywa: {
    packages: PYTHON_PACKAGES,
    file: 'pywa_server.py',
    install(folder) {
      const packages = Object.entries(PYTHON_PACKAGES).map(([name, version]) => `${name}==${version}`);
      return (
        run('python3', ['-m', 'venv', 'venv'], folder) ??
        run(join(folder, 'venv/bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages], folder)
      );
    },
    command: (folder) => join(folder, 'venv/bin/python'),
  },
};

/** Returns the names and versions of a peer's packages. */
export function versionsOf(peer: PeerName): string {
  return Object.entries(PEERS[peer].packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

/**
 * Installs a peer below `cache`, outside of this project, unless it is there. Idempotent; an install that failed leaves
 * nothing.
 */
export function installPeer(name: PeerName, cache: string = defaultCache()): Installed {
  const { packages, file, install, command } = PEERS[name];
  const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${digest}`);
  try {
    if (!existsSync(join(folder, 'installed'))) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const problem = install(folder);
      if (problem !== undefined) {
        rmSync(folder, { recursive: true, force: true });
        return { missing: problem };
      }
      writeFileSync(join(folder, 'installed.new'), '');
      renameSync(join(folder, 'installed.new'), join(folder, 'installed'));
    }
    // Beside its packages, since Node looks for them from the file's folder upwards.
    copyFileSync(join(import.meta.dirname, file), join(folder, file));
  } catch (error) {
    return { missing: (error as Error).message };
  }
  return { program: { file: join(folder, file), ...(command && { command: command(folder) }) } };
}

function defaultCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ansari-whatsapp', 'bench-peers');
}

/** Returns the environment without the options of the `npm run` around this program, such as its silence. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
}

/** Returns the error, or undefined on success. */
function run(program: string, args: readonly string[], cwd: string): string | undefined {
  const { status, error, stderr }: SpawnSyncReturns<string> = spawnSync(program, args, {
    ...{ cwd, encoding: 'utf8', timeout: TIMEOUT_MS, env: ownEnvironment() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error) return `${program} cannot be run: ${error.message}`;
  const reason = stderr.trim().split('\n').slice(0, 3).join(' ');
  return status === 0 ? undefined : `\`${program} ${args.slice(0, 3).join(' ')}\` failed: ${reason}`;
}

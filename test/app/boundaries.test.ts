import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The allowed imports. A file's module is its folder under app/, or the file itself at the top level. The table lists the
 * modules that it may import besides its own. Imports point inward: `domain` imports nothing, `ports` imports `domain`.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  json: [],
  'same-secret': [],
  ports: ['domain'],
  reply: [],
  language: ['domain'],
  resilience: ['domain', 'ports'],
  conversation: ['domain', 'ports', 'reply', 'language', 'resilience'],
  'web-address': [],
  'template-names': [],
  config: ['json', 'web-address', 'template-names'],
  log: [],
  metrics: ['domain', 'ports'],
  reporting: ['domain', 'ports', 'conversation', 'log', 'metrics'],
  tracing: ['domain', 'ports', 'conversation', 'log'],
  clock: ['ports'],
  version: [],
  'command-line': [],
  'http-client': ['domain', 'ports', 'json'],
  aws: ['domain'],
  http: ['domain', 'ports', 'resilience', 'log', 'metrics', 'same-secret'],
  'channels/*': ['domain', 'ports', 'resilience', 'http-client', 'json', 'same-secret', 'template-names'],
  assistants: ['domain', 'ports', 'resilience', 'http-client', 'json'],
  'private-file': [],
  stores: ['domain', 'ports', 'aws', 'json', 'private-file'],
  'hand-offs': ['domain', 'ports', 'http-client', 'aws'],
  queues: ['domain', 'ports', 'aws', 'json'],
  worker: ['domain', 'ports', 'conversation', 'resilience', 'queues', 'aws', 'json', 'config/parameter-name'],
  businesses: ['domain', 'ports', 'resilience', 'aws', 'web-address', 'template-names'],
  backend: [
    'domain',
    'ports',
    'assistants',
    'http-client',
    'json',
    'private-file',
    'same-secret',
    'command-line',
  ],
};
/** The composition root and the entry points may import everything, and no module imports them. */
const MAY_IMPORT_ALL = ['compose', 'server', 'worker', 'backend'];

const root = resolve(import.meta.dirname, '../../app');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

/** The others import everything, and read the clock and the environment for them. */
const bound = files.filter(
  (file) => !MAY_IMPORT_ALL.includes(file.replace('.ts', '')) && !file.startsWith('compose/'),
);

function sourceOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function importsOf(file: string): string[] {
  return [...sourceOf(file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, target]) => target ?? '');
}

describe.each(bound)('app/%s', (file) => {
  it('imports only allowed modules', () => {
    const module = moduleOf(file);
    const allowed = MAY_IMPORT[module] ?? MAY_IMPORT[module.replace(/\/.*/, '/*')];
    expect(allowed, `the module ${module} has no entry in this table`).toBeDefined();
    const forbidden = importsOf(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(root, resolve(root, dirname(file), target)).replace(/\.ts$/, ''))
      .filter((target) => moduleOf(`${target}.ts`) !== module)
      .filter((target) => !allowed?.some((known) => target === known || target.startsWith(`${known}/`)));
    expect(forbidden).toEqual([]);
  });

  it('takes clock, random values and environment as arguments', () => {
    const source = sourceOf(file);
    const used = AMBIENT.filter((name) => source.includes(name) && ALLOWED_AMBIENT[file] !== name);
    expect(used).toEqual([]);
  });
});

describe.each(files)('app/%s', (file) => {
  it('does not reach outside app/', () => {
    const outside = importsOf(file).filter(
      (target) =>
        target.startsWith('.') && relative(root, resolve(root, dirname(file), target)).startsWith('..'),
    );
    expect(outside).toEqual([]);
  });
});

it('has no import cycles between modules', () => {
  const reachable = (module: string, seen = new Set<string>()): Set<string> => {
    for (const known of MAY_IMPORT[module] ?? []) {
      if (seen.has(known)) continue;
      seen.add(known);
      reachable(known, seen);
    }
    return seen;
  };
  expect(Object.keys(MAY_IMPORT).filter((module) => reachable(module).has(module))).toEqual([]);
});

const AMBIENT = ['Date.now', 'new Date()', 'Math.random', 'randomUUID', 'process.env'];
const ALLOWED_AMBIENT: Readonly<Record<string, string>> = { 'clock.ts': 'Date.now' };

function moduleOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (first === 'channels' && second !== undefined) return `channels/${second}`;
  return first.replace(/\.ts$/, '');
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Who may know whom. A file's room is its folder under app/ (or the file itself at the top). `knows` lists the rooms
 * that it may import besides its own. Arrows run inward: `domain` is the ground, `ports` stands on it.
 */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  json: [],
  'same-secret': [],
  ports: ['domain'],
  reply: [],
  language: ['domain'],
  resilience: ['domain', 'ports'],
  conversation: ['domain', 'ports', 'reply', 'language', 'resilience'],
  config: [],
  log: [],
  metrics: ['domain', 'ports'],
  reporting: ['domain', 'ports', 'conversation', 'log', 'metrics'],
  clock: ['ports'],
  version: [],
  'command-line': [],
  'http-client': ['domain', 'ports'],
  aws: ['domain'],
  http: ['domain', 'ports', 'log', 'metrics', 'same-secret'],
  'channels/*': ['domain', 'ports', 'resilience', 'http-client', 'json', 'same-secret'],
  assistants: ['domain', 'ports', 'resilience', 'http-client', 'json'],
  'private-file': [],
  stores: ['domain', 'ports', 'aws', 'private-file'],
  queues: ['domain', 'ports', 'aws', 'json'],
  worker: ['domain', 'ports', 'conversation', 'resilience', 'queues', 'aws'],
  businesses: ['domain', 'ports'],
  backend: ['domain', 'ports', 'assistants', 'http-client', 'json', 'private-file', 'command-line'],
};
/** Composition and entry points know everybody, and nobody knows them. */
const MAY_KNOW_ALL = ['compose', 'server', 'worker', 'backend'];

const root = resolve(import.meta.dirname, '../../app');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

describe.each(files)('app/%s', (file) => {
  const source = readFileSync(join(root, file), 'utf8');
  const imports = [...source.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, target]) => target ?? '');
  const entry = MAY_KNOW_ALL.includes(file.replace('.ts', '')) || file.startsWith('compose/');

  it.skipIf(entry)('imports only what its room may know', () => {
    const room = roomOf(file);
    const allowed = KNOWS[room] ?? KNOWS[room.replace(/\/.*/, '/*')];
    expect(allowed, `the room ${room} has no entry in this table`).toBeDefined();
    const strange = imports
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(root, resolve(root, dirname(file), target)).replace(/\.ts$/, ''))
      .filter((target) => roomOf(`${target}.ts`) !== room)
      .filter((target) => !allowed?.some((known) => target === known || target.startsWith(`${known}/`)));
    expect(strange).toEqual([]);
  });

  it.skipIf(entry)('takes time, chance and the environment as arguments', () => {
    const asked = UNNAMED.filter((name) => source.includes(name) && ALLOWED_TO_ASK[file] !== name);
    expect(asked).toEqual([]);
  });

  it('does not reach outside app/', () => {
    const outside = imports.filter(
      (target) =>
        target.startsWith('.') && relative(root, resolve(root, dirname(file), target)).startsWith('..'),
    );
    expect(outside).toEqual([]);
  });
});

it('has no two rooms that know each other, directly or through others', () => {
  const reachable = (room: string, seen = new Set<string>()): Set<string> => {
    for (const known of KNOWS[room] ?? []) {
      if (seen.has(known)) continue;
      seen.add(known);
      reachable(known, seen);
    }
    return seen;
  };
  expect(Object.keys(KNOWS).filter((room) => reachable(room).has(room))).toEqual([]);
});

const UNNAMED = ['Date.now', 'new Date()', 'Math.random', 'randomUUID', 'process.env'];
const ALLOWED_TO_ASK: Readonly<Record<string, string>> = { 'clock.ts': 'Date.now' };

function roomOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (first === 'channels' && second !== undefined) return `channels/${second}`;
  return first.replace(/\.ts$/, '');
}

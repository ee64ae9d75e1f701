import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Who may know whom. A file's room is its folder under app/ (or the file itself at the top). `knows` lists the rooms
 * that it may import besides its own; files are named where only they may be known.
 */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  ports: ['conversation/errors', 'conversation/message'],
  conversation: ['ports'],
  config: [],
  log: [],
  metrics: ['ports', 'conversation/message'],
  reporting: ['ports', 'conversation', 'log', 'metrics'],
  clock: ['ports'],
  version: [],
  wire: ['ports', 'conversation/errors'],
  aws: ['conversation/errors'],
  http: ['ports', 'conversation/errors', 'conversation/message', 'log', 'metrics', 'wire/json'],
  'channels/meta': [
    'ports',
    'conversation/errors',
    'conversation/message',
    'conversation/pauses',
    'conversation/visible',
    'wire',
  ],
  assistants: [
    'ports',
    'conversation/errors',
    'conversation/message',
    'conversation/pauses',
    'conversation/visible',
    'wire',
  ],
  stores: [
    'ports',
    'conversation/errors',
    'conversation/message',
    'conversation/correction',
    'conversation/identity',
    'conversation/part',
    'conversation/progress',
    'conversation/retention',
    'aws',
  ],
  queues: ['ports', 'conversation/errors', 'aws', 'wire/json'],
  worker: ['ports', 'conversation', 'queues', 'aws'],
  businesses: ['ports', 'conversation/errors', 'conversation/message'],
  backend: ['ports', 'conversation/errors', 'wire', 'assistants/echo'],
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
    const allowed = KNOWS[room];
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

const UNNAMED = ['Date.now', 'new Date()', 'Math.random', 'randomUUID', 'process.env'];
const ALLOWED_TO_ASK: Readonly<Record<string, string>> = { 'clock.ts': 'Date.now' };

function roomOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (first === 'channels' && second !== undefined) return `channels/${second}`;
  return first.replace(/\.ts$/, '');
}

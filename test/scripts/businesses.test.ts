/** What the command does without a database; test/engines/businesses-command has the rest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { runProgram } from '../fakes/program.ts';
import { startSsm } from '../fakes/ssm.ts';

const KEY = `k1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`;
/** Nobody listens on port 1. */
const AWAY = {
  MONGODB_URI: 'mongodb://user:a-password@127.0.0.1:1/',
  MONGODB_DB_NAME: 'd',
  ENCRYPTION_SECRET: KEY,
};
const TOKEN = 'EAAinventedA1b2C3d4';

/** Somewhere without a `.env`. */
const folder = temporaryFolder();
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return name;
};
const tokenFile = file('token', `${TOKEN}\n`);

const businesses = (
  words: readonly string[],
  environment: Readonly<Record<string, string>> = AWAY,
  input?: string,
) => runProgram('scripts/businesses.ts', environment, words, folder, input).ended;

const ADD = ['add', '--name', 'Cafe', '--number', '1', '--token-file', tokenFile];

const SUBCOMMANDS = [
  'indexes',
  'add',
  'set',
  'list',
  'disable',
  'enable',
  'rotate-keys',
  'import',
  'check-tokens',
];

describe('each subcommand', () => {
  const resultOf = startedAtOnce(SUBCOMMANDS.map((word) => [word, '--nonsense', '--help']));
  it.each(SUBCOMMANDS)('has its help, without a database: %s', (word) => {
    const { code, output } = resultOf([word, '--nonsense', '--help']);
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^Usage: npm run businesses -- ${word}\\b`));
    for (const option of ['--json', '--stack', '--help', 'Exit codes']) expect(output).toContain(option);
  });
});

const WRONG_CALLS: readonly (readonly [words: string[], sentence: string])[] = [
  [[], 'Name a subcommand: indexes, add, set,'],
  [['rotate'], 'No subcommand `rotate`'],
  [['--json', 'list'], "Unknown option '--json'"],
  [['add', '--number', '1', '--token-file', tokenFile], '--name is missing'],
  [['add', '--name', 'Cafe', '--token-file', tokenFile], '--number is missing'],
  [['add', '--name', 'Cafe', '--number', '1'], '--token-file is missing'],
  [['add', '--name', ' ', '--number', '1', '--token-file', tokenFile], '--name is empty'],
  [
    ['add', '--name', 'Cafe', '--number', '+1 555', '--token-file', tokenFile],
    '--number is an id of Meta in digits',
  ],
  [['add', '--name', 'Cafe', '--from-environment', '--number', '1'], 'leave out --number'],
  [[...ADD, '--subdomain', 'Cafe'], '--subdomain is 1 to 63 small letters'],
  [[...ADD, '--subdomain', 'cafe-'], '--subdomain is 1 to 63 small letters'],
  [[...ADD, '--waba', 'x'], '--waba is an id of Meta'],
  [[...ADD, '--token-expires', 'tomorrow'], '--token-expires is a time in ISO 8601'],
  [[...ADD, '--api-key-file', '-', '--app-secret-file', '-'], 'Only one secret can come from standard input'],
  [[...ADD, TOKEN], 'An argument is unexpected'],
  [[...ADD, '--token', TOKEN], "Unknown option '--token'"],
  [['set'], 'Name one business'],
  [['set', 'cafe'], 'Name what to change'],
  [['disable', 'cafe', 'lima'], 'Name one business'],
  [['import'], 'Name a format'],
  [['check-tokens', '--days', '0'], '--days is a whole number from 1'],
  [['check-tokens', '--concurrency', '1e1'], '--concurrency is a whole number from 1 to 50'],
  [['list', '--stack', 'prod'], 'Name one stack: staging or production'],
];

/** Started at once, since each one takes most of a second: the results by the arguments. */
function startedAtOnce(calls: readonly (readonly string[])[]) {
  const ended = new Map<string, Awaited<ReturnType<typeof businesses>>>();
  beforeAll(async () => {
    await Promise.all(calls.map(async (words) => ended.set(words.join(' '), await businesses(words))));
  });
  return (words: readonly string[]) => ended.get(words.join(' ')) ?? { code: null, output: 'not started' };
}

describe('a wrong call', () => {
  const resultOf = startedAtOnce(WRONG_CALLS.map(([words]) => words));
  it.each(WRONG_CALLS)('is one sentence, and exit code 2: %j', (words, sentence) => {
    const { code, output } = resultOf(words);
    expect(output).toContain(sentence);
    expect(output).toContain('See npm run businesses -- --help');
    expect(output).not.toContain(TOKEN);
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });
});

const FILES: readonly (readonly [what: string, words: string[], sentence: string])[] = [
  ['a token instead of its file', [...ADD.slice(0, -1), TOKEN], 'cannot be read (ENOENT)'],
  ['an empty one', [...ADD.slice(0, -1), file('empty', '\n \n')], 'There is no access token in the file'],
  ['several lines', [...ADD.slice(0, -1), file('two', `${TOKEN}\n${TOKEN}`)], 'has several lines'],
  [
    'letters that no header can hold',
    [...ADD.slice(0, -1), file('arabic', 'سر')],
    'other characters than ASCII',
  ],
  ['settings that are no JSON', [...ADD, '--settings-file', file('a.json', `{${TOKEN}`)], 'is not JSON'],
  ['settings that are a list', [...ADD, '--settings-file', file('b.json', '[]')], 'is no JSON object'],
  [
    'settings with a secret',
    [...ADD, '--settings-file', file('c.json', JSON.stringify({ assistant: { apiKey: TOKEN } }))],
    'holds secrets',
  ],
  ['no settings', [...ADD, '--settings-file', 'nowhere.json'], 'cannot be read'],
];

describe('a file', () => {
  const resultOf = startedAtOnce(FILES.map(([, words]) => words));
  it.each(FILES)('is refused before anything is opened, and not repeated: %s', (_, words, sentence) => {
    const { code, output } = resultOf(words);
    expect(output).toContain(sentence);
    expect(output).not.toContain(TOKEN);
    expect(code).toBe(1);
  });

  it('is standard input', async () => {
    const { code, output } = await businesses([...ADD.slice(0, -1), '-'], AWAY, '');
    expect([code, output]).toEqual([1, 'There is no access token in standard input.\n']);
  });
});

describe('the environment', () => {
  it('lacks variables: all are named at once', async () => {
    const { code, output } = await businesses(['list'], {});
    expect(output).toMatch(/^MONGODB_URI is missing; .*\nMONGODB_DB_NAME is missing; .*\n$/);
    expect(code).toBe(1);
  });

  it.each([
    [
      'no connection string',
      { MONGODB_URI: 'postgres://user:a-password@db' },
      'MONGODB_URI must be a mongodb:// or mongodb+srv:// connection string',
    ],
    ['a server that is away', {}, 'MongoDB cannot be reached'],
    [
      'a key that could be guessed',
      { DEPLOYMENT_TYPE: 'staging', MONGODB_URI: 'mongodb://<password>@db' },
      'placeholder',
    ],
  ])('has %s', async (_, change, sentence) => {
    const { code, output } = await businesses(['list'], { ...AWAY, ...change });
    expect(output).toContain(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).not.toContain('a-password');
    expect(code).toBe(1);
  });

  it('has something else than MongoDB at the address', async () => {
    const server = await fakeServer((response) => response.end());
    const { host } = new URL(server.url);
    const { code, output } = await businesses(['list'], { ...AWAY, MONGODB_URI: `mongodb://${host}/` });
    await server.close();
    expect([code, output]).toEqual([1, expect.stringContaining('MongoDB cannot be reached')]);
  });

  it('is that of a stack, and not of this machine', async () => {
    const path = '/app-runtime/ansari-whatsapp/staging';
    const ssm = await startSsm({ [`${path}/mongodb-uri`]: 'not a uri', [`${path}/mongodb-db-name`]: 'd' });
    const aws = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL_SSM: ssm };
    file('.env', `MONGODB_URI=${AWAY.MONGODB_URI}\n`);
    const { output } = await businesses(['list', '--stack', 'staging'], aws);
    expect(output).toContain('MONGODB_URI must be a mongodb:// or mongodb+srv:// connection string');
    const production = await businesses(['list', '--stack', 'production'], aws);
    expect(production.output).toContain('SSM has no parameter for MONGODB_URI');
    expect([production.code, production.output]).toEqual([1, expect.not.stringContaining('    at ')]);
  });
});

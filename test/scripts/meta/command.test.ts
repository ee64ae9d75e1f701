/** The command as its own process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fakes/folder.ts';
import { runProgram } from '../../fakes/program.ts';
import { startSsm } from '../../fakes/ssm.ts';
import { startWithApp } from '../simulator/start-with-app.ts';
import { ACCOUNT, APP, NUMBER } from './run.ts';

const STACK_TOKEN = 'EAAinventedA1b2C3d4e5F6';

/** Without a `.env`. */
const folder = temporaryFolder();
const meta = (words: readonly string[], environment: Readonly<Record<string, string>> = {}, input?: string) =>
  runProgram('scripts/meta.ts', environment, words, folder, input).ended;

it('has a help for each subcommand', async () => {
  const words = ['account', 'token', 'numbers', 'apps', 'subscribe', 'unsubscribe', 'override'];
  const results = await Promise.all(words.map((word) => meta([word, '--help'])));
  for (const [index, { code, output }] of results.entries()) {
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^Usage: npm run meta -- ${words[index]}\\b`));
    for (const option of ['--waba', '--json', '--stack', 'Exit codes']) expect(output).toContain(option);
  }
  const { output } = await meta(['--help']);
  for (const word of words) expect(output).toMatch(new RegExp(`^ {2}${word} `, 'm'));
});

it.each([
  [[], 'Name a subcommand: account, token,'],
  [['tokens'], 'No subcommand `tokens`'],
  [['apps', '--nonsense'], "Unknown option '--nonsense'"],
  [['apps', STACK_TOKEN], 'An argument is unexpected'],
  [['apps', '--stack', 'local'], 'Name one stack: staging or production'],
])('ends a wrong call with 2: %j', async (words, sentence) => {
  const { code, output } = await meta(words);
  expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(sentence) });
  expect(output).not.toContain(STACK_TOKEN);
});

it('reads the environment, and a token from standard input', async () => {
  const [simulator] = await startWithApp({ accessToken: STACK_TOKEN });
  const environment = { META_API_URL: simulator.url };
  const refused = await meta(['numbers'], environment);
  expect(refused).toEqual({ code: 1, output: expect.stringContaining('Meta says 190') });
  const read = await meta(['numbers', '--token-file', '-', '--json'], environment, `${STACK_TOKEN}\n`);
  expect(read.code).toBe(0);
  expect(JSON.parse(read.output)).toMatchObject({ account: ACCOUNT, numbers: [{ id: NUMBER }] });
});

describe('of a stack', () => {
  const parametersOf = (url: string) => {
    const values = {
      'meta-api-url': url,
      'meta-api-version': 'v25.0',
      'meta-access-token-from-sys-user': STACK_TOKEN,
      'meta-business-phone-number-id': NUMBER,
    };
    const path = '/app-runtime/ansari-whatsapp/staging/';
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${path}${name}`, value]));
  };
  const aws = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

  it('reads the parameters, and nothing of this machine', async () => {
    const [simulator] = await startWithApp({ accessToken: STACK_TOKEN });
    const ssm = await startSsm(parametersOf(simulator.url));
    writeFileSync(join(folder, '.env'), 'META_WABA_ID=999\nMETA_API_URL=http://127.0.0.1:1\n');
    const { code, output } = await meta(['apps', '--stack', 'staging'], {
      ...aws,
      AWS_ENDPOINT_URL_SSM: ssm,
    });
    expect({ code, output }).toEqual({ code: 0, output: `${APP}  Ansari  callback of the app\n` });
  });

  it('names a parameter that is missing', async () => {
    const ssm = await startSsm({});
    const { code, output } = await meta(['token', '--stack', 'staging'], {
      ...aws,
      AWS_ENDPOINT_URL_SSM: ssm,
    });
    expect(code).toBe(1);
    expect(output).toContain('/app-runtime/ansari-whatsapp/staging/meta-api-url');
  });
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startDev } from './start-dev.ts';

const partSchema = z.object({ environment: z.record(z.string(), z.string()) });

async function environment(port: number): Promise<Record<string, string>> {
  const response = await fetch(`http://localhost:${port}/`);
  return partSchema.parse(await response.json()).environment;
}

const ENV = `
ASSISTANT=echo
LOGGING_LEVEL=warn
STORE=dynamodb
QUEUE=inline
META_ACCESS_TOKEN_FROM_SYS_USER="real-token"
TWILIO_ACCOUNT_SID=ACreal
TWILIO_AUTH_TOKEN=real-secret
`;

test('.env is read; the environment wins over it, and what must match wins over both', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), ENV);
  const system = await startDev([], { folder, variables: { LOGGING_LEVEL: 'debug', PORT: '9' } });
  await system.says(/Everything is running/);

  expect(await environment(system.ports[1])).toMatchObject({
    ASSISTANT: 'echo',
    LOGGING_LEVEL: 'debug',
    STORE: 'sqlite',
    META_ACCESS_TOKEN_FROM_SYS_USER: 'development-access-token',
    TWILIO_ACCOUNT_SID: '',
    TWILIO_AUTH_TOKEN: '',
    PORT: String(system.ports[1]),
  });
  const names = 'META_ACCESS_TOKEN_FROM_SYS_USER, PORT, STORE, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN';
  expect(system.output()).toContain(`Set here, whatever .env or the environment says: ${names}\n`);
  expect(system.output()).not.toContain('real');

  writeFileSync(join(folder, '.env'), 'ASSISTANT=ansari\n');
  await system.says(/^app restarted: \.env changed$/m);
  expect(await environment(system.ports[1])).toMatchObject({ ASSISTANT: 'ansari' });
});

test('--fresh removes what former runs have left, and nothing else', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  for (const name of ['ansari-whatsapp.db', 'ansari-whatsapp.db-wal', 'own.db']) {
    writeFileSync(join(folder, 'data', name), name);
  }
  const state = join(folder, 'data', 'simulator-meta.json');
  writeFileSync(state, 'broken');
  const system = await startDev(['--fresh'], { folder });
  await system.says(/Everything is running/);

  const removed = 'data/simulator-meta.json, data/ansari-whatsapp.db, data/ansari-whatsapp.db-wal';
  expect(system.output()).toContain(`Removing ${removed}\n`);
  expect(existsSync(join(folder, 'data', 'ansari-whatsapp.db'))).toBe(false);
  expect(existsSync(`${state}.set-aside`)).toBe(false);
  expect(readFileSync(join(folder, 'data', 'own.db'), 'utf8')).toBe('own.db');
});

const LINE = JSON.stringify({ time: '2026-11-27T08:32:11.772Z', level: 'info', event: 'turn', ms: 7 });
const TERMINAL = ['--import', 'data:text/javascript,process.stdout.isTTY=true'];
const ESCAPE = '\u001b[';

test.each([
  ['no terminal', [], [], {}, `app       | ${LINE}\n`],
  ['a terminal', TERMINAL, [], { NO_COLOR: '1' }, ' info  turn ms=7\n'],
  ['a terminal with colours', TERMINAL, [], {}, `${ESCAPE}2mms=${ESCAPE}22m7\n`],
  ['--json-log on a terminal', TERMINAL, ['--json-log'], { NO_COLOR: '1' }, `app       | ${LINE}\n`],
])('log lines on %s', async (_, nodeFlags, flags, variables, expected) => {
  const system = await startDev(flags, { nodeFlags, variables: { ...variables, SAY_AT_START: LINE } });
  await system.says(/^.*app .*turn.*$/m);
  expect(system.output()).toContain(expected);
  expect(system.output().includes(ESCAPE)).toBe(expected.includes(ESCAPE));
});

const STEP = JSON.stringify({
  time: '2026-11-27T08:32:11.772Z',
  level: 'info',
  event: 'step',
  step: 'stored',
});

test.each([
  ['a terminal', TERMINAL, [], false],
  ['a terminal with --json-log', TERMINAL, ['--json-log'], true],
  ['no terminal', [], [], true],
])('the steps of messages on %s', async (_, nodeFlags, flags, isShown) => {
  const variables = { NO_COLOR: '1', SAY_AT_START: `${STEP}\n${LINE}` };
  const system = await startDev(flags, { nodeFlags, variables });
  await system.says(/^.*app .*turn.*$/m);
  expect(system.output().includes('stored')).toBe(isShown);
});

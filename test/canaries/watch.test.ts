import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLog } from '#app/log.ts';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { canariesIn } from './canaries.ts';
import { takeFindings } from './watch.ts';

const PHONE = '15550001111';
const found = () => takeFindings().map(({ canary, where }) => ({ canary, where }));

describe('a canary', () => {
  it.each([
    ['a number of a test', 'to 15551234567.', '15551234567'],
    ['a text of a fixture', 'asked: What breaks the fast?', 'What breaks the fast?'],
    ['a token', `Bearer ${DEVELOPMENT.accessToken}`, DEVELOPMENT.accessToken],
    ['an app secret', DEVELOPMENT.appSecret, DEVELOPMENT.appSecret],
    ['a user id', 'US.13491208655302741918', 'US.13491208655302741918'],
  ])('is recognised: %s', (_, text, canary) => {
    expect(canariesIn(text)).toEqual([canary]);
  });

  it('is no part of a longer number', () => {
    expect(canariesIn('1795551234567000 and 915551234567')).toEqual([]);
  });
});

describe('an output', () => {
  it('of a process is watched, however it is started and read', async () => {
    const print = `process.stdout.write('${PHONE.slice(0, 5)}'); setTimeout(() => {
      process.stdout.write('${PHONE.slice(5)}'); process.stderr.write('${DEVELOPMENT.appSecret}') }, 200)`;
    await promisify(execFile)(process.execPath, ['-e', print]);
    const expected = [
      { canary: PHONE, where: expect.stringMatching(/: stdout$/) },
      { canary: DEVELOPMENT.appSecret, where: expect.stringMatching(/: stderr$/) },
    ];
    expect(found()).toEqual(expected);
    const child = spawn(process.execPath, ['-e', print]);
    child.stdout.resume();
    child.stderr.resume();
    await once(child, 'close');
    expect(found()).toEqual(expected);
  });

  it.each([
    ['app/odd.ts', [PHONE, DEVELOPMENT.accessToken]],
    ['scripts/dev.ts', [PHONE, DEVELOPMENT.accessToken]],
    ['scripts/erase.ts', [DEVELOPMENT.accessToken]],
    ['infra/cli/doctor.ts', [DEVELOPMENT.accessToken]],
    ['--help', []],
  ])('may hold identities for operators only: %s', async (program, canaries) => {
    const print = `process.stdout.write('${PHONE} ${DEVELOPMENT.accessToken}')`;
    await promisify(execFile)(process.execPath, ['-e', print, '--', program]);
    expect(
      found()
        .map(({ canary }) => canary)
        .sort(),
    ).toEqual([...canaries].sort());
  });

  it('with the Model Context Protocol holds what a client asks for; its log does not', async () => {
    const print = `process.stdout.write('${PHONE}'); process.stderr.write('${PHONE}')`;
    await promisify(execFile)(process.execPath, ['-e', print, '--', 'scripts/dev.ts', '--mcp']);
    expect(found()).toEqual([{ canary: PHONE, where: expect.stringMatching(/: stderr$/) }]);
  });

  it('of this process is watched', () => {
    process.stdout.write(`${PHONE}\n`);
    process.stderr.write(`${PHONE}\n`);
    const { console } = globalThis;
    console.log('a person: %o', { phone: PHONE });
    writeSync(1, `${PHONE}\n`);
    const streams = ['stdout', 'stderr', 'console.log', 'writeSync(1)'];
    expect(found()).toEqual(streams.map((stream) => ({ canary: PHONE, where: `this process: ${stream}` })));
  });

  it('of a log that a test keeps is watched', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', now: () => 0, write: (line) => lines.push(line) });
    log.info('a turn', { who: PHONE });
    expect(lines).toHaveLength(1);
    expect(found()).toEqual([{ canary: PHONE, where: 'a log of this test' }]);
  });
});

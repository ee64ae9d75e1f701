import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { logKeyOf } from '#app/config.ts';
import { createLog, createPersonHasher } from '#app/log.ts';
import type { Step } from '#app/ports/tracer.ts';
import { createLogSteps } from '#app/tracing/log-steps.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { runProgram } from '../fakes/program.ts';
import { startSsm } from '../fakes/ssm.ts';

const META_APP_SECRET = 'a-secret-of-the-app';
const MESSAGE = 'wamid.of-the-question';
const SENT = 'wamid.of-the-answer';
const OTHER = 'wamid.of-another-question';
const STARTED_AT = Date.now() - 60_000;

/** A question and its answer, another question in the same conversation, and the lines of web service and worker. */
const STEPS: readonly (Step & { readonly at: number; readonly by: 'web' | 'worker' })[] = [
  { at: 0, by: 'web', name: 'stored', conversation: 'c', message: MESSAGE, outcome: 'new', ms: 3 },
  { at: 2, by: 'web', name: 'woken', conversation: 'c', ms: 1_000 },
  {
    at: 1_010,
    by: 'worker',
    name: 'claimed',
    conversation: 'c',
    message: MESSAGE,
    turn: 'turn-1',
    attempt: 1,
  },
  { at: 1_020, by: 'worker', name: 'asked', turn: 'turn-1' },
  { at: 2_000, by: 'worker', name: 'answered', turn: 'turn-1', ms: 980 },
  {
    at: 2_010,
    by: 'worker',
    name: 'sent',
    conversation: 'c',
    turn: 'turn-1',
    part: 0,
    platformId: SENT,
    ms: 90,
  },
  { at: 2_020, by: 'worker', name: 'finished', conversation: 'c', turn: 'turn-1' },
  // Twilio returns no key of ours with a status.
  { at: 2_500, by: 'web', name: 'status', platformId: SENT, outcome: 'delivered' },
  { at: 9_000, by: 'web', name: 'stored', conversation: 'c', message: OTHER, outcome: 'new', ms: 1 },
  { at: 9_001, by: 'web', name: 'woken', conversation: 'c', ms: 1_000 },
];

const ANSWERED = ['stored', 'woken', 'claimed', 'asked', 'answered', 'sent', 'finished', 'status'];

const hash = createPersonHasher(logKeyOf({ META_APP_SECRET: [META_APP_SECRET] }));

/** Returns the lines as the two programs write them. */
function logOf(by: 'web' | 'worker'): string[] {
  const lines: string[] = [];
  for (const { at, by: program, ...step } of STEPS) {
    if (program !== by) continue;
    const log = createLog({ level: 'info', now: () => STARTED_AT + at, write: (line) => lines.push(line) });
    log.warn('a line of another kind', { who: hash('c') });
    createLogSteps({ log, hash }).step(step);
  }
  return lines.map((line) => line.trim());
}

const folder = temporaryFolder();
const trace = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runProgram('scripts/conversations.ts', { META_APP_SECRET, ...environment }, ['trace', ...args], folder)
    .ended;

function logFile(lines: readonly string[]): string {
  const path = join(temporaryFolder(), 'app.log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const stepsIn = (output: string): string[] =>
  [...output.matchAll(/^ +\d+\.\d{3} s {2}(\w+)/gm)].map(([, name = '']) => name);

describe('npm run conversations -- trace, with a log of this machine', () => {
  const lines = [...logOf('worker'), 'not a line of the log', '{"event":"step"}', ...logOf('web')];

  it.each([
    ['a message', MESSAGE, ANSWERED],
    ['its hash', hash(MESSAGE), ANSWERED],
    ['a part of the reply', SENT, ANSWERED],
    ['the turn', 'turn-1', ANSWERED],
    ['the conversation, with what waits in it', 'c', [...ANSWERED, 'stored']],
  ])('finds every step from %s, in order', async (_, id, steps) => {
    const { code, output } = await trace({}, id, '--log', logFile(lines));
    expect(code).toBe(0);
    expect(stepsIn(output)).toEqual(steps);
    expect(output).toContain('2.010 s  sent        part 1, took 90 ms');
    expect(output).not.toContain('wamid');
  });

  it('reads lines with something in front of the object', async () => {
    const log = logFile(lines.map((line) => `app       | ${line}`));
    expect(stepsIn((await trace({}, 'turn-1', '--log', log)).output)).toEqual(ANSWERED);
  });

  it('shows a message that no turn has taken', async () => {
    const { output } = await trace({}, OTHER, '--log', logFile(lines));
    expect(output).toContain('a message that no turn has taken');
    expect(stepsIn(output)).toEqual(['stored']);
  });

  it('prints JSON', async () => {
    const { output } = await trace({}, 'turn-1', '--log', logFile(lines), '--json');
    const { traces } = JSON.parse(output);
    expect(traces).toMatchObject([{ turn: 'turn-1', who: hash('c') }]);
    expect(traces[0].steps[0]).toEqual({
      ...{ event: 'step', step: 'stored', who: hash('c'), message: hash(MESSAGE), outcome: 'new', ms: 3 },
      time: new Date(STARTED_AT).toISOString(),
    });
  });

  it.each([
    [['turn-1'], 2, 'Name a stack, or the log of this machine'],
    [['turn-1', '--log', 'x', '--since', 'yesterday'], 2, '--since is a number of minutes, hours or days'],
    [['staging'], 2, 'Name one id'],
    [['turn-1', '--log', '/nothing/here.log'], 1, '/nothing/here.log cannot be read (ENOENT)'],
    [['turn-2', '--log', logFile(lines)], 1, 'There is no step of this id'],
  ])('refuses %j', async (args, code, sentence) => {
    const ended = await trace({}, ...args);
    expect(ended).toMatchObject({ code, output: expect.stringContaining(sentence) });
  });
});

describe('npm run conversations -- trace, with a stack', () => {
  it('collects the steps from the logs of both programs in CloudWatch', async () => {
    const logs = await startCloudWatch({
      '/aws/apprunner/ansari-whatsapp-staging/0123/application': logOf('web'),
      '/aws/apprunner/ansari-whatsapp-staging/0123/service': ['{"event":"step","turn":"turn-1"}'],
      '/ansari-whatsapp/staging/worker': logOf('worker'),
    });
    const environment = await stackWith(logs.url);
    for (const id of [MESSAGE, 'turn-1']) {
      const { code, output } = await trace(environment, id, 'staging');
      expect(stepsIn(output)).toEqual(ANSWERED);
      expect(code).toBe(0);
    }
    for (const pattern of logs.patterns) expect(pattern.length).toBeLessThan(1_024);
  });

  it('says which rights are missing', async () => {
    const refusing = await fakeServer((response) =>
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no' })),
    );
    onTestFinished(() => refusing.close());
    const { code, output } = await trace(await stackWith(refusing.url), 'turn-1', 'staging');
    expect(code).toBe(1);
    expect(output).toContain('logs:FilterLogEvents');
  });
});

async function stackWith(cloudWatch: string): Promise<Readonly<Record<string, string>>> {
  return {
    // The secret of this machine must not stand in for that of the stack.
    META_APP_SECRET: 'another-secret-of-this-machine',
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL_SSM: await startSsm({
      '/app-runtime/ansari-whatsapp/staging/meta-app-secret': META_APP_SECRET,
    }),
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: cloudWatch,
  };
}

interface CloudWatch {
  readonly url: string;
  /** The filter patterns that were searched for. */
  readonly patterns: string[];
}

/** CloudWatch Logs with these groups: filters as its user guide says, for the patterns with `=`, `&&` and `||`. */
async function startCloudWatch(groups: Readonly<Record<string, readonly string[]>>): Promise<CloudWatch> {
  const patterns: string[] = [];
  const server = await fakeServer((response, { headers, body }) => {
    const input = JSON.parse(body);
    const isSearch = String(headers['x-amz-target']).endsWith('FilterLogEvents');
    if (isSearch) patterns.push(input.filterPattern);
    const names = Object.keys(groups).filter((name) => name.startsWith(input.logGroupNamePrefix ?? ''));
    const answer = isSearch
      ? {
          events: (groups[input.logGroupName] ?? [])
            .filter((line) => fits(line, input.filterPattern))
            .map((message) => ({ message })),
        }
      : { logGroups: names.map((logGroupName) => ({ logGroupName })) };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  onTestFinished(() => server.close());
  return { url: server.url, patterns };
}

function fits(line: string, pattern: string): boolean {
  const fields = JSON.parse(line);
  const [, all = '', any = ''] = /^\{ (.+?) && \((.+)\) \}$/.exec(pattern) ?? [];
  const holds = (condition: string): boolean => {
    const [, field = '', value] = /^\$\.(\w+) = "([^"]*)"$/.exec(condition) ?? [];
    return fields[field] === value;
  };
  return all.split(' && ').every(holds) && any.split(' || ').some(holds);
}

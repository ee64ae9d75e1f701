import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { bareEnvironment } from '../../fakes/bare-environment.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { freePort } from './start-dev.ts';

const PROGRAM = join(import.meta.dirname, '../../../scripts/dev/in-current-folder.ts');
const SLOW = { timeout: 180_000 };
const CALL = { timeout: 90_000 };
const resultSchema = z.object({
  isError: z.boolean().optional(),
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
});
const saidSchema = z.object({
  person: z.string(),
  message: z.string(),
  end: z.string(),
  replies: z.array(z.looseObject({ text: z.string(), kind: z.string() })),
});

/** Starts `npm run dev -- --mcp` in this folder as an agent does, and connects to it. */
async function connect(folder: string, ports: readonly number[]) {
  const [backend, app, simulator] = ports;
  const flags = [`--backend-port=${backend}`, `--app-port=${app}`, `--simulator-port=${simulator}`];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, '--mcp', ...flags],
    cwd: folder,
    env: z.record(z.string(), z.string()).parse(bareEnvironment()),
    stderr: 'pipe',
  });
  let log = '';
  transport.stderr?.on('data', (chunk) => (log += chunk));
  const client = new Client({ name: 'test', version: '1.0.0' });
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  onTestFinished(() => client.close());
  await client.connect(transport);

  async function use(
    name: string,
    args: Record<string, unknown> = {},
  ): Promise<z.infer<typeof resultSchema>> {
    return resultSchema.parse(await client.callTool({ name, arguments: args }, CALL));
  }
  async function text(name: string, args?: Record<string, unknown>): Promise<string> {
    const { isError, content } = await use(name, args);
    expect(isError ?? false, content[0].text).toBe(false);
    return content[0].text;
  }
  return {
    client,
    errors,
    log: () => log,
    use,
    text,
    json: async (name: string, args?: Record<string, unknown>): Promise<unknown> =>
      JSON.parse(await text(name, args)),
    say: async (args: Record<string, unknown>) => saidSchema.parse(JSON.parse(await text('say', args))),
  };
}

const ports = async () => [await freePort(), await freePort(), await freePort()];

test('an agent writes, looks, breaks and traces', SLOW, async () => {
  const folder = temporaryFolder();
  const agent = await connect(folder, await ports());
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(
    [
      ...['say', 'look', 'timeline', 'exchange', 'resend', 'inside', 'add_fault', 'end_faults', 'crash'],
      ...['skip_time', 'redrive', 'record', 'replay'],
    ].sort(),
  );
  for (const { inputSchema, description } of tools) {
    expect(inputSchema.type).toBe('object');
    expect(description).toMatch(/\.$/);
  }

  const said = await agent.say({ text: 'What is zakat?' });
  expect(said).toMatchObject({ person: '15550000001', end: 'finished' });
  expect(said.replies.map(({ text }) => text).join()).toContain('What is zakat?');
  expect(await agent.json('look')).toMatchObject({ channel: 'meta', app: 200, faults: [] });
  expect(await agent.json('look', { person: said.person, last: 1 })).toMatchObject({
    messages: [{ by: 'business', text: said.replies.at(-1)?.text }],
  });

  const lines = (await agent.text('timeline', { message: said.message })).split('\n');
  expect(lines[0]).toMatch(/^\+0 ms {2}/);
  for (const part of [
    /delivery POST .* -> 200/,
    /step stored outcome=new/,
    /step sent part=1/,
    /step finished/,
  ])
    expect(lines.join('\n')).toMatch(part);
  const exchange = /delivery .* exchange=(\S+)/.exec(lines.join('\n'))?.[1] ?? '';
  expect(await agent.json('exchange', { id: exchange })).toMatchObject({
    kind: 'delivery',
    response: { status: 200 },
  });
  expect(await agent.json('resend', { id: exchange })).toMatchObject({
    resent: true,
    response: { status: 200 },
  });
  expect(await agent.json('inside')).toMatchObject({
    available: true,
    backlog: { waiting: 0 },
    deadLetters: [],
  });

  const fault = { kind: 'assistant_refuse', status: 503, next: 1 };
  expect(await agent.json('add_fault', { fault })).toMatchObject([fault]);
  expect(await agent.json('end_faults', { kind: 'assistant_refuse' })).toEqual([]);
  expect(await agent.text('crash')).toMatch(/was killed, and responds again/);
  expect(await agent.text('skip_time', { seconds: 3_600 })).toMatch(/3600 s ahead/);
  const later = await agent.say({ person: '15550000007', text: 'And after that?' });
  expect(later.end).toBe('finished');
  expect(later.replies.map(({ text }) => text).join()).toContain('And after that?');

  // Mistakes come back as sentences.
  for (const [name, args, sentence] of [
    ['say', {}, /either `text` or `content`/],
    ['say', { person: 'amina', text: 'hi' }, /phone number in digits/],
    ['look', { person: '15559999999' }, /no person has this number/],
    ['exchange', { id: 'none' }, /not kept/],
    ['redrive', { turn: 'none' }, /no such dead letter/],
    ['add_fault', { fault: { kind: 'earthquake' } }, /fault/],
    ['replay', { name: 'none' }, /no recorded chat none/],
  ] as const) {
    const { isError, content } = await agent.use(name, args);
    expect([name, isError]).toEqual([name, true]);
    expect(content[0].text).toMatch(sentence);
  }

  const recorded = { person: '15550000007', name: 'after-the-crash' };
  expect(await agent.json('record', recorded)).toMatchObject({ deliveries: 1, answers: 1 });
  const file = join(folder, 'test/fixtures/chats/after-the-crash.json');
  const kept = readFileSync(file, 'utf8');
  const again = await agent.use('record', recorded);
  expect(again.content[0].text).toMatch(/already: choose another name/);
  expect(readFileSync(file, 'utf8')).toBe(kept);
  expect(await agent.json('replay')).toEqual(['after-the-crash']);
  expect(await agent.json('replay', { name: 'after-the-crash' })).toMatchObject({ same: true });
  expect(agent.errors).toEqual([]);
});

test('it serves a system that runs already, and leaves it running', SLOW, async () => {
  const folder = temporaryFolder();
  const chosen = await ports();
  const first = await connect(folder, chosen);
  await first.text('look');
  const second = await connect(folder, chosen);
  await second.text('look');
  expect(second.log()).toBe('');
  await second.client.close();
  const said = await first.say({ text: 'Still there?' });
  expect(said.end).toBe('finished');
  await first.client.close();
  await expect.poll(() => responds(chosen[2]), { timeout: 30_000 }).toBe(false);
  expect(first.log()).toContain('Stopping.');
  expect(existsSync(join(folder, 'data'))).toBe(true);
});

test('the standard output has the protocol alone', SLOW, async () => {
  const [backend, app, simulator] = await ports();
  const flags = [`--backend-port=${backend}`, `--app-port=${app}`, `--simulator-port=${simulator}`];
  const child = spawn(process.execPath, [PROGRAM, '--mcp', ...flags], {
    cwd: temporaryFolder(),
    env: bareEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const lines: string[] = [];
  const answered = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"id":2')) resolve();
    });
  });
  const clientInfo = { name: 'test', version: '1.0.0' };
  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  for (const message of [
    { id: 1, method: 'initialize', params: initialize },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'say', arguments: { text: 'Salam' } } },
  ])
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await answered;
  child.stdin.end();
  expect((await ended)[0]).toBe(0);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { jsonrpc: '2.0', id: 1, result: { serverInfo: { name: 'ansari-whatsapp-simulator' } } },
    { jsonrpc: '2.0', id: 2, result: { content: [{ type: 'text' }] } },
  ]);
});

async function responds(port: number | undefined): Promise<boolean> {
  return fetch(`http://localhost:${port}/control/clock`).then(
    () => true,
    () => false,
  );
}

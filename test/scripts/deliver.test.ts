import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDelivery } from '#app/channels/meta/parse.ts';
import { verifySignature } from '#app/channels/meta/signature.ts';

const taken: { raw: Buffer; signature: string | undefined }[] = [];
const answers: number[] = [];
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const signature = request.headers['x-hub-signature-256'];
  taken.push({ raw: Buffer.concat(chunks), signature: [signature].flat()[0] });
  response.writeHead(answers.shift() ?? 200).end('{"success":true}');
});

let url = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}/whatsapp/v2`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  taken.length = 0;
  answers.length = 0;
});

function deliver(...args: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const { META_APP_SECRET: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/deliver.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

function delivered(index = 0) {
  const { raw, signature } = taken[index] ?? {};
  if (raw === undefined) throw new Error('nothing was delivered');
  const read = parseDelivery(JSON.parse(raw.toString()), Date.now());
  return { ...read, raw, verified: verifySignature(raw, signature, ['development-app-secret']) };
}

describe('npm run deliver', () => {
  it('signs a text and posts it under a new id, now', async () => {
    const began = Math.floor(Date.now() / 1000) * 1000;
    const { code, stdout } = await deliver(
      'كيف أصلي؟',
      '--url',
      url,
      '--from',
      '15550002222',
      '--number',
      '42',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '200 {"success":true}\n' });
    const { messages = [], verified, raw } = delivered();
    expect(verified).toEqual({ ok: true, escaped: false });
    expect(raw.toString('latin1')).toMatch(/^[ -~]+$/);
    expect(messages).toMatchObject([
      { number: '42', person: { phone: '15550002222' }, content: { kind: 'text', text: 'كيف أصلي؟' } },
    ]);
    expect(messages[0]?.sentAt).toBeGreaterThanOrEqual(began);
    await deliver('كيف أصلي؟', '--url', url);
    expect(delivered(1).messages?.[0]?.id).not.toBe(messages[0]?.id);
  });

  it('posts a fixture unchanged, several times, signed with the given secret', async () => {
    await deliver(
      'batch-two-businesses',
      '--as-is',
      '--times',
      '3',
      '--url',
      url,
      '--secret',
      'other,former',
    );
    expect(taken.map(({ raw }) => raw.toString())).toEqual(Array(3).fill(taken[0]?.raw.toString()));
    const { messages = [], verified } = delivered();
    expect(messages.map(({ sentAt }) => sentAt)).toEqual([
      1_760_000_000_000, 1_760_000_001_000, 1_760_000_000_000,
    ]);
    expect(verified).toEqual({ ok: false, reason: 'mismatch' });
    expect(verifySignature(taken[0]?.raw ?? Buffer.of(), taken[0]?.signature, ['other'])).toMatchObject({
      ok: true,
    });
  });

  it('posts what looks like a fixture as a text when asked to', async () => {
    await deliver('image-captoin', '--text', '--url', url);
    await deliver('image', '--text', '--url', url);
    const texts = [0, 1].map((index) => delivered(index).messages?.[0]?.content);
    expect(texts).toEqual(['image-captoin', 'image'].map((text) => ({ kind: 'text', text })));
  });

  it('exits with 1 when a response is not 200', async () => {
    answers.push(503);
    const { code, stdout } = await deliver('image', '--url', url, '--times', '2');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '503 {"success":true}\n200 {"success":true}\n' });
  });

  it.each([
    [['text', '--url', 'http://127.0.0.1:1'], 1, 'No response from http://127.0.0.1:1: ECONNREFUSED'],
    [['text', '--url', 'localhost:8001'], 2, '--url is an http:// or https:// address, not localhost:8001'],
    [['text', '--url', 'nonsense'], 2, '--url is an http:// or https:// address, not nonsense'],
    [[], 2, 'Name a fixture, or give a text.'],
    [['text', '--from', 'Amina'], 2, '--from is a phone number in digits, not Amina'],
    [['text', '--times', 'often'], 2, '--times is a count, not often'],
    [['image-captoin'], 2, 'There is no fixture image-captoin. Did you mean image-caption?'],
    [['text-messge'], 2, 'There is no fixture text-messge. To post it as a text, add --text'],
    [['text', '--tiems', '2'], 2, "Unknown option '--tiems'"],
  ])('rejects wrong arguments in one line: %j', async (args, exit, line) => {
    const { code, stderr } = await deliver(...args);
    expect(code).toBe(exit);
    expect(stderr).toContain(line);
    expect(stderr).not.toContain('    at ');
  });

  it('lists the fixtures and prints its help', async () => {
    const [list, help] = await Promise.all([deliver('--list'), deliver('--help')]);
    expect(list.stdout.split('\n')).toContain('no-phone-absent');
    expect(help.stdout).toContain('--as-is');
    expect([list.code, help.code, taken.length]).toEqual([0, 0, 0]);
  });
});

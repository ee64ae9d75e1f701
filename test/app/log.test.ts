import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, createPersonHasher, type Fields, type LogOptions } from '#app/log.ts';

function recorder(level: LogOptions['level'] = 'debug') {
  const lines: string[] = [];
  const log = createLog({ level, now: () => 1_790_000_000_000, write: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

describe('a line', () => {
  it('is JSON with time, level, event and fields', () => {
    const { log, lines } = recorder();
    log.info('turn answered', { who: 'ab12', attempt: 2, ms: 1.5, reason: 'done' });
    expect(lines).toEqual([
      '{"time":"2026-09-21T14:13:20.000Z","level":"info","event":"turn answered","who":"ab12","reason":"done","ms":1.5,"attempt":2}\n',
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['silent', []],
  ] as const)('is written at the level %s and above', (level, expected) => {
    const { log, lines } = recorder(level);
    for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method]('x');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  it('depends only on its own log', () => {
    const quiet = recorder('error');
    const verbose = recorder('debug');
    quiet.log.info('x');
    verbose.log.info('x');
    expect([quiet.lines.length, verbose.lines.length]).toEqual([0, 1]);
  });

  it('has only the allowed fields of an object', () => {
    const { log, last } = recorder();
    const event: Fields = { ...{ text: 'my secret', body: { a: 1 }, phone: '20123456789' }, reason: 'x' };
    log.info('x', event);
    expect(Object.keys(last())).toEqual(['time', 'level', 'event', 'reason']);
  });

  it('has only scalars', () => {
    const { log, last } = recorder();
    const nested: object = {
      reason: { text: 'my secret' },
      status: ['my secret'],
      who: 7,
      ms: Number.NaN,
    };
    log.info('x', nested);
    expect(Object.keys(last())).toEqual(['time', 'level', 'event']);
  });

  it.each([
    'sent to 20123456789',
    'sent to +20 (123) 456-789',
    'US.13491208655302741918',
    'wamid.HBgLMjAxMjM0NTY3ODkVAgASGBQzQTdC==',
    'GET /v25.0/100000000000001/messages',
    'Authorization: Bearer EAAabcdefghijk',
    'token EAAGm0PX4ZCpsBAKZCabc123',
    'GET /?hub.verify_token=guessed&x=1',
    'mongodb://user:guessed@db',
    'sent to ٢٠١٢٣٤٥٦٧٨٩',
    'sent to ۰۹۱۲۳۴۵۶۷۸۹',
    'sent to ２０１２３４５６７８９',
    'sent to 20.123.456.789',
    'sent to 20/123/456/789',
    'sent to +20.100.123.145',
    'sent to 20\u00a0123\u00a0456\u00a0789',
    'sent to 20‑123‑456‑789',
    'sent to 2\u200b0\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6',
    '{"access_token":"guessed","x":1}',
    '{\\"client_secret\\": \\"guessed\\"}',
    'META_APP_SECRET=guessed',
    'Authorization: Basic guessed',
    'Basic Z3Vlc3NlZDpndWVzc2Vk',
    '"authorization":"Digest guessed"',
    'key sk-proj-guessed1234',
    'key AKIAGUESSED12345678',
    'from guessed.name+whatsapp@mail.example.org',
  ])('redacts %s', (word) => {
    const { log, last } = recorder();
    log.info('x', { reason: word });
    expect(last().reason).toContain('…');
    expect(last().reason).not.toMatch(/\p{Nd}{7}|456|٤٥٦|145|HBgL|EAA\w|guessed|GUESSED|Z3Vl/u);
  });

  it('keeps harmless text', () => {
    const { log, last } = recorder();
    for (const reason of [
      'code 131056 after 25 s, v25.0, 4d1f0c2e-1111-4222-8333-123456789abc, port 8001',
      'connect ECONNREFUSED 192.168.100.200:27017',
      'the risk-assessment of node_modules/@koa/router@15.7.0 at 24.21.0',
    ]) {
      log.info('x', { reason });
      expect(last().reason).toBe(reason);
    }
  });

  it('keeps the id of a business, which may be of digits only', () => {
    const { log, last } = recorder();
    for (const business of ['65f0a1b2c3d4e5f6a7b8c9d0', '650123456789012345678901', 'env']) {
      log.info('x', { business, reason: business });
      expect(last().business).toBe(business);
    }
  });

  it('takes time linear in the length of its text', () => {
    const units = ['1 ', '1', '(', '-', 'a@', '"token', 'token=', 'wamid.', '://', 'Basic ', '1.', '٣ '];
    const steps = (length: number) => {
      const { log } = recorder();
      const start = process.cpuUsage().user;
      for (const unit of units)
        for (let n = 0; n < 20; n += 1) log.info('x', { reason: unit.repeat(length) });
      return process.cpuUsage().user - start;
    };
    steps(1_000);
    // Only the first few hundred characters are read.
    expect(steps(100_000)).toBeLessThan(20 * Math.max(1_000, steps(1_000)));
  });

  it('has no run of seven digits, whatever its source', () => {
    const { log, last } = recorder();
    fc.assert(
      fc.property(
        fc.string(),
        fc.bigInt({ min: 1_000_000n, max: 10n ** 20n }),
        fc.string(),
        (before, number, after) => {
          log.info('x', {
            reason: `${before} ${number} ${after}`,
            error: new Error(`${before} ${number} ${after}`),
          });
          expect(last().reason).not.toContain(String(number));
          expect(last().error.message).not.toContain(String(number));
        },
      ),
    );
  });
});

describe('an error', () => {
  it('is logged as its name, message, code, first frames and causes', () => {
    const { log, last } = recorder();
    const cause = Object.assign(new TypeError('no route'), {
      code: 'EHOSTUNREACH',
      request: { headers: 'my secret' },
    });
    log.error('x', { error: new Error('store down', { cause }) });
    expect(last().error).toEqual({
      name: 'Error',
      message: 'store down',
      stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
      cause: { name: 'TypeError', message: 'no route', code: 'EHOSTUNREACH', stack: expect.any(Array) },
    });
    expect(last().error.stack.length).toBeLessThanOrEqual(5);
  });

  it('of a parser does not repeat the input', () => {
    const { log, lines } = recorder();
    for (const text of [
      '{"text": "a sin", oops',
      '"a sin',
      'a sin',
      '{"text": a sin}',
      `[${'1, '.repeat(50)}"a sin" x]`,
    ]) {
      try {
        JSON.parse(text);
      } catch (error) {
        log.error('x', { error });
      }
    }
    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toContain('sin');
  });

  it('has no line of its message in its frames', () => {
    const { log, last } = recorder();
    log.error('x', { error: new Error('first\n    at a sin (file:1:1)') });
    expect(last().error.stack.join()).not.toContain('a sin');
  });

  it('may be any value', () => {
    const { log, last } = recorder();
    log.error('x', { error: 'a sin' });
    expect(last().error).toEqual({ name: 'string', message: 'not an error' });
  });
});

describe('the hash of a person', () => {
  it('is 12 digits of a keyed hash', () => {
    const personHash = createPersonHasher(Buffer.from('key'));
    // printf 20123456789 | openssl dgst -sha256 -hmac key
    expect(personHash('20123456789')).toBe('2ae1585b71cf');
    expect(createPersonHasher(Buffer.from('another'))('20123456789')).not.toBe(personHash('20123456789'));
  });
});

it('writes the last line before process.exit', async () => {
  const program = `
    import { createLog } from './app/log.ts';
    const log = createLog({ level: 'info', now: () => 0 });
    for (let count = 1; count <= 5000; count += 1) log.info('x', { count });
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    maxBuffer: 10_000_000,
  });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ count: 5000 });
});

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Forgotten, Refused, Unavailable } from '#app/domain/errors.ts';
import type { Limits } from '#app/http-client/client.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { type FakeServer, fakeServer } from '../fakes/http-server.ts';

export interface WireFormat {
  readonly type: string;
  create(url: string, limits: Partial<Limits>): Assistant;
  /** A piece of an answer on the wire. */
  piece(text: string): string;
  /** What completes an answer that has this text. */
  completion(text: string): string;
  /** The code of an `Unavailable` for a rejected key. */
  readonly keyCode: string;
  /** Statuses that mean that this request will never succeed. */
  readonly refused: readonly number[];
}

export const SECRET_KEY = 'secret-key';
const PHONE = '15550001234';
const TEXT = 'secret-text';
const question = { assistantUserId: PHONE, threadId: 'thread-1', text: TEXT };
const never = new AbortController().signal;

/** How an assistant over HTTP reports every known failure of its server. */
export function assistantFaultsContract(name: string, format: WireFormat) {
  describe(`${name}, when its server fails`, () => {
    let server: FakeServer;
    afterEach(() => server.close());

    async function ask(
      answer: (res: ServerResponse) => unknown,
      limits: Partial<Limits> = {},
      signal = never,
    ): Promise<string> {
      server = await fakeServer(answer);
      return (await format.create(server.url, limits).answer(question, signal)).text;
    }

    async function failure(
      answer: (res: ServerResponse) => unknown,
      limits: Partial<Limits> = {},
    ): Promise<unknown> {
      const error = await ask(answer, limits).then(
        (text) => new Error(`answered ${text.length} characters`),
        (reason: unknown) => reason,
      );
      const printed = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [SECRET_KEY, PHONE, TEXT]) expect(printed).not.toContain(secret);
      return error;
    }

    const head = (res: ServerResponse) => res.writeHead(200, { 'content-type': format.type });
    const status =
      (code: number, headers = {}) =>
      (res: ServerResponse) =>
        res.writeHead(code, headers).end(TEXT);

    test('joins characters that are split between two chunks', async () => {
      const text = 'الصبر 👩‍👩‍👧 جميل';
      const received = await ask(async (res) => {
        head(res);
        for (const byte of Buffer.from(format.piece(text) + format.completion(text))) {
          if (!res.write(Buffer.of(byte))) await once(res, 'drain');
          await new Promise((resolve) => setImmediate(resolve));
        }
        res.end();
      });
      expect(received).toBe(text);
    });

    test('waits for a slow answer that keeps within the limits', async () => {
      const received = await ask(
        (res) => {
          head(res).write(format.piece('slow'));
          setTimeout(() => res.end(format.completion('slow')), 200);
        },
        { idleMs: 2_000, totalMs: 5_000 },
      );
      expect(received).toBe('slow');
    });

    test('throws Unavailable for an answer that is longer than the maximum', async () => {
      const text = 'x'.repeat(200_001);
      const error = await failure((res) => head(res).end(format.piece(text) + format.completion(text)));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'too-long' });
    });

    test('throws Unavailable when the stream breaks off', async () => {
      const error = await failure((res) => {
        head(res).write(format.piece('half'), () => res.destroy());
      });
      expect(error).toBeInstanceOf(Unavailable);
      expect(error).toMatchObject({ scope: 'turn' });
    });

    test.each(['', ' \n', '\u200b\u2800\ufe0f'])(
      'throws Unavailable for an answer without visible text: %j',
      async (text) => {
        const body = text === '' ? format.completion('') : format.piece(text) + format.completion(text);
        const error = await failure((res) => head(res).end(body));
        expect(error).toMatchObject({ name: 'Unavailable', code: 'empty-answer', scope: 'turn' });
      },
    );

    test('throws Unavailable for bytes that are not UTF-8', async () => {
      const error = await failure((res) => head(res).end(Buffer.from([0x64, 0x61, 0xff, 0xfe, 0x0a])));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'not-utf-8' });
    });

    test('throws Unavailable for a NUL character', async () => {
      const error = await failure((res) => head(res).end(format.piece('a\0b') + format.completion('a\0b')));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'unexpected-answer' });
    });

    test('throws Unavailable for another content type, as a proxy returns it', async () => {
      const error = await failure((res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'unexpected-answer' });
    });

    test('throws Unavailable when a slow stream exceeds the total time', async () => {
      const error = await failure(
        (res) => {
          head(res);
          const drip = setInterval(() => res.write(format.piece('.')), 5);
          res.once('close', () => clearInterval(drip));
        },
        { totalMs: 150 },
      );
      expect(error).toMatchObject({ name: 'Unavailable', code: 'timeout-request' });
    });

    test('throws Unavailable when the stream is idle for too long', async () => {
      const error = await failure((res) => head(res).write(format.piece('so')), { idleMs: 100 });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'idle' });
    });

    test('throws Unavailable when the first byte does not arrive in time', async () => {
      const error = await failure(() => {}, { firstByteMs: 100 });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'timeout-response' });
    });

    test('throws Unavailable for a stream that never ends', async () => {
      const error = await failure((res) => {
        head(res);
        const piece = format.piece('x'.repeat(8_192));
        const more = () => {
          while (res.write(piece) && !res.destroyed);
        };
        res.on('drain', more);
        more();
      });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'too-long' });
    });

    test('throws Unavailable when the connection is reset before the first byte', async () => {
      const error = await failure((res) => res.socket?.resetAndDestroy());
      expect(error).toMatchObject({ name: 'Unavailable', code: 'ECONNRESET' });
    });

    test('throws Unavailable when the connection is refused', async () => {
      server = await fakeServer(() => {});
      await server.close();
      const closedUrl = server.url;
      server = await fakeServer(() => {});
      const error: unknown = await format
        .create(closedUrl, {})
        .answer(question, never)
        .catch((reason) => reason);
      expect(error).toMatchObject({ name: 'Unavailable', code: 'ECONNREFUSED' });
    });

    test.each([500, 502, 504, 408])('throws Unavailable for status %i', async (code) => {
      expect(await failure(status(code))).toMatchObject({
        name: 'Unavailable',
        scope: 'turn',
        code: `http-${code}`,
      });
    });

    test('throws Unavailable with scope app and the time of Retry-After for 429', async () => {
      const error = await failure(status(429, { 'retry-after': '7' }));
      expect(error).toMatchObject({ name: 'Unavailable', scope: 'app', retryAfterMs: 7_000 });
    });

    test('reads Retry-After as a date for 503', async () => {
      const date = new Date(NOW + 90_000).toUTCString();
      expect(await failure(status(503, { 'retry-after': date }))).toMatchObject({
        name: 'Unavailable',
        retryAfterMs: 90_000,
      });
    });

    test.each([401, 403])('throws Unavailable with scope app and an alarm for %i', async (code) => {
      const error = await failure(status(code));
      const expected = { name: 'Unavailable', scope: 'app', code: format.keyCode, alarm: 'backend-key' };
      expect(error).toMatchObject(expected);
    });

    test('throws Forgotten for 404', async () => {
      expect(await failure(status(404))).toBeInstanceOf(Forgotten);
    });

    test.each(format.refused)('throws Refused for %i', async (code) => {
      expect(await failure(status(code))).toBeInstanceOf(Refused);
    });

    test('does not follow a redirect', async () => {
      const error = await failure(status(307, { location: '/elsewhere' }));
      expect(error).toMatchObject({ name: 'Unavailable', scope: 'app', code: 'http-307' });
      expect(server.seen).toHaveLength(1);
    });

    test('does not repeat a failed call', async () => {
      await failure((res) => res.socket?.destroy());
      expect(server.seen).toHaveLength(1);
    });

    test('rejects with the reason of a signal that aborts during the answer, and closes the connection', async () => {
      const stop = new AbortController();
      const reason = new Error('the lease is lost');
      const closed = Promise.withResolvers<void>();
      const answer = ask(
        (res) => {
          res.once('close', closed.resolve);
          head(res).write(format.piece('so'), () => stop.abort(reason));
        },
        {},
        stop.signal,
      );
      await expect(answer).rejects.toBe(reason);
      await closed.promise;
    });

    test('rejects with the reason of a signal that aborts before the first byte', async () => {
      const stop = new AbortController();
      const reason = new Error('shutting down');
      await expect(ask(() => stop.abort(reason), {}, stop.signal)).rejects.toBe(reason);
    });
  });
}

/** The time that `create` gives its assistant. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
